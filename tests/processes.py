"""Starts the site and other programs as processes that end with the tests."""

import os
import socket
import subprocess
import tempfile
import time

import pytest

from catalog.lib.processes import end_with_parent

START_TIMEOUT_S = 150  # a first start loads the demo, and the machine may be busy
STOP_TIMEOUT_S = 20
MAX_LOG_BYTES = 1 << 20


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_process(command, **options):
    """Returns a process that ends when this one dies, on Linux."""
    parent = os.getpid()
    return subprocess.Popen(command, preexec_fn=lambda: end_with_parent(parent), **options)


class SiteProcess:
    """The site as a process of its own. It is made when the site answers or has ended."""

    def __init__(self, command, folder, environment):
        self.log, path = tempfile.mkstemp()
        os.unlink(path)  # it goes with the last process that has it open
        self.process = start_process(
            command, cwd=folder, env=environment, stdout=self.log, stderr=subprocess.STDOUT
        )
        until = time.monotonic() + START_TIMEOUT_S
        while self.process.poll() is None and "The catalog is at" not in self.output():
            if time.monotonic() > until:
                self.process.kill()
                pytest.fail(f"The site did not start within {START_TIMEOUT_S} s.\n{self.output()}")
            time.sleep(0.05)

    def output(self):
        return os.pread(self.log, MAX_LOG_BYTES, 0).decode()

    def stop(self, signal_number):
        """Sends the signal and returns the exit code."""
        self.process.send_signal(signal_number)
        try:
            return self.process.wait(STOP_TIMEOUT_S)
        finally:
            self.process.kill()
