"""What the event loop of a web process does itself: kept answers, limits and times."""

import io
import logging
import socket
import time

import pytest

from lmp_site.server import connection
from tests.lmp_site.server.conftest import LONG, large_file, until

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def hasty(monkeypatch):
    """All times that a client may take are short. Each test makes one of them long again."""
    monkeypatch.setattr(connection, "SWEEP_S", 0.05)
    for name in ("HEAD_TIMEOUT_S", "BODY_TIMEOUT_S", "SEND_TIMEOUT_S", "IDLE_TIMEOUT_S"):
        monkeypatch.setattr(connection, name, 0.3)
    return monkeypatch


def fail(environ, start_response):
    raise AssertionError("A kept answer must not reach the application.")


def say_made(environ, start_response):
    start_response("200 OK", [("Content-Length", "4")])
    return [b"made"]


# ---- Kept answers ----


def test_a_kept_answer_does_not_reach_the_application(application, web):
    application.ways["kept"] = fail
    status, headers, body = web().ask("/kept/")
    assert (status, body) == (200, b"kept")
    assert headers["etag"] == '"kept"' and headers["date"].endswith("GMT")
    assert "connection" not in headers


def test_many_requests_share_a_connection_and_their_answers_keep_the_order(application, web):
    client = web().client()
    for target in ("/kept/", "/one/", "/kept/", "/two/", "/kept/"):
        client.ask(target)
    # What comes behind an answer that is being made is made too.
    bodies = [client.read()[2].strip(b"/") for _answer in range(5)]
    assert bodies == [b"kept", b"one", b"kept", b"two", b"kept"]


@pytest.mark.parametrize(("version", "lines"), [("1.1", ["Connection: close"]), ("1.0", [])])
def test_a_client_that_wants_one_answer_gets_one(web, version, lines):
    client = web().client().ask("/kept/", *lines, version=version)
    assert client.read()[1:] == (
        {
            "etag": '"kept"',
            "content-length": "4",
            "date": client_date(client),
            "connection": "close",
        },
        b"kept",
    )
    assert client.is_closed()


def client_date(client):
    return connection.date_of(int(time.time())).decode()


@pytest.mark.parametrize(
    "lines",
    [
        ["Cookie: a=1", "Cookie: b=2"],
        ["Accept-Encoding: gzip", "Accept-Encoding: br"],
        ["Content-Length: 0"],
        ["Upgrade: h2c", "Connection: Upgrade"],
    ],
)
def test_an_unusual_request_reaches_the_application(application, web, lines):
    application.ways["kept"] = say_made
    assert web().ask("/kept/", *lines)[2] == b"made"


def test_a_second_host_reaches_the_application_which_refuses_it(application, web):
    application.ways["kept"] = say_made
    assert web().ask("/kept/", "Host: elsewhere.example.org")[2] == b"made"


def test_what_the_page_store_reads_is_the_same_on_both_ways(application, web):
    """The event loop and the application must not understand a request differently."""
    seen = []
    names = [*connection.KEYS.values(), "REQUEST_METHOD", "PATH_INFO", "QUERY_STRING"]
    names += ["wsgi.url_scheme", "REMOTE_ADDR"]
    application.repeat = lambda environ: seen.append(environ)

    def compare(environ, start_response):
        whole = {name: environ[name] for name in names if name in environ}
        start_response("200 OK", [])
        return [b"same" if seen[-1] == whole else f"{seen[-1]} != {whole}".encode()]

    application.ways[""] = application.ways["\xc3\xa9"] = compare
    for target in ("/", "/?q=a%20b+c&q=%C3%A9", "/%C3%A9/", "/%c3%a9/?", "/?a?b=/%2F", "//"):
        lines = [f"{name.decode().title()}: v" for name in connection.KEYS if name != b"host"]
        assert web().ask(target, *lines)[2] == b"same", target


# ---- What is refused ----


@pytest.mark.parametrize("request_line", ["hello\r\n\r\n", "GET / FTP/1.0\r\n\r\n", "\x16\x03\x01"])
def test_what_is_not_http_gets_400_and_a_sentence(web, request_line):
    client = web().client()
    client.send(request_line.encode())
    assert client.read()[::2] == (400, connection.NOT_HTTP.encode())
    assert client.is_closed()


