"""The master process: signals, its processes and their listening sockets."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lmp_site.server import master as room
from lmp_site.server.master import Master, listen
from tests.lmp_site.server.conftest import until
from tests.processes import free_port

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at Linux's /proc")

# A master with two processes that sleep. It says when they are there, and ends with a signal.
SLEEPING = """
import time
from lmp_site.server.master import Master, exit_with_signals
exit_with_signals()
master = Master()
try:
    for _process in range(2):
        master.start(lambda: time.sleep(60))
    print("started", flush=True)
    master.watch()
except SystemExit:
    master.end()
    print("ended", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_right_after_the_start_is_not_lost(number):
    """Ctrl-C reaches the whole group at once. A shell lets what it starts behind it ignore it."""
    for _time in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", SLEEPING],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(number, signal.SIG_IGN),
        )
        assert process.stdout.readline() == b"started\n"
        started = time.monotonic()
        os.killpg(process.pid, number)
        output, errors = process.communicate(timeout=30)
        assert (output, errors, process.returncode) == (b"ended\n", b"", 0)
        assert time.monotonic() < started + room.STOP_TIMEOUT_S / 2


@pytest.fixture
def master():
    before = {number: signal.getsignal(number) for number in room.ENDING}
    master = Master()
    yield master
    for number, handler in before.items():
        signal.signal(number, handler)
    for pid in master.processes:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def sockets_of(pid):
    """Returns the names of the sockets that a process has open."""
    links = (os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir())
    return {link for link in links if link.startswith("socket:")}


def name_of(listener):
    return os.readlink(f"/proc/self/fd/{listener.fileno()}")


def test_a_process_has_no_listening_socket_but_its_own(master):
    """Else the port would stay open while the server stops, and after it died."""
    master.listeners = listen(free_port())
    first, second = map(name_of, master.listeners)
    for listener in (master.listeners[0], None):
        master.start(lambda: time.sleep(60), listener)
    web, helper = master.processes
    assert until(lambda: first in sockets_of(web) and second not in sockets_of(web))
    assert until(lambda: not {first, second} & sockets_of(helper))
    for listener in master.listeners:
        listener.close()


def test_nobody_is_let_in_while_the_server_stops(master):
    master.listeners = listen(port := free_port())
    socket.create_connection(("127.0.0.1", port)).close()
    master.end()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_two_servers_do_not_share_a_port():
    listeners = listen(port := free_port())
    with pytest.raises(OSError, match="in use"):
        listen(port)
    for listener in listeners:
        listener.close()


@pytest.mark.parametrize("files", [100, 512, 1000])
def test_a_system_that_allows_few_open_files_still_lets_readers_in(monkeypatch, files):
    monkeypatch.setattr(room, "raise_file_limit", lambda: files)
    assert files // 2 <= room.most_connections() < files
