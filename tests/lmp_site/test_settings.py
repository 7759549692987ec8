import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import ConnectionHandler, IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from lmp_site import environment

ROOT = Path(__file__).resolve().parents[2]
SECRET = "0123456789abcdefghijklmnopqrstuvwxyz" * 2
# The setting of this process, and that of a process that it starts.
SHOW_PDF_WORKERS = """
import subprocess, sys
from django.conf import settings
print(settings.PDF_WORKERS, flush=True)
code = "from lmp_site import settings; print(settings.PDF_WORKERS)"
subprocess.run([sys.executable, "-c", code], check=True)
"""


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch):
    for name in [*environment.EXPECTED, *environment.RENAMED]:
        monkeypatch.delenv(name, raising=False)


def manage(*arguments, **variables):
    """Runs manage.py, which sees none of the caller's settings and writes nothing into var/."""
    base = {"PATH": os.environ["PATH"], "SECRET_KEY": SECRET, "DATABASE_URL": "sqlite://:memory:"}
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", *arguments],
        env=base | variables,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "eighty", "PORT is 'eighty', but it must be a port number from 1 to 65535."),
        ("PORT", "70000", "PORT is '70000', but it must be a port number from 1 to 65535."),
        ("DEBUG", "maybe", "DEBUG is 'maybe', but it must be true or false."),
        (
            "SITE_URL",
            "catalog.example.org",
            "SITE_URL is 'catalog.example.org', but it must be an address without a path, "
            "such as https://catalog.example.org.",
        ),
        (
            "MEDIA_ROOT",
            "uploads",
            "MEDIA_ROOT is 'uploads', but it must be the full path of a folder, "
            "such as /srv/data/media.",
        ),
        (
            "MEDIA_ACCEL",
            "stored-files",
            "MEDIA_ACCEL is 'stored-files', but it must be a path that begins and ends with a "
            "slash, such as /stored-files/.",
        ),
        (
            "MEDIA_BUCKET",
            "catalog-files",
            "MEDIA_BUCKET is 'catalog-files', but it must be the address of a bucket, "
            "such as https://storage.example.org/catalog-files.",
        ),
        (
            "ALLOWED_HOSTS",
            "*",
            "ALLOWED_HOSTS is '*', but it must be exact host names separated by commas.",
        ),
        (
            "ALLOWED_HOSTS",
            "catalog.example.org",
            "ALLOWED_HOSTS is 'catalog.example.org', but it must be a list that includes "
            "127.0.0.1, the host of SITE_URL.",
        ),
        ("PDF_WORKERS", "0", "PDF_WORKERS is '0', but it must be a number from 1 to 32."),
        (
            "SECRET_KEY",
            "django-insecure-" + "abcdef" * 10,
            "SECRET_KEY must be a random text of at least 50 characters. "
            "Leave it out, and the site makes one and keeps it in var/.",
        ),
        (
            "DATABASE_URL",
            "mysql://user:password@host/name",
            "DATABASE_URL must be an address such as postgres://user@host/name "
            "or sqlite:////srv/data/catalog.sqlite3.",
        ),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(name, value, sentence):
    run = manage("check", **{name: value})
    assert (run.returncode, run.stdout, run.stderr) == (1, "", sentence + "\n")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org",
        "https://",
        "https://example.org/catalog",
        "https://example.org?page=1",
        "https://user@example.org",
        "https://example.org:port",
        "https://exam ple.org",
        "https://.example.org",
    ],
)
def test_a_site_address_is_a_scheme_a_host_and_a_port(monkeypatch, url):
    monkeypatch.setenv("SITE_URL", url)
    with pytest.raises(environment.ImproperlyConfigured, match="^SITE_URL is "):
        environment.read_site_url(8000)


@pytest.mark.parametrize("hosts", [".example.org", "a.org,,b.org", "a.org:80", "a/b", "a b"])
def test_allowed_hosts_are_exact_names(monkeypatch, hosts):
    monkeypatch.setenv("ALLOWED_HOSTS", hosts)
    with pytest.raises(environment.ImproperlyConfigured, match="^ALLOWED_HOSTS is "):
        environment.read_hosts("http://a.org")


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_text_is_a_value_or_is_refused_by_name(text):
    readers = {
        "PORT": environment.read_port,
        "SITE_URL": lambda: environment.read_site_url(8000),
        "ALLOWED_HOSTS": lambda: environment.read_hosts("http://127.0.0.1:8000"),
        "MEDIA_ROOT": lambda: environment.read_folder("MEDIA_ROOT", ROOT / "media"),
    }
    for name, reader in readers.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(name, text)
            try:
                assert reader()
            except environment.ImproperlyConfigured as error:
                assert str(error).startswith(f"{name} is ")


def test_without_settings_the_site_runs_on_this_machine_with_sqlite(tmp_path):
    assert environment.read_port() == 8000
    assert environment.read_site_url(9000) == "http://127.0.0.1:9000"
    assert environment.read_hosts("http://127.0.0.1:9000") == ["127.0.0.1", "localhost"]
    assert environment.read_database(tmp_path)["NAME"] == tmp_path / "catalog.sqlite3"


