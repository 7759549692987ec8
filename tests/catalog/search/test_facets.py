"""Readers narrow every listing by the same facets, with live counts."""

import pytest
from django.core.files.base import ContentFile
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import ToolType
from catalog.search.facets import time_options
from tests import files
from tests.makers import days_ago, make_course, make_tool, make_topic, make_video
from tests.pages import html_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    """A video, a tool and a course that differ in every facet."""
    video = make_video(
        "Film", seconds=89, levels=[1], audiences=["Stewards"], topics=["Roles"], regions=["Hawaii"]
    )
    video.captions.save("c.vtt", ContentFile(files.CAPTIONS.encode()))
    tool = make_tool(
        "Poster",
        levels=[2],
        audiences=["Sponsors"],
        topics=["Quality"],
        dimensions=["Leadership"],
        tool_type=ToolType.objects.get(slug="poster"),
        minutes_min=30,
        minutes_max=60,
        published=days_ago(2),
    )
    tool.renditions.create(format="PDF")
    course = make_course(
        "Workshop",
        levels=[2, 3],
        audiences=["Co-leads"],
        minutes_min=480,
        minutes_max=480,
        published=days_ago(3),
    )
    course.deliveries.create(mode="virtual")


def titles(response):
    return [resource.title for resource in response.context["page"]]


def group(response, name):
    [match] = [group for group in response.context["groups"] if group["name"] == name]
    return {option["key"]: option for option in match["options"]}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=video", ["Film"]),
        ("level=2", ["Poster", "Workshop"]),
        ("dimension=leadership", ["Poster"]),
        ("audience=co-leads", ["Workshop"]),
        ("topic=roles", ["Film"]),
        ("tool_type=poster", ["Poster"]),
        ("format=PDF", ["Poster"]),
        ("delivery=virtual", ["Workshop"]),
        ("time=short", ["Film"]),
        ("time=hour", ["Film", "Poster"]),
        ("time=day", ["Workshop"]),
        ("time=half-day", []),
        ("region=hawaii", ["Film"]),
        ("captions=yes", ["Film"]),
        ("captions=no", ["Film", "Poster", "Workshop"]),
        ("audience=co-leads&audience=stewards", ["Film", "Workshop"]),
        ("audience=co-leads&level=1", []),
        ("level=2&level=3&kind=course", ["Workshop"]),
    ],
)
def test_each_facet_narrows_any_listing(client, shop, query, expected):
    for path in ("/new/", "/search/"):
        assert titles(client.get(f"{path}?{query}")) == expected


def test_the_other_options_of_a_facet_keep_their_counts_after_one_is_chosen(client, shop):
    response = client.get("/new/?audience=co-leads&level=2")
    counts = {key: option["count"] for key, option in group(response, "audience").items()}
    assert (counts["co-leads"], counts["sponsors"], counts["stewards"]) == (1, 1, 0)
    assert group(response, "level")["3"]["count"] == 1
    assert group(response, "level")["1"]["count"] == 0


def test_an_option_without_results_is_shown_and_disabled(client, shop):
    html = html_in(client.get("/new/?audience=co-leads"))
    assert '<input type="checkbox" name="level" value="1" disabled>' in html
    assert '<input type="checkbox" name="level" value="2">' in html
    assert '<input type="checkbox" name="audience" value="co-leads" checked>' in html


def test_a_chosen_option_without_results_can_be_unchecked(client, shop):
    html = html_in(client.get("/new/?audience=co-leads&level=1"))
    assert '<input type="checkbox" name="level" value="1" checked>' in html


def test_a_facet_that_does_not_apply_to_a_listing_is_not_shown(client, shop):
    names = [group["name"] for group in client.get("/videos/").context["groups"]]
    assert "captions" in names
    assert not {"kind", "tool_type", "format", "delivery"} & set(names)


def test_a_topic_includes_the_entries_of_its_inner_topics(client):
    make_topic("Votes", parent=make_topic("Decisions"))
    make_tool("Sheet", topics=["Votes"])
    response = client.get("/new/?topic=decisions")
    assert titles(response) == ["Sheet"]
    assert list(group(response, "topic"))[:2] == ["decisions", "votes"]


def test_a_query_has_one_canonical_order_and_the_title_lists_its_filters(client, shop):
    scrambled = "/courses/?sort=time&x=1&time=day&audience=co-leads&level=3&level=2&level=2&page=1"
    html = client.get(scrambled).content.decode()
    canonical = "/courses/?level=2&level=3&audience=co-leads&time=day&sort=time"
    assert f'rel="canonical" href="http://127.0.0.1:8000{canonical}"'.replace("&", "&amp;") in html
    assert "<title>Courses · Level 2 · Level 3 · Co-leads · A day or more – " in html
    assert f'href="/courses.pdf{canonical[9:]}"'.replace("&", "&amp;") in html


def test_a_region_has_its_page_feed_and_pdf(client, shop):
    assert titles(client.get("/regions/hawaii/")) == ["Film"]
    assert b"Film" in client.get("/regions/hawaii/feed/").content
    assert client.get("/regions/hawaii.pdf").status_code == 200
    assert client.get("/regions/atlantis/").status_code == 404
    assert '<a href="/regions/hawaii/">' in client.get("/videos/film/").content.decode()


@given(st.integers(1, 10_000))
def test_every_known_time_has_an_option(minutes):
    options = time_options(minutes)
    assert options
    assert ("day" in options) == (minutes >= 300)
    assert ("hour" in options) == (minutes <= 60)
