"""The last answers by all that decides them, for requests that say the same as one before."""

# What the page store and its entries read of a request. Who counts a reader also reads others.
DECIDING = (
    "PATH_INFO", "QUERY_STRING", "REQUEST_METHOD", "wsgi.url_scheme", "HTTP_HOST", "HTTP_COOKIE",
    "HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_SAVE_DATA",
    "HTTP_RANGE",
)  # fmt: skip
OVERHEAD = 2000  # bytes that an answer takes besides its body
MAX_BYTES = 8 << 20  # of bodies, most of which are in memory anyway


class Repeats:
    """{what a request says: (entry, answer)}. It forgets all of them when they are too many."""

    def __init__(self):
        self.answers, self.room = {}, MAX_BYTES

    def find(self, environ, number):
        """Returns (entry, answer) of generation `number`, None if there is none."""
        found = self.answers.get(tuple(map(environ.get, DECIDING)))
        return found if found and found[0].number >= number else None

    def put(self, environ, entry, answer):
        _status, _headers, parts = answer
        self.room -= OVERHEAD + sum(map(len, parts))
        if self.room < 0:
            self.answers, self.room = {}, MAX_BYTES
        else:
            self.answers[tuple(map(environ.get, DECIDING))] = entry, answer
