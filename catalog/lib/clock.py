"""The time of a request: it stands still, so that all of an answer speaks of one moment."""

from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_stopped = ContextVar("stopped", default=None)


def now():
    """Returns the time, inside `stopped()` always the same."""
    return _stopped.get() or timezone.now()


@contextmanager
def stopped():
    token = _stopped.set(now())
    try:
        yield
    finally:
        _stopped.reset(token)
