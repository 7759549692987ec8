"""A web process with a small application of its own, asked through sockets."""

import io
import os
import signal
import socket
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from catalog.lib.processes import fork
from lmp_site.page_store.entries import Answer
from lmp_site.server import worker

KEPT = Answer("200 OK", [("ETag", '"kept"'), ("Content-Length", "4")], [b"kept"])
LONG = b"long " * 4_000_000  # more than the system keeps for a connection


class Application:
    """Answers each path in another way. `repeat` has an answer for /kept/."""

    def __init__(self):
        self.ways = {}

    def repeat(self, environ):
        return KEPT if environ["PATH_INFO"] == "/kept/" else None

    def __call__(self, environ, start_response):
        way = self.ways.get(environ["PATH_INFO"].strip("/"), say_path)
        return way(environ, start_response)


def say_path(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode("latin-1")]


class Client:
    """A connection that sends bytes as they are."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.file = self.socket.makefile("rb")

    def send(self, data):
        self.socket.sendall(data)

    def ask(self, target, *lines, method="GET", body=b"", version="1.1"):
        head = "\r\n".join([f"{method} {target} HTTP/{version}", "Host: example.org", *lines])
        self.send(head.encode("latin-1") + b"\r\n\r\n" + body)
        return self

    def read(self, is_head=False):
        """Returns (status, {name: value}, body) of the next answer."""
        status = self.file.readline()
        if not status:
            return None
        headers = {}
        while (line := self.file.readline()) not in (b"\r\n", b""):
            name, _colon, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        if headers.get("transfer-encoding") == "chunked":
            body = b"".join(self.read_chunks())
        else:
            body = b"" if is_head else self.file.read(int(headers.get("content-length", 0)))
        return int(status.split()[1]), headers, body

    def read_chunks(self):
        while size := int(self.file.readline(), 16):
            yield self.file.read(size)
            self.file.readline()
        self.file.readline()

    def is_closed(self):
        """Waits until the server ends the connection. Whatever comes before is left out."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            pass
        except TimeoutError:
            return False
        return True


class WebProcess:
    def __init__(self, application, max_connections=2000):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=2000)
        self.port = self.listener.getsockname()[1]
        self.clients = ExitStack()
        sys.stdout.flush()
        self.pid = fork(worker.work, application, self.listener, max_connections)
        self.descriptors = Path(f"/proc/{self.pid}/fd")

    def client(self):
        client = Client(self.port)
        self.clients.callback(client.socket.close)
        self.clients.callback(client.file.close)
        return client

    def ask(self, target, *lines, **options):
        """Returns (status, headers, body) of a request on a new connection."""
        is_head = options.get("method") == "HEAD"
        return self.client().ask(target, *lines, **options).read(is_head)

    def end(self):
        self.clients.close()
        self.listener.close()
        if self.pid:
            os.kill(self.pid, signal.SIGTERM)
            os.waitpid(self.pid, 0)
        self.pid = None


@pytest.fixture
def application():
    return Application()


@pytest.fixture
def web(application):
    """The process starts when a test asks for it, so the test can change the application first."""
    started = []

    def start(**options):
        started.append(WebProcess(application, **options))
        return started[-1]

    yield start
    for process in started:
        process.end()


def until(condition, seconds=20):
    """Waits until the condition holds. Returns whether it did."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def large_file(environ, start_response):
    start_response("200 OK", [("Content-Length", str(len(LONG)))])
    return environ["wsgi.file_wrapper"](io.BytesIO(LONG))
