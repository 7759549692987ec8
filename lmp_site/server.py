"""Runs granian, which serves the catalog: a master process and WORKERS web processes.

The master loads the application and forks the web processes, so that they share its memory. It
replaces a web process that dies. `python -m lmp_site.server` serves a catalog that is ready,
without background work; `manage.py start` prepares everything.
"""

import ctypes
import gc
import multiprocessing
import os
import resource
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from importlib import import_module
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.db import connections
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from catalog.lib.processes import end_with_parent, fork, is_alive

WORKERS = 2
# Most threads wait for people who watch videos. A thread that asks the database keeps a connection,
# and so do six others of a process. Two processes stay below PostgreSQL's limit of 100 connections.
THREADS = 36
THREAD_IDLE_S = 30  # after which a thread that does nothing ends
# Connections that a process takes at once, most of them idle. The others wait until one ends.
MAX_CONNECTIONS = 10_000
OTHER_FILES = 500  # that a process has open besides connections
# The link of a packet holds all its notes. granian takes addresses up to 65,534 letters. That is
# less than 60 notes of 200 characters can take if each character takes 9 letters.
MAX_HEAD_BYTES = 160 * 1024
WARM_ADDRESSES = ("/", "/new/", "/search/", "/new/feed/")
HEAD_TIMEOUT_MS = 15_000  # that a client may take to send the head of a request
RESTART_S = 1  # before a process that died is started again
STOP_TIMEOUT_S = 10  # for answers that are on their way when the server stops
# Between threads of a process: a finished page does not wait long for one that is being made.
SWITCH_INTERVAL_S = 0.001
CONNECT_RETRY_S = 0.01
M_TRIM_THRESHOLD, M_ARENA_MAX = -1, -8


def serve(port, *functions):
    """Serves the catalog on 127.0.0.1 until a signal ends it.

    Beside the web processes, it keeps a process running for each of `functions`.
    """
    helpers = [Helper(function) for function in functions]
    keep_memory_small()
    max_files = raise_file_limit()
    application = load_application()
    master = os.getpid()
    multiprocessing.set_start_method("fork", force=True)
    server = Server(
        "lmp_site.wsgi:application",
        port=port,
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=THREAD_IDLE_S,
        backpressure=min(MAX_CONNECTIONS, max(max_files - OTHER_FILES, max_files // 2)),
        http1_settings=HTTP1Settings(
            max_buffer_size=MAX_HEAD_BYTES, header_read_timeout=HEAD_TIMEOUT_MS
        ),
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_TIMEOUT_S,
    )
    for watch in [partial(announce, port), *(helper.watch for helper in helpers)]:
        server.on_startup(threading.Thread(target=watch, daemon=True).start)
    for helper in helpers:
        server.on_shutdown(helper.end)
    server.serve(target_loader=lambda: begin_worker(application, master), wrap_loader=False)


class Helper:
    """A process that runs `function`. A new one takes its place when it dies."""

    def __init__(self, function):
        self.function, self.is_ending = function, False
        self.pid = fork(function)

    def watch(self):
        while True:
            os.waitpid(self.pid, 0)
            if self.is_ending:
                return
            time.sleep(RESTART_S)
            self.pid = fork(self.function)

    def end(self):
        self.is_ending = True
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        until = time.monotonic() + STOP_TIMEOUT_S
        while is_alive(self.pid) and time.monotonic() < until:
            time.sleep(0.02)


def load_application():
    """Returns the WSGI application, ready to answer the first reader as fast as others.

    It makes some pages, which loads views, templates and the index. The web processes share them.
    """
    site = import_module("lmp_site.wsgi")
    for address in WARM_ADDRESSES:
        make_page(site.django, address)
    connections.close_all()
    gc.collect()
    gc.freeze()  # or each web process would copy what they share, to look for garbage in it
    return site.application


def make_page(django, path):
    address = urlsplit(settings.SITE_URL)
    environ = {"PATH_INFO": path, "HTTP_HOST": address.netloc, "wsgi.url_scheme": address.scheme}
    setup_testing_defaults(environ)
    response = django(environ, lambda status, headers: None)
    response.close()


def begin_worker(application, master):
    """Prepares a web process. Returns its application."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    end_with_parent(master)
    return application


def keep_memory_small():
    """Few memory arenas, and an early return of free memory, keep many threads small."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_TRIM_THRESHOLD, 128 * 1024)


def raise_file_limit():
    """Lets a process have as many files open as it needs and the system allows.

    Returns the number that it can use.
    """
    most = MAX_CONNECTIONS + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return most
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed


def announce(port):
    """Says that the catalog can be used, as soon as a web process answers."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(CONNECT_RETRY_S)
        else:
            address = f"http://127.0.0.1:{port}/"
            return print(f"The catalog is at {address} (Ctrl-C stops it).", flush=True)


if __name__ == "__main__":
    serve(import_module("lmp_site.environment").read_port())
