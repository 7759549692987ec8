"""Answers that have not changed are made once, and every reader gets the right one."""

import gzip

import brotli
import pytest
import zstandard
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from catalog.models import SiteSettings, Tool
from lmp_site.page_store.middleware import cache_control
from tests.makers import make_tool, make_video

# PostgreSQL tells others of a change when it is committed.
pytestmark = pytest.mark.django_db(transaction=connection.vendor == "postgresql")
PAGES = ["/", "/topics/", "/tools/", "/tools/?sort=title", "/tools/poster/", "/new/feed/",
         "/search/?q=poster", "/path/", "/opensearch.xml", "/packet/"]  # fmt: skip


@pytest.fixture
def tool(db):
    return make_tool("Poster", topics=["Roles"], levels=[1])


@pytest.mark.parametrize("address", PAGES)
def test_an_answer_is_made_once_and_is_the_same_for_the_next_reader(site, tool, address):
    first, second = site.get(address), site.get(address)
    assert first.status == 200 and len(site.made) == 1
    assert (second.body, second.headers) == (first.body, first.headers)
    assert first.headers["cache-control"] == cache_control()
    assert "accept-encoding" in first.headers["vary"].lower()


@pytest.mark.parametrize("address", PAGES)
def test_a_reader_who_has_the_answer_gets_304(site, tool, address):
    etag = site.get(address).headers["etag"]
    answer = site.get(address, if_none_match=f'"other", W/{etag}')
    assert answer.status == 304 and answer.body == b"" and answer.headers["etag"] == etag
    assert site.get(address, if_none_match='"other"').status == 200
    assert len(site.made) == 1


def test_a_feed_reader_that_sends_back_the_date_gets_304(site, tool):
    date = site.get("/new/feed/").headers["last-modified"]
    assert site.get("/new/feed/", if_modified_since=date).status == 304
    assert site.get("/new/feed/", if_modified_since=date, if_none_match='"other"').status == 200
    earlier = "Mon, 30 Nov 2020 11:00:00 GMT"
    assert site.get("/new/feed/", if_modified_since=earlier).status == 200


@pytest.mark.parametrize(
    ("accepted", "encoding", "open_body"),
    [
        ("gzip, deflate, br, zstd", "zstd", zstandard.decompress),
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("", None, bytes),
        ("*;q=0", None, bytes),
        ("x" * 9000, None, bytes),
    ],
)
def test_the_answer_is_compressed_as_the_client_accepts(site, tool, accepted, encoding, open_body):
    plain = site.get("/tools/")
    answer = site.get("/tools/", accept_encoding=accepted)
    assert answer.headers.get("content-encoding") == encoding
    assert open_body(answer.body) == plain.body
    assert answer.headers["content-length"] == str(len(answer.body))
    assert (answer.headers["etag"] == plain.headers["etag"]) == (encoding is None)


def test_head_gets_the_headers_without_the_body(site, tool):
    page = site.get("/tools/")
    head = site.get("/tools/", method="HEAD")
    assert head.body == b"" and head.headers == page.headers and len(site.made) == 1


def test_a_head_request_alone_keeps_nothing(site, tool):
    head = site.get("/tools/", method="HEAD")
    assert head.body == b"" and head.headers["cache-control"] == cache_control()
    assert site.get("/tools/").body and len(site.made) == 2


def test_a_finished_pdf_is_sent_without_django(site, tool):
    first, second = site.get("/tools/poster.pdf"), site.get("/tools/poster.pdf")
    assert first.body == second.body and first.body.startswith(b"%PDF")
    assert first.headers == second.headers and len(site.made) == 1
    etag = first.headers["etag"]
    assert site.get("/tools/poster.pdf", if_none_match=etag).status == 304 and len(site.made) == 1
    tool.title = "Sign"
    tool.save()
    assert site.get("/tools/poster.pdf").body != first.body


def test_a_part_of_a_pdf_comes_from_django(site, tool):
    site.get("/tools/poster.pdf")
    site.get("/tools/poster.pdf", range="bytes=0-9")
    assert len(site.made) == 2


def test_a_pdf_that_is_too_large_is_not_kept(site, tool, settings):
    settings.PAGE_STORE_MB = 0
    for _time in range(2):
        assert site.get("/tools/poster.pdf").body.startswith(b"%PDF")
    assert len(site.made) == 2


@pytest.mark.parametrize(("remote", "scheme"), [("127.0.0.1", "https"), ("192.0.2.7", "http")])
def test_only_a_proxy_on_this_machine_says_which_scheme_the_reader_used(site, remote, scheme):
    asked = []
    site.store.application = lambda environ, start: asked.append(environ["wsgi.url_scheme"]) or []
    environ = RequestFactory().get("/admin/", REMOTE_ADDR=remote).environ
    site.store(environ | {"HTTP_X_FORWARDED_PROTO": "https"}, None)
    assert asked == [scheme]


