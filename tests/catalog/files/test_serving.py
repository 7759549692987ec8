"""Uploads at their own addresses: with ranges, never as code, and only if a reader may see them."""

import os
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.http import Http404
from django.test import RequestFactory
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from catalog.files.serving import close_connection
from catalog.resources.files import stored_file
from tests import files
from tests.admin import sign_in
from tests.makers import days_ago, make_video

pytestmark = pytest.mark.django_db
VIDEO = bytes(range(256)) * 40
UID = "0f8fad5b-d9cb-469f-a165-70867728950e"
FOLDER_URL = f"/media/videos/{UID}"


@pytest.fixture
def media(settings, tmp_path):
    """The folder of a published video. It holds one file."""
    settings.MEDIA_ROOT = tmp_path / "media"
    make_video(uid=UID)
    folder = settings.MEDIA_ROOT / "videos" / UID
    folder.mkdir(parents=True)
    (folder / "huddle.mp4").write_bytes(VIDEO)
    return folder


def body(response):
    return response.getvalue()


def ask_range(client, text, **headers):
    return client.get(f"{FOLDER_URL}/huddle.mp4", headers={"range": text} | headers)


def test_an_upload_is_served_whole(client, media):
    response = client.get(f"{FOLDER_URL}/huddle.mp4")
    assert response.status_code == 200
    assert body(response) == VIDEO
    assert response["Content-Type"] == "video/mp4"
    assert response["Content-Length"] == str(len(VIDEO))
    assert response["Accept-Ranges"] == "bytes"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-1", 0, 1),
        ("bytes=0-0", 0, 0),
        ("bytes=500-", 500, 10239),
        ("bytes=10239-", 10239, 10239),
        ("bytes=100-999999", 100, 10239),
        ("bytes=-10", 10230, 10239),
        ("bytes=-999999", 0, 10239),
    ],
)
def test_a_player_may_request_a_range(client, media, header, first, last):
    response = ask_range(client, header)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/10240"
    assert response["Content-Length"] == str(last - first + 1)
    assert body(response) == VIDEO[first : last + 1]


@pytest.mark.parametrize("header", ["bytes=10240-", "bytes=99999999999999999999-"])
def test_a_range_beyond_the_end_answers_416(client, media, header):
    response = ask_range(client, header)
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */10240"
    assert response.content == b""


@pytest.mark.parametrize("header", ["bytes", "bytes=", "bytes=a-b", "bytes=²-", "lines=0-1"])
def test_an_invalid_range_is_ignored(client, media, header):
    assert ask_range(client, header).status_code == 200


def test_a_range_of_a_replaced_file_answers_with_the_whole_new_file(client, media):
    assert ask_range(client, "bytes=0-1", if_range='"older"').status_code == 200
    current = client.get(f"{FOLDER_URL}/huddle.mp4")["ETag"]
    assert ask_range(client, "bytes=0-1", if_range=current).status_code == 206


@pytest.mark.parametrize("known", ["ETag", "Last-Modified"])
def test_a_cached_upload_is_not_sent_again(client, media, known):
    first = client.get(f"{FOLDER_URL}/huddle.mp4")
    header = {"ETag": "if-none-match", "Last-Modified": "if-modified-since"}[known]
    second = client.get(f"{FOLDER_URL}/huddle.mp4", headers={header: first[known]})
    assert second.status_code == 304
    assert second.content == b""


def test_a_head_request_gets_the_length_and_no_content(client, media):
    response = client.head(f"{FOLDER_URL}/huddle.mp4")
    assert response.status_code == 200
    assert response["Content-Length"] == str(len(VIDEO))
    assert response.content == b""


