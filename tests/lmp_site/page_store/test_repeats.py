"""A request that says the same as one before gets the same answer, and no other request does."""

from math import inf

import pytest
from django.db import connection
from django.test import RequestFactory

from catalog.lib.sources import Sources
from lmp_site.page_store import repeats
from lmp_site.page_store.entries import Entry
from lmp_site.page_store.repeats import DECIDING, Repeats
from lmp_site.server.connection import KEYS
from tests.makers import make_tool

pytestmark = pytest.mark.django_db(transaction=connection.vendor == "postgresql")
# What is read of a request only to count its reader, or to know its scheme, which is in DECIDING.
OTHERS = {"HTTP_REFERER", "HTTP_SEC_FETCH_DEST", "HTTP_X_FORWARDED_PROTO", "REMOTE_ADDR"}
ONE_OF_ALL = {
    "accept_encoding": "gzip",
    "if_none_match": '"other"',
    "if_modified_since": "Mon, 30 Nov 2020 11:00:00 GMT",
    "save_data": "on",
    "cookie": "theme=dark",
    "referer": "http://testserver/search/?q=poster",
    "x_forwarded_proto": "https",
}


class Asked(dict):
    """An environment of a request that notes which keys are read."""

    def __init__(self, environ):
        super().__init__(environ)
        self.names = set()

    def get(self, name, default=None):
        self.names.add(name)
        return super().get(name, default)

    def __getitem__(self, name):
        self.names.add(name)
        return super().__getitem__(name)

    def __contains__(self, name):
        self.names.add(name)
        return super().__contains__(name)


def test_all_that_decides_an_answer_tells_requests_apart(site, monkeypatch):
    make_tool("Poster")
    site.get("/tools/poster/")
    monkeypatch.setattr(repeats.Repeats, "find", lambda *args: None)
    read = set()
    for headers in ({}, *({name: value} for name, value in ONE_OF_ALL.items())):
        environ = RequestFactory().get("/tools/poster/").environ | {"HTTP_HOST": "testserver"}
        environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        environ = Asked(environ)
        site.store(environ, lambda status, headers: None)
        read |= environ.names
    assert len(site.made) == 3  # http, https and with less data
    assert read - OTHERS == set(DECIDING)


def test_the_event_loop_reads_all_of_it():
    """It asks for kept answers with these names only; see server/connection.py."""
    always = {"REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "wsgi.url_scheme", "REMOTE_ADDR"}
    assert {*always, *KEYS.values()} == {*DECIDING, *OTHERS}


def test_a_repeated_request_is_counted_and_answered_without_a_search_for_its_page(
    site, counted, monkeypatch
):
    make_tool("Poster")
    first = site.get("/search/?q=poster")
    monkeypatch.setattr(site.store, "find", None)
    second = site.get("/search/?q=poster")
    assert (second.body, second.headers) == (first.body, first.headers)
    assert counted == [("poster", 1)] * 2


def test_an_answer_that_came_too_late_to_be_kept_is_not_repeated(site, monkeypatch):
    """While it was made, another thread has made and kept a newer one."""
    make_tool("Poster")
    monkeypatch.setattr(site.store, "newest", lambda place, pairs: inf)
    first = site.get("/tools/poster/")
    assert site.store.repeats.answers == {}
    monkeypatch.undo()
    assert site.get("/tools/poster/").body == site.get("/tools/poster/").body == first.body


def test_the_answers_take_a_limited_room(monkeypatch):
    monkeypatch.setattr(repeats, "MAX_BYTES", 100_000)
    answers, sizes = Repeats(), []
    for number in range(100):
        entry = Entry([], b"x" * 500)
        entry.number = 1
        environ = {"PATH_INFO": f"/{number}/", "REQUEST_METHOD": "GET"}
        answers.put(environ, entry, entry.answer(environ))
        sizes.append(len(answers.answers))
    assert 20 < max(sizes) < 30 and sizes[-1] > 0
    assert answers.find({"PATH_INFO": "/99/", "REQUEST_METHOD": "GET"}, 1)
    assert not answers.find({"PATH_INFO": "/99/", "REQUEST_METHOD": "GET"}, 2)


@pytest.mark.parametrize(
    ("body", "cookie"), [(b"x" * 1_200_000, ""), (b"x", "a" * 5000)], ids=["body", "cookie"]
)
def test_what_is_large_is_found_by_its_page_only(body, cookie):
    entry, answers = Entry([], body), Repeats()
    environ = {"PATH_INFO": "/", "REQUEST_METHOD": "GET", "HTTP_COOKIE": cookie}
    answers.put(environ | {"HTTP_IF_NONE_MATCH": "*"}, entry, entry.answer(environ))
    answers.put(environ, entry, entry.answer(environ))
    assert answers.answers == {}


def test_a_plan_that_asks_with_many_ids_is_not_too_large():
    sources = Sources((("SELECT", tuple(range(20_000))),), (), b"")
    entry, answers = Entry([], b"a plan", sources=sources), Repeats()
    environ = {"PATH_INFO": "/", "REQUEST_METHOD": "GET"}
    entry.number = 1
    answers.put(environ, entry, entry.answer(environ))
    assert answers.find(environ, 1)
