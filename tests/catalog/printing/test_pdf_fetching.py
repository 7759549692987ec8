"""A PDF loads the site's own static files and pictures, and nothing else."""

import io
import socket

import pytest
from django.core.exceptions import SuspiciousFileOperation, ValidationError
from django.core.files.base import ContentFile
from PIL import Image

from catalog.files.validators import check_image
from catalog.printing.render import document_pdf, fetching
from catalog.printing.render.fetching import STATIC, SiteFiles
from tests import files
from tests.pdfs import read_pdf

SECRET = "the words of a file outside"
REFUSALS = (OSError, ValueError, SuspiciousFileOperation)


@pytest.fixture
def media(settings, tmp_path):
    """MEDIA_ROOT with a picture, a text and links that lead out of it, and files outside of it."""
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media" / "tools").mkdir(parents=True)
    (tmp_path / "media-old").mkdir()
    for place in ("media/tools/a b.png", "outside.png", "media-old/a.png"):
        (tmp_path / place).write_bytes(files.image())
    (tmp_path / "media" / "note.txt").write_text(SECRET)
    (tmp_path / "outside.txt").write_text(SECRET)
    (tmp_path / "media" / "link.png").symlink_to(tmp_path / "outside.png")
    (tmp_path / "media" / "folder").symlink_to(tmp_path)
    return tmp_path


@pytest.fixture
def site_address(settings):
    """A function that returns the address of a path on this site."""
    return lambda path: (
        STATIC + path.removeprefix("static:")
        if path.startswith("static:")
        else settings.SITE_URL + path
    )


@pytest.fixture
def fetcher(settings):
    return SiteFiles(settings.SITE_URL, settings.MEDIA_ROOT)


def test_a_static_file_is_read(site_address, fetcher):
    response = fetcher.fetch(site_address("static:catalog/pdf.css"))
    assert b"@page" in response.read()
    assert response.content_type == "text/css"


@pytest.mark.parametrize("light, expected", [(0, 204), (255, 255), (230, 230)])
def test_a_picture_is_pale_and_gray_when_saving_ink(site_address, media, settings, light, expected):
    Image.new("RGB", (40, 30), (light, light, light)).save(media / "media/tools/dark.png")
    saving = SiteFiles(settings.SITE_URL, settings.MEDIA_ROOT, saving=True)
    with Image.open(
        io.BytesIO(saving.fetch(site_address("/media/tools/dark.png")).read())
    ) as image:
        assert image.mode == "L"
        assert abs(image.getpixel((20, 15)) - expected) <= 1


def test_a_picture_is_read_as_a_jpeg(site_address, media, fetcher):
    response = fetcher.fetch(site_address("/media/tools/a%20b.png"))
    with Image.open(io.BytesIO(response.read())) as image:
        assert (image.format, image.size) == ("JPEG", (40, 30))


@pytest.mark.parametrize(
    "path",
    [
        "/media/link.png",
        "/media/folder/outside.png",
        "/media/../outside.png",
        "/media/%2e%2e/outside.png",
        "/media/tools/..%2f..%2foutside.png",
        "/media/%252e%252e/outside.png",
        "/media/./tools/a%20b.png",
        "/media//tools/a%20b.png",
        "/media/../media-old/a.png",
        "/media-old/a.png",
        "/media/note.txt",
        "/media/tools",
        "/media/",
        "/media/tools/a%20b.png%00.jpg",
        "/media/" + "a" * 5000,
        "static:../lmp_site/settings.py",
        "static:%2e%2e/%2e%2e/pyproject.toml",
        "static:/etc/hostname",
        "static:catalog/../catalog/pdf.css",
        "static:catalog",
        "static:",
        "static:none.css",
        "/",
        "/admin/",
        "/courses/",
    ],
)
def test_an_address_of_no_allowed_file_is_refused(site_address, media, path, caplog, fetcher):
    with pytest.raises(REFUSALS):
        fetcher.fetch(site_address(path))
    assert "Left out of a PDF" in caplog.text


def test_the_absolute_path_of_a_file_is_refused(site_address, media, fetcher):
    with pytest.raises(PermissionError):
        fetcher.fetch(site_address(f"/media/{media}/outside.png"))


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/hostname",
        "FILE:///etc/hostname",
        "file://localhost/etc/hostname",
        "http://127.0.0.1:8000.example.org/media/a.png",
        "http://127.0.0.1:8000@example.org/media/a.png",
        "http://127.0.0.1:8001/media/a.png",
        "https://127.0.0.1:8000/media/a.png",
        "http://localhost:8000/media/a.png",
        "http://169.254.169.254/latest/meta-data/",
        "//example.org/media/a.png",
        "ftp://example.org/a.png",
        "data:image/png;base64,iVBORw0KGgo=",
        "data:text/css,*{color:red}",
        "javascript:alert(1)",
        "/media/tools/a b.png",
        "tools/a b.png",
        "",
    ],
)
def test_an_address_of_another_site_is_refused(media, address, fetcher):
    with pytest.raises(PermissionError):
        fetcher.fetch(address)


