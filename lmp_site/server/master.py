"""The master process. It loads the application, and forks the processes that do the work.

So these share its memory. A process that dies is started again.
"""

import ctypes
import gc
import os
import resource
import signal
import socket
import sys
import time
from contextlib import suppress
from functools import partial
from importlib import import_module
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.db import connections

from catalog.lib.processes import fork
from lmp_site.server.worker import MAX_CONNECTIONS, STOP_TIMEOUT_S, work

WEB_PROCESSES = 2
OTHER_FILES = 500  # that a process has open besides connections
BACKLOG = 2048  # connections that wait until a web process takes them
WARM_ADDRESSES = ("/", "/new/", "/search/", "/new/feed/")
ENDING = (signal.SIGTERM, signal.SIGINT)
RESTART_S = 1  # before a process that died is started again
POLL_S = 0.01
M_TRIM_THRESHOLD, M_ARENA_MAX = -1, -8


def serve(port, *functions):
    """Serves the catalog on 127.0.0.1 until a signal ends it.

    Beside the web processes, it keeps a process running for each of `functions`.
    """
    keep_memory_small()
    max_connections = most_connections()
    exit_with_signals()
    master = Master()
    try:
        for function in functions:
            master.start(function)
        application = load_application()
        master.listeners = listen(port)
        for listener in master.listeners:
            master.start(partial(work, application, listener, max_connections), listener)
        address = f"http://127.0.0.1:{port}/"
        print(f"The catalog is at {address} (Ctrl-C stops it).", flush=True)
        master.watch()
    except SystemExit:
        master.end()


def exit_with_signals():
    """Lets signals raise SystemExit, also where a shell that started this process ignores them."""
    for number in ENDING:
        signal.signal(number, lambda *_signal: sys.exit())


class Master:
    """`processes` has what each one runs, by its id: (function, its listening socket or None)."""

    def __init__(self):
        self.processes, self.listeners = {}, []

    def start(self, function, listener=None):
        # A signal in between would be lost, or would end the master without this process.
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        self.processes[fork(self.begin, function, listener)] = function, listener
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)

    def begin(self, function, listener):
        """Runs `function` in a new process, which the master ends."""
        for other in self.listeners:
            if other is not listener:
                other.close()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the master too
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        function()

    def watch(self):
        while True:
            pid, _status = os.wait()
            what = self.processes.pop(pid, None)
            if what:
                time.sleep(RESTART_S)
                self.start(*what)

    def end(self):
        """Ends all processes. Those that still send answers have some seconds to do so."""
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)
        for listener in self.listeners:
            listener.close()
        self.tell_all(signal.SIGTERM)
        until = time.monotonic() + STOP_TIMEOUT_S + 1
        with suppress(ChildProcessError):  # one has ended just before
            while self.processes and time.monotonic() < until:
                self.processes.pop(os.waitpid(-1, os.WNOHANG)[0], None)
                time.sleep(POLL_S)
            self.tell_all(signal.SIGKILL)

    def tell_all(self, number):
        for pid in self.processes:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def listen(port):
    """Returns a listening socket for each web process.

    On Linux each one has its own, so that the system spreads the connections. The master keeps them
    open: connections to a process that died wait for the next one.
    """
    # Two servers of one user could share a port in this way, so nobody else may have it.
    socket.create_server(("127.0.0.1", port)).close()
    if sys.platform != "linux":
        return [socket.create_server(("127.0.0.1", port), backlog=BACKLOG)] * WEB_PROCESSES
    address = "127.0.0.1", port
    options = {"backlog": BACKLOG, "reuse_port": True}
    return [socket.create_server(address, **options) for _process in range(WEB_PROCESSES)]


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


def keep_memory_small():
    """Few memory arenas, and an early return of free memory, keep many threads small."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_TRIM_THRESHOLD, 128 * 1024)


def most_connections():
    """Returns how many connections a web process may take at once."""
    files = raise_file_limit()
    return max(files - OTHER_FILES, files // 2)


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
