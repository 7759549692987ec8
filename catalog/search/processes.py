"""Lets other processes compute, one on each core, while this one reads and writes."""

import gc
import os
import signal
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from django.db import connections

AHEAD = 3  # tasks that wait for each process, so that none is ever idle


def count_cores():
    """Returns how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def compute_each(function, values, processes=1):
    """Yields function(value) for each of `values`, in their order.

    With several `processes`, they compute and this process takes the next values meanwhile. Then
    function, values and results must be picklable, and function must not use the database. Call it
    so from commands only, because it forks.
    """
    if processes < 2:
        yield from map(function, values)
        return
    context = get_context("fork")
    pool = ProcessPoolExecutor(processes, context, initializer=begin_process)
    waiting = deque()
    try:
        for value in values:
            waiting.append(pool.submit(function, value))
            if len(waiting) >= AHEAD * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def begin_process():
    """Leaves Ctrl-C and the database to the parent, and looks for garbage seldom."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)
    for connection in connections.all(initialized_only=True):
        connection.execute_wrappers.append(refuse_query)


def refuse_query(execute, sql, params, many, context):
    raise RuntimeError(f"A process that only computes asked the database: {sql}")
