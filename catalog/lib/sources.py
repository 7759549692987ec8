"""Notes what an answer is made from, so that it can be known later whether it is still right.

Sources are queries, and parts of the index. If all of them say the same as before, then so does the
answer: it need not be made again. Whoever keeps something for several requests also keeps its
sources, and notes them again each time it is used.
"""

import re
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from sys import intern

from django.db import connection

from catalog.lib import clock

NOW = object()  # stands for the present time among the parameters of a query
NEAR_S = 60
MAX_QUERIES = 100  # of an answer; to ask more would take as long as to make it
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?")

_sources = ContextVar("sources", default=None)


class Sources:
    """`queries` are pairs (SQL, parameters), `parts` are keys of the index.

    It is not `complete` if the answer is also made from something that cannot be asked again.
    """

    def __init__(self):
        self.queries, self.parts, self.complete = {}, {}, True

    def add(self, other):
        self.queries.update(dict.fromkeys(other.queries))
        self.parts.update(dict.fromkeys(other.parts))
        self.complete = self.complete and other.complete

    def add_query(self, sql, parameters):
        try:
            read = parameters and tuple(map(read_parameter, parameters))
            self.queries[intern(sql), read] = None
        except (TypeError, ValueError):
            self.complete = False

    def finish(self):
        """Makes it small. Nothing can be added after that."""
        self.queries, self.parts = tuple(self.queries), tuple(self.parts)
        self.complete = self.complete and len(self.queries) <= MAX_QUERIES


def read_parameter(value):
    """Returns NOW for the time of the request, else `value`. Raises ValueError for a time near it.

    Raises TypeError for a value that cannot be a key.
    """
    hash(value)
    moment = read_time(value)
    if moment is None:
        return value
    distance = abs((moment - clock.now()).total_seconds())
    if not distance:
        return NOW
    if distance < NEAR_S:
        raise ValueError("This time was probably read from the clock.")
    return value


def read_time(value):
    """Returns the time that a parameter is, in either database, or None."""
    if isinstance(value, str) and TIME.fullmatch(value):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def note_query(execute, sql, parameters, many, context):
    """Notes a query before Django executes it."""
    if many or not sql.lstrip("( \n").startswith(("SELECT", "WITH")):
        note_unknown()
    elif (sources := _sources.get()) is not None:
        sources.add_query(sql, parameters)
    return execute(sql, parameters, many, context)


def note_part(key):
    """Notes that the answer is made from a part of the index."""
    if (sources := _sources.get()) is not None:
        sources.parts[intern(key)] = None


def note_unknown():
    """Notes that the answer is made from something that cannot be asked again, such as a file."""
    if (sources := _sources.get()) is not None:
        sources.complete = False


@contextmanager
def noted():
    """Yields the Sources of what is made inside the block."""
    sources, outer = Sources(), _sources.get()
    token = _sources.set(sources)
    try:
        with connection.execute_wrapper(note_query) if outer is None else nullcontext():
            yield sources
    finally:
        _sources.reset(token)
        sources.finish()
        if outer is not None:
            outer.add(sources)


@contextmanager
def unnoted():
    """Inside the block nothing is noted, because whoever calls it notes what counts."""
    token = _sources.set(None)
    try:
        yield
    finally:
        _sources.reset(token)


class Kept:
    """What was made once. `use()` returns it and notes its sources."""

    def __init__(self, make):
        with noted() as self.sources:
            self.value = make()

    def use(self):
        if (sources := _sources.get()) is not None:
            sources.add(self.sources)
        return self.value
