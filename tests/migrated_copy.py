"""Starts test databases from a copy of a migrated one.

To migrate an empty database takes several seconds. The first process that does it keeps a copy, and
the others start from that, until the code of an app or a library changes.
"""

import fcntl
import hashlib
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from importlib.metadata import distributions
from pathlib import Path
from unittest.mock import patch

from django.apps import apps
from django.core.management.commands.migrate import Command as Migrate
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".pytest_cache" / "migrated"


def fingerprint():
    """Returns a hash of all that decides what migrations do: code of apps, settings, libraries."""
    folders = [Path(app.path) for app in apps.get_app_configs()]
    own = [folder for folder in folders if "site-packages" not in folder.parts]
    code = [path for folder in own for path in folder.rglob("*.py")]
    versions = sorted(f"{library.name} {library.version}" for library in distributions())
    environment = [platform.python_version(), sqlite3.sqlite_version, *versions]
    digest = hashlib.sha256("\n".join(environment).encode())
    for path in sorted({*code, ROOT / "tests" / "settings.py", Path(__file__)}):
        digest.update(f"\n{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


@contextmanager
def migrations_done_once():
    """Lets test databases that are created inside the block start from the copy, or make it."""
    starts = {"sqlite": start_sqlite, "postgresql": start_postgresql}
    creation = type(connection.creation)
    create = creation.create_test_db

    def create_from_copy(self, *args, **kwargs):
        with one_process_at_a_time(), starts[connection.vendor](fingerprint()) as keep:
            created = create(self, *args, **kwargs)
            keep()
        return created

    with patch.object(creation, "create_test_db", create_from_copy):
        yield


@contextmanager
def one_process_at_a_time():
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def copy_migrated_file(path):
    """Writes a migrated SQLite database to `path`, for a site that is a process of its own."""
    with one_process_at_a_time():
        copy = sqlite_path(fingerprint())
        if not copy.exists():
            unfinished = copy.with_suffix(".unfinished")
            environment = os.environ | {"DATABASE_URL": f"sqlite:///{unfinished}"}
            command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(command, cwd=ROOT, env=environment, check=True)
            keep_file(unfinished, copy)
        shutil.copy(copy, path)


def settings_name():
    return os.environ["DJANGO_SETTINGS_MODULE"].replace(".", "_")


def sqlite_path(version):
    return FOLDER / f"{settings_name()}-{version}.sqlite3"


def keep_file(unfinished, path):
    """Gives a finished copy its name and deletes those of other versions."""
    for old in FOLDER.glob(f"{settings_name()}-*.sqlite3"):
        old.unlink()
    unfinished.rename(path)


def do_nothing(*args, **options):
    """Stands for `keep` and for Migrate.handle() where the copy has everything."""


@contextmanager
def start_sqlite(version):
    """Copies from or to a file. Yields the function that keeps the new database."""
    path = sqlite_path(version)

    def read_copy(command, **options):
        connection.ensure_connection()
        with closing(sqlite3.connect(path)) as copy:
            copy.backup(connection.connection)

    def write_copy():
        unfinished = path.with_suffix(".unfinished")
        with closing(sqlite3.connect(unfinished)) as copy:
            connection.connection.backup(copy)
        keep_file(unfinished, path)

    if not path.exists():
        yield write_copy
        return
    with patch.object(Migrate, "handle", read_copy):
        yield do_nothing


@contextmanager
def start_postgresql(version):
    """Copies from or to another database, whose comment is its version."""
    database = connection.settings_dict["NAME"].partition("_gw")[0]
    copy = f"migrated_{database}_{settings_name()}"[:63]
    if version_of(copy) != version:
        yield lambda: write_postgresql_copy(copy, version)
        return
    test_settings = connection.settings_dict["TEST"]
    with patch.dict(test_settings, TEMPLATE=copy), patch.object(Migrate, "handle", do_nothing):
        yield do_nothing


def version_of(copy):
    """Returns the version of a copy, or None if it does not exist or is not finished."""
    sql = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute(sql, [copy])
        row = cursor.fetchone()
    return row and row[0]


def write_postgresql_copy(copy, version):
    database = connection.settings_dict["NAME"]
    connection.close()
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{copy}"')
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{database}"')
        cursor.execute(f"COMMENT ON DATABASE \"{copy}\" IS '{version}'")
