"""One connection of a client: its limits, and kept answers straight from the event loop."""

import logging
import re
import time
from email.utils import formatdate
from functools import lru_cache

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from lmp_site.server.bridge import path_info

logger = logging.getLogger(__name__)

# The link of a packet holds all its notes. The library that reads addresses takes no longer ones.
# That is less than 60 notes of 200 characters can take if each character takes 9 letters.
MAX_ADDRESS = 65_534
MAX_HEAD_BYTES = 160 * 1024
HEAD_TIMEOUT_S = 15  # that a client may take to send the head of a request
BODY_TIMEOUT_S = 30  # between two parts of the body
SEND_TIMEOUT_S = 120  # that a client may take none of an answer; the system buffers some megabytes
IDLE_TIMEOUT_S = 75  # between two requests
MAX_WAITING = 20  # requests of a connection that wait for the answer before them
SWEEP_S = 5  # between two looks at these times, while there are connections

ADDRESS_TOO_LONG = "The address is too long."
HEAD_TOO_LONG = "The headers of this request are too long."
TOO_MANY = "The catalog has too many visitors at the moment. Try again in a minute."
NOT_HTTP = "This is not an HTTP request."

# What decides a kept answer, and how its readers are counted; see page_store.
READ_HEADERS = (
    "host", "cookie", "accept-encoding", "if-none-match", "if-modified-since", "save-data", "range",
    "referer", "sec-fetch-dest", "x-forwarded-proto",
)  # fmt: skip
KEYS = {name.encode(): "HTTP_" + name.upper().replace("-", "_") for name in READ_HEADERS}
CLOSE, END = b"Connection: close\r\n", b"\r\n"
NOT_ASCII = re.compile(rb"[\x80-\xff]")
BODY_HEADERS = {b"content-length", b"transfer-encoding", b"expect", b"upgrade"}


