"""How a WSGI application is asked, and how its answers are sent."""

import logging
import os
import signal
import time
from wsgiref.validate import validator

import pytest
from django.contrib.auth.models import User

from lmp_site.server import bridge, worker
from lmp_site.server.uploads import is_signed_in
from tests.lmp_site.server.conftest import LONG, large_file, until


def say_body(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("X-Length", environ.get("CONTENT_LENGTH", ""))])
    return [body]


def saying(*names):
    """Returns an application that answers with these values of the environ."""

    def say(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return ["\n".join(str(environ.get(name)) for name in names).encode("latin-1")]

    return say


# ---- Requests ----


def test_the_environ_is_as_the_standard_says(application, web):
    application.ways["valid"] = validator(saying("PATH_INFO"))
    process = web()
    assert process.ask("/valid/?a=b")[2] == b"/valid/"
    body = process.ask("/valid/", "Content-Length: 2", method="POST", body=b"ab")[2]
    assert body == b"/valid/"


def test_a_path_keeps_its_bytes(web):
    assert web().ask("/r%C3%A9sum%C3%A9/%FF%2F/")[2] == b"/r\xc3\xa9sum\xc3\xa9/\xff//"


def test_a_whole_address_asks_for_its_path(application, web):
    application.ways["a"] = saying("PATH_INFO", "QUERY_STRING")
    assert web().ask("http://example.org/a/?b=c")[2] == b"/a/\nb=c"


def test_a_header_that_comes_twice_is_joined(application, web):
    application.ways["a"] = saying("HTTP_ACCEPT", "HTTP_COOKIE")
    lines = ["Accept: a", "Accept: b", "Cookie: c=1", "Cookie: d=2"]
    assert web().ask("/a/", *lines)[2] == b"a,b\nc=1;d=2"


def test_a_header_with_an_underscore_does_not_pass_for_another(application, web):
    application.ways["a"] = saying("HTTP_X_FORWARDED_PROTO", "HTTP_X_KNOWN")
    lines = ["X_Forwarded_Proto: https", "X-Forwarded_Proto: https", "X-Known: yes"]
    assert web().ask("/a/", *lines)[2] == b"None\nyes"


def test_a_proxy_header_does_not_change_who_asks(application, web):
    application.ways["a"] = saying("REMOTE_ADDR", "wsgi.url_scheme")
    lines = ["X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https"]
    assert web().ask("/a/", *lines)[2] == b"127.0.0.1\nhttp"


@pytest.mark.parametrize("size", [0, 10, bridge.MEMORY_BYTES * 3])
def test_a_body_arrives_whole(application, web, size):
    application.ways["body"] = say_body
    body = os.urandom(size)
    status, headers, answer = web().ask(
        "/body/", f"Content-Length: {size}", method="POST", body=body
    )
    assert (status, headers["x-length"], answer) == (200, str(size), body)


def test_a_body_in_chunks_arrives_with_its_length(application, web):
    application.ways["body"] = say_body
    chunks = b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    answer = web().ask("/body/", "Transfer-Encoding: chunked", method="POST", body=chunks)
    assert answer[1]["x-length"] == "5" and answer[2] == b"abcde"


def test_a_trailer_behind_the_body_is_no_header(application, web):
    application.ways["a"] = saying("HTTP_IF_NONE_MATCH", "HTTP_HOST")
    chunks = b"1\r\na\r\n0\r\nIf-None-Match: *\r\nHost: elsewhere.example.org\r\n\r\n"
    answer = web().ask("/a/", "Transfer-Encoding: chunked", method="POST", body=chunks)
    assert answer[2] == b"None\nexample.org"


def test_a_client_that_asks_first_is_told_to_send_its_body(application, web):
    application.ways["body"] = say_body
    client = web().client()
    client.ask("/body/", "Content-Length: 2", "Expect: 100-continue", method="POST")
    assert client.read()[0] == 100
    client.send(b"ab")
    assert client.read()[2] == b"ab"


LONG_BODY = b"a" * (bridge.MEMORY_BYTES + 1000)
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(LONG_BODY), LONG_BODY)


