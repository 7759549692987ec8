"""Notes what an answer is made from, so that it can be known later whether it is still right.

Sources are queries, and parts of the index, with what they said when the answer was made. If all of
them still say the same, then so does the answer: it need not be made again. Whoever keeps something
for several requests also keeps its notes, and notes them again each time it is used.
"""

import hashlib
import re
from collections import namedtuple
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from itertools import islice
from sys import intern

from django.db import connection

from catalog.lib import clock

NOW = object()  # stands for the present time among the parameters of a query
NEAR_S = 60
MAX_QUERIES = 100  # of an answer; to ask more would take as long as to make it
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?")

_notes = ContextVar("notes", default=None)

# `queries` are pairs (SQL, parameters), `parts` are keys of the index. Sources with the same digest
# said the same.
Sources = namedtuple("Sources", "queries parts digest")


class Notes:
    """What the sources of an answer have said: {query: hash of its rows}, {part: stamp}.

    They are not `complete` if the answer is also made from something that cannot be asked again, or
    if a source has said two things, because something was committed in between.
    """

    def __init__(self):
        self.queries, self.parts, self.complete = {}, {}, True

    def add(self, other):
        for query, rows_hash in other.queries.items():
            self.note(self.queries, query, rows_hash)
        for key, stamp in other.parts.items():
            self.note(self.parts, key, stamp)
        self.complete = self.complete and other.complete

    def note(self, notes, key, said):
        if notes.setdefault(key, said) != said:
            self.complete = False

    def note_rows(self, sql, parameters, rows):
        try:
            read = parameters and tuple(map(read_parameter, parameters))
            self.note(self.queries, (intern(sql), read), hash_of(rows))
        except (TypeError, ValueError):
            self.complete = False

    def sources(self):
        """Returns the Sources, None if they cannot be asked again."""
        if not self.complete or len(self.queries) > MAX_QUERIES:
            return None
        digest = digest_of(self.queries.values(), self.parts.values())
        return Sources(tuple(self.queries), tuple(self.parts), digest)


def digest_of(hashes, stamps):
    """Returns the digest of what sources say: the hashes of rows and the stamps of parts."""
    return hash_of([list(hashes), list(stamps)])


def hash_of(value):
    return hashlib.blake2b(repr(value).encode(), digest_size=16).digest()


class RowsCursor:
    """A cursor whose rows have been read. For all else it is the `cursor` of the database."""

    def __init__(self, cursor, rows):
        self.cursor, self.rows, self.left = cursor, rows, iter(rows)

    def __getattr__(self, name):
        return getattr(self.cursor, name)

    def __iter__(self):
        return self.left

    def fetchone(self):
        return next(self.left, None)

    def fetchmany(self, size=None):
        return list(islice(self.left, size or self.cursor.arraysize))

    def fetchall(self):
        return list(self.left)


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
    """Executes a query of Django. Notes its rows, and lets Django read the very same rows."""
    wrapper, notes = context["cursor"], _notes.get()
    if isinstance(wrapper.cursor, RowsCursor):  # of the query before
        wrapper.cursor = wrapper.cursor.cursor
    result = execute(sql, parameters, many, context)
    if notes is None:
        return result
    if many or not sql.lstrip("( \n").startswith(("SELECT", "WITH")):
        notes.complete = False
        return result
    if not isinstance(wrapper.cursor, RowsCursor):
        wrapper.cursor = RowsCursor(wrapper.cursor, wrapper.fetchall())
    notes.note_rows(sql, parameters, wrapper.cursor.rows)
    return wrapper.cursor


def note_part(key, stamp):
    """Notes that the answer is made from a part of the index. `stamp` changes with the part."""
    if (notes := _notes.get()) is not None:
        notes.note(notes.parts, intern(key), stamp)


def note_unknown():
    """Notes that the answer is made from something that cannot be asked again, such as a file."""
    if (notes := _notes.get()) is not None:
        notes.complete = False


@contextmanager
def noted():
    """Yields the Notes of what is made inside the block."""
    notes, outer = Notes(), _notes.get()
    token = _notes.set(notes)
    try:
        with connection.execute_wrapper(note_query) if outer is None else nullcontext():
            yield notes
    finally:
        _notes.reset(token)
        if outer is not None:
            outer.add(notes)


@contextmanager
def unnoted():
    """Inside the block nothing is noted, because whoever calls it notes what counts."""
    token = _notes.set(None)
    try:
        yield
    finally:
        _notes.reset(token)


class Kept:
    """What was made once. `use()` returns it and notes its sources."""

    def __init__(self, make):
        with noted() as self.notes:
            self.value = make()

    def use(self):
        if (notes := _notes.get()) is not None:
            notes.add(self.notes)
        return self.value
