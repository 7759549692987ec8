"""Tells a waiting process that there is work, so that it need not ask again and again.

On PostgreSQL a notification of the database reaches every machine of the site. Beside a SQLite file
stands a named pipe.
"""

import os
import select
import stat
from contextlib import contextmanager, suppress

from django.db import OperationalError, connection, transaction

MAX_READ = 1 << 16  # bytes of the pipe, more than it can hold


def send(name):
    """Sends a notice when the transaction is committed. Nobody has to listen."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [name])
    elif not connection.is_in_memory_db():
        transaction.on_commit(lambda: write_to_pipe(pipe_path(name)))


def listen(name):
    """Returns a listener: a `fileno()` that can be read when a notice has come, and `clear()`."""
    return DatabaseListener(name) if connection.vendor == "postgresql" else PipeListener(name)


def wait(listener, timeout, *others):
    """Waits for a notice, for other files to be readable, or for `timeout` seconds.

    Returns the files that can be read. `timeout` may be None.
    """
    ready = select.select([listener, *others], [], [], timeout)[0]
    if listener in ready:
        listener.clear()
    return ready


def pipe_path(name):
    return f"{connection.settings_dict['NAME']}.{name}"


def write_to_pipe(path):
    # Without a pipe, or with nobody at its end, nobody waits. In a full one is a notice already.
    with suppress(OSError):
        pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        try:
            os.write(pipe, b"\n")
        finally:
            os.close(pipe)


class PipeListener:
    def __init__(self, name):
        path = pipe_path(name)
        with suppress(FileExistsError):
            os.mkfifo(path, 0o600)
        if not stat.S_ISFIFO(os.stat(path).st_mode):
            raise OperationalError(f"{path} is in the way of a named pipe. Move it elsewhere.")
        # Open for writing too, so that the pipe does not end when a writer closes it.
        self.pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)

    def fileno(self):
        return self.pipe

    def clear(self):
        with suppress(BlockingIOError):
            os.read(self.pipe, MAX_READ)

    def close(self):
        os.close(self.pipe)


class DatabaseListener:
    """Raises OperationalError if the connection is lost."""

    def __init__(self, name):
        with lost_connection_errors():
            self.connection = connect_to_listen(connection, name)

    def fileno(self):
        return self.connection.fileno()

    def clear(self):
        with lost_connection_errors():
            self.connection.execute("SELECT 1")

    def close(self):
        self.connection.close()


@contextmanager
def lost_connection_errors():
    try:
        yield
    except connection.Database.Error as error:
        raise OperationalError(str(error)) from error


def connect_to_listen(database, name):
    """Returns a new psycopg connection that gets the notifications of this name."""
    parameters = database.get_connection_params()
    keep = ("host", "port", "user", "password", "dbname")
    known = {key: parameters[key] for key in keep if key in parameters}
    listener = database.Database.connect(**known, autocommit=True)
    listener.execute(f"LISTEN {name}")
    return listener