@pytest.fixture
def sign_in(monkeypatch):
    """Whoever has the cookie "known" has signed in. Others may not send a long body."""
    monkeypatch.setattr(worker, "is_signed_in", lambda cookies: cookies == "known")
    monkeypatch.setattr(bridge, "MAX_STRANGERS_BYTES", bridge.MEMORY_BYTES)


@pytest.mark.parametrize(
    ("how", "body"),
    [(f"Content-Length: {len(LONG_BODY)}", LONG_BODY), ("Transfer-Encoding: chunked", CHUNKED)],
)
class TestLongBody:
    def test_a_stranger_is_asked_to_sign_in(self, sign_in, web, how, body):
        client = web().client().ask("/", how, method="POST", body=body)
        assert client.read()[::2] == (413, bridge.SIGN_IN_FIRST)
        assert client.ask("/next/").read()[2] == b"/next/"

    def test_somebody_who_has_signed_in_may_send_it(self, sign_in, application, web, how, body):
        application.ways["body"] = say_body
        answer = web().ask("/body/", how, "Cookie: known", method="POST", body=body)
        assert answer[2] == LONG_BODY

    def test_there_is_a_limit_for_all(self, sign_in, monkeypatch, web, how, body):
        monkeypatch.setattr(bridge, "MAX_BODY_BYTES", bridge.MEMORY_BYTES)
        client = web().client().ask("/", how, "Cookie: known", method="POST", body=body)
        assert client.read()[::2] == (413, bridge.TOO_LARGE)
        assert client.ask("/next/").read()[2] == b"/next/"


def test_a_refused_body_that_was_not_sent_does_not_swallow_the_next_request(sign_in, web):
    lines = [f"Content-Length: {len(LONG_BODY)}", "Expect: 100-continue"]
    client = web().client().ask("/", *lines, method="POST")
    assert client.read()[0] == 413
    assert client.is_closed()


def test_few_strangers_take_room_on_the_disk_at_once(monkeypatch, sign_in, web):
    monkeypatch.setattr(bridge, "MAX_STRANGERS", 2)
    monkeypatch.setattr(bridge, "MAX_STRANGERS_BYTES", len(LONG_BODY))
    process, most = web(), f"Content-Length: {len(LONG_BODY)}"
    assert process.ask("/")[0] == 200
    before = count_files(process)  # those of the test run
    clients = [process.client().ask("/", most, method="POST") for _client in range(6)]
    for client in clients:
        client.send(LONG_BODY[:-1])
    assert until(lambda: count_files(process) == before + 2)
    time.sleep(0.2)
    assert count_files(process) == before + 2 and process.ask("/")[0] == 200
    for client in clients:
        client.send(LONG_BODY[-1:])
        assert client.read()[0] == 200


def count_files(process):
    """Returns how many deleted files the process has open."""
    links = [os.readlink(link) for link in process.descriptors.iterdir()]
    return sum(link.endswith(" (deleted)") and "/memfd" not in link for link in links)


@pytest.mark.django_db
def test_only_a_session_of_somebody_who_signed_in_counts(client):
    client.force_login(User.objects.create_user("editor"))
    session = client.cookies["sessionid"].value
    assert is_signed_in(f"a=b; sessionid={session}")
    assert not is_signed_in("") and not is_signed_in("sessionid=") and not is_signed_in("a=b")
    assert not is_signed_in(f"sessionid={session[::-1]}")
    client.logout()
    assert not is_signed_in(f"sessionid={session}")


def test_slow_uploads_do_not_keep_readers_waiting(web):
    process = web()
    for _upload in range(bridge.THREADS * 2):
        process.client().ask("/", "Content-Length: 100", method="POST", body=b"begin")
    assert process.ask("/")[0] == 200


# ---- Answers ----


def test_a_file_is_sent_whole_and_closed(application, web):
    application.ways["file"] = large_file
    assert web().ask("/file/")[2] == LONG


def test_downloads_do_not_keep_readers_waiting(application, web):
    """Nobody takes these files, which are larger than what a system keeps for a connection."""
    application.ways["file"] = large_file
    process = web()
    for _download in range(bridge.THREADS * 2):
        process.client().ask("/file/")
    time.sleep(0.3)
    assert process.ask("/")[0] == 200


