"""Asks a process apart for what may take long or break; it is started at the first question."""

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
# Of the environment: what it needs to run, and none of the keys that the site has.
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR")
READERS = "catalog.files.inspection.readers"
CODES = {"time": "too_slow", "memory": "too_much", "crash": "unreadable"}

logger = logging.getLogger(__name__)


def ask(what, path, *, of=READERS, number=0, limit=SECONDS, megabytes=MEGABYTES, **options):
    """What the function `what` ("documents.read") of the module `of` says of the file at `path`.

    Raises Refused: with the function's own codes, or too_slow, too_much, unreadable where it did
    not come to its end within `limit` seconds and `megabytes`. Who asks processes of other numbers
    is answered by several at once.
    """
    question = {
        "ask": what,
        "options": {"path": str(path)} | options,
        "seconds": limit,
        "megabytes": megabytes,
    }
    answer = sandbox_process(of, number).ask(question)
    if "failed" in answer:
        logger.warning("%s of %s failed: %s", what, Path(path).name, answer)
        raise Refused(CODES[answer["failed"]])
    if "refused" in answer:
        raise Refused(answer["refused"], **answer["facts"])
    return answer["facts"]


class SandboxProcess:
    """One process with the functions of the module `of`, one question at a time."""

    def __init__(self, of=READERS):
        self.of = of
        self.owner = os.getpid()
        self.turn = threading.Lock()
        self.process = None

    def ask(self, question):
        line = json.dumps(question).encode() + b"\n"
        with self.turn:
            # One that ended for having nothing to do is started anew.
            return self.exchange(line) or self.exchange(line) or {"failed": "crash"}

    def warm(self):
        """Starts it before it is asked for the first time; waits neither until it is ready nor for
        one that is at work.
        """
        if self.turn.acquire(blocking=False):
            try:
                self.start()
            finally:
                self.turn.release()

    def exchange(self, line):
        """The answer; None, with the process ended, when it does not answer any more."""
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
                env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def end(self):
        process, self.process = self.process, None
        if process:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # what it had in hand goes with it
            process.wait()
            process.stdout.close()
            with suppress(OSError):  # what was not sent yet cannot be sent any more
                process.stdin.close()


_processes, _starting = {}, threading.Lock()


def sandbox_process(of=READERS, number=0):
    """That of this process: one that came with a fork answers its parent."""
    key = of, number
    with _starting:
        if key not in _processes or _processes[key].owner != os.getpid():
            _processes[key] = SandboxProcess(of)
        return _processes[key]
