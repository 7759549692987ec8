"""The files of a tool: stable addresses, old versions, and one click to restore a version."""

import hashlib
import io
import zipfile

import feedparser
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import Job, Rendition, RenditionVersion, Tool
from tests import files
from tests.admin import admin_url, make_person, parse_page, sign_in, submit_form
from tests.makers import days_ago, make_tool, run_jobs

pytestmark = pytest.mark.django_db
OLD, NEW = files.tagged_pdf(title="Old"), files.tagged_pdf(title="New")
ADDRESS = "/tools/huddle-cards/cards.pdf"


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def rendition(media):
    return make_tool("Huddle Cards").renditions.create(file=ContentFile(OLD, "Cards.pdf"))


def replace(rendition, data=NEW, name="Other name.pdf", **version):
    rendition.file = ContentFile(data, name)
    rendition.save(version=version)


def body(response):
    assert response.status_code == 200, response.status_code
    return response.getvalue()


def test_a_file_is_served_at_the_address_of_its_tool(client, rendition):
    assert rendition.url == ADDRESS
    response = client.get(ADDRESS)
    assert body(response) == OLD
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["ETag"] == f'"{hashlib.sha256(OLD).hexdigest()}"'


def test_replacing_keeps_the_address_and_changes_the_etag(client, rendition):
    before = client.get(ADDRESS)["ETag"]
    replace(rendition)
    assert rendition.url == ADDRESS
    response = client.get(ADDRESS, headers={"if-none-match": before})
    assert body(response) == NEW and response["ETag"] != before
    assert client.get(ADDRESS, headers={"if-none-match": response["ETag"]}).status_code == 304


def test_every_old_version_stays_at_its_own_address(client, rendition):
    replace(rendition)
    assert body(client.get("/tools/huddle-cards/v1/cards.pdf")) == OLD
    assert body(client.get("/tools/huddle-cards/v2/cards.pdf")) == NEW
    assert client.get("/tools/huddle-cards/v3/cards.pdf").status_code == 404


def test_a_range_is_sent_while_the_file_is_unchanged(client, rendition):
    etag = client.get(ADDRESS)["ETag"]
    part = client.get(ADDRESS, headers={"range": "bytes=5-9", "if-range": etag})
    assert (part.status_code, part.getvalue()) == (206, OLD[5:10])
    replace(rendition)
    whole = client.get(ADDRESS, headers={"range": "bytes=5-9", "if-range": etag})
    assert body(whole) == NEW


def test_a_version_has_a_hash_a_date_an_author_and_a_note(rendition):
    ann = make_person("ann")
    replace(rendition, by=ann, note="The phone number is right now.")
    new, old = rendition.versions.all()
    assert (new.number, old.number) == (2, 1)
    assert new.sha256 == hashlib.sha256(NEW).hexdigest()
    assert (new.by, new.note) == (ann, "The phone number is right now.")
    assert new.made_at > old.made_at


def test_the_same_file_again_is_not_a_new_version(client, rendition, media):
    replace(rendition, OLD)
    assert rendition.versions.count() == 1
    assert len([path for path in media.rglob("*") if path.is_file()]) == 1
    assert body(client.get(ADDRESS)) == OLD


def test_saving_other_fields_makes_no_new_version(rendition):
    rendition = Rendition.objects.get()
    rendition.color = "bw"
    rendition.save()
    assert rendition.versions.count() == rendition.number == 1


def test_restoring_an_old_version_makes_a_new_version(client, rendition):
    first = client.get(ADDRESS)["Last-Modified"]
    replace(rendition)
    rendition.restore(rendition.versions.get(number=1))
    response = client.get(ADDRESS)
    assert body(response) == OLD
    assert rendition.versions.count() == 3
    assert body(client.get("/tools/huddle-cards/v3/cards.pdf")) == OLD
    assert response["Last-Modified"] >= first
    assert Rendition.objects.get().pages == 1


