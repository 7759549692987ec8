import mmap
import os
import re
import time
from contextlib import contextmanager
from threading import Lock

from django.conf import settings


class HeadMiddleware:
    """Sends no body to who asks for the head only; the length stays that of the whole."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method == "HEAD" and not response.streaming:
            response.content = b""
        return response


class PagesFirstMiddleware:
    """Lets a file wait while a page is made, and makes ready one file at a time in a process.

    A page takes some milliseconds of Python; fifty players that ask for parts of a film would each
    take a turn between two of them. Only the making ready waits: sending is the system's work.
    """

    PATIENCE = 0.05  # seconds that a file waits at most, and that a page goes first
    LOOK = 0.002  # seconds between two looks at the board
    FILE = re.compile(r"/tools/[^/]+/(?:v\d+/)?[^/]+\.\w+")

    def __init__(self, get_response):
        self.get_response = get_response
        self.file_in_turn = Lock()
        self.begun = []  # when the pages that this process is making were begun
        # When each process began its newest one; memory that workers share, for they are forked
        # from the one that made it.
        self.board = memoryview(mmap.mmap(-1, mmap.PAGESIZE)).cast("d")

    def __call__(self, request):
        if request.path.startswith(settings.MEDIA_URL) or self.FILE.fullmatch(request.path):
            with self.file_in_turn:
                self.wait_for_pages()
                return self.get_response(request)
        with self.in_the_making():
            return self.get_response(request)

    @contextmanager
    def in_the_making(self):
        place, begun = os.getpid() % len(self.board), time.monotonic()
        self.begun.append(begun)
        self.board[place] = begun
        try:
            yield
        finally:
            self.begun.remove(begun)
            self.board[place] = max(self.begun, default=0)

    def wait_for_pages(self):
        """Until no page is in the making, but for what takes long anyway."""
        until = time.monotonic() + self.PATIENCE
        while (rest := min(until, max(self.board) + self.PATIENCE) - time.monotonic()) > 0:
            time.sleep(min(rest, self.LOOK))