def test_an_empty_variable_counts_as_not_set(monkeypatch, tmp_path):
    for name in environment.EXPECTED:
        monkeypatch.setenv(name, " ")
    assert environment.read_port() == 8000
    assert environment.read_database(tmp_path)["NAME"] == tmp_path / "catalog.sqlite3"
    assert len(environment.read_secret_key(False, tmp_path)) >= environment.MIN_SECRET_LENGTH


def test_the_site_address_loses_its_last_slash_and_allows_its_host(monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://Catalog.example.org/")
    url = environment.read_site_url(8000)
    assert url == "https://catalog.example.org"
    assert environment.read_hosts(url) == ["catalog.example.org", "127.0.0.1", "localhost"]


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path):
    state = tmp_path / "var"
    secret = environment.read_secret_key(False, state)
    assert environment.read_secret_key(False, state) == secret
    assert [file.name for file in state.iterdir()] == ["secret_key"]
    assert (state / "secret_key").stat().st_mode & 0o077 == 0


def test_a_weak_secret_is_accepted_only_with_debug(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "short")
    assert environment.read_secret_key(True, tmp_path) == "short"
    with pytest.raises(environment.ImproperlyConfigured):
        environment.read_secret_key(False, tmp_path)


@pytest.fixture
def sqlite(tmp_path, django_db_blocker):
    connection = ConnectionHandler({"default": environment.read_database(tmp_path)})["default"]
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        yield cursor
        connection.close()


def test_sqlite_readers_and_writers_wait_for_each_other(sqlite):
    names = ("journal_mode", "foreign_keys", "busy_timeout")
    answers = [sqlite.execute(f"PRAGMA {name}").fetchone()[0] for name in names]
    assert answers == ["wal", 1, 10_000]
    assert sqlite.db.transaction_mode == "IMMEDIATE"


def test_sqlite_refuses_a_foreign_key_without_a_row(sqlite):
    sqlite.execute("CREATE TABLE topic (id INTEGER PRIMARY KEY)")
    sqlite.execute("CREATE TABLE tool (topic INTEGER NOT NULL REFERENCES topic (id))")
    with pytest.raises(IntegrityError):
        sqlite.execute("INSERT INTO tool VALUES (7)")


def test_postgres_keeps_its_connections_and_checks_them(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgres://editor:word@db.example.org:5433/catalog")
    database = environment.read_database(tmp_path)
    assert (database["HOST"], database["PORT"], database["NAME"]) == (
        "db.example.org",
        5433,
        "catalog",
    )
    assert database["CONN_HEALTH_CHECKS"]


def test_production_settings_leave_no_warning():
    address = "https://catalog.example.org"
    run = manage("check", "--deploy", "--fail-level", "WARNING", SITE_URL=address)
    assert (run.returncode, run.stderr) == (0, "")


def test_no_request_header_can_claim_https():
    assert settings.SECURE_PROXY_SSL_HEADER is None


def test_a_wrong_host_name_is_a_bad_request(client):
    assert client.get("/", headers={"host": "elsewhere.example.org"}).status_code == 400


def test_a_bucket_is_an_address_and_a_name(monkeypatch):
    monkeypatch.setenv("MEDIA_BUCKET", "https://storage.example.org:9000/catalog-files")
    bucket = environment.read_bucket()
    assert bucket == ("https://storage.example.org:9000", "catalog-files")
    monkeypatch.delenv("MEDIA_BUCKET")
    assert environment.read_bucket() is None


def test_an_old_name_still_answers_and_warns_once():
    run = manage("shell", "-v0", "-c", SHOW_PDF_WORKERS, PRINTERS="7")
    assert run.stdout.split() == ["7", "7"]
    assert run.stderr == (
        "PRINTERS is now called PDF_WORKERS. The old name stops working in the next release.\n"
    )


def test_the_new_name_wins_over_the_old_one_without_a_warning():
    run = manage("shell", "-v0", "-c", SHOW_PDF_WORKERS, PRINTERS="7", PDF_WORKERS="5")
    assert (run.stdout.split(), run.stderr) == (["5", "5"], "")


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_old_name_counts_as_not_set(empty):
    run = manage("shell", "-v0", "-c", SHOW_PDF_WORKERS, PRINTERS=empty)
    assert (run.stdout.split(), run.stderr) == (["3", "3"], "")


def test_a_wrong_value_under_an_old_name_is_refused_with_the_new_name():
    run = manage("check", PRINTERS="many")
    assert run.returncode == 1
    assert run.stderr.splitlines()[1:] == [
        "PDF_WORKERS is 'many', but it must be a number from 1 to 32."
    ]


def test_every_variable_that_is_read_is_a_known_setting():
    code = "".join(path.read_text() for path in (ROOT / "lmp_site").glob("*.py"))
    readers = r"read|read_text|read_url|read_folder|env\.\w+|environ\.get"
    names = re.findall(rf"\b(?:{readers})\(\s*\"([A-Z_]+)\"", code)
    assert set(names) == set(environment.EXPECTED)
