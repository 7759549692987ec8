"""Asks the sandbox process to do work that may take long or crash.

The sandbox process starts at the first question.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from catalog.sandbox.exceptions import Refused

ROOT = Path(__file__).resolve().parents[2]
SECONDS, MEGABYTES = 20, 1024
# The environment variables that the process needs. It gets none of the site's keys.
ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR")
READERS = "catalog.files.inspection.readers"
FAILURE_CODES = {"time": "too_slow", "memory": "too_much", "crash": "unreadable"}

logger = logging.getLogger(__name__)


def ask(function, path, *, of=READERS, number=0, limit=SECONDS, megabytes=MEGABYTES, **options):
    """Returns the answer of `function` ("documents.read") about the file at `path`.

    `of` is the module with the functions; `options` are passed to the function. Each `number` is a
    process of its own, so questions to different numbers are answered at the same time.
    Raises Refused with the codes of the function, or with too_slow, too_much or unreadable if the
    function does not finish within `limit` seconds and `megabytes`.
    """
    question = {
        "ask": function,
        "options": {"path": str(path)} | options,
        "seconds": limit,
        "megabytes": megabytes,
    }
    answer = sandbox_process(of, number).ask(question)
    if "failed" in answer:
        logger.warning("%s of %s failed: %s", function, Path(path).name, answer)
        raise Refused(FAILURE_CODES[answer["failed"]])
    if "refused" in answer:
        raise Refused(answer["refused"], **answer["facts"])
    return answer["facts"]


class SandboxProcess:
    """A process with the functions of the module `of`. It answers one question at a time."""

    def __init__(self, of=READERS):
        self.of = of
        self.owner = os.getpid()
        self.lock = threading.Lock()
        self.process = None

    def ask(self, question):
        line = json.dumps(question).encode() + b"\n"
        with self.lock:
            # The process may have ended because it was idle. Then the second try starts a new one.
            return self.exchange(line) or self.exchange(line) or {"failed": "crash"}

    def warm(self):
        """Starts the process before the first question.

        Does not wait until the process is ready, and does nothing while it answers a question.
        """
        if self.lock.acquire(blocking=False):
            try:
                self.start()
            finally:
                self.lock.release()

    def exchange(self, line):
        """Returns the answer. If the process no longer answers, ends it and returns None."""
        try:
            self.start()
            self.process.stdin.write(line)
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())
        except (OSError, ValueError):
            self.end()
            return None

    def start(self):
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "catalog.sandbox.server", self.of],
                cwd=ROOT,
                env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def end(self):
        process, self.process = self.process, None
        if process:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # kills its children too
            process.wait()
            process.stdout.close()
            with suppress(OSError):  # unsent data cannot be sent anymore
                process.stdin.close()


_processes, _processes_lock = {}, threading.Lock()


def sandbox_process(of=READERS, number=0):
    """Returns the sandbox process that belongs to this process.

    A sandbox process that was copied by a fork answers the parent, so a child starts its own.
    """
    key = of, number
    with _processes_lock:
        if key not in _processes or _processes[key].owner != os.getpid():
            _processes[key] = SandboxProcess(of)
        return _processes[key]


def end_sandbox_processes():
    """Ends those of this process, which may start new ones."""
    with _processes_lock:
        for process in _processes.values():
            if process.owner == os.getpid():
                process.end()