def test_the_open_method_of_the_base_class_is_refused_too(media, fetcher):
    with pytest.raises(PermissionError):
        fetcher.open("file:///etc/hostname")


HOSTILE = """<!doctype html><html lang="en"><head><title>x</title>
<base href="file:///etc/">
<link rel="stylesheet" href="{outside}"><link rel="attachment" href="{outside}">
<style>@import url({outside}); @import url("http://example.org/x.css");
@font-face {{ font-family: F; src: local("x"), url({outside}), url(http://example.org/f.woff2) }}
h1 {{ background: url({outside}); content: url(data:image/png;base64,iVBORw0KGgo=) }}
li {{ list-style-image: url(http://example.org/a.png) }}</style></head>
<body><h1 style="font-family: F">Hello</h1><ul><li>one</li></ul>
<img src="{outside}" alt="one"><img src="hostname" alt="two"><img src="//example.org/a" alt="three">
<object data="{outside}">four</object><embed src="{outside}"><iframe src="{outside}"></iframe>
<a rel="attachment" href="{outside}">five</a>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><title>six</title>
<image href="{outside}" width="9" height="9"/><use xlink:href="{outside}#a"/>
<style>@import url({outside});</style></svg></body></html>"""


def test_a_hostile_page_reaches_no_file_and_no_host(media, monkeypatch):
    reached = []
    monkeypatch.setattr(socket.socket, "connect", lambda *place: reached.append(place))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *place, **more: reached.append(place))
    outside = (media / "outside.txt").as_uri()
    document = {"html": HOSTILE.format(outside=outside), "site": "", "media": str(media)}
    document_pdf.make(media / "made.pdf", document)
    data = (media / "made.pdf").read_bytes()
    assert reached == []
    assert "Hello" in read_pdf(data).text
    assert SECRET not in read_pdf(data).text
    assert SECRET.encode() not in data
    assert b"EmbeddedFile" not in data


def test_an_svg_of_the_site_loads_nothing_from_outside(media, site_address, monkeypatch):
    (media / "drawings").mkdir()
    monkeypatch.setattr(fetching, "STATIC_FOLDER", media / "drawings")
    (media / "drawings" / "a.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20">'
        f'<image href="{(media / "outside.png").as_uri()}" width="9" height="9"/>'
        '<text y="15">Own words</text></svg>'
    )
    svg = site_address("static:a.svg")
    page = f'<html lang="en"><title>x</title><h1>y</h1><img src="{svg}" alt="z">'
    document_pdf.make(media / "made.pdf", {"html": page, "media": str(media)})
    pdf = read_pdf((media / "made.pdf").read_bytes())
    assert "Own words" in pdf.text
    assert pdf.image_count == 0


def test_a_large_picture_is_scaled_down(site_address, media, settings, fetcher):
    (settings.MEDIA_ROOT / "large.png").write_bytes(files.image(size=(2200, 1100)))
    response = fetcher.fetch(site_address("/media/large.png"))
    with Image.open(io.BytesIO(response.read())) as image:
        assert image.size == (1100, 550)


def test_a_picture_too_large_to_open_is_left_out(
    site_address, media, settings, monkeypatch, fetcher
):
    monkeypatch.setattr(fetching, "MAX_PIXELS", 1000)
    with pytest.raises(ValueError, match="too many pixels"):
        fetcher.fetch(site_address("/media/tools/a%20b.png"))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pngs_of_every_mode_are_read(site_address, media, settings, mode, fetcher):
    Image.new(mode, (30, 20)).save(settings.MEDIA_ROOT / "a.png")
    assert fetcher.fetch(site_address("/media/a.png")).read()[:2] == b"\xff\xd8"


def test_transparent_parts_of_a_picture_become_white(site_address, media, settings, fetcher):
    Image.new("RGBA", (30, 20), (0, 0, 0, 0)).save(settings.MEDIA_ROOT / "a.png")
    response = fetcher.fetch(site_address("/media/a.png"))
    with Image.open(io.BytesIO(response.read())) as image:
        assert image.getpixel((15, 10)) == (255, 255, 255)


def test_the_check_of_uploads_refuses_half_pictures_despite_weasyprint():
    whole = files.image("JPEG", (800, 800))
    half = ContentFile(whole[: len(whole) // 2], "a.jpg")
    with pytest.raises(ValidationError, match="may be damaged"):
        check_image(half)
