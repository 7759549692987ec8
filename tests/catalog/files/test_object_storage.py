"""Uploads in an object storage. moto answers the S3 requests on this machine."""

import io
import os
import re
import urllib.request
import zipfile

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from moto.server import ThreadedMotoServer
from PIL import Image

from catalog.files.storage import Bucket
from catalog.models import Job, Rendition, Video
from editorial.demo.removing import empty_folder, folder_of
from tests import files
from tests.makers import make_tool, make_video, run_jobs

pytestmark = pytest.mark.django_db
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
ADDRESS = "/tools/sheet/sheet.pdf"


@pytest.fixture(scope="module")
def endpoint():
    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint, settings, monkeypatch):
    """The empty storage of uploads."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket="files")
    options = {"endpoint_url": endpoint, "bucket_name": "files"}
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "catalog.files.storage.Bucket", "OPTIONS": options}
    }
    yield storages["default"]
    for stored in storages["default"].bucket.objects.all():
        stored.delete()


@pytest.fixture
def rendition(bucket):
    pdf = files.tagged_pdf(text="Mind the gurney.")
    return make_tool("Sheet").renditions.create(file=ContentFile(pdf, "sheet.pdf"))


def follow(response, **headers):
    """Follows the redirect `response` and returns (status, headers, body)."""
    assert response.status_code == 302 and response["Cache-Control"] == "private, no-store"
    request = urllib.request.Request(response.url, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status, answer.headers, answer.read()


def test_an_upload_is_stored_only_in_the_object_storage(rendition, bucket, settings, tmp_path):
    assert bucket.exists(rendition.file.name)
    assert not os.path.exists(settings.MEDIA_ROOT / rendition.file.name)


def test_a_permanent_address_redirects_to_the_storage(client, rendition):
    status, headers, body = follow(client.get(ADDRESS))
    assert (status, headers["Content-Type"]) == (200, "application/pdf")
    assert headers["Content-Disposition"] == "inline"
    assert body == rendition.file.open().read()


def test_a_reader_may_request_a_part_of_a_file(client, rendition):
    status, headers, body = follow(client.get(ADDRESS), Range="bytes=0-4")
    assert (status, body) == (206, b"%PDF-")
    assert headers["Content-Range"].startswith("bytes 0-4/")


def test_a_reader_who_may_not_see_a_file_is_not_redirected(client, rendition):
    rendition.tool.published_at = None
    rendition.tool.save()
    assert client.get(ADDRESS).status_code == 404
    assert client.get(f"/media/{rendition.file.name}").status_code == 404


def test_pages_link_only_to_this_site(client, bucket, endpoint):
    make_video("Huddle", file=ContentFile(files.mp4(), "huddle.mp4"))
    html = client.get("/videos/huddle/").content.decode()
    assert endpoint not in html and "X-Amz" not in html
    [source] = re.findall(r'<source src="([^"]+)"', html)
    assert follow(client.get(source))[2] == files.mp4()


def test_this_site_sends_text_tracks_itself(client, bucket):
    captions = ContentFile(files.CAPTIONS.encode(), "huddle.vtt")
    video = make_video("Huddle", file=ContentFile(files.mp4(), "huddle.mp4"), captions=captions)
    response = client.get(video.captions.url)
    assert (response.status_code, response["Content-Type"]) == (200, "text/vtt; charset=utf-8")
    assert response.content.startswith(b"WEBVTT")


def test_a_head_request_gets_an_address_signed_for_head(client, rendition, monkeypatch):
    calls = []
    monkeypatch.setattr(
        Bucket, "url", lambda *args, **options: calls.append(options) or "/elsewhere"
    )
    client.head(ADDRESS)
    client.get(ADDRESS)
    assert [options["http_method"] for options in calls] == ["HEAD", "GET"]


def test_removing_the_demo_removes_its_files_from_the_storage(bucket):
    tool = make_tool("Sheet")
    tool.renditions.create(file=ContentFile(files.pdf(), "sheet.pdf"))
    assert empty_folder(folder_of(tool)) == 1
    assert empty_folder(folder_of(make_tool("Empty"))) == 0


def test_workers_read_and_write_files_in_the_storage(client, rendition, bucket):
    make_tool("Pictured", image=ContentFile(files.image(), "a.png"), image_decorative=True)
    make_video("Huddle", file=ContentFile(files.mp4(), "huddle.mp4"))
    run_jobs(Job.Task.TEXT, Job.Task.PREVIEW, Job.Task.PICTURE)
    preview = Rendition.objects.get().preview
    assert Image.open(preview.open()).width == 800
    assert client.get("/search/?q=gurney").context["page"].object_list
    [source] = re.findall(
        r'srcset="(\S+\.webp) 40w"', client.get("/tools/pictured/").content.decode()
    )
    assert follow(client.get(source))[1]["Content-Type"] == "image/webp"


def test_the_facts_of_a_video_are_read_from_the_storage(bucket):
    make_video("Huddle", file=ContentFile(files.mp4(), "huddle.mp4"))
    assert Video.objects.get().file_info["seconds"] == 45


def test_a_sheet_prints_an_image_from_the_storage(client, bucket):
    make_tool("Pictured", image=ContentFile(files.image(), "a.png"), image_alt="A poster")
    response = client.get("/tools/pictured.pdf")
    assert response.status_code == 200 and b"/Subtype /Image" in response.getvalue()


def test_a_zip_holds_the_files_of_the_storage(client, rendition):
    with zipfile.ZipFile(io.BytesIO(client.get("/tools/sheet.zip").getvalue())) as archive:
        assert archive.read("sheet.pdf") == rendition.file.open().read()


def test_an_old_version_is_still_in_the_storage(client, rendition):
    first = rendition.file.open().read()
    rendition.file = ContentFile(files.tagged_pdf(title="New"), "sheet.pdf")
    rendition.save()
    assert follow(client.get("/tools/sheet/v1/sheet.pdf"))[2] == first


def test_an_address_of_the_storage_expires_after_minutes(bucket):
    bucket.save("a.txt", ContentFile(b"a"))
    assert f"X-Amz-Expires={15 * 60}" in bucket.url("a.txt", parameters={})
    assert isinstance(bucket, Bucket) and bucket.url("a b.txt") == "/media/a%20b.txt"
