"""The headers, the size and the sources of every public page."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import transaction
from django.test import Client

from tests.makers import make_course, make_tool, make_video

pytestmark = pytest.mark.django_db

PATHS = [
    "/",
    "/topics/",
    "/topics/roles/",
    "/new/",
    "/videos/",
    "/tools/?level=2&page=9",
    "/courses/",
    "/levels/1/",
    "/audiences/co-leads/",
    "/tags/huddle/",
    "/regions/hawaii/",
    "/search/?q=poster&level=1",
    "/search/?q=xyzzy",
    "/search/suggestions/?q=pos",
    "/opensearch.xml",
    "/packet/",
    "/packet/?items=1.2.zzz&title=For+Monday&q=poster",
    "/packet/feed/?items=1.2",
    "/videos/a-video/",
    "/tools/a-poster/",
    "/courses/a-course/",
    "/tools/a-poster.pdf",
    "/tools/feed/",
    "/tools/feed/atom/",
    "/nowhere/",
]

LOADED_ADDRESS = re.compile(
    r'<(?:script|img|link rel="(?:stylesheet|icon|preload)"|video|source|track|iframe)'
    r'[^>]*?(?:src|href)="([^"]+)'
)


@pytest.fixture(scope="module", params=PATHS)
def response(request, django_db_setup, django_db_blocker):
    """The answer to one path. All tests share it and only read it."""
    links = {"topics": ["Roles"], "audiences": ["Co-leads"], "levels": [1], "tags": ["huddle"]}
    with django_db_blocker.unblock(), transaction.atomic():
        make_video("A video", address="https://videos.example.org/7", **links)
        make_tool("A poster", body="<p>Pin it up.</p>", **links)
        make_course("A course", **links)
        answer = Client().get(request.param)
        transaction.set_rollback(True)
    return answer


def test_no_cookie_is_set(response):
    assert not response.cookies


def test_the_content_policy_allows_only_the_site_itself(response):
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_other_sites_cannot_frame_it_and_browsers_cannot_guess_its_type(response):
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


def test_it_loads_nothing_from_other_sites_and_runs_nothing_inline(response):
    if "html" in response["Content-Type"]:
        html = response.content.decode()
        loaded = LOADED_ADDRESS.findall(html)
        assert loaded
        assert all(address.startswith("/") for address in loaded)
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", html)


def test_it_declares_its_language(response):
    if "html" in response["Content-Type"]:
        assert '<html lang="en-us">' in response.content.decode()


def test_it_is_under_60_kb(response):
    if "html" in response["Content-Type"]:
        assert len(response.content) < 60_000


def test_it_does_not_vary_by_cookie(response):
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("method", ["post", "put", "delete", "options", "trace"])
def test_public_pages_accept_only_reading_methods(client, method):
    for path in ("/", "/tools/", "/tools/feed/", "/tools.pdf", "/courses/a-course/", "/search/"):
        assert getattr(client, method)(path).status_code == 405


@pytest.mark.parametrize("path", ["/", "/tools/", "/tools/feed/", "/tools.pdf"])
def test_a_head_request_gets_the_headers_without_a_body(client, path):
    get, head = client.get(path), client.head(path)
    assert head.content == b""
    assert head["Content-Type"] == get["Content-Type"]
    assert head["Content-Length"] == str(len(get.getvalue()))


def test_styles_and_scripts_of_public_pages_are_under_60_kb():
    sources = [finders.find(f"catalog/{name}") for name in ("site.css", "site.js", "packet.js")]
    assert sum(len(gzip.compress(Path(source).read_bytes())) for source in sources) < 60_000
