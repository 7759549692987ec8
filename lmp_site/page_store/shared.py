"""Answers in a file, which all web processes of a machine share and which outlives them.

Losing the file costs time and nothing else. So whatever is wrong with it, it begins anew, and
nobody waits for it long. An answer from it is sent only if its sources still say the same.
"""

import hashlib
import json
import logging
import os
import sqlite3
import time
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from sys import intern
from threading import Lock

import zstandard

from catalog.lib.sources import NOW, Sources
from catalog.search import counting
from lmp_site.page_store.entries import Entry
from lmp_site.page_store.query import pick

WAIT_S = 0.05  # for another process that writes; then the answer is not written
# The part of the answers that goes when the file is full and none is out of date. First go those
# that no other process has read, of these the oldest.
PART_REMOVED = 8
CREATE = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS version (text TEXT);
CREATE TABLE IF NOT EXISTS names (
    place TEXT, names TEXT, PRIMARY KEY (place, names)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS page (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB UNIQUE, place TEXT, until REAL,
    was_read INTEGER DEFAULT 0, hash BLOB, data BLOB
);
"""
# What is raised where the file, or an answer in it, is not as it was written.
BROKEN = (sqlite3.DatabaseError, zstandard.ZstdError, ValueError, KeyError, TypeError)
TABLES = ("page", "names", "version")
COUNTS = {"count_search": counting.count_search}

logger = logging.getLogger(__name__)


class SharedPages:
    """`version` is a text for all that decides how pages look besides the database."""

    def __init__(self, path, max_bytes, version):
        self.path, self.max_bytes, self.version = Path(path), max_bytes, version
        self.lock, self.connection, self.opened = Lock(), None, None

    def find(self, place, pairs):
        """Returns a list of entries that have to be confirmed, empty if the file cannot be used."""
        return self.run(lambda: self.read(json.dumps(place), pairs)) or []

    def put(self, place, pairs, entry):
        with suppress(TypeError):  # a parameter of a query that JSON does not know
            data, names = as_data(entry), json.dumps(names_of(entry))
            self.run(lambda: self.write(json.dumps(place), names, pairs, entry.until, data))

    def run(self, function):
        """Returns what `function` returns, None if the file cannot be used now."""
        with self.lock:
            try:
                if self.opened is None or self.opened != self.identity():
                    self.close()
                    self.open()
                return function()
            except (sqlite3.OperationalError, OSError) as error:  # it is busy, or the disk is full
                logger.info("The file of pages cannot be used: %s", error)
            except BROKEN as error:
                logger.warning("The file of pages is broken and begins anew: %s", error)
                self.remove()

    def identity(self):
        """Returns what differs after a fork, or when another process has begun the file anew."""
        try:
            return os.getpid(), os.stat(self.path).st_ino
        except FileNotFoundError:
            return None

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = self.opened = None

    def open(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self.path, timeout=WAIT_S, isolation_level=None, check_same_thread=False
        )
        try:
            connection.executescript(CREATE)
            with transaction(connection):
                if connection.execute("SELECT text FROM version").fetchall() != [(self.version,)]:
                    for table in TABLES:
                        connection.execute(f"DELETE FROM {table}")
                    connection.execute("INSERT INTO version VALUES (?)", [self.version])
        except sqlite3.Error:
            connection.close()
            raise
        self.connection, self.opened = connection, self.identity()

    def remove(self):
        is_own = self.opened is None or self.opened == self.identity()
        self.close()
        for ending in ("", "-wal", "-shm") if is_own else ():
            with suppress(OSError):
                os.unlink(f"{self.path}{ending}")

    def read(self, place, pairs):
        rows = self.connection.execute("SELECT names FROM names WHERE place = ?", [place])
        keys = [self.key_of(place, names, pairs) for (names,) in rows.fetchall()]
        return [entry for entry in map(self.read_entry, keys) if entry]

    def read_entry(self, key):
        row = self.connection.execute(
            "SELECT data, hash, was_read FROM page WHERE key = ?", [key]
        ).fetchone()
        if row is None:
            return None
        data, hash, was_read = row
        if hash_of(key, data) != hash:
            raise ValueError("A page has other bytes than those that were written.")
        if not was_read:
            with suppress(sqlite3.OperationalError):
                self.connection.execute("UPDATE page SET was_read = 1 WHERE key = ?", [key])
        return entry_of(data)

    def write(self, place, names, pairs, until, data):
        key = self.key_of(place, names, pairs)
        with transaction(self.connection):
            self.connection.execute("INSERT OR IGNORE INTO names VALUES (?, ?)", [place, names])
            self.connection.execute(
                "INSERT OR REPLACE INTO page (key, place, until, hash, data)"
                " VALUES (?, ?, ?, ?, ?)",
                [key, place, until, hash_of(key, data), data],
            )
            if self.size() > self.max_bytes:
                self.make_room()

    def key_of(self, place, names, pairs):
        """Returns the key of an answer, where `place` and `names` are JSON."""
        known = json.loads(names)
        picked = pick(pairs, None if known is None else set(known))
        return hash_of(self.version, place, names, json.dumps(picked))

    def size(self):
        pages, unused, bytes = (
            self.connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - unused) * bytes

    def make_room(self):
        old = self.connection.execute("DELETE FROM page WHERE until <= ?", [time.time()])
        if not old.rowcount:
            count = self.connection.execute("SELECT count(*) FROM page").fetchone()[0]
            self.connection.execute(
                "DELETE FROM page WHERE id IN (SELECT id FROM page ORDER BY was_read, id LIMIT ?)",
                [count // PART_REMOVED + 1],
            )
        self.connection.execute("DELETE FROM names WHERE place NOT IN (SELECT place FROM page)")


@contextmanager
def transaction(connection):
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def hash_of(*values):
    digest = hashlib.blake2b(digest_size=16)
    for value in values:
        digest.update(value.encode() if isinstance(value, str) else value)
        digest.update(b"\0")
    return digest.digest()


# ---- An entry as data ----


def names_of(entry):
    return None if entry.names is None else sorted(entry.names)


def as_data(entry):
    """Returns a compressed line of JSON with all of an entry but its body, and then its body.

    Raises TypeError for what JSON does not know.
    """
    count, *values = entry.count or (None,)
    queries = [
        (sql, values and list(map(as_json, values))) for sql, values in entry.sources.queries
    ]
    facts = {
        "headers": [*entry.headers, ("ETag", f'"{entry.tag}"')],
        "names": names_of(entry),
        "count": count and [count.__name__, *values],
        "is_result": entry.is_result,
        "queries": queries,
        "parts": entry.sources.parts,
        "digest": entry.sources.digest.hex(),
        "times": [entry.since, entry.until],
    }
    line = json.dumps(facts).encode() + b"\n"
    return zstandard.compress(line + entry.body, 1)


def entry_of(data):
    """Returns the Entry that as_data() has written."""
    line, _end, body = zstandard.decompress(data).partition(b"\n")
    facts = json.loads(line)
    queries = tuple(
        (intern(sql), None if values is None else tuple(map(from_json, values)))
        for sql, values in facts["queries"]
    )
    sources = Sources(queries, tuple(facts["parts"]), bytes.fromhex(facts["digest"]))
    name, *values = facts["count"] or [None]
    entry = Entry(
        [tuple(pair) for pair in facts["headers"]],
        body,
        names=None if facts["names"] is None else set(facts["names"]),
        count=name and (COUNTS[name], *values),
        is_result=facts["is_result"],
        sources=sources,
    )
    entry.since, entry.until = facts["times"]
    return entry


def as_json(value):
    """Returns a parameter of a query as something that JSON can hold."""
    if value is NOW:
        return ["now"]
    if isinstance(value, datetime):
        return ["datetime", value.isoformat()]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    return value


def from_json(value):
    if not isinstance(value, list):
        return value
    kinds = {"datetime": datetime.fromisoformat, "date": date.fromisoformat}
    return NOW if value == ["now"] else kinds[value[0]](value[1])