def test_one_click_restores_a_version(client, rendition):
    replace(rendition)
    ann = sign_in(client, "ann", "Editors")
    page = parse_page(client.get(f"/admin/catalog/tool/{rendition.tool_id}/versions/"))
    [button] = page.xpath("//button[@name='version']")
    [form] = button.xpath("ancestor::form")
    assert "Restore version 1" in button.text
    sent = {"version": button.get("value")}
    client.post(f"/admin/catalog/tool/{rendition.tool_id}/versions/", sent)
    assert form.method == "POST"
    newest = rendition.versions.first()
    assert (newest.number, newest.by, newest.note) == (3, ann, "Back to version 1.")
    assert body(client.get(ADDRESS)) == OLD


@pytest.mark.parametrize("version", ["", "0", "x", "999", "9" * 30, "²"])
def test_an_unknown_version_answers_404(client, rendition, version):
    sign_in(client, "ann", "Editors")
    page = f"/admin/catalog/tool/{rendition.tool_id}/versions/"
    assert client.post(page, {"version": version}).status_code == 404


def test_only_people_who_may_change_a_tool_see_its_versions(client, rendition):
    sign_in(client, "guest")
    assert client.get(f"/admin/catalog/tool/{rendition.tool_id}/versions/").status_code == 403


def test_the_form_replaces_a_file_with_a_note_about_the_change(client, rendition, media):
    ann = sign_in(client, "ann", "Publishers")
    chosen = {"renditions-0-file": SimpleUploadedFile("new.pdf", NEW)}
    typed = {"renditions-0-note": "Larger print.", "renditions-0-notify_subscribers": "on"}
    submit_form(client, admin_url(rendition.tool), files=chosen, **typed)
    newest = rendition.versions.first()
    assert (newest.number, newest.by, newest.note) == (2, ann, "Larger print.")
    assert newest.notify_subscribers
    assert body(client.get(ADDRESS)) == NEW


def test_subscribers_are_told_of_a_change_only_with_a_note(client, rendition):
    sign_in(client, "ann", "Publishers")
    chosen = {"renditions-0-file": SimpleUploadedFile("new.pdf", NEW)}
    page = submit_form(
        client, admin_url(rendition.tool), files=chosen, **{"renditions-0-notify_subscribers": "on"}
    )
    assert "Say what changed. Followers read this." in page.content.decode()
    assert rendition.versions.count() == 1


def test_a_change_is_in_the_feeds_only_if_an_editor_marks_it(client, rendition):
    def titles():
        feed = feedparser.parse(client.get("/tools/feed/").content)
        return [entry.title for entry in feed.entries]

    replace(rendition, note="A typo.")
    assert titles() == ["Huddle Cards"]
    replace(
        rendition, files.tagged_pdf(title="Newest"), note="Larger print.", notify_subscribers=True
    )
    assert titles() == ["New version: Huddle Cards (PDF)", "Huddle Cards"]
    [change, _tool] = feedparser.parse(client.get("/tools/feed/atom/").content).entries
    assert change.summary == "Larger print."
    assert [link.href for link in change.enclosures] == [
        "http://127.0.0.1:8000/tools/huddle-cards/v3/cards.pdf"
    ]


def test_a_change_is_only_in_feeds_that_list_its_tool(client, rendition):
    make_tool("Other", topics=["Elsewhere"])
    replace(rendition, note="Larger print.", notify_subscribers=True)
    feed = feedparser.parse(client.get("/topics/elsewhere/feed/").content)
    assert [entry.title for entry in feed.entries] == ["Other"]


def test_a_tool_that_is_not_public_answers_404_at_all_its_addresses(client, rendition):
    Tool.objects.update(unpublished_at=days_ago(0))
    for address in (ADDRESS, "/tools/huddle-cards/v1/cards.pdf", "/tools/huddle-cards.zip"):
        assert client.get(address).status_code == 404
    sign_in(client, "ann", "Editors")
    for address in (ADDRESS, "/tools/huddle-cards/v1/cards.pdf", "/tools/huddle-cards.zip"):
        response = client.get(address)
        assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")


