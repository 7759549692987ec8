"""Between uvicorn, which speaks ASGI, and a WSGI application in threads.

The application is asked when the whole request has come, and its thread is free as soon as the
answer, or a part of it, is made. So a thread waits for no client.
"""

import asyncio
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from urllib.parse import unquote_to_bytes
from wsgiref.util import FileWrapper

THREADS = 24  # that run the application; most of them wait for PDFs
FILE_THREADS = 2  # that read files for downloads
MEMORY_BYTES = 64 * 1024  # a longer body is kept in a file
MAX_BODY_BYTES = 4 << 30  # of a form with a video and its files
# Who has not signed in may send as much, for a form that was open while the session ran out.
MAX_STRANGERS_BYTES = 20 << 20
MAX_STRANGERS = 20  # whose bodies take room on the disk at once; the others wait
PART_BYTES = 256 * 1024  # of a file that is sent
TOO_LARGE = b"These files are too large to be sent at once. Send them one by one."
SIGN_IN_FIRST = b"Files are taken only from people who have signed in. Sign in and send them again."
WITHOUT_BODY = (204, 304)


class Bridge:
    """An ASGI application that asks the WSGI `application`.

    `is_signed_in(cookies)` says whether a Cookie header is that of somebody who has signed in.
    """

    def __init__(self, application, is_signed_in):
        self.application, self.is_signed_in = application, is_signed_in
        self.threads = ThreadPoolExecutor(THREADS)
        self.file_threads = ThreadPoolExecutor(FILE_THREADS)
        self.strangers = asyncio.Semaphore(MAX_STRANGERS)

    async def __call__(self, scope, receive, send):
        with tempfile.SpooledTemporaryFile(MEMORY_BYTES) as body:
            if is_long(scope) and not await self.is_known(scope):
                async with self.strangers:
                    limits = MAX_STRANGERS_BYTES, SIGN_IN_FIRST
                    await self.answer(scope, receive, send, body, *limits)
            else:
                await self.answer(scope, receive, send, body, MAX_BODY_BYTES, TOO_LARGE)

    def is_known(self, scope):
        cookies = b";".join(value for name, value in scope["headers"] if name == b"cookie")
        return run(self.threads, self.is_signed_in, cookies.decode("latin-1"))

    async def answer(self, scope, receive, send, body, most, refusal):
        size = await read_body(scope, receive, body, most)
        if size is None:
            return
        if size > most:
            await refuse(scope, send, refusal)
            return
        environ = environ_of(scope, body, size)
        status, headers, answer = await run(self.threads, ask, self.application, environ)
        if isinstance(answer, bytes):
            await send_whole(send, status, headers, answer)
            return
        try:
            await self.send_parts(scope, receive, send, status, headers, answer)
        finally:
            await run(self.threads, close, answer)

    async def send_parts(self, scope, receive, send, status, headers, parts):
        """Sends parts as the client takes them, until it leaves."""
        leaving = asyncio.get_running_loop().create_task(receive())
        with ExitStack() as stack:
            stack.callback(leaving.cancel)
            if scope["http_version"] == "1.0" and not has_length(headers):
                file = stack.enter_context(tempfile.TemporaryFile())
                await run(self.threads, file.writelines, parts)
                headers = [*headers, ("Content-Length", str(file.tell()))]
                file.seek(0)
                next_part = partial(run, self.file_threads, file.read, PART_BYTES)
            elif isinstance(parts, FileWrapper):
                next_part = partial(run, self.file_threads, parts.filelike.read, PART_BYTES)
            else:  # a thread makes a part, and waits for no client
                next_part = partial(run, self.threads, next, filter(None, parts), b"")
            await send_start(send, status, headers)
            while scope["method"] != "HEAD" and (part := await next_part()):
                await send({"type": "http.response.body", "body": part, "more_body": True})
                if leaving.done():
                    return
            await send({"type": "http.response.body", "body": b"", "more_body": False})


# ---- On the event loop ----


def run(threads, function, *values):
    return asyncio.get_running_loop().run_in_executor(threads, function, *values)


def is_long(scope):
    """Whether the body of a request takes room on the disk, or may do so."""
    names = {name for name, _value in scope["headers"]}
    return b"transfer-encoding" in names or length_of(scope) > MEMORY_BYTES


async def read_body(scope, receive, body, most):
    """Writes the body of a request to a file. Returns its bytes, None if the client has left.

    It stops where a body is longer than `most` bytes.
    """
    size = length_of(scope)
    if size > most:
        return size
    size, is_more = 0, True
    while is_more and size <= most:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body.write(message["body"])
        size, is_more = size + len(message["body"]), message["more_body"]
    body.seek(0)
    return size


async def refuse(scope, send, sentence):
    """A client that would have waited for "100 Continue" may send its body or not, so it leaves."""
    headers = [("Content-Type", "text/plain; charset=utf-8")]
    if any(name == b"expect" for name, _value in scope["headers"]):
        headers.append(("Connection", "close"))
    await send_whole(send, 413, headers, sentence)


def length_of(scope):
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(lengths[0]) if lengths else 0


async def send_start(send, status, headers):
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    if status in WITHOUT_BODY:
        pairs = [pair for pair in pairs if pair[0].lower() != b"content-length"]
    await send({"type": "http.response.start", "status": status, "headers": pairs})


async def send_whole(send, status, headers, body):
    if not has_length(headers):
        headers = [*headers, ("Content-Length", str(len(body)))]
    await send_start(send, status, headers)
    body = b"" if status in WITHOUT_BODY else body
    await send({"type": "http.response.body", "body": body, "more_body": False})


def has_length(headers):
    return any(name.lower() == "content-length" for name, _value in headers)


# ---- In a thread ----


def ask(application, environ):
    """Returns (status, headers, answer). The answer is whole as bytes, or comes in parts."""
    started = []

    def start_response(status, headers, exc_info=None):
        started[:] = [int(status.split()[0]), headers]

    parts = application(environ, start_response)
    if isinstance(parts, FileWrapper) or getattr(parts, "streaming", False):
        return *started, parts
    try:
        return *started, b"".join(parts)
    finally:
        close(parts)


def close(parts):
    if hasattr(parts, "close"):
        parts.close()


def environ_of(scope, body, size):
    """Returns the WSGI environ of a request with a body of `size` bytes."""
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path_info(scope["raw_path"]),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": str(scope["server"][1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0] if scope["client"] else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    for name, value in scope["headers"]:
        if b"_" in name:  # it would look like another header with a hyphen
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        text = value.decode("latin-1")
        before = environ.get(key)
        mark = ";" if key == "HTTP_COOKIE" else ","
        environ[key] = text if before is None else f"{before}{mark}{text}"
    if size:
        environ["CONTENT_LENGTH"] = str(size)
    return environ


def path_info(path):
    """Returns the path of an address as WSGI wants it: its bytes, each as a character.

    >>> path_info(b"/r%C3%A9sum%C3%A9/")
    '/rÃ©sumÃ©/'
    """
    return unquote_to_bytes(path).decode("latin-1")
