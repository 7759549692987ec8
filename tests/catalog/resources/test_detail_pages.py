import re

import pytest
from django.core.files.base import ContentFile

from tests import files
from tests.makers import days_ago, make_course, make_tool, make_video
from tests.pages import html_in

pytestmark = pytest.mark.django_db


def html_of(client, resource):
    response = client.get(resource.get_absolute_url())
    assert response.status_code == 200
    return html_in(response)


@pytest.mark.parametrize("make", [make_video, make_tool, make_course])
def test_a_page_has_the_title_as_its_heading(client, make):
    assert "<h1>Just a title</h1>" in html_of(client, make("Just a title"))


@pytest.mark.parametrize("make", [make_video, make_tool, make_course])
def test_no_label_is_shown_without_a_value(client, make):
    html = html_of(client, make("Just a title"))
    labels = re.findall(r"<dt>(.*?)</dt>", html)
    assert labels == ["Published"]
    assert re.findall(r"<h2", html) == []


def test_a_video_shows_every_field_that_has_a_value(client):
    video = make_video(
        file=ContentFile(files.mp4(), "video.mp4"),
        captions=ContentFile(b"WEBVTT\n\n00:01.000 --> 00:02.000\nTaste it.", "captions.vtt"),
        level_text="For teams at any level",
        audience_text="Anyone",
    )
    video.credits.create(role="Produced by", name="Kellie Applen", position=1)
    video.credits.create(role="Produced by", name="Paul Erskine", position=2)
    video.credits.create(role="Animation by", name="Piehole.TV", position=3)
    html = html_of(client, video)
    for text in (
        "0:45",
        'kind="captions"',
        video.captions.url,
        "Taste it.",
        "Produced by Kellie Applen, Paul Erskine",
        "Animation by Piehole.TV",
        "For teams at any level",
        "Anyone",
    ):
        assert text in html


def test_a_video_on_another_site_is_only_a_link(client):
    html = html_of(client, make_video(address="https://videos.example.org/7"))
    assert '<a class="button primary" href="https://videos.example.org/7"' in html
    assert "<video" not in html


def test_a_page_with_a_missing_file_still_works(client):
    video = make_video(file=ContentFile(files.mp4(), "video.mp4"))
    rendition = make_tool().renditions.create(file=ContentFile(files.pdf(), "a.pdf"))
    for file in (video.file, rendition.file):
        file.storage.delete(file.name)
    assert "Download the video" in html_of(client, video)
    assert "Download PDF" in html_of(client, rendition.tool)
    rendition.refresh_from_db()
    rendition.color = "bw"
    rendition.save()
    assert rendition.bytes == len(files.pdf())


def test_a_tool_offers_each_rendition_with_its_format_pages_and_size(client):
    tool = make_tool(best_used="At the end of a huddle.", size_text='2 pages; 8.5" x 11"')
    data = files.pdf(2)
    tool.renditions.create(file=ContentFile(data, "sheet.pdf"), color="bw")
    tool.renditions.create(format="PPT", address="https://files.example.org/deck", pages=1)
    tool.renditions.create(format="DOC")
    html = html_of(client, tool)
    for text in (
        "Download PDF",
        "black and white",
        "2 pages",
        "8.5 × 11 in",
        f"{len(data)}\xa0bytes",
        "/tools/consensus-decision-making-continuum/sheet.pdf",
        "Open PowerPoint",
        "https://files.example.org/deck",
        "1 slide",
        "no file yet",
        "At the end of a huddle.",
        "2 pages; 8.5&quot; x 11&quot;",
    ):
        assert text in html


@pytest.mark.parametrize("make", [make_video, make_tool, make_course])
def test_related_resources_are_shown_in_both_directions(client, make):
    one, other = make("One"), make_tool("Other")
    one.related.add(other)
    assert other.get_absolute_url() in html_of(client, one)
    assert one.get_absolute_url() in html_of(client, other)


def test_a_related_draft_is_not_shown(client):
    assert "Draft" not in html_of(client, make_tool(related=[make_video("Draft", published=False)]))


def test_a_page_links_to_its_pdf(client):
    tool = make_tool("Poster")
    html = html_of(client, tool)
    assert 'type="application/pdf" title="Poster (PDF)"' in html
    assert 'class="button" href="/tools/poster.pdf"' in html


def test_a_former_address_redirects_for_good(client):
    tool = make_tool("Poster")
    tool.slug = "wall-poster"
    tool.save()
    tool.slug = "big-poster"
    tool.save()
    for former in ("poster", "wall-poster"):
        response = client.get(f"/tools/{former}/")
        assert (response.status_code, response["Location"]) == (301, "/tools/big-poster/")
        assert client.get(f"/tools/{former}.pdf")["Location"] == "/tools/big-poster.pdf"


def test_a_former_address_of_a_draft_does_not_reveal_the_new_one(client):
    tool = make_tool("Poster", published=False)
    tool.slug = "secret-name"
    tool.save()
    assert client.get("/tools/poster/").status_code == 404


def test_a_resource_is_found_only_under_its_own_kind(client):
    make_tool("Poster")
    assert client.get("/videos/poster/").status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"published": False},
        {"published": days_ago(-1)},
        {"published": days_ago(2), "unpublished_at": days_ago(1)},
    ],
)
@pytest.mark.parametrize("make", [make_video, make_tool, make_course])
class TestWhatIsNotPublic:
    def test_readers_get_404(self, client, make, fields):
        assert client.get(make(**fields).get_absolute_url()).status_code == 404

    def test_staff_see_it_and_caches_do_not_store_it(self, admin_client, make, fields):
        response = admin_client.get(make(**fields).get_absolute_url())
        assert response.status_code == 200
        assert "This page is not public" in response.content.decode()
        assert response["Cache-Control"] == "private, no-store"


def test_a_signed_in_account_without_staff_rights_sees_no_drafts(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("reader"))
    assert client.get(make_tool(published=False).get_absolute_url()).status_code == 404
