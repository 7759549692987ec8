import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import RequestFactory

from catalog.search import counting
from lmp_site.page_store import changes
from lmp_site.page_store.changes import Changes, PostgresListener, listener_for
from lmp_site.page_store.wsgi import PageStore
from tests.lmp_site.page_store.addresses import make_addresses


class Answer:
    """What a client gets: status, headers (by lower-case name) and body."""

    def __init__(self, status, headers, body):
        self.status, self.body = int(status.split()[0]), body
        self.headers = {name.lower(): value for name, value in headers}

    @property
    def text(self):
        return self.body.decode()


@pytest.fixture(autouse=True)
def query_each_time(monkeypatch):
    """The tests ask sooner after a change than people do."""
    monkeypatch.setattr(PostgresListener, "interval", 0)
    monkeypatch.setattr(changes, "LOOK_S", 0)


class Site:
    """The page store before Django, asked as a server asks it. `made` counts what Django made."""

    def __init__(self, max_bytes=1 << 20, shared=None):
        self.made, self.django, self.shared = [], WSGIHandler(), shared
        self.restart(max_bytes)

    def restart(self, max_bytes=1 << 20):
        changes = Changes(listener_for(connection))
        self.store = PageStore(self.ask_django, changes, "sid", max_bytes, shared=self.shared)

    def ask_django(self, environ, start_response):
        self.made.append(environ["PATH_INFO"])
        return self.django(environ, start_response)

    def get(self, address, method="GET", **headers):
        environ = RequestFactory().generic(method, address).environ
        environ["HTTP_HOST"] = "testserver"
        environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        started = []
        parts = self.store(environ, lambda *args: started.append(args))
        body = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        return Answer(*started[0][:2], body)


@pytest.fixture
def counted(monkeypatch):
    """What a thread would count in the background."""
    counted = []
    monkeypatch.setattr(counting, "count_later", lambda count, *facts: counted.append(facts))
    return counted


@pytest.fixture
def site(db, settings, counted):
    settings.SESSION_COOKIE_NAME = "sid"
    settings.ALLOWED_HOSTS = ["testserver"]
    return Site()


@pytest.fixture
def addresses(db, settings, tmp_path):
    """{URL name: a real address of it}, with the entries that they show."""
    settings.MEDIA_ROOT = tmp_path
    return make_addresses()