def test_an_address_that_is_too_long_gets_414_and_a_sentence(web):
    process = web()
    assert process.ask("/" + "a" * (connection.MAX_ADDRESS - 1))[0] == 200
    long = process.ask("/" + "a" * connection.MAX_ADDRESS)
    assert long[::2] == (414, connection.ADDRESS_TOO_LONG.encode())


def test_a_head_without_end_gets_431_and_takes_no_memory(web):
    client = web().client()
    client.send(b"GET / HTTP/1.1\r\n")
    with pytest.raises(OSError):
        for number in range(100_000):
            client.send(b"X-Header-%d: %s\r\n" % (number, b"a" * 1000))
            if number % 50 == 0:
                client.socket.settimeout(0.01)
                answer = peek(client)
                client.socket.settimeout(20)
                if answer:
                    assert answer.startswith(b"HTTP/1.1 431 ") and number < 1000
                    raise OSError


def peek(client):
    try:
        return client.socket.recv(500, socket.MSG_PEEK)
    except TimeoutError:
        return b""


def test_more_connections_than_allowed_get_503(web):
    process = web(max_connections=5)
    clients = [process.client() for _client in range(8)]
    answers = [client.ask("/kept/").read() for client in clients]
    assert [status for status, _headers, _body in answers] == [200] * 5 + [503] * 3
    assert answers[-1][2] == connection.TOO_MANY.encode()
    for client in clients:
        client.socket.shutdown(socket.SHUT_RDWR)
    assert until(lambda: process.ask("/")[0] == 200)


def test_trailers_without_end_are_given_up(web):
    client = web().client()
    client.ask("/", "Transfer-Encoding: chunked", method="POST", body=b"1\r\na\r\n0\r\n")
    with pytest.raises(OSError):
        for number in range(100_000):
            client.send(b"X-Trailer-%d: %s\r\n" % (number, b"a" * 1000))
    assert number < 5000


def test_a_long_body_is_no_long_head(web):
    length = 4 * connection.MAX_HEAD_BYTES
    lines = [f"Content-Length: {length}"]
    assert web().ask("/", *lines, method="POST", body=b"a" * length)[0] == 200


@pytest.mark.parametrize("target", ["/r\xc3\xa9sum\xc3\xa9/", "/caf\xe9/"])
def test_letters_in_an_address_mean_their_bytes(web, target):
    """Browsers encode them. Programs and old links do not always."""
    process = web()
    assert process.ask(target, "X-Name: \xe9")[2] == target.encode("latin-1")
    assert process.ask("/kept/?q=\xe9")[2] == b"kept"


def test_a_client_that_leaves_two_requests_behind_is_no_fault(application, web, tmp_path):
    def send(environ, start_response):
        start_response("200 OK", [("Content-Length", str(len(LONG)))])
        return environ["wsgi.file_wrapper"](NotedFile(tmp_path / "closed"))

    application.ways["file"] = send
    log = logging.FileHandler(tmp_path / "log")
    logging.getLogger("uvicorn.error").addHandler(log)
    process = web()
    logging.getLogger("uvicorn.error").removeHandler(log)
    client = process.client().ask("/file/").ask("/one/")
    assert client.file.readline().startswith(b"HTTP/1.1 200")
    client.file.close()
    client.socket.close()
    assert until((tmp_path / "closed").exists)
    process.end()
    assert (tmp_path / "log").read_text() == ""


def test_rubbish_behind_a_request_does_not_get_into_its_answer(application, web):
    application.ways["file"] = large_file
    client = web().client().ask("/file/")
    client.send(b"rubbish\r\n\r\n")
    received = b""
    try:
        while part := client.socket.recv(1 << 20):
            received += part
    except ConnectionResetError:
        pass
    assert b"HTTP/1.1 400" not in received


def test_a_fault_while_looking_for_a_kept_answer_is_logged_and_answered(application, web, tmp_path):
    def fail(environ):
        raise LookupError("the reason")

    application.repeat = fail
    log = logging.FileHandler(tmp_path / "log")
    connection.logger.addHandler(log)
    process = web()
    connection.logger.removeHandler(log)
    assert process.ask("/one/")[2] == b"/one/"
    assert "LookupError: the reason" in (tmp_path / "log").read_text()


