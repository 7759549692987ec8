"""The HTML of a video page: the player, the chapters and the transcript."""

import re

import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.test.utils import CaptureQueriesContext

from catalog.models import Video
from tests import files
from tests.makers import days_ago, make_video
from tests.pages import html_in

pytestmark = pytest.mark.django_db

CAPTIONS = """WEBVTT

00:01.000 --> 00:03.500
Take two minutes
& a pen.

00:04.250 --> 00:06.000
Stand up.

01:02:03.500 --> 01:02:05.000
Thank you.
"""
CHAPTERS = """WEBVTT

00:00.000 --> 00:04.250
Before you begin

00:04.250 --> 00:59.000
The <i>huddle</i>
"""
DESCRIPTIONS = "WEBVTT\n\n00:00.000 --> 00:02.000\nA clock.\n"


def make_video_with_file(ending="mp4", file_info=None, phone=False, **fields):
    video = make_video("A video", **fields)
    video.file.save(f"video.{ending}", ContentFile(files.mp4()))
    if phone:
        video.phone_file.save("phone.mp4", ContentFile(files.mp4()), save=False)
    Video.objects.filter(pk=video.pk).update(
        file_info=file_info or {}, phone_file=video.phone_file.name
    )
    return Video.objects.get(pk=video.pk)


def vtt(text, name="captions.vtt"):
    return ContentFile(text.encode(), name)


def page_of(client, query="", **headers):
    response = client.get(f"/videos/a-video/{query}", headers=headers)
    assert response.status_code == 200
    return html_in(response)


def tags(name, html):
    return re.findall(rf"<{name} ([^>]*)>", html)


def plain(html):
    return " ".join(re.sub("<[^>]*>", "", html).split())


def test_the_player_has_the_browsers_controls_and_the_size_of_the_video(client):
    make_video_with_file(file_info={"width": 1080, "height": 1920})
    [video] = tags("video", page_of(client))
    for words in ('controls playsinline preload="metadata"', 'width="1080" height="1920"'):
        assert words in video
    assert "autoplay" not in video and "poster" not in video


def test_a_video_of_unknown_size_gets_a_16_by_9_player(client):
    make_video_with_file()
    assert 'width="640" height="360"' in page_of(client)


def test_the_poster_is_the_image_of_the_entry(client):
    still = ContentFile(files.image(size=(64, 36)), "still.png")
    video = make_video_with_file(image=still, image_alt="A cake.")
    assert f'poster="{video.picture.url}"' in page_of(client)


@pytest.mark.parametrize(("ending", "kind"), [("mp4", "video/mp4"), ("webm", "video/webm")])
def test_a_video_states_its_media_type(client, ending, kind):
    video = make_video_with_file(ending)
    assert tags("source", page_of(client)) == [f'src="{video.file.url}" type="{kind}"']


def test_phones_and_browsers_that_cannot_play_the_video_get_the_phone_version(client):
    video = make_video_with_file("webm", phone=True, seconds=90)
    original, phone = f"{video.file.url}#t=47", f"{video.phone_file.url}#t=47"
    assert tags("source", page_of(client, "?t=47")) == [
        f'src="{phone}" type="video/mp4" media="(max-width: 45rem)"',
        f'src="{original}" type="video/webm"',
        f'src="{phone}" type="video/mp4"',
    ]


def test_a_codec_that_some_browsers_play_without_a_picture_is_named(client):
    make_video_with_file(phone=True, file_info={"picture": "HEVC"})
    assert 'type="video/mp4; codecs=hvc1' in tags("source", page_of(client))[1]


def test_without_a_phone_version_the_codec_is_not_named(client):
    make_video_with_file(file_info={"picture": "HEVC"})
    assert "codecs" not in page_of(client)


def test_captions_chapters_and_descriptions_are_tracks(client):
    video = make_video_with_file(
        captions=vtt(CAPTIONS), chapters=vtt(CHAPTERS), descriptions=vtt(DESCRIPTIONS)
    )
    captions, chapters, descriptions = tags("track", page_of(client))
    assert captions.startswith(f'kind="captions" src="{video.captions.url}"')
    assert captions.endswith(" default")
    assert chapters.startswith(f'kind="chapters" src="{video.chapters.url}"')
    assert descriptions.startswith(f'kind="descriptions" src="{video.descriptions.url}"')
    assert "default" not in chapters + descriptions


def test_chapters_link_to_their_start_times(client):
    make_video_with_file(chapters=vtt(CHAPTERS))
    html = page_of(client)
    found = re.findall(r'<a href="(\?t=\d+#player)" data-begin="([\d.]+)">(.*?)</a>', html)
    assert [(address, begin, plain(words)) for address, begin, words in found] == [
        ("?t=0#player", "0.000", "0:00 Before you begin"),
        ("?t=4#player", "4.250", "0:04 The huddle"),
    ]


