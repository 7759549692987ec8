"""Pages go first: what else a process has to do waits while a page is made.

A page takes some milliseconds of Python; fifty players that ask for parts of a film, or eight
readers of new PDFs, would each take a turn between two of them.
"""

import mmap
import os
import time
from contextlib import contextmanager

PATIENCE = 0.05  # seconds that anything waits at most, and that a page goes first
LOOK = 0.002  # seconds between two looks at the board

begun = []  # when the pages that this process is making were begun
# When each process began its newest one; memory that workers share, for they are forked from the
# one that loaded this.
board = memoryview(mmap.mmap(-1, mmap.PAGESIZE)).cast("d")


@contextmanager
def page_in_the_making():
    place, now = os.getpid() % len(board), time.monotonic()
    begun.append(now)
    board[place] = now
    try:
        yield
    finally:
        begun.remove(now)
        board[place] = max(begun, default=0)


def wait_for_pages():
    """Until no page is in the making, but for what takes long anyway."""
    until = time.monotonic() + PATIENCE
    while (rest := min(until, max(board) + PATIENCE) - time.monotonic()) > 0:
        time.sleep(min(rest, LOOK))
