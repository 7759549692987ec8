"""Pages go first: what else a process has to do waits while a page is made.

A page takes some milliseconds of Python; fifty players that ask for parts of a film, or eight
readers of new PDFs, would each take a turn between two of them.
"""

import mmap
import os
import time
from contextlib import contextmanager

TIMEOUT_S = 0.05  # seconds that anything waits at most, and that a page goes first
POLL_S = 0.002  # seconds between two looks at the board

started = []  # when the pages that this process is making were begun
# When each process began its newest one; memory that workers share, for they are forked from the
# one that loaded this.
board = memoryview(mmap.mmap(-1, mmap.PAGESIZE)).cast("d")


@contextmanager
def making_page():
    place, now = os.getpid() % len(board), time.monotonic()
    started.append(now)
    board[place] = now
    try:
        yield
    finally:
        started.remove(now)
        board[place] = max(started, default=0)


def wait_for_pages():
    """Until no page is in the making, but for what takes long anyway."""
    until = time.monotonic() + TIMEOUT_S
    while (rest := min(until, max(board) + TIMEOUT_S) - time.monotonic()) > 0:
        time.sleep(min(rest, POLL_S))
