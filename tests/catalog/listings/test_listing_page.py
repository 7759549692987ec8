import pytest
from django.urls import reverse

from tests.makers import days_ago, make_course, make_tool, make_topic, make_video

pytestmark = pytest.mark.django_db
TOPIC = "/topics/lmp-processes/"


@pytest.fixture
def three_kinds():
    topics = ["LMP Processes"]
    make_video("A video", published=days_ago(3), levels=[1, 2], topics=topics)
    make_tool("A poster", published=days_ago(2), levels=[2], topics=topics)
    make_course("A workshop", published=days_ago(1), levels=[3], topics=topics)


def titles(response):
    return [resource.title for resource in response.context["page"]]


def test_a_listing_mixes_kinds_with_the_newest_first(client, three_kinds):
    assert titles(client.get(TOPIC)) == ["A workshop", "A poster", "A video"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=course", ["A workshop"]),
        ("kind=course&kind=video", ["A workshop", "A video"]),
        ("level=2", ["A poster", "A video"]),
        ("level=2&kind=video", ["A video"]),
        ("level=7&kind=podcast&color=red", ["A workshop", "A poster", "A video"]),
        ("level=%C2%B2", ["A workshop", "A poster", "A video"]),
        ("level=5", []),
    ],
)
def test_filters_narrow_a_listing_and_unknown_ones_do_not(client, three_kinds, query, expected):
    assert titles(client.get(f"{TOPIC}?{query}")) == expected


def test_each_option_has_the_number_of_entries_that_it_would_show(client, three_kinds):
    groups = client.get(f"{TOPIC}?kind=video").context["groups"]
    counts = {
        group["name"]: {option["key"]: option["count"] for option in group["options"]}
        for group in groups
    }
    assert counts["kind"] == {"video": 1, "tool": 1, "course": 1}
    assert counts["level"] == {"1": 1, "2": 1, "3": 0, "4": 0, "5": 0}


def test_a_chosen_filter_can_be_removed(client, three_kinds):
    html = client.get(f"{TOPIC}?level=2&kind=video").content.decode()
    assert f'class="chip" href="{TOPIC}?level=2"' in html
    assert f'class="chip" href="{TOPIC}?kind=video"' in html


def test_the_title_the_feed_and_the_pdf_have_the_filters(client, three_kinds):
    html = client.get(f"{TOPIC}?level=2&kind=tool").content.decode()
    assert "<title>LMP Processes · Tools · Level 2 – Partnership Catalog</title>" in html
    assert "Follow by RSS – LMP Processes · Tools · Level 2" in html
    assert 'href="/topics/lmp-processes.pdf?kind=tool&amp;level=2"' in html
    assert 'href="/topics/lmp-processes/feed/?kind=tool&amp;level=2"' in html


def test_filters_have_one_canonical_order(client, three_kinds):
    html = client.get(f"{TOPIC}?level=2&junk=1&kind=tool&level=2").content.decode()
    canonical = "http://127.0.0.1:8000/topics/lmp-processes/?kind=tool&amp;level=2"
    assert f'<link rel="canonical" href="{canonical}">' in html


def test_drafts_scheduled_and_withdrawn_entries_are_not_in_a_listing(client):
    topics = ["LMP Processes"]
    make_tool("Draft", published=False, topics=topics)
    make_tool("Scheduled", published=days_ago(-1), topics=topics)
    make_tool("Withdrawn", published=days_ago(9), unpublished_at=days_ago(1), topics=topics)
    make_tool("Leaving", published=days_ago(9), unpublished_at=days_ago(-1), topics=topics)
    assert titles(client.get(TOPIC)) == ["Leaving"]


def test_a_topic_lists_the_entries_of_its_subtopics_once(client):
    whole = make_topic("LMP Processes")
    make_topic("Decisions", parent=whole)
    make_tool("Both", topics=["LMP Processes", "Decisions"])
    make_tool("Inner", topics=["Decisions"])
    assert sorted(titles(client.get(TOPIC))) == ["Both", "Inner"]
    assert titles(client.get("/topics/decisions/"))[0:2]


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/videos/", "Videos"),
        ("/tools/", "Tools"),
        ("/courses/", "Courses"),
        ("/levels/2/", "Level 2 · Foundational"),
        ("/audiences/co-leads/", "For Co-leads"),
        ("/tags/huddle/", "Tagged “huddle”"),
        ("/new/", "New in the catalog"),
    ],
)
def test_every_listing_has_its_page(client, path, heading):
    for make, title in ((make_video, "V"), (make_tool, "T"), (make_course, "C")):
        make(title, levels=[2], audiences=["Co-leads"], tags=["huddle"])
    response = client.get(path)
    assert f"<h1>{heading}</h1>" in response.content.decode()
    assert titles(response)


@pytest.mark.parametrize("name", ["+++", "C++ & co", "naïve", "#1", "日本", "a/b", "."])
def test_every_tag_has_its_page(client, name):
    tool = make_tool("Poster", tags=[name, "++"])
    for tag in tool.tags.all():
        address = reverse("tag-listing", args=[tag.slug])
        assert address in client.get(tool.get_absolute_url()).content.decode()
        assert titles(client.get(address)) == ["Poster"]


def test_a_tag_that_only_drafts_have_is_not_found(client):
    make_tool(published=False, tags=["secret"])
    for path in ("/tags/secret/", "/tags/secret.pdf", "/tags/secret/feed/"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/tags/%00/",
        "/tags/%00.pdf",
        "/topics/none/",
        "/levels/7/",
        "/levels/0/",
        f"/levels/{'9' * 40}/",
        "/audiences/none/",
    ],
)
def test_a_listing_that_does_not_exist_is_not_found(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert "Page not found" in response.content.decode()


def test_an_empty_listing_says_so_and_links_to_the_topics(client):
    make_topic("LMP Processes")
    html = client.get(TOPIC).content.decode()
    assert "Nothing has been published here yet." in html
    assert 'href="/topics/"' in html


def test_filters_without_results_offer_to_show_all(client, three_kinds):
    html = client.get(f"{TOPIC}?level=5").content.decode()
    assert "No results for these filters." in html
    assert f'<a href="{TOPIC}">Show all</a>' in html


def test_a_card_shows_the_facts_of_its_kind(client):
    make_video(seconds=89)
    course = make_course(minutes_min=480, minutes_max=480, levels=[3, 4, 5])
    course.deliveries.create(mode="classroom")
    tool = make_tool()
    tool.renditions.create(format="PDF", paper="8.5 × 11 in")
    html = client.get(reverse("all-listing")).content.decode()
    for words in ("1:29", "8 hr", "Levels 3–5", "Classroom", "PDF", "8.5 × 11 in"):
        assert words in html
