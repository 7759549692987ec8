"""The settings of the environment, each typed and refused with one sentence when wrong."""

import os
import re
import secrets
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

env = Env()

NAMES = [
    "DATABASE_URL",
    "SECRET_KEY",
    "DEBUG",
    "ALLOWED_HOSTS",
    "SITE_URL",
    "MEDIA_ROOT",
    "MEDIA_ACCEL",
    "MEDIA_BUCKET",
    "PRINTERS",
    "PORT",
]
SHORTEST_SECRET = 50
DATABASE_EXPECTED = (
    "an address such as postgres://user@host/name or sqlite:////srv/data/catalog.sqlite3"
)
# SQLite: readers never wait for a writer (WAL) and writers queue for up to 10 s. IMMEDIATE takes
# the write lock when a transaction begins; taken later, SQLite cannot wait for it and answers
# "database is locked" at once.
ENGINE_SETTINGS = {
    "sqlite3": {
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    },
    "postgresql": {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True},
}
HOST = "[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?"
BUCKET = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"


def text(name, default=""):
    """What the environment says for `name`; an empty text means that it is not set."""
    return os.environ.get(name, "").strip() or default


def refuse(name, expected):
    """Raises ImproperlyConfigured; a DATABASE_URL is not repeated, for it may hold a password."""
    found = "" if name == "DATABASE_URL" else f"is {text(name)!r}, but it "
    raise ImproperlyConfigured(f"{name} {found}must be {expected}.")


def read(kind, name, default, expected):
    """The value of `name` read as `kind`, one of environs' parsers such as "bool"."""
    if not text(name):
        return default
    try:
        return getattr(env, kind)(name)
    except (EnvError, ValueError):
        return refuse(name, expected)


def read_port():
    expected = "a port number from 1 to 65535"
    port = read("int", "PORT", 8000, expected)
    return port if 1 <= port <= 65535 else refuse("PORT", expected)


def read_printers():
    """How many PDFs are made at once on this machine: what is large leaves one of them free."""
    expected = "a number from 1 to 32"
    number = read("int", "PRINTERS", 3, expected)
    return number if 1 <= number <= 32 else refuse("PRINTERS", expected)


def read_site_url(port):
    """The address that feeds, PDFs and e-mails link to, without a slash at its end."""
    url = text("SITE_URL", f"http://127.0.0.1:{port}").rstrip("/").lower()
    if not re.fullmatch(rf"https?://{HOST}(:\d{{1,5}})?", url):
        refuse("SITE_URL", "an address without a path, such as https://catalog.example.org")
    return url


def read_hosts(site_url):
    """The exact host names answered to: by default the one of SITE_URL and this machine's own."""
    own = urlsplit(site_url).hostname
    given = text("ALLOWED_HOSTS", f"{own},127.0.0.1,localhost").lower()
    hosts = [host.strip() for host in given.split(",")]
    if not all(re.fullmatch(HOST, host) for host in hosts):
        refuse("ALLOWED_HOSTS", "exact host names with commas between them")
    if own not in hosts:
        refuse("ALLOWED_HOSTS", f"a list that holds {own}, the host of SITE_URL")
    return list(dict.fromkeys(hosts))


def read_folder(name, default):
    folder = Path(text(name, default))
    if not folder.is_absolute() or (os.path.exists(folder) and not folder.is_dir()):
        refuse(name, "the whole path of a folder, such as /srv/data/media")
    return folder


def read_prefix(name):
    prefix = text(name)
    if prefix and not re.fullmatch(r"/([a-z0-9_-]+/)+", prefix):
        refuse(name, "a path that begins and ends with a slash, such as /stored-files/")
    return prefix


def read_bucket(name):
    """(address of an object storage, name of the bucket there), or None where none is set."""
    url = text(name)
    if not url:
        return None
    found = re.fullmatch(rf"(https?://{HOST}(?::\d{{1,5}})?)/({BUCKET})", url)
    if found is None:
        refuse(name, "the address of a bucket, such as https://storage.example.org/catalog-files")
    return found[1], found[2]


def read_secret_key(debug, state):
    """SECRET_KEY of the environment, else the one kept in the folder `state`, made at first use."""
    given = text("SECRET_KEY")
    if not given:
        return kept_secret(state / "secret_key")
    if not debug and (len(given) < SHORTEST_SECRET or "insecure" in given or len(set(given)) < 5):
        raise ImproperlyConfigured(
            f"SECRET_KEY must be a random text of at least {SHORTEST_SECRET} characters. "
            "Leave it out to have one made and kept in var/."
        )
    return given


def kept_secret(path: Path):
    """The secret in the file `path`; a new one appears there whole or not at all."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as draft:
            draft.write(secrets.token_urlsafe(60))
        Path(draft.name).replace(path)
    return path.read_text().strip()


def read_database(state):
    """The database of DATABASE_URL (sqlite or postgres), else an SQLite file in `state`."""
    database = read("dj_db_url", "DATABASE_URL", None, DATABASE_EXPECTED) or own_database(state)
    engine = database["ENGINE"].rpartition(".")[2]
    if engine not in ENGINE_SETTINGS or not database["NAME"]:
        refuse("DATABASE_URL", DATABASE_EXPECTED)
    return database | ENGINE_SETTINGS[engine]


def own_database(state):
    state.mkdir(parents=True, exist_ok=True)
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": state / "catalog.sqlite3"}
