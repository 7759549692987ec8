"""Copies of this process that work beside it and end with it."""

import ctypes
import os
import signal
import sys
import traceback

PR_SET_PDEATHSIG = 1


def fork(function, *values):
    """Runs function(*values) in a copy of this process. Returns the id of the copy.

    The copy ends when the function ends or this process dies. It must be called while this process
    has one thread and no open database connection.
    """
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        end_with_parent(parent)
        function(*values)
        status = 0
    except SystemExit as end:
        status = end.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def end_with_parent(parent):
    """Lets the system end this process (SIGTERM) when its parent dies, where it can (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before
            os.kill(os.getpid(), signal.SIGTERM)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
