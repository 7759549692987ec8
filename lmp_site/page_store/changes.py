"""Tells every process of each change that readers may see, in the transaction that makes it.

Triggers in the database notice each change of a table, whoever makes it. On SQLite they write a
random token, which is read only after `PRAGMA data_version` says that something was committed. On
PostgreSQL they send a notification. To ask whether anything has changed takes some microseconds.
"""

import sqlite3
import time
from threading import Lock

from django.apps import apps
from django.db import Error, connection, connections
from django.utils import timezone

from catalog.lib.connections import close_old_connection
from catalog.lib.notices import connect_to_listen
from lmp_site.page_store.threads import run_here

# Apps whose tables no reader's page shows.
UNSEEN_APPS = {"admin", "auth", "contenttypes", "sessions", "editorial"}
# Tables that no reader's page shows, with the reason.
UNSEEN_MODELS = {
    "catalog.Job": "background work",
    "catalog.PdfOrder": "its page is never kept",
    "catalog.SearchCount": "counts for editors",
    "catalog.JudgedQuery": "checks for editors",
    "catalog.IndexEntry": "the index; it changes with a resource",
    "catalog.Word": "the index; it changes with a resource",
}
TOKEN_TABLE, CHANNEL = "lmp_site_change", "lmp_site_change"
LOOK_S = 0.002
SIGNAL_S = 0.002  # until PostgreSQL has surely sent the notification of a commit that can be seen
EVENTS = ("INSERT", "UPDATE", "DELETE")


def seen_tables():
    """Returns the names of the tables that readers' pages show."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in UNSEEN_APPS
        and model._meta.label not in UNSEEN_MODELS
        and model._meta.managed
        and not model._meta.proxy
    )


# ---- Triggers ----


def trigger_name(table, event):
    return f"change_{table}_{event.lower()}"


def drop_triggers(using="default", **kwargs):
    """Removes all triggers: a migration may make a table again, and SQLite checks its triggers."""
    database = connections[using]
    with database.cursor() as cursor:
        for name, table in existing_triggers(database):
            on = f" ON {database.ops.quote_name(table)}" if database.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {database.ops.quote_name(name)}{on}")


def existing_triggers(database):
    """Returns the pairs (name, table) of our triggers."""
    sql = {
        "sqlite": "SELECT name, tbl_name FROM sqlite_master"
        " WHERE type = 'trigger' AND name LIKE 'change\\_%' ESCAPE '\\'",
        "postgresql": "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c"
        " ON c.oid = t.tgrelid WHERE t.tgname LIKE 'change\\_%' AND NOT t.tgisinternal",
    }[database.vendor]
    with database.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def create_triggers(using="default", **kwargs):
    """Makes the triggers of all tables that exist. It may be called again."""
    database = connections[using]
    drop_triggers(using)
    tables = set(database.introspection.table_names()).intersection(seen_tables())
    with database.cursor() as cursor:
        for statement in PREPARE[database.vendor]:
            cursor.execute(statement)
        for table in sorted(tables):
            for event in EVENTS:
                name = database.ops.quote_name(trigger_name(table, event))
                table_name = database.ops.quote_name(table)
                cursor.execute(TRIGGER[database.vendor].format(name, event, table_name))


PREPARE = {
    "sqlite": [
        f"CREATE TABLE IF NOT EXISTS {TOKEN_TABLE} (id INTEGER PRIMARY KEY, token BLOB)",
        f"INSERT OR REPLACE INTO {TOKEN_TABLE} VALUES (1, randomblob(16))",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION lmp_site_changed() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN PERFORM pg_notify('{CHANNEL}', ''); RETURN NULL; END $$"
    ],
}
TRIGGER = {
    # An UPDATE, because the conflict rule of the statement that fires a trigger overrides its own.
    "sqlite": "CREATE TRIGGER {} AFTER {} ON {} BEGIN"
    f" UPDATE {TOKEN_TABLE} SET token = randomblob(16); END",
    "postgresql": "CREATE TRIGGER {} AFTER {} ON {} FOR EACH STATEMENT"
    " EXECUTE FUNCTION lmp_site_changed()",
}


# ---- What a process knows ----


VERSION = "PRAGMA data_version"


class SqliteListener:
    """Reads the token of a database file through a connection of its own.

    If the file cannot be read, all is new. Then Django says what is wrong.
    """

    def __init__(self, path):
        self.path, self.connection = path, None
        self.version = self.token = None

    def has_changed(self, at_once=False):
        try:
            self.connection = self.connection or self.connect()
            return self.ask()
        except sqlite3.Error:
            self.connection = self.version = None
            return True

    def is_quiet(self):
        """Whether it is certain, without waiting, that nothing has changed."""
        try:
            return bool(self.connection) and self.fetch(VERSION) == self.version
        except sqlite3.Error:
            return False

    def connect(self):
        options = {"timeout": 10, "isolation_level": None, "check_same_thread": False}
        return sqlite3.connect(self.path, **options)

    def ask(self):
        version = self.fetch(VERSION)
        if version == self.version:
            return False
        token, before = self.fetch(f"SELECT token FROM {TOKEN_TABLE} WHERE id = 1"), self.token
        self.version, self.token = version, token
        return token != before

    def fetch(self, sql):
        return (self.connection.execute(sql).fetchone() or [None])[0]


class PostgresListener:
    """Hears the notifications through a connection of its own. After a lost one, all is new.

    A notification takes about a millisecond to arrive. It arrives before the answer to a query that
    is asked after the commit. So a short query every `interval` seconds makes sure that none is
    late and that the connection is alive. Between two queries it looks at what has arrived.
    """

    interval = 0.02

    def __init__(self, database):
        self.database, self.connection = database, None
        self.notified, self.next_query, self.snapshot = False, 0, None
        self.has_arrived = False

    def has_changed(self, at_once=False):
        """With `at_once`, it knows of all that is committed now."""
        try:
            if self.connection is None:
                self.connect()
                return True
            changed = self.ask_at_once() if at_once else self.look() or self.ask()
            self.has_arrived = False
            return changed
        except self.database.Database.Error:
            self.connection = None
            return True

    def is_quiet(self):
        """Whether it is certain, without waiting, that nothing has changed."""
        try:
            is_due = self.connection is None or time.monotonic() >= self.next_query
            return not is_due and not self.look()
        except self.database.Database.Error:
            return False

    def look(self):
        """Returns whether a notification has arrived that has_changed() has not told yet."""
        pgconn = self.connection.pgconn
        pgconn.consume_input()
        while pgconn.notifies():
            self.has_arrived = True
        return self.has_arrived

    def ask(self):
        if time.monotonic() < self.next_query:
            return False
        self.fetch_snapshot()
        return self.notified

    def ask_at_once(self):
        arrived, before = self.look(), self.snapshot
        self.snapshot = self.fetch_snapshot()
        arrived = arrived or self.notified
        if self.snapshot != before and not arrived:
            # A commit can be seen some microseconds before its notification is sent.
            time.sleep(SIGNAL_S)
            self.fetch_snapshot()
        return arrived or self.notified

    def fetch_snapshot(self):
        """Returns a text that changes with each commit. Takes the notifications on the way."""
        self.notified = False
        rows = self.connection.execute("SELECT pg_current_snapshot()::text")
        self.next_query = time.monotonic() + self.interval
        return rows.fetchone()[0]

    def connect(self):
        self.connection = connect_to_listen(self.database, CHANNEL)
        self.connection.add_notify_handler(self.note)

    def note(self, notification):
        self.notified = True


class TokenReader:
    """Asks through Django's connection each time: for databases in memory, which have one only."""

    token = None

    def is_quiet(self):
        return False

    def has_changed(self, at_once=False):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT token FROM {TOKEN_TABLE} WHERE id = 1")
            token, before = (cursor.fetchone() or [None])[0], self.token
        self.token = token
        return token != before