def test_the_transcript_is_open_in_paragraphs_with_their_times(client):
    make_video_with_file(captions=vtt(CAPTIONS))
    html = page_of(client)
    first, second = re.findall(r"<p> ?(<a class=\"time\".*?)</p>", html, re.S)
    assert plain(first) == "Play from 0:01 Take two minutes &amp; a pen. Stand up."
    assert plain(second) == "Play from 1:02:03 Thank you."
    assert 'href="?t=3723#player" data-begin="3723.500"' in second
    assert re.findall(r'<span data-begin="([\d.]+)">', first) == ["1.000", "4.250"]
    assert '<details class="transcript' not in html


def test_a_former_address_of_a_transcript_redirects(client):
    video = make_video_with_file(captions=vtt(CAPTIONS))
    video.slug = "new"
    video.save()
    response = client.get("/videos/a-video/transcript.txt")
    assert (response.status_code, response.url) == (301, "/videos/new/transcript.txt")


def test_each_paragraph_of_a_transcript_has_one_link(client):
    make_video_with_file(captions=vtt(CAPTIONS))
    html = page_of(client)
    words = html[html.index('class="transcript-text"') : html.index('class="below-transcript"')]
    assert words.count("<a ") == 2


def test_readers_can_download_the_video_the_captions_and_the_transcript(client):
    video = make_video_with_file(captions=vtt(CAPTIONS), file_info={"bytes": 2048})
    html = page_of(client)
    size = f"({filesizeformat(2048)})"
    assert f'<a href="{video.file.url}" download>Download the video</a> {size}' in html
    assert f'<a href="{video.captions.url}" download>' in html
    assert '<a href="/videos/a-video/transcript.txt" download>' in html
    assert client.get("/videos/a-video/transcript.txt").content.decode() == (
        "A video\n\nTake two minutes & a pen. Stand up.\n\nThank you.\n"
    )


def test_a_video_without_captions_says_so_and_has_no_transcript(client):
    make_video_with_file()
    html = page_of(client)
    assert "No captions yet" in html
    assert not tags("track", html)
    for part in ("Transcript", "transcript.txt", "Chapters", 'name="captions"', "descriptions"):
        assert part not in html
    assert client.get("/videos/a-video/transcript.txt").status_code == 404


def test_a_typed_transcript_is_folded(client):
    make_video_with_file(transcript="Mix it.\n\nTaste it.")
    html = page_of(client)
    assert '<details class="transcript">' in html
    assert "<p>Mix it.</p>" in html
    assert 'href="/videos/a-video/transcript.txt"' in html
    assert client.get("/videos/a-video/transcript.txt").content.decode().endswith("Taste it.\n")


def test_captions_win_over_a_typed_transcript(client):
    make_video_with_file(captions=vtt(CAPTIONS), transcript="Mix it.")
    assert "Mix it." not in page_of(client)


def test_the_transcript_of_a_video_on_another_site_has_no_links(client):
    make_video("A video", address="https://videos.example.org/7", captions=vtt(CAPTIONS))
    html = page_of(client)
    assert "<video" not in html and "#player" not in html
    assert '<span class="time">0:01</span>' in html
    assert "catalog/player.js" in html


def test_a_page_without_a_video_loads_no_player_script(client):
    make_video("A video")
    assert "player.js" not in page_of(client)


def test_with_save_data_the_transcript_is_first_and_the_video_does_not_preload(client):
    make_video_with_file(captions=vtt(CAPTIONS))
    usual, saving = page_of(client), page_of(client, **{"Save-Data": "on"})
    assert usual.index("<video") < usual.index('id="transcript"')
    assert saving.index('id="transcript"') < saving.index("<video")
    assert 'preload="none"' in saving and 'preload="metadata"' not in saving


@pytest.mark.parametrize("saves", ["on", "off"])
def test_caches_store_the_page_with_and_without_save_data_apart(client, saves):
    make_video_with_file()
    response = client.get("/videos/a-video/", headers={"Save-Data": saves})
    assert "Save-Data" in response["Vary"]


def test_other_pages_do_not_vary_by_save_data(client):
    assert "Save-Data" not in client.get("/videos/").get("Vary", "")


def test_the_sheet_of_a_video_has_the_text_of_the_captions(client):
    make_video_with_file(captions=vtt(CAPTIONS), transcript="Mix it.")
    paper = client.get("/videos/a-video.pdf")
    assert paper.status_code == 200
    text = pypdfium2.PdfDocument(paper.getvalue())[0].get_textpage().get_text_range()
    assert "0:01 Take two minutes & a pen. Stand up." in " ".join(text.split())
    assert "Mix it." not in text


def test_captions_and_chapters_take_no_queries(client):
    def counted(path):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    make_video("Bare", published=days_ago(2))
    make_video_with_file(
        captions=vtt(CAPTIONS), chapters=vtt(CHAPTERS), descriptions=vtt(DESCRIPTIONS)
    )
    client.get("/videos/bare/")
    assert counted("/videos/a-video/") == counted("/videos/bare/")
