"""Reads the settings from the environment. A wrong value stops the start with one sentence."""

import logging
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError
from environs import validate as rules

env = Env()

# {name: what its value must be}
EXPECTED = {
    "DATABASE_URL": "an address such as postgres://user@host/name "
    "or sqlite:////srv/data/catalog.sqlite3",
    "SECRET_KEY": "a random text of at least 50 characters. "
    "Leave it out, and the site makes one and keeps it in var/",
    "DEBUG": "true or false",
    "ALLOWED_HOSTS": "exact host names separated by commas",
    "SITE_URL": "an address without a path, such as https://catalog.example.org",
    "MEDIA_ROOT": "the full path of a folder, such as /srv/data/media",
    "MEDIA_ACCEL": "a path that begins and ends with a slash, such as /stored-files/",
    "MEDIA_BUCKET": "the address of a bucket, such as https://storage.example.org/catalog-files",
    "PAGE_STORE_MB": "a number of megabytes from 1 to 4096",
    "PAGE_STORE_STALE_S": "a number of seconds from 0 to 60",
    "PDF_WORKERS": "a number from 1 to 32",
    "PORT": "a port number from 1 to 65535",
}
RENAMED = {"PRINTERS": "PDF_WORKERS"}  # an old name answers for one release
SECRETS = ("DATABASE_URL", "SECRET_KEY")  # no message repeats their values
MIN_SECRET_LENGTH = 50
# SQLite: readers never wait for a writer (WAL), and writers queue for up to 10 s. IMMEDIATE takes
# the write lock when a transaction begins. If a transaction asks for the lock later, SQLite cannot
# wait and answers "database is locked" at once.
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
ORIGIN = rf"https?://{HOST}(?::\d{{1,5}})?"
BUCKET = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"


def replace_old_names():
    """Moves each setting that has an old name to its new name and logs a warning for it.

    The environment changes, so the processes that this one starts do not warn again.
    """
    for old, new in RENAMED.items():
        value = os.environ.pop(old, "").strip()
        if value and not read_text(new):
            os.environ[new] = value
            sentence = "%s is now called %s. The old name stops working in the next release."
            logging.getLogger(__name__).warning(sentence, old, new)


def read_text(name):
    """Returns the value of `name`. An empty variable counts as one that is not set."""
    return os.environ.get(name, "").strip()


def refuse(name, expected=None):
    found = "" if name in SECRETS else f"is {read_text(name)!r}, but it "
    raise ImproperlyConfigured(f"{name} {found}must be {expected or EXPECTED[name]}.") from None


def read(name, parser, default=None, **options):
    """Returns the value of `name` as one of environs' parsers reads it, such as "int".

    Raises ImproperlyConfigured with a sentence that says what is expected.
    """
    try:
        return getattr(env, parser)(name, **options) if read_text(name) else default
    except EnvError:
        return refuse(name)


def read_port():
    return read("PORT", "int", 8000, validate=rules.Range(1, 65535))


def read_url(name, pattern, clean=str.strip):
    """Returns the parsed http or https address in `name`, None if it is not set."""
    options = {"schemes": {"http", "https"}, "require_tld": False, "pre_load": clean}
    return read(name, "url", validate=rules.Regexp(rf"{pattern}\Z"), **options)


def read_site_url(port):
    """Returns the address that feeds, PDFs and e-mails link to, without a slash at its end."""
    url = read_url("SITE_URL", rf"{ORIGIN}/*", [str.strip, str.lower])
    return f"{url.scheme}://{url.netloc}" if url else f"http://127.0.0.1:{port}"


def read_bucket():
    """Returns (address of an object storage, name of the bucket there), None if not set."""
    url = read_url("MEDIA_BUCKET", rf"{ORIGIN}/{BUCKET}")
    return url and (f"{url.scheme}://{url.netloc}", url.path.removeprefix("/"))


def read_hosts(site_url):
    """Returns the exact host names to answer to: by default those of SITE_URL and this machine."""
    own, check = urlsplit(site_url).hostname, rules.Regexp(rf"{HOST}\Z")
    default, parse = [own, "127.0.0.1", "localhost"], lambda host: check(host.strip().lower())
    hosts = read("ALLOWED_HOSTS", "list", default, subcast=parse)
    if own not in hosts:
        refuse("ALLOWED_HOSTS", f"a list that includes {own}, the host of SITE_URL")
    return list(dict.fromkeys(hosts))


def read_folder(name, default):
    folder = read(name, "path", default, pre_load=str.strip)
    if not folder.is_absolute() or (os.path.exists(folder) and not folder.is_dir()):
        refuse(name)
    return folder


def read_secret_key(debug, state_dir):
    """Returns SECRET_KEY, or else the key in `state_dir`, which the first start makes."""
    length = rules.Length(min=0 if debug else MIN_SECRET_LENGTH)
    given = read("SECRET_KEY", "str", pre_load=str.strip, validate=length)
    if given and not debug and ("insecure" in given or len(set(given)) < 5):
        refuse("SECRET_KEY")
    return given or read_or_make_secret(state_dir / "secret_key")


def read_or_make_secret(path: Path):
    """Returns the secret in the file `path`. A new file appears whole or not at all."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as draft:
            draft.write(secrets.token_urlsafe(60))
        Path(draft.name).replace(path)
    return path.read_text().strip()


def read_database(state_dir):
    """Returns the database of DATABASE_URL (sqlite or postgres), or else SQLite in `state_dir`."""
    database = read("DATABASE_URL", "dj_db_url") or default_database(state_dir)
    engine = database["ENGINE"].rpartition(".")[2]
    if engine not in ENGINE_SETTINGS or not database["NAME"]:
        refuse("DATABASE_URL")
    return database | ENGINE_SETTINGS[engine]


def default_database(state_dir):
    state_dir.mkdir(parents=True, exist_ok=True)
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": state_dir / "catalog.sqlite3"}
