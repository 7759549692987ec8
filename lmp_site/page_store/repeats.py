"""The last answers by all that decides them, for requests that say the same as one before."""

# What the page store and its entries read of a request. Who counts a reader also reads others.
DECIDING = (
    "PATH_INFO", "QUERY_STRING", "REQUEST_METHOD", "wsgi.url_scheme", "HTTP_HOST", "HTTP_COOKIE",
    "HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_SAVE_DATA",
    "HTTP_RANGE",
)  # fmt: skip
OVERHEAD = 500  # bytes that an answer takes besides its entry and what the request says
MAX_BYTES = 8 << 20  # as if none of the entries were kept by the store too
LARGEST_SHARE = 4  # an entry may take this part of them at most; a plan asks with many ids
MAX_KEY = 4000  # characters of what a request says


class Repeats:
    """{what a request says: (entry, answer)}. It forgets all of them when they are too many."""

    def __init__(self):
        self.answers, self.room = {}, MAX_BYTES

    def find(self, environ, number):
        """Returns (entry, answer) of generation `number`, None if there is none."""
        found = self.answers.get(tuple(map(environ.get, DECIDING)))
        return found if found and found[0].number >= number else None

    def put(self, environ, entry, answer):
        key = tuple(map(environ.get, DECIDING))
        length = sum(map(len, filter(None, key)))
        size = OVERHEAD + 4 * length + entry.size + sum(map(len, answer[2]))
        if length > MAX_KEY or size * LARGEST_SHARE > MAX_BYTES:
            return
        self.room -= size
        if self.room < 0:
            self.answers, self.room = {}, MAX_BYTES
        self.answers[key] = entry, answer
