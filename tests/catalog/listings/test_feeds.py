from xml.dom import minidom

import feedparser
import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import etree

from catalog.models import Resource
from tests import files
from tests.makers import days_ago, make_course, make_tool, make_video

pytestmark = pytest.mark.django_db
TOPIC = "/topics/lmp-processes/"
FEEDS = ["feed/", "feed/atom/"]


def read(client, path):
    response = client.get(path)
    assert response.status_code == 200
    etree.fromstring(response.content)
    feed = feedparser.parse(response.content)
    assert not feed.bozo
    return feed


@pytest.mark.parametrize("feed", FEEDS)
def test_a_feed_has_the_title_and_the_entries_of_its_listing(client, feed):
    make_tool("A poster", topics=["LMP Processes"], summary="Pin it up.", best_used="In a huddle.")
    found = read(client, TOPIC + feed)
    assert found.feed.title == "LMP Processes – Partnership Catalog"
    [entry] = found.entries
    assert entry.title == "A poster"
    assert "Pin it up." in entry.summary
    assert "In a huddle." in entry.summary


@pytest.mark.parametrize("feed", FEEDS)
def test_every_listing_page_announces_its_feeds(client, feed):
    make_tool(topics=["LMP Processes"])
    html = client.get(TOPIC).content.decode()
    assert f'href="http://127.0.0.1:8000{TOPIC}{feed}"' in html
    assert "Follow by RSS – LMP Processes" in html


@pytest.mark.parametrize("feed", FEEDS)
def test_an_entry_keeps_its_id_when_its_address_changes(client, feed):
    tool = make_tool(topics=["LMP Processes"])
    [before] = read(client, TOPIC + feed).entries
    tool.slug = "another-address"
    tool.save()
    [after] = read(client, TOPIC + feed).entries
    assert after.id == before.id == tool.uid.urn
    assert after.link == "http://127.0.0.1:8000/tools/another-address/"


@pytest.mark.parametrize("feed", FEEDS)
def test_links_use_the_configured_address_and_not_the_requests(client, settings, feed):
    settings.SITE_URL = "https://catalog.example.org"
    make_tool(topics=["LMP Processes"])
    text = client.get(TOPIC + feed, HTTP_HOST="localhost").content.decode()
    assert "https://catalog.example.org/tools/" in text
    assert "localhost" not in text
    assert "testserver" not in text


@pytest.mark.parametrize("feed", FEEDS)
def test_dates_have_a_time_zone(client, feed):
    make_tool(topics=["LMP Processes"], published=days_ago(2))
    entry = read(client, TOPIC + feed).entries[0]
    assert entry.published[-5:] in ("-0800", "-0700", "08:00", "07:00", "+0000", "00:00")


@pytest.mark.parametrize("feed", FEEDS)
def test_drafts_scheduled_and_withdrawn_entries_are_not_in_a_feed(client, feed):
    topics = ["LMP Processes"]
    make_tool("Draft", published=False, topics=topics)
    make_tool("Scheduled", published=days_ago(-1), topics=topics)
    make_tool("Withdrawn", published=days_ago(3), unpublished_at=days_ago(1), topics=topics)
    make_tool("Here", topics=topics)
    assert [entry.title for entry in read(client, TOPIC + feed).entries] == ["Here"]


def test_an_enclosure_has_its_true_length_and_type(client):
    file = ContentFile(files.mp4(), "video.mp4")
    make_video(topics=["LMP Processes"], file=file)
    [enclosure] = read(client, TOPIC + "feed/").entries[0].enclosures
    assert (enclosure.length, enclosure.type) == (str(len(files.mp4())), "video/mp4")
    assert enclosure.href.startswith("http://127.0.0.1:8000/media/videos/")