def test_a_client_that_has_said_all_gets_its_answer(web):
    client = web().client().ask("/one/")
    client.socket.shutdown(socket.SHUT_WR)
    assert client.read()[2] == b"/one/"
    assert client.is_closed()


def test_a_request_behind_one_for_another_protocol_is_not_left_waiting(web):
    client = web().client().ask("/one/", "Upgrade: h2c", "Connection: Upgrade")
    client.ask("/two/")
    assert client.read()[2] == b"/one/"
    assert client.is_closed()


# ---- Slow clients ----


def test_a_head_that_comes_letter_by_letter_is_given_up(hasty, web):
    hasty.setattr(connection, "HEAD_TIMEOUT_S", 0.3)
    hasty.setattr(connection, "IDLE_TIMEOUT_S", 100)
    client = web().client()
    with pytest.raises(OSError):
        for letter in b"GET / HTTP/1.1\r\nX-Slow: " + b"a" * 200:
            client.send(bytes([letter]))
            time.sleep(0.05)


def test_a_client_that_says_nothing_is_given_up(hasty, web):
    assert web().client().is_closed()


def test_a_connection_stays_open_longer_than_uvicorn_would_keep_it(web):
    """nginx keeps its connections for a minute, and sends the forms of editors through them."""
    client = web().client()
    assert client.ask("/one/").read()[0] == 200
    time.sleep(5.6)
    assert client.ask("/two/").read()[0] == 200
    assert connection.IDLE_TIMEOUT_S > 60


def test_a_client_that_keeps_its_connection_has_time_for_the_next_request(hasty, web):
    hasty.setattr(connection, "IDLE_TIMEOUT_S", 100)
    client = web().client()
    for target in ("/kept/", "/one/", "/kept/"):
        assert client.ask(target).read()[0] == 200
        time.sleep(0.6)


def test_a_body_that_stops_is_given_up(hasty, web):
    client = web().client().ask("/", "Content-Length: 100", method="POST", body=b"begin")
    assert client.is_closed()


def test_a_body_that_comes_slowly_but_steadily_arrives(hasty, application, web):
    def say_body(environ, start_response):
        start_response("200 OK", [])
        return [environ["wsgi.input"].read()]

    application.ways["body"] = say_body
    client = web().client().ask("/body/", "Content-Length: 10", method="POST")
    for _part in range(10):
        client.send(b"x")
        time.sleep(0.1)
    assert client.read()[2] == b"x" * 10


class NotedFile(io.BytesIO):
    """A file whose end somebody else can see."""

    def __init__(self, mark):
        super().__init__(LONG)
        self.mark = mark

    def close(self):
        self.mark.touch()
        super().close()


def test_a_client_that_takes_nothing_of_its_answer_is_given_up(hasty, application, web, tmp_path):
    def send(environ, start_response):
        start_response("200 OK", [("Content-Length", str(len(LONG)))])
        return environ["wsgi.file_wrapper"](NotedFile(tmp_path / "closed"))

    application.ways["file"] = send
    web().client().ask("/file/")
    assert until((tmp_path / "closed").exists)


def test_a_client_that_takes_its_answer_slowly_gets_all_of_it(hasty, application, web):
    hasty.setattr(connection, "SEND_TIMEOUT_S", 2)
    application.ways["file"] = large_file
    client = web().client()
    client.ask("/file/")
    received = 0
    while received < len(LONG):
        time.sleep(0.02)
        part = client.socket.recv(200_000)
        assert part
        received += len(part)


def test_a_client_may_wait_as_long_as_the_application_takes(hasty, application, web):
    def think(environ, start_response):
        time.sleep(1.2)
        start_response("200 OK", [])
        return [b"thought"]

    application.ways["think"] = think
    assert web().ask("/think/")[2] == b"thought"


def test_requests_without_reading_the_answers_do_not_fill_the_memory(hasty, web):
    """The server stops reading when the client does not take what it asked for."""
    client = web().client()
    client.socket.settimeout(1)
    with pytest.raises(OSError):
        for _request in range(2_000_000):
            client.ask("/kept/")


def test_many_requests_behind_one_that_waits_end_the_connection(application, web):
    application.ways["slow"] = slow
    client = web().client().ask("/slow/")
    with pytest.raises(OSError):
        for _request in range(100_000):
            client.ask("/")


def slow(environ, start_response):
    time.sleep(1)
    return say_made(environ, start_response)