class Parts:
    """An answer that is made part by part, for as long as somebody takes it."""

    streaming = True

    def __init__(self, folder, count):
        self.folder, self.count = folder, count

    def __iter__(self):
        for number in range(self.count):
            yield b"%06d " % number * 1000

    def close(self):
        (self.folder / "closed").touch()


@pytest.fixture
def stream(application, tmp_path):
    def send(environ, start_response):
        start_response("200 OK", [])
        return Parts(tmp_path, int(environ["QUERY_STRING"]))

    application.ways["stream"] = send
    return tmp_path


def test_an_answer_in_parts_is_sent_in_chunks(stream, web):
    status, headers, body = web().ask("/stream/?3")
    assert (status, headers["transfer-encoding"]) == (200, "chunked")
    assert body == b"000000 " * 1000 + b"000001 " * 1000 + b"000002 " * 1000
    assert until((stream / "closed").exists)


def test_an_old_client_gets_an_answer_in_parts_whole(stream, web):
    """HTTP/1.0 knows no chunks."""
    client = web().client().ask("/stream/?3", version="1.0")
    headers, body = client.read()[1:]
    assert "transfer-encoding" not in headers and headers["content-length"] == "21000"
    assert body == b"000000 " * 1000 + b"000001 " * 1000 + b"000002 " * 1000
    assert client.is_closed() and until((stream / "closed").exists)


def test_head_makes_no_parts(stream, web):
    client = web().client()
    assert client.ask("/stream/?1000000000", method="HEAD").read(is_head=True)[0] == 200
    assert until((stream / "closed").exists)
    assert client.ask("/next/").read()[2] == b"/next/"


def test_an_empty_part_is_not_the_end(application, web):
    class Gaps:
        streaming = True

        def __iter__(self):
            return iter([b"one", b"", b"two"])

    def send(environ, start_response):
        start_response("200 OK", [])
        return Gaps()

    application.ways["gaps"] = send
    assert web().ask("/gaps/")[2] == b"onetwo"


def test_answers_in_parts_do_not_keep_readers_waiting(stream, web):
    process = web()
    for _download in range(bridge.THREADS * 2):
        process.client().ask("/stream/?10000000")
    time.sleep(0.3)
    assert process.ask("/")[0] == 200


def test_an_answer_in_parts_ends_when_the_client_leaves(stream, web):
    client = web().client().ask("/stream/?100000000")
    assert client.file.readline().startswith(b"HTTP/1.1 200")
    client.file.close()
    client.socket.close()
    assert until((stream / "closed").exists)


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_body_has_none(application, web, status):
    def known(environ, start_response):
        start_response(f"{status} Known", [("Content-Length", "4"), ("ETag", '"a"')])
        return [b"body"]

    application.ways["known"] = known
    client = web().client()
    for _time in range(2):
        answer = client.ask("/known/").read()
        assert answer[0] == status and "content-length" not in answer[1]
        assert answer[1]["etag"] == '"a"'


@pytest.mark.parametrize("path", ["/", "/file/"])
def test_head_has_the_headers_only(application, web, path):
    application.ways["file"] = large_file
    client = web().client()
    status, headers, _body = client.ask(path, method="HEAD").read(is_head=True)
    assert status == 200 and int(headers["content-length"]) > 0
    assert client.ask("/next/").read()[2] == b"/next/"


def test_a_failure_is_500_on_that_connection_only(application, web, tmp_path):
    def fail(environ, start_response):
        raise LookupError("the reason")

    application.ways["fail"] = fail
    log = logging.FileHandler(tmp_path / "log")
    logging.getLogger("uvicorn.error").addHandler(log)
    process = web()
    logging.getLogger("uvicorn.error").removeHandler(log)
    assert process.ask("/fail/")[0] == 500
    assert process.ask("/")[0] == 200
    assert "LookupError: the reason" in (tmp_path / "log").read_text()


def test_the_end_waits_for_answers_that_are_on_their_way(application, web):
    def think(environ, start_response):
        time.sleep(1)
        start_response("200 OK", [])
        return [b"thought"]

    application.ways["think"] = think
    process = web()
    idle, client = process.client(), process.client()
    assert idle.ask("/").read()[0] == 200
    client.ask("/think/")
    time.sleep(0.3)
    os.kill(process.pid, signal.SIGTERM)
    assert client.read()[2] == b"thought"
    assert idle.is_closed()