def test_an_upload_cannot_be_posted_to(client, media):
    assert client.post(f"{FOLDER_URL}/huddle.mp4").status_code == 405


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("poster.pdf", "application/pdf"),
        ("poster.png", "image/png"),
        ("poster.webp", "image/webp"),
        ("huddle.webm", "video/webm"),
        ("huddle.vtt", "text/vtt; charset=utf-8"),
    ],
)
def test_types_that_a_browser_can_show_open_in_it(client, media, name, media_type):
    (media / name).write_bytes(b"x")
    response = client.get(f"{FOLDER_URL}/{name}")
    assert response["Content-Type"] == media_type
    assert response["Content-Disposition"] == "inline"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" not in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name", ["page.html", "page.svg", "page.xhtml", "page.js", "page", "a.pptx"]
)
def test_other_types_are_downloaded_and_never_run(client, media, name):
    (media / name).write_bytes(b"<script>alert(1)</script>")
    response = client.get(f"{FOLDER_URL}/{name}")
    assert response.status_code == 200
    assert response["Content-Disposition"] == "attachment"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "absent.mp4",
        "folder",
        "folder/",
        "../secret.txt",
        "folder/../../secret.txt",
        "%2e%2e/secret.txt",
        "..%2fsecret.txt",
        "..\\secret.txt",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "huddle.mp4/x",
        "huddle.mp4%00.png",
        "x" * 5000,
        "link.txt",
    ],
)
def test_no_path_leads_outside_the_uploads(client, media, path):
    (media / "folder").mkdir()
    for folder in (media.parent, media.parents[1], media.parents[2]):
        (folder / "secret.txt").write_text("secret")
    os.symlink(media.parents[2] / "secret.txt", media / "link.txt")
    assert client.get(f"{FOLDER_URL}/{path}").status_code == 404


@given(st.text(st.characters(exclude_categories=[])))
@limits(deadline=None)
def test_no_path_breaks_the_view(path):
    with pytest.raises(Http404):
        stored_file(RequestFactory().get("/media/"), f"videos/{UID}/absent/{path}")


def test_a_file_that_belongs_to_no_entry_is_not_served(client, media):
    for name in ("stray.mp4", "videos/stray.mp4", f"videos/{UID[:-1]}f/huddle.mp4"):
        stray = media.parents[1] / name
        stray.parent.mkdir(exist_ok=True)
        stray.write_bytes(VIDEO)
        assert client.get(f"/media/{name}").status_code == 404


@pytest.mark.parametrize(
    "dates",
    [
        {"published": False},
        {"published": days_ago(-1)},
        {"published": days_ago(2), "unpublished_at": days_ago(1)},
    ],
    ids=["draft", "scheduled", "withdrawn"],
)
def test_only_staff_see_files_of_an_entry_that_is_not_public(client, settings, tmp_path, dates):
    settings.MEDIA_ROOT = tmp_path
    video = make_video(**dates)
    path = tmp_path / "videos" / str(video.uid) / "huddle.mp4"
    path.parent.mkdir(parents=True)
    path.write_bytes(VIDEO)
    address = f"/media/videos/{video.uid}/huddle.mp4"
    assert client.get(address).status_code == client.head(address).status_code == 404
    assert client.get(address, headers={"range": "bytes=0-1"}).status_code == 404
    sign_in(client, "ann", "Editors")
    response = client.get(address)
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")


def test_a_reader_without_a_cookie_costs_no_session_query(client, media, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = client.get(f"{FOLDER_URL}/huddle.mp4")
    assert not response.cookies and "Cookie" not in response.get("Vary", "")


def test_nginx_may_send_the_files(client, media, settings):
    settings.MEDIA_ACCEL = "/stored-files/"
    (media / "größe & more.pdf").write_bytes(files.pdf())
    name = quote("größe & more.pdf")
    response = client.get(f"{FOLDER_URL}/{name}")
    assert response["X-Accel-Redirect"] == f"/stored-files/videos/{UID}/{name}"
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.content == b""


def test_nginx_does_not_get_a_file_that_the_reader_may_not_see(client, settings):
    settings.MEDIA_ACCEL = "/stored-files/"
    video = make_video(published=False)
    response = client.get(f"/media/videos/{video.uid}/huddle.mp4")
    assert response.status_code == 404 and "X-Accel-Redirect" not in response


def test_no_path_leads_nginx_outside_the_uploads(client, media, settings):
    settings.MEDIA_ACCEL = "/stored-files/"
    for path in ("../../secret.pdf", "..%2f..%2fsecret.pdf", "a/../../../secret.pdf"):
        assert client.get(f"{FOLDER_URL}/{path}").status_code == 404


def test_the_database_connection_is_closed_before_a_download(monkeypatch):
    closed = []
    for busy in (True, False):
        fake = SimpleNamespace(in_atomic_block=busy, close=lambda: closed.append(1))
        monkeypatch.setattr("catalog.files.serving.connection", fake)
        close_connection()
    assert closed == [1]


def test_a_malformed_or_unknown_entry_id_answers_404(client, media):
    for uid in ("-" * 36, "0" * 36, UID.replace("-", "0")):
        assert client.get(f"/media/videos/{uid}/huddle.mp4").status_code == 404