def test_atom_has_every_rendition_and_rss_the_first(client):
    tool = make_tool(topics=["LMP Processes"])
    for name, data in {"sheet.pdf": files.pdf(), "slides.pptx": files.pptx()}.items():
        tool.renditions.create(file=ContentFile(data, name))
    assert len(read(client, TOPIC + "feed/atom/").entries[0].enclosures) == 2
    [enclosure] = read(client, TOPIC + "feed/").entries[0].enclosures
    assert enclosure.type == "application/pdf"
    place = f"http://127.0.0.1:8000{tool.get_absolute_url()}"
    assert enclosure.href == f"{place}sheet.pdf"


def test_a_missing_file_is_not_an_enclosure(client):
    tool = make_tool(topics=["LMP Processes"])
    rendition = tool.renditions.create(file=ContentFile(files.pdf(), "sheet.pdf"))
    rendition.file.storage.delete(rendition.file.name)
    assert read(client, TOPIC + "feed/").entries[0].enclosures == []


@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize("code", [*range(1, 9), 11, 12, *range(14, 32), 0x7F, 0x85, 0xFFFE])
def test_a_control_character_does_not_break_a_feed(client, feed, code):
    make_tool("Title", topics=["LMP Processes"])
    Resource.objects.update(title=f"Waste{chr(code)}walk", summary=F("title"))
    [entry] = read(client, TOPIC + feed).entries
    assert entry.title in ("Wastewalk", "Waste walk")


@pytest.mark.parametrize("feed", FEEDS)
def test_the_entry_of_a_course_has_its_requirements(client, feed):
    course = make_course(topics=["LMP Processes"], duration_text="3 hours", levels=[2])
    course.requirements.create(text="Labor Management Partnership Orientation (LMPO)")
    summary = read(client, TOPIC + feed).entries[0].summary
    for words in ("3 hours", "Level 2", "Labor Management Partnership Orientation (LMPO)"):
        assert words in summary


def test_a_filtered_listing_has_its_own_feed(client):
    make_tool("Tool", topics=["LMP Processes"])
    make_course("Course", topics=["LMP Processes"])
    found = read(client, TOPIC + "feed/?kind=course")
    assert found.feed.title == "LMP Processes · Courses – Partnership Catalog"
    assert [entry.title for entry in found.entries] == ["Course"]


@pytest.mark.parametrize(
    "path",
    ["/videos/", "/tools/", "/courses/", "/levels/2/", "/audiences/co-leads/", "/new/"],
)
@pytest.mark.parametrize("feed", FEEDS)
def test_every_listing_has_its_feeds(client, path, feed):
    for make in (make_video, make_tool, make_course):
        make(levels=[2], audiences=["Co-leads"])
    assert read(client, path + feed).entries


def test_a_feed_links_to_itself(client):
    make_tool(topics=["LMP Processes"])
    document = minidom.parseString(client.get(TOPIC + "feed/").content)
    [link] = document.getElementsByTagName("atom:link")
    assert link.getAttribute("href") == f"http://127.0.0.1:8000{TOPIC}feed/"


@pytest.mark.parametrize("feed", FEEDS)
def test_a_feed_loads_only_what_it_shows(client, feed):
    links = {"topics": ["LMP Processes"], "audiences": ["Sponsors"], "levels": [2]}
    for make in (make_tool, make_video, make_course):
        make(dimensions=["Leadership"], regions=["Hawaii"], tags=["huddle"], **links)
    client.get(TOPIC + feed)
    with CaptureQueriesContext(connection) as queries:
        assert len(read(client, TOPIC + feed).entries) == 3
    sql = " ".join(query["sql"] for query in queries)
    unseen = ["dimension", "region", "tag", "credit", "coursemodule", "followup", "only_for"]
    assert [name for name in unseen if f'_{name}"' in sql] == []
    assert len(queries) <= 10


def test_a_feed_without_entries_stays_the_same_for_the_day(client, db, monkeypatch):
    first = client.get("/videos/feed/").content
    noon = timezone.localtime().replace(hour=12, minute=0)
    monkeypatch.setattr(timezone, "now", lambda: noon)
    assert client.get("/videos/feed/").content == first