class Connection(HttpToolsProtocol):
    """Sends a kept answer at once if `store` knows that it is right; else uvicorn asks the Bridge.

    `store.repeat(environ)` returns an Answer or None, and never waits.
    """

    def __init__(
        self, store, sweeper, max_connections, config, server_state, app_state, _loop=None
    ):
        super().__init__(config, server_state, app_state, _loop)
        self.store, self.sweeper, self.max_connections = store, sweeper, max_connections
        self.is_answered, self.is_in_head = False, True
        self.unread = 0  # bytes since the last step of the parser
        self.asked = []  # what uvicorn has not finished
        self.since = self.loop.time()  # the last step of the client
        self.unsent = 0  # bytes of answers that the client had not taken at the last look

    # ---- Limits ----

    def connection_made(self, transport):
        super().connection_made(transport)
        self.is_one_too_many = len(self.connections) > self.max_connections
        self.sweeper.watch(self.connections, self.loop)

    def connection_lost(self, error):
        for cycle in self.asked:  # uvicorn does this for the last one only
            cycle.disconnected = True
            cycle.message_event.set()
        super().connection_lost(error)

    def eof_received(self):
        """A client that has sent all that it wants to send may still wait for its answer."""
        if not self.is_waited_for():
            return False
        self.cycle.keep_alive = False
        return True

    def data_received(self, data):
        if not self.unread:
            self.since = self.loop.time()
            if self.is_in_head and not data.isascii():
                data = encode_address(data)
        self.unread += len(data)
        super().data_received(data)
        if self.unread > MAX_HEAD_BYTES:
            self.refuse(431, HEAD_TOO_LONG)

    def look(self, now):
        """Closes the connection if the client has taken too long for its next step."""
        unsent = self.transport.get_write_buffer_size()
        if unsent != self.unsent or (self.is_waited_for() and not unsent):
            self.unsent, self.since = unsent, now
        elif now > self.since + self.timeout():
            self.transport.abort()

    def is_waited_for(self):
        """Whether the client waits for an answer, and has sent all of its request."""
        cycle = self.cycle
        return cycle and not cycle.response_complete and not cycle.more_body

    def timeout(self):
        if self.unsent:
            return SEND_TIMEOUT_S
        if self.is_in_head:
            return HEAD_TIMEOUT_S if self.unread else IDLE_TIMEOUT_S
        return BODY_TIMEOUT_S

    def resume_writing(self):
        super().resume_writing()
        self.since = self.loop.time()

    def refuse(self, status, sentence):
        """Ends the connection, with a sentence unless another answer comes first."""
        if self.cycle and not self.cycle.response_complete:
            self.transport.abort()
        if self.transport.is_closing():
            return
        body = sentence.encode()
        head = [STATUS_LINE[status], date_line(int(time.time())), CLOSE]
        facts = b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n" % len(body)
        self.transport.writelines([*head, facts, END, body])
        self.transport.close()

    def send_400_response(self, _message):
        self.refuse(400, NOT_HTTP)

    # ---- One request, as the parser reads it ----

    def on_message_begin(self):
        self.url, self.headers = b"", []
        self.is_answered = self.expect_100_continue = False

    def on_header(self, name, value):
        if self.is_in_head:  # a trailer behind the body is no header
            super().on_header(name, value)

    def on_headers_complete(self):
        self.is_in_head, self.unread = False, 0
        self.is_answered = True
        if self.is_one_too_many:
            self.refuse(503, TOO_MANY)
        elif len(self.url) > MAX_ADDRESS:
            self.refuse(414, ADDRESS_TOO_LONG)
        elif not self.transport.is_closing() and not self.send_repeat():
            self.is_answered = False
            self.ask()

    def ask(self):
        """Lets uvicorn ask the Bridge."""
        if len(self.pipeline) >= MAX_WAITING:
            self.is_answered = True
            self.transport.abort()
            return
        url, headers, expect_100_continue = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expect_100_continue
        self.headers += headers
        self.server_state.default_headers = [(b"date", date_of(int(time.time())))]
        super().on_headers_complete()
        self.asked = [cycle for cycle in self.asked if not cycle.response_complete]
        self.asked.append(self.cycle)
        if self.parser.should_upgrade():  # the parser reads nothing behind such a request
            self.cycle.keep_alive = False

    def on_body(self, body):
        self.since, self.unread = self.loop.time(), 0
        if not self.is_answered:
            super().on_body(body)

    def on_message_complete(self):
        self.is_in_head, self.unread = True, 0
        if not self.is_answered:
            super().on_message_complete()

    # ---- Kept answers ----

    def send_repeat(self):
        """Sends a kept answer. Returns whether there is one."""
        if self.flow.write_paused or (self.cycle and not self.cycle.response_complete):
            return False  # earlier answers come first
        try:
            environ = self.environ()
            answer = environ and self.store.repeat(environ)
        except Exception:  # the parser would take it for a fault of the client
            logger.exception("Could not look for a kept answer")
            return False
        if not answer:
            return False
        is_kept_open = self.parser.should_keep_alive() and self.parser.get_http_version() != "1.0"
        end = date_line(int(time.time())) + (END if is_kept_open else CLOSE + END)
        self.transport.writelines([answer.head, end, *answer.parts])
        if not is_kept_open:
            self.transport.close()
        return True

    def environ(self):
        """Returns what the page store reads of a WSGI environ; None for an unusual request."""
        if not self.url.startswith(b"/") or b"#" in self.url:
            return None
        path, _mark, query = self.url.partition(b"?")
        environ = {
            "REQUEST_METHOD": self.parser.get_method().decode(),
            "PATH_INFO": path_info(path),
            "QUERY_STRING": query.decode("latin-1"),
            "wsgi.url_scheme": "http",
            "REMOTE_ADDR": self.client[0] if self.client else "",
        }
        for name, value in self.headers:
            key = KEYS.get(name)
            if key in environ or name in BODY_HEADERS:
                return None
            if key:
                environ[key] = value.decode("latin-1")
        return environ


@lru_cache(1)
def date_of(second):
    return formatdate(second, usegmt=True).encode()


@lru_cache(1)
def date_line(second):
    return b"Date: %s\r\n" % date_of(second)


def encode_address(data):
    """Encodes letters in the first line of a request as an address must have them.

    >>> encode_address("GET /résumé/ HTTP/1.1".encode() + b"\\r\\nX-Name: \\xe9")
    b'GET /r%C3%A9sum%C3%A9/ HTTP/1.1\\r\\nX-Name: \\xe9'
    """
    line, end, rest = data.partition(b"\r\n")
    return NOT_ASCII.sub(lambda match: b"%%%02X" % match[0][0], line) + end + rest


class Sweeper:
    """Looks at all connections now and then, but only while there are any."""

    def __init__(self):
        self.is_set = False

    def watch(self, connections, loop):
        if not self.is_set:
            self.is_set = True
            loop.call_later(SWEEP_S, self.sweep, connections, loop)

    def sweep(self, connections, loop):
        self.is_set = False
        for connection in tuple(connections):
            connection.look(loop.time())
        if connections:
            self.watch(connections, loop)
