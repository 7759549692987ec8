"""An entry that would leave some readers out is not published without a reason."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Job, Resource, Tool, Video
from tests import files
from tests.admin import add_url, admin_url, errors_in, make_person, sign_in, submit_form
from tests.makers import make_course, make_tool, make_video, run_jobs

pytestmark = pytest.mark.django_db
NOW = {"published_at_0": "2026-01-05", "published_at_1": "09:00:00"}
NO_CAPTIONS = "The video has no captions, which also become its transcript."
BARE_PDF = "The PDF “bare” lacks a title, its language and tags."
REPORT = "/admin/catalog/resource/accessibility/"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def publisher(client):
    return sign_in(client, "pat", "Publishers")


def video_file():
    return SimpleUploadedFile("film.mp4", files.mp4())


def captions():
    return SimpleUploadedFile("film.vtt", files.CAPTIONS.encode())


def bare_pdf():
    return SimpleUploadedFile("bare.pdf", files.pdf())


def errors_about(response, sentence):
    """Returns the errors of the form in `response` that contain `sentence`."""
    return [error for error in errors_in(response) if sentence in error]


def report(client):
    return client.get(REPORT).content.decode()


def test_a_video_without_captions_is_not_published_yet(client, publisher):
    response = submit_form(
        client, add_url(Video), title="Film", files={"file": video_file()}, **NOW
    )
    assert errors_about(response, NO_CAPTIONS)
    assert not Video.objects.exists()


def test_a_video_without_captions_can_be_saved_as_a_draft(client, publisher):
    submit_form(client, add_url(Video), title="Film", files={"file": video_file()})
    assert Video.objects.get().state == "draft"


def test_a_video_with_captions_is_published(client, publisher):
    chosen = {"file": video_file(), "captions": captions()}
    submit_form(client, add_url(Video), title="Film", files=chosen, **NOW)
    assert Video.objects.get().is_public


def test_a_video_on_another_site_needs_its_transcript(client, publisher):
    typed = {"title": "Film", "address": "https://example.org/film"} | NOW
    assert errors_about(
        submit_form(client, add_url(Video), **typed), "The video has no transcript."
    )
    submit_form(client, add_url(Video), transcript="Take two minutes.", **typed)
    assert Video.objects.get().is_public


def test_a_pdf_without_title_language_and_tags_is_not_published_yet(client, publisher):
    tool = make_tool(published=False)
    row = ("renditions", {"file": bare_pdf()})
    assert errors_about(submit_form(client, admin_url(tool), rows=[row], **NOW), BARE_PDF)
    assert not tool.renditions.exists() and not Tool.objects.get().is_public


def test_a_pdf_with_title_language_and_tags_is_published(client, publisher):
    tool = make_tool(published=False)
    row = ("renditions", {"file": SimpleUploadedFile("whole.pdf", files.tagged_pdf())})
    submit_form(client, admin_url(tool), rows=[row], **NOW)
    assert Tool.objects.get().is_public


def test_a_draft_says_what_its_pdf_lacks(client, publisher):
    tool = make_tool(published=False)
    submit_form(client, admin_url(tool), rows=[("renditions", {"file": bare_pdf()})])
    assert BARE_PDF in client.get(admin_url(tool)).content.decode()
    assert errors_about(submit_form(client, admin_url(tool), **NOW), BARE_PDF)


def test_a_worse_file_in_a_published_tool_is_refused(client, publisher):
    tool = make_tool()
    tool.renditions.create(file=ContentFile(files.tagged_pdf(), "bare.pdf"))
    response = submit_form(client, admin_url(tool), files={"renditions-0-file": bare_pdf()})
    assert errors_about(response, BARE_PDF)
    assert tool.renditions.get().number == 1


def test_the_words_of_a_tool_with_an_old_barrier_can_be_changed(client, publisher):
    tool = make_tool()
    tool.renditions.create(file=ContentFile(files.pdf(), "bare.pdf"))
    submit_form(client, admin_url(tool), summary="A better word.")
    assert Tool.objects.get().summary == "A better word."


def test_a_publisher_can_publish_anyway_with_a_reason(client, publisher):
    video = make_video("Film", published=False)
    reason = "The town hall is tomorrow; captions come on Friday."
    submit_form(client, admin_url(video), access_reason=reason, files={"file": video_file()}, **NOW)
    video = Video.objects.get()
    assert video.is_public
    assert (video.access_reason, video.access_reason_by) == (reason, publisher)
    assert reason in report(client) and NO_CAPTIONS in report(client)


def test_the_reason_is_kept_until_the_barrier_is_fixed(client, publisher):
    video = make_video("Film", file=ContentFile(files.mp4(), "film.mp4"), access_reason="Soon.")
    submit_form(client, admin_url(video), summary="A better word.")
    assert Video.objects.get().access_reason == "Soon."
    submit_form(client, admin_url(video), files={"captions": captions()})
    assert not Video.objects.get().access_reason
    assert "Film" not in report(client)


def test_an_editor_who_cannot_publish_cannot_give_a_reason(client):
    sign_in(client, "ed", "Editors")
    tool = make_tool()
    tool.renditions.create(file=ContentFile(files.tagged_pdf(), "bare.pdf"))
    chosen = {"renditions-0-file": bare_pdf()}
    response = submit_form(client, admin_url(tool), files=chosen, access_reason="I want to.")
    assert errors_about(response, "ask a publisher to say why it is published anyway")
    assert not Tool.objects.get().access_reason


def test_an_old_reason_does_not_let_such_an_editor_add_a_barrier(client):
    sign_in(client, "ed", "Editors")
    tool = make_tool(access_reason="The first one is old.")
    tool.renditions.create(file=ContentFile(files.pdf(), "old.pdf"))
    response = submit_form(client, admin_url(tool), rows=[("renditions", {"file": bare_pdf()})])
    assert errors_about(response, BARE_PDF) and tool.renditions.count() == 1


def test_a_publisher_can_publish_an_image_without_description_with_a_reason(client, publisher):
    picture = {"image": SimpleUploadedFile("a.png", files.image())}
    typed = {"title": "A", "access_reason": "The artist describes it tomorrow."} | NOW
    submit_form(client, add_url(Video), files=picture, **typed)
    assert Video.objects.get().is_public
    assert "The image has no description." in report(client)


def test_captions_of_a_video_on_another_site_count_as_its_transcript(client, publisher):
    chosen = {"captions": captions()}
    typed = {"title": "Film", "address": "https://example.org/film"} | NOW
    submit_form(client, add_url(Video), files=chosen, **typed)
    assert Video.objects.get().is_public
    assert "Film" not in report(client)


def test_an_image_needs_a_description_or_the_decorative_checkbox(client, publisher):
    picture = {"image": SimpleUploadedFile("a.png", files.image())}
    response = submit_form(client, add_url(Video), title="A", files=dict(picture))
    assert errors_about(response, "Say what the image shows, or check that it is only decoration.")
    picture = {"image": SimpleUploadedFile("a.png", files.image())}
    submit_form(client, add_url(Video), title="A", image_decorative="on", files=picture)
    assert Video.objects.get().image


def test_publishing_several_entries_skips_those_that_leave_readers_out(client, publisher):
    make_video("Good", published=False)
    make_video("Silent", published=False, file=ContentFile(files.mp4(), "film.mp4"))
    make_video("Known", published=False, file=ContentFile(files.mp4(), "f.mp4"), access_reason="So")
    chosen = {
        "action": "publish",
        "_selected_action": list(Video.objects.values_list("pk", flat=True)),
    }
    page = client.post("/admin/catalog/video/", chosen, follow=True).content.decode()
    assert f"“Silent” is not published. {NO_CAPTIONS}" in page
    public = Resource.objects.published().values_list("title", flat=True)
    assert set(public) == {"Good", "Known"}


def test_the_report_lists_entries_without_a_reason_first(client, publisher):
    make_video("Known", file=ContentFile(files.mp4(), "f.mp4"), access_reason="So.")
    make_video("Silent", file=ContentFile(files.mp4(), "film.mp4"))
    make_tool("Sheet").renditions.create(file=ContentFile(files.pdf(), "bare.pdf"))
    make_video("Draft", published=False, file=ContentFile(files.mp4(), "film.mp4"))
    make_course("Course")
    page = report(client)
    assert page.index("No reason given") < page.index("So.")
    assert BARE_PDF in page
    assert "Draft" not in page and "Course</a>" not in page
    assert client.get("/admin/accessibility/").url == REPORT


def test_a_worker_checks_pdfs_from_before_this_check_existed(client, publisher):
    tool = make_tool("Sheet")
    tool.renditions.create(file=ContentFile(files.pdf(), "bare.pdf"))
    tool.renditions.update(accessibility_issues=None)
    assert "Sheet" not in report(client)
    run_jobs(Job.Task.TEXT)
    assert BARE_PDF in report(client)


def test_the_report_makes_no_more_queries_for_more_entries(client, publisher):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            report(client)
        return len(captured)

    def fill(first, last):
        for number in range(first, last):
            person = make_person(f"person {number}")
            make_tool(
                f"Tool {number}", access_reason="So.", access_reason_by=person
            ).renditions.create(file=ContentFile(files.pdf(), "bare.pdf"))
            make_video(f"Film {number}", file="videos/film.mp4")

    fill(0, 2)
    few = queries()
    fill(2, 4)
    assert queries() == few


def test_staff_who_may_not_see_entries_cannot_see_the_report(client):
    sign_in(client, "guest")
    assert client.get(REPORT).status_code == 403
