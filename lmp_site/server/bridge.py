"""Between uvicorn, which speaks ASGI, and a WSGI application in threads.

The application is asked when the whole request has come, and its thread is free as soon as the
answer, or a part of it, is made. So a thread waits for no client.
"""

import asyncio
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote_to_bytes
from wsgiref.util import FileWrapper

THREADS = 24  # that run the application; most of them wait for PDFs
FILE_THREADS = 2  # that read files for downloads
MAX_BODY_BYTES = 4 << 30  # of a form with a video and its files
MEMORY_BYTES = 256 * 1024  # a longer body is kept in a file
PART_BYTES = 256 * 1024  # of a file that is sent
TOO_LARGE = b"These files are too large to be sent at once. Send them one by one."
WITHOUT_BODY = (204, 304)


class Bridge:
    """An ASGI application that asks the WSGI `application`."""

    def __init__(self, application):
        self.application = application
        self.threads, self.file_threads = (
            ThreadPoolExecutor(THREADS),
            ThreadPoolExecutor(FILE_THREADS),
        )

    async def __call__(self, scope, receive, send):
        with tempfile.SpooledTemporaryFile(MEMORY_BYTES) as body:
            size = await read_body(scope, receive, body)
            if size is None:
                return
            if size > MAX_BODY_BYTES:
                await send_whole(send, 413, [("Content-Type", "text/plain")], TOO_LARGE)
                return
            environ = environ_of(scope, body, size)
            status, headers, answer = await run(self.threads, ask, self.application, environ)
        if isinstance(answer, bytes):
            await send_whole(send, status, headers, answer)
        else:
            await self.send_parts(receive, send, status, headers, answer)

    async def send_parts(self, receive, send, status, headers, parts):
        """Sends parts as the client takes them, until it leaves."""
        client = Client(receive, send)
        try:
            await client.begin(status, headers)
            if isinstance(parts, FileWrapper):
                await self.send_file(parts.filelike, client)
            else:
                await self.send_each(iter(parts), client)
            await client.end()
        finally:
            client.leaving.cancel()
            await run(self.threads, close, parts)

    async def send_file(self, file, client):
        while part := await run(self.file_threads, file.read, PART_BYTES):
            if not await client.send_part(part):
                return

    async def send_each(self, parts, client):
        """Sends what is made part by part. A thread makes a part, and waits for no client."""
        while (part := await run(self.threads, next, parts, None)) is not None:
            if not await client.send_part(part):
                return


class Client:
    """Who gets an answer part by part."""

    def __init__(self, receive, send):
        self.send = send
        self.leaving = asyncio.get_running_loop().create_task(
            receive()
        )  # the request has come, so only this is left

    async def begin(self, status, headers):
        await send_start(self.send, status, headers)

    async def send_part(self, part):
        """Returns whether the client is still there."""
        await self.send({"type": "http.response.body", "body": part, "more_body": True})
        return not self.leaving.done()

    async def end(self):
        if not self.leaving.done():
            await self.send({"type": "http.response.body", "body": b"", "more_body": False})


# ---- On the event loop ----


def run(threads, function, *values):
    return asyncio.get_running_loop().run_in_executor(threads, function, *values)


async def read_body(scope, receive, body):
    """Writes the body of a request to a file. Returns its bytes, None if the client has left.

    It stops where a body is longer than MAX_BODY_BYTES.
    """
    size = length_of(scope)
    if size > MAX_BODY_BYTES:
        return size
    size, is_more = 0, True
    while is_more and size <= MAX_BODY_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body.write(message["body"])
        size, is_more = size + len(message["body"]), message["more_body"]
    body.seek(0)
    return size


def length_of(scope):
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(lengths[0]) if lengths else 0


async def send_start(send, status, headers):
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    if status in WITHOUT_BODY:
        pairs = [pair for pair in pairs if pair[0].lower() != b"content-length"]
    await send({"type": "http.response.start", "status": status, "headers": pairs})


async def send_whole(send, status, headers, body):
    names = {name.lower() for name, _value in headers}
    if "content-length" not in names:
        headers = [*headers, ("Content-Length", str(len(body)))]
    await send_start(send, status, headers)
    body = b"" if status in WITHOUT_BODY else body
    await send({"type": "http.response.body", "body": body, "more_body": False})


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