def change_title(tool):
    tool.title = "Sign"
    tool.save()


def withdraw_by_sql(tool):
    Tool.objects.filter(pk=tool.pk).update(unpublished_at=timezone.now())


def rename_site(tool):
    SiteSettings.objects.create(name="Our Catalog")


def rename_topic(tool):
    topic = tool.topics.get()
    topic.name = "Duties"
    topic.save()


def add_tool(tool):
    make_tool("Another poster")


@pytest.mark.parametrize("change", [change_title, withdraw_by_sql, rename_site, add_tool])
@pytest.mark.parametrize("address", ["/", "/tools/", "/new/feed/", "/search/?q=poster"])
def test_a_change_is_in_the_very_next_answer(site, tool, address, change):
    before = site.get(address).body
    change(tool)
    after = site.get(address)
    assert after.body != before and after.body == site.get(address).body


def test_a_withdrawn_entry_is_gone_at_once(site, tool):
    assert site.get("/tools/poster/").status == 200
    withdraw_by_sql(tool)
    assert site.get("/tools/poster/").status == 404


def test_an_entry_appears_at_its_time_without_a_save(site, monkeypatch):
    soon = timezone.now() + timezone.timedelta(seconds=30)
    make_tool("Later", published=soon)
    assert "Later" not in site.get("/tools/").text
    store_changes = site.store.changes
    assert store_changes.until == soon.timestamp()
    monkeypatch.setattr("lmp_site.page_store.changes.time.time", lambda: soon.timestamp() + 1)
    number = store_changes.generation()
    assert number == site.store.state.number + 1


def test_people_who_may_have_signed_in_are_never_served_from_the_store(site, client, tool):
    site.get("/tools/")
    answer = site.get("/tools/", cookie="sid=abc")
    assert len(site.made) == 2 and answer.headers["cache-control"] == "private, no-store"
    site.get("/tools/")
    assert len(site.made) == 2


@pytest.mark.parametrize("cookie", ["", "theme=dark", "a=1; b=2"])
def test_other_cookies_make_no_difference(site, tool, cookie):
    page = site.get("/tools/")
    assert site.get("/tools/", cookie=cookie).body == page.body and len(site.made) == 1


@pytest.mark.parametrize(
    ("address", "method"),
    [
        ("/admin/", "GET"),
        ("/nowhere/", "GET"),
        ("/tools/", "POST"),
        ("/packet/?items=" + "z" * 3000, "GET"),
    ],
)
def test_other_answers_come_from_django_each_time(site, tool, address, method):
    for _time in range(2):
        site.get(address, method=method)
    assert len(site.made) == 2


def test_a_draft_is_not_kept(site, client):
    make_tool("Secret", published=False)
    assert site.get("/tools/secret/").status == 404
    assert "Secret" not in site.get("/tools/").text


def test_hosts_schemes_and_saved_data_have_answers_of_their_own(site, settings):
    settings.ALLOWED_HOSTS = ["a.example.org", "b.example.org"]
    make_video("A video", transcript="Hello.", address="https://videos.example.org/7")
    address = "/videos/a-video/"
    for headers in ({"host": "a.example.org"}, {"host": "b.example.org"}):
        assert site.get(address, **headers).status == 200
        site.get(address, save_data="on", **headers)
        site.get(address, save_data="off", **headers)
    assert len(site.made) == 4


def test_a_wrong_host_is_refused_each_time(site, settings, tool):
    settings.ALLOWED_HOSTS = ["a.example.org"]
    for _time in range(2):
        assert site.get("/tools/", host="evil.example.org").status == 400
    assert len(site.made) == 2


def test_searches_and_clicks_are_counted_for_each_reader(site, tool, counted):
    for _reader in range(3):
        site.get("/search/?q=poster")
    assert counted == [("poster", 1)] * 3
    referer = "http://testserver/search/?q=poster"
    for _reader in range(3):
        site.get("/tools/poster/", referer=referer)
    site.get("/tools/poster/", referer=referer, sec_fetch_dest="image")
    site.get("/tools/poster/", referer="https://elsewhere.example.org/search/?q=poster")
    assert counted[3:] == [("poster",)] * 3


def test_a_change_during_the_making_is_in_the_next_answer(site, tool):
    ask = site.store.application

    def ask_and_change(environ, start_response):
        parts = ask(environ, start_response)
        change_title(tool)
        return parts

    site.store.application = ask_and_change
    assert "Poster" in site.get("/tools/").text
    site.store.application = ask
    assert "Sign" in site.get("/tools/").text
