"""The sandbox process. It forks for each question, so that no question harms the next one.

Reads one question per line from stdin, {"ask": "documents.read", "options": {…}, "seconds": 20,
"megabytes": 1024}, and writes one answer per line to stdout: {"facts": …}, {"refused": code,
"facts": {…}} or {"failed": "time" | "memory" | "crash", "detail": …}. Ends when stdin
ends, or when no question arrives for a while.
"""

import json
import os
import resource
import select
import signal
import sys
import time
from importlib import import_module

from catalog.sandbox.exceptions import Refused

MAX_FILE_BYTES = 500 << 20  # of a file that a child writes
MAX_ANSWER_BYTES = 64 << 20


def serve(work, questions, answers):
    """Answers questions until `questions` ends or stays idle.

    `work` is a module with MODULES ({name: module}), begin(), and IDLE, the seconds without a
    question after which the process ends. `questions` is a file descriptor, `answers` a text
    stream.
    """
    work.begin()
    buffer = b""
    while select.select([questions], [], [], work.IDLE)[0]:
        data = os.read(questions, 1 << 16)
        if not data:
            return
        *lines, buffer = (buffer + data).split(b"\n")
        for line in lines:
            answers.write(json.dumps(answer_question(work.MODULES, json.loads(line))) + "\n")
            answers.flush()


def answer_question(modules, question):
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        run_in_child(modules, question, writing)
    os.close(writing)
    text = read_until(reading, time.monotonic() + question["seconds"])
    os.close(reading)
    if text is None:
        os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    if text is None or os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        return {"failed": "time"}
    return json.loads(text) if text and not status else {"failed": "crash"}


def read_until(pipe, deadline):
    """Returns all data from `pipe`; None if it exceeds MAX_ANSWER_BYTES or the deadline."""
    parts, length = [], 0
    while select.select([pipe], [], [], max(0, deadline - time.monotonic()))[0]:
        part = os.read(pipe, 1 << 20)
        length += len(part)
        if not part:
            return b"".join(parts)
        if length > MAX_ANSWER_BYTES:
            return None
        parts.append(part)
    return None


def run_in_child(modules, question, writing):
    """Answers the question in the child process, and ends that process."""
    try:
        close_standard_streams()
        set_limits(question)
        with os.fdopen(writing, "w") as pipe:
            pipe.write(json.dumps(run_function(modules, question)))
    except BaseException:
        os._exit(1)
    os._exit(0)


def close_standard_streams():
    """Closes the child's copies of stdin and stdout.

    The client notices the end of the sandbox process when that stdout closes, so no child may keep
    it open.
    """
    devnull = os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdin.fileno(), sys.stdout.fileno()):
        os.dup2(devnull, stream)


def run_function(modules, question):
    module, _dot, name = question["ask"].partition(".")
    try:
        return {"facts": getattr(modules[module], name)(**question["options"])}
    except Refused as refused:
        return {"refused": refused.code, "facts": refused.facts}
    except MemoryError:
        return {"failed": "memory"}
    except Exception as error:
        return {"failed": "crash", "detail": repr(error)[:500]}


def set_limits(question):
    seconds, memory = question["seconds"], question["megabytes"] << 20
    # At the first limit the process gets a signal (SIGXCPU), at the second it is killed.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    limits = {
        resource.RLIMIT_AS: memory_in_use() + memory,
        resource.RLIMIT_FSIZE: MAX_FILE_BYTES,
        resource.RLIMIT_CORE: 0,
    }
    for name, limit in limits.items():
        resource.setrlimit(name, (limit, limit))
    os.nice(5)


def memory_in_use():
    """Returns the bytes of address space in use; 4 GB if the system does not say."""
    try:
        with open("/proc/self/statm") as numbers:
            return int(numbers.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 4 << 30


if __name__ == "__main__":
    serve(import_module(sys.argv[1]), sys.stdin.fileno(), sys.stdout)
