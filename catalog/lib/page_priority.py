"""Pages go first: other work in a process waits while a page is being made.

A page takes a few milliseconds of Python. Without this rule, fifty players that ask for parts of a
video, or eight readers of new PDFs, would each take a turn between two pages.
"""

import mmap
import os
import time
from contextlib import contextmanager

TIMEOUT_S = 0.05  # the longest that other work waits, and the longest that one page goes first
POLL_S = 0.002  # seconds between two checks of the board

page_starts = []  # the times when this process began the pages that it is making
# The time when each process began its newest page. Workers share this memory because they are
# forked from the process that loaded this module.
board = memoryview(mmap.mmap(-1, mmap.PAGESIZE)).cast("d")


@contextmanager
def making_page():
    slot, now = os.getpid() % len(board), time.monotonic()
    page_starts.append(now)
    board[slot] = now
    try:
        yield
    finally:
        page_starts.remove(now)
        board[slot] = max(page_starts, default=0)


def wait_for_pages():
    """Waits until no page is being made, but TIMEOUT_S at most. Ignores pages that take longer."""
    deadline = time.monotonic() + TIMEOUT_S
    while (rest := min(deadline, max(board) + TIMEOUT_S) - time.monotonic()) > 0:
        time.sleep(min(rest, POLL_S))
