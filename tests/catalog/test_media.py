import os

import pytest
from django.http import Http404
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from lmp_site.media import serve_media

VIDEO = bytes(range(256)) * 40


@pytest.fixture
def media(settings, tmp_path):
    """The folder of uploads, with a video in it."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / "huddle.mp4").write_bytes(VIDEO)
    return settings.MEDIA_ROOT


def body(response):
    return response.getvalue()


def ask_range(client, text, **headers):
    return client.get("/media/huddle.mp4", headers={"range": text} | headers)


def test_an_upload_is_served_whole(client, media):
    response = client.get("/media/huddle.mp4")
    assert response.status_code == 200
    assert body(response) == VIDEO
    assert response["Content-Type"] == "video/mp4"
    assert response["Content-Length"] == str(len(VIDEO))
    assert response["Accept-Ranges"] == "bytes"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
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
def test_a_player_may_ask_for_a_part(client, media, asked, first, last):
    response = ask_range(client, asked)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/10240"
    assert response["Content-Length"] == str(last - first + 1)
    assert body(response) == VIDEO[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=10240-", "bytes=99999999999999999999-"])
def test_a_part_beyond_the_end_is_416(client, media, asked):
    response = ask_range(client, asked)
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */10240"
    assert response.content == b""


@pytest.mark.parametrize("asked", ["bytes", "bytes=", "bytes=a-b", "bytes=²-", "lines=0-1"])
def test_a_range_that_cannot_be_read_is_left_aside(client, media, asked):
    assert ask_range(client, asked).status_code == 200


def test_a_part_of_a_replaced_file_is_the_whole_new_one(client, media):
    assert ask_range(client, "bytes=0-1", if_range='"older"').status_code == 200
    current = client.get("/media/huddle.mp4")["ETag"]
    assert ask_range(client, "bytes=0-1", if_range=current).status_code == 206


@pytest.mark.parametrize("known", ["ETag", "Last-Modified"])
def test_an_upload_that_is_known_is_not_sent_again(client, media, known):
    first = client.get("/media/huddle.mp4")
    asked = {"ETag": "if-none-match", "Last-Modified": "if-modified-since"}[known]
    second = client.get("/media/huddle.mp4", headers={asked: first[known]})
    assert second.status_code == 304
    assert second.content == b""


def test_head_tells_the_length_and_sends_nothing(client, media):
    response = client.head("/media/huddle.mp4")
    assert response.status_code == 200
    assert response["Content-Length"] == str(len(VIDEO))
    assert response.content == b""


def test_an_upload_cannot_be_posted_to(client, media):
    assert client.post("/media/huddle.mp4").status_code == 405


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("poster.pdf", "application/pdf"),
        ("poster.png", "image/png"),
        ("poster.webp", "image/webp"),
        ("huddle.webm", "video/webm"),
        ("huddle.vtt", "text/vtt; charset=utf-8"),
    ],
)
def test_what_a_browser_can_show_opens_in_it(client, media, name, kind):
    (media / name).write_bytes(b"x")
    response = client.get(f"/media/{name}")
    assert response["Content-Type"] == kind
    assert response["Content-Disposition"] == "inline"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" not in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name", ["page.html", "page.svg", "page.xhtml", "page.js", "page", "a.pptx"]
)
def test_anything_else_is_handed_over_and_never_runs(client, media, name):
    (media / name).write_bytes(b"<script>alert(1)</script>")
    response = client.get(f"/media/{name}")
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
def test_there_is_nothing_outside_the_uploads(client, db, media, path):
    (media / "folder").mkdir()
    (media.parent / "secret.txt").write_text("secret")
    os.symlink(media.parent / "secret.txt", media / "link.txt")
    assert client.get(f"/media/{path}").status_code == 404


@given(st.text(st.characters(exclude_categories=[])))
def test_no_path_breaks_the_view(path):
    with pytest.raises(Http404):
        serve_media(RequestFactory().get("/media/"), "absent/" + path)