def test_a_former_address_of_the_tool_redirects_to_the_file(client, rendition):
    tool = rendition.tool
    tool.slug = "cards-for-huddles"
    tool.save()
    for end in ("/cards.pdf", "/v1/cards.pdf", ".zip"):
        response = client.get(f"/tools/huddle-cards{end}")
        assert (response.status_code, response.url) == (301, f"/tools/cards-for-huddles{end}")


def test_a_version_can_replace_an_external_address(client, rendition):
    rendition.file, rendition.address = "", "https://example.org/"
    rendition.save()
    rendition.restore(rendition.versions.get(number=1))
    assert body(client.get(ADDRESS)) == OLD
    assert not Rendition.objects.get().address


def test_one_click_restores_a_file_that_was_removed(client, rendition):
    run_jobs(Job.Task.PREVIEW)
    rendition.refresh_from_db()
    rendition.file = ""
    rendition.save()
    assert "page-preview" not in client.get("/tools/huddle-cards/").content.decode()
    sign_in(client, "ann", "Editors")
    page = f"/admin/catalog/tool/{rendition.tool_id}/versions/"
    [button] = parse_page(client.get(page)).xpath("//button[@name='version']")
    client.post(page, {"version": button.get("value")})
    assert body(client.get(ADDRESS)) == OLD


def test_a_row_that_replaces_another_takes_over_its_address(client, rendition):
    sign_in(client, "ann", "Publishers")
    row = ("renditions", {"file": SimpleUploadedFile("Cards.pdf", NEW)})
    submit_form(client, admin_url(rendition.tool), rows=[row], **{"renditions-0-DELETE": "on"})
    assert body(client.get(ADDRESS)) == NEW


def test_a_note_about_a_change_needs_a_new_file(client, rendition):
    sign_in(client, "ann", "Publishers")
    page = submit_form(client, admin_url(rendition.tool), **{"renditions-0-note": "Larger print."})
    assert "Choose the new file too, or empty “What changed”." in page.content.decode()


def test_the_form_refuses_the_same_file_again(client, rendition):
    sign_in(client, "ann", "Publishers")
    same = {"renditions-0-file": SimpleUploadedFile("new.pdf", OLD)}
    page = submit_form(client, admin_url(rendition.tool), files=same)
    assert "This file is already here. Choose the new one." in page.content.decode()


def test_restoring_an_inaccessible_version_needs_a_reason(client, rendition):
    replace(rendition, files.pdf())
    replace(rendition)
    Rendition.objects.update(accessibility_issues=[])
    sign_in(client, "ann", "Editors")
    page = f"/admin/catalog/tool/{rendition.tool_id}/versions/"
    bare = rendition.versions.get(number=2)
    answer = client.post(page, {"version": bare.pk}, follow=True)
    assert "The PDF “cards” lacks a title" in answer.content.decode()
    assert rendition.versions.count() == 3


def test_changes_before_publication_are_not_in_the_feeds(client, media):
    tool = make_tool("Late", published=days_ago(0))
    rendition = tool.renditions.create(file=ContentFile(OLD, "a.pdf"))
    replace(rendition, note="A draft's secret.", notify_subscribers=True)
    rendition.versions.update(made_at=days_ago(1))
    assert b"secret" not in client.get("/tools/feed/").content


def test_an_image_to_print_loses_its_location_too(media):
    tool = make_tool("Poster")
    rendition = tool.renditions.create(file=ContentFile(files.photo(), "poster.jpg"))
    assert b"GPS" not in rendition.file.open().read() and rendition.format == "JPG"
    assert b"Exif" not in rendition.file.open().read()