def listener_for(database):
    if database.vendor == "postgresql":
        return PostgresListener(database)
    if database.is_in_memory_db():
        return TokenReader()
    return SqliteListener(database.settings_dict["NAME"])


class Changes:
    """`generation()` is a number that grows with each change that readers may see.

    It looks for changes at most every LOOK_S. Whoever makes a change with a request does not notice
    that, because the answer waits as long: see `settle()`.

    It also grows when an entry appears or leaves at its time, and at midnight. `until` is the time
    in seconds when the next of this happens. `run` runs a function that asks the database.
    """

    def __init__(self, listener=None, run=run_here):
        self.listener, self.run, self.lock = listener, run, Lock()
        self.number, self.since, self.until, self.next_look = 0, 0, 0, 0

    def generation(self):
        if time.monotonic() < self.next_look:
            return self.number
        with self.lock:
            self.refresh()
            return self.number

    def glance(self):
        """Returns the generation if it is known without waiting, else None."""
        started = time.monotonic()
        if started < self.next_look:
            return self.number
        if not self.lock.acquire(blocking=False):
            return None
        try:
            is_time = self.since <= time.time() < self.until
            if not self.listener or not is_time or not self.listener.is_quiet():
                return None
            self.next_look = started + LOOK_S
            return self.number
        finally:
            self.lock.release()

    def settle(self):
        """Waits as long as any process may take to know of what was committed before."""
        time.sleep(LOOK_S + getattr(self.listener, "interval", 0))

    def look(self):
        """Returns the generation of this very moment, and the latest time at which it ends."""
        with self.lock:
            self.refresh(at_once=True)
            return self.number, self.until

    def refresh(self, at_once=False):
        started = time.monotonic()
        self.listener = self.listener or listener_for(connection)
        # Before `since`, the clock was set back.
        if self.listener.has_changed(at_once) or not self.since <= time.time() < self.until:
            self.number += 1
            self.since, self.until = time.time(), self.run(next_moment_or_never)
        self.next_look = started + LOOK_S


def next_moment_or_never():
    """Returns next_moment(). Where the database does not answer, 0: the next request asks again."""
    try:
        close_old_connection()
        return next_moment()
    except Error:
        return 0


def next_moment():
    """Returns the time in seconds at which the next entry appears or leaves, or the day ends."""
    resource = apps.get_model("catalog", "Resource")
    now = timezone.now()
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    moments = [start + timezone.timedelta(days=1)]
    for name in ("published_at", "unpublished_at"):
        dates = resource.objects.filter(**{f"{name}__gt": now}).order_by(name)
        moments += dates.values_list(name, flat=True)[:1]
    return min(moments).timestamp()