def test_old_versions_stay_when_the_file_is_removed(client, rendition):
    rendition.file = ""
    rendition.save()
    assert client.get(ADDRESS).status_code == 404
    assert body(client.get("/tools/huddle-cards/v1/cards.pdf")) == OLD


@pytest.mark.parametrize("name", ["cards.pptx", "card.pdf", "cards.PDF", "v1/cards.txt", "v/c.pdf"])
def test_a_file_that_never_existed_answers_404(client, rendition, name):
    assert client.get(f"/tools/huddle-cards/{name}").status_code == 404


def test_two_files_with_one_name_get_two_addresses(rendition):
    again = rendition.tool.renditions.create(file=ContentFile(NEW, "Cards.pdf"))
    assert (rendition.name, again.name) == ("cards", "cards-2")


def test_the_name_in_an_address_cannot_change_after_publication(client, rendition):
    sign_in(client, "ann", "Publishers")
    page = submit_form(client, admin_url(rendition.tool), **{"renditions-0-name": "other"})
    assert "People use this address, so you cannot change it." in page.content.decode()


def test_a_file_of_another_format_is_refused_because_the_address_would_change(rendition):
    rendition.file = ContentFile(files.pptx(), "cards.pptx")
    with pytest.raises(ValidationError, match="ends in .pdf"):
        rendition.full_clean()


def test_all_files_of_a_tool_are_in_one_zip(client, rendition):
    deck = files.pptx(2)
    rendition.tool.renditions.create(file=ContentFile(deck, "Slides.pptx"))
    rendition.tool.renditions.create(address="https://example.org/more")
    html = client.get("/tools/huddle-cards/").content.decode()
    assert 'href="/tools/huddle-cards.zip">All 2 files in one ZIP' in html
    response = client.get("/tools/huddle-cards.zip")
    assert response.streaming and response["Content-Disposition"] == (
        'attachment; filename="huddle-cards.zip"'
    )
    with zipfile.ZipFile(io.BytesIO(response.getvalue())) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "cards.pdf": OLD,
            "slides.pptx": deck,
        }


def test_a_zip_leaves_out_a_lost_file(client, rendition):
    lost = rendition.tool.renditions.create(file=ContentFile(files.pptx(), "slides.pptx"))
    lost.file.storage.delete(lost.file.name)
    with zipfile.ZipFile(io.BytesIO(client.get("/tools/huddle-cards.zip").getvalue())) as archive:
        assert archive.namelist() == ["cards.pdf"]


def test_a_tool_without_files_has_no_zip(client):
    make_tool("Link").renditions.create(address="https://example.org/")
    assert client.get("/tools/link.zip").status_code == 404
    assert ".zip" not in client.get("/tools/link/").content.decode()


def test_the_first_page_is_shown_after_a_worker_has_drawn_it(client, rendition):
    assert "page-preview" not in client.get("/tools/huddle-cards/").content.decode()
    run_jobs(Job.Task.PREVIEW)
    rendition.refresh_from_db()
    assert (rendition.preview_width, rendition.preview_height) == (800, 1132)
    html = client.get("/tools/huddle-cards/").content.decode()
    assert f'<img src="{rendition.preview.url}"' in html
    assert client.get(rendition.preview.url)["Content-Type"] == "image/webp"
    assert rendition.preview.url in client.get("/tools/").content.decode()


def test_a_new_file_gets_its_own_preview(rendition):
    run_jobs(Job.Task.PREVIEW)
    rendition.refresh_from_db()
    first = rendition.preview.name
    replace(rendition)
    assert not rendition.preview
    run_jobs(Job.Task.PREVIEW)
    rendition.refresh_from_db()
    assert rendition.preview and rendition.preview.name != first


def test_versions_stay_when_their_author_is_deleted(rendition):
    ann = make_person("ann")
    replace(rendition, by=ann)
    ann.delete()
    assert RenditionVersion.objects.get(number=2).by is None
