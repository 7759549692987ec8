import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from taggit.models import Tag

from catalog.models import Resource, Tool, Topic, Video
from catalog.search.indexing import indexed_together
from courses.models import Course
from tests.admin import (
    errors_in,
    form_data,
    list_url,
    messages_in,
    parse_page,
    sign_in,
    sign_in_as_root,
)
from tests.makers import days_ago, make_course, make_tool, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def signed_in(client):
    return sign_in_as_root(client)


def titles(client, model, query=""):
    page = parse_page(client.get(list_url(model) + query))
    return [link.text_content() for link in page.xpath("//th[contains(@class, 'field-title')]/a")]


def run_action(client, model, name, rows, **more):
    chosen = {"action": name, "_selected_action": [row.pk for row in rows]} | more
    return client.post(list_url(model), chosen, follow=True)


def make_each_state():
    make_video("Draft", published=False)
    make_video("Scheduled", published=days_ago(-3))
    make_video("Published", published=days_ago(3))
    make_video("Withdrawn", published=days_ago(3), unpublished_at=days_ago(1))
    make_video("To be withdrawn", published=days_ago(3), unpublished_at=days_ago(-1))


def test_the_list_shows_the_facts_of_each_course(client):
    make_course(
        "Effective Sponsorship", levels=[2], topics=["Roles"], minutes_min=180, minutes_max=180
    )
    row = parse_page(client.get(list_url(Course))).xpath("//table[@id='result_list']/tbody/tr")[0]
    words = [cell.text_content().strip() for cell in row.xpath("td|th")][1:]
    assert words == ["Effective Sponsorship", "published", "Level 2", "Roles", "3 hr", "summary"]


@pytest.mark.parametrize(
    "state, found",
    [
        ("draft", ["Draft"]),
        ("scheduled", ["Scheduled"]),
        ("published", ["Published", "To be withdrawn"]),
        ("withdrawn", ["Withdrawn"]),
    ],
)
def test_the_list_is_filtered_by_state(client, state, found):
    make_each_state()
    assert sorted(titles(client, Video, f"?state={state}")) == found
    assert sorted(titles(client, Resource, f"?state={state}")) == found


def test_the_list_is_filtered_by_what_is_missing(client):
    whole = {"summary": "S", "levels": [1], "topics": ["Roles"], "minutes_min": 1, "minutes_max": 1}
    make_course("Whole", **whole)
    make_course("Short", **whole | {"summary": ""})
    make_course("Dangling", **whole).requirements.create(text="Not Yet Made")
    make_course("Named", **whole | {"related_text": "Not Yet Made"})
    assert titles(client, Course, "?gap=lacks_summary") == ["Short"]
    assert titles(client, Course, "?gap=lacks_required") == ["Dangling"]
    assert titles(client, Course, "?gap=lacks_related") == ["Named"]
    assert sorted(titles(client, Course, "?gap=any")) == ["Dangling", "Named", "Short"]
    assert len(titles(client, Course, "?gap=no_such_gap")) == 4


def test_the_list_finds_videos_without_captions_and_tools_without_a_file(client):
    make_video("Mute", file="videos/a.mp4")
    make_video("Told", file="videos/a.mp4", captions="videos/a.vtt")
    make_video("Elsewhere", address="https://example.org/")
    assert titles(client, Video, "?gap=lacks_captions") == ["Mute"]
    make_tool("Bare").renditions.create(format="PDF")
    make_tool("Linked").renditions.create(format="WEB", address="https://example.org/")
    assert titles(client, Tool, "?gap=lacks_file") == ["Bare"]


@pytest.mark.parametrize("words", ["sponsor", "SPONSORSHIP", "huddle", "effective huddle", "LMPES"])
def test_the_list_is_searched(client, words):
    make_course("Effective Sponsorship", tags=["huddle", "huddles"], other_names="LMPES")
    make_course("Another")
    assert titles(client, Course, f"?q={words}") == ["Effective Sponsorship"]


BAD_QUERIES = [
    "title__regex=(",
    "levels__number__regex=(",
    "levels__number__exact=abc",
    "levels__number__exact=99999999999999999999999",
    "levels__isnull=maybe",
    "topics__id__exact=",
    "topics__id__exact=%00",
    "topics__resources__owner__password__startswith=a",
    "owner__password__startswith=a",
    "image__isempty=abc",
    "tool_type__id__exact=99999999999999999999999",
    "no_such=1",
    "state=abc",
    "state=%00",
    "gap=title",
    "p=999999999",
    "p=-1",
    "p=0",
    "p=abc",
    "p=%C2%B2",
    "p=99999999999999999999999",
    "o=zzz",
    "o=99.-99.0",
    "o=-1.1.1",
    "q=%00",
    "q=%22",
    "q='",
    "q=%25_%5C",
    "q=" + "word+" * 3000,
    "q=" + "x" * 100_000,
    "all=abc",
    "e=1",
    "_to_field=uid",
    "_to_field=password",
    "_popup=abc",
    "_facets=True",
    "_changelist_filters=%00",
]


@pytest.mark.parametrize("query", BAD_QUERIES, ids=lambda query: query[:40])
def test_no_query_makes_a_list_fail(client, query):
    make_tool(), make_course()
    for model in (Tool, Course, Resource, Topic):
        response = client.get(f"{list_url(model)}?{query}", follow=True)
        assert response.status_code in (200, 400)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "app_label=catalog",
        "app_label=catalog&model_name=tool&field_name=topics&term=%00&page=abc",
        "app_label=catalog&model_name=tool&field_name=topics&page=99999999999999999999",
        "app_label=catalog&model_name=tool&field_name=title",
        "app_label=auth&model_name=user&field_name=password",
        "app_label=courses&model_name=requirement&field_name=named_course&term=" + "w+" * 3000,
    ],
    ids=lambda query: query[:60],
)
def test_no_query_makes_the_suggestions_fail(client, query):
    response = client.get(f"/admin/autocomplete/?{query}")
    assert response.status_code in (200, 400, 403, 404)


@pytest.mark.parametrize(
    "sent",
    [
        {"action": "publish", "_selected_action": ["abc", "²", "-1", ""]},
        {"action": "publish", "_selected_action": ["99999999999999999999999"]},
        {"action": "no_such", "_selected_action": ["1"]},
        {"action": "delete_selected", "_selected_action": ["abc"]},
        {"action": "add_tags", "_selected_action": ["1"], "apply": "1", "tags": "???"},
        {"action": "remove_tags", "_selected_action": ["1"], "apply": "1", "tags": "abc"},
        {"action": "publish", "index": "abc"},
        {"action": "publish", "index": "99", "select_across": "abc"},
        {},
    ],
)
def test_nothing_sent_to_a_list_makes_it_fail(client, sent):
    make_tool(published=False)
    response = client.post(list_url(Tool), sent, follow=True)
    assert response.status_code in (200, 400)
    assert not Tool.objects.get().is_public


def test_publishing_from_the_list(client):
    make_each_state()
    rows = Video.objects.all()
    response = run_action(client, Video, "publish", rows)
    assert messages_in(response) == ["3 entries are now published."]
    assert all(video.is_public for video in Video.objects.all())
    assert Video.objects.get(title="To be withdrawn").unpublished_at
    assert LogEntry.objects.count() == 3


def test_unpublishing_from_the_list(client):
    make_each_state()
    response = run_action(client, Video, "withdraw", Video.objects.all())
    assert messages_in(response) == ["3 entries are now off the site."]
    states = {video.title: str(video.state) for video in Video.objects.all()}
    assert states == {
        "Draft": "draft",
        "Scheduled": "draft",
        "Published": "withdrawn",
        "Withdrawn": "withdrawn",
        "To be withdrawn": "withdrawn",
    }


def test_an_entry_published_at_this_moment_can_be_withdrawn(client):
    video = make_video(published=days_ago(0))
    run_action(client, Video, "withdraw", [video])
    assert str(Video.objects.get().state) == "withdrawn"


def test_all_entries_of_the_list_can_be_selected_at_once(client):
    for number in range(60):
        make_tool(f"Tool {number}", published=False)
    response = run_action(client, Tool, "publish", Tool.objects.all()[:1], select_across="1")
    assert messages_in(response) == ["60 entries are now published."]


def test_adding_tags_asks_for_them_first(client):
    rows = [make_tool("A", tags=["old"]), make_tool("B")]
    updated = rows[0].updated_at
    asked = run_action(client, Tool, "add_tags", rows)
    assert "For these 2 entries" in asked.content.decode()
    sent = form_data(asked) | {"tags": "team work, old"}
    response = client.post(list_url(Tool), sent, follow=True)
    assert messages_in(response) == ["Changed the tags of 2 entries."]
    for tool in Tool.objects.all():
        assert sorted(tool.tags.names()) == ["old", "team work"]
        assert tool.updated_at > updated
    assert Tag.objects.count() == 2


def test_adding_no_tag_shows_an_error_and_keeps_the_selection(client):
    tool = make_tool()
    asked = run_action(client, Tool, "add_tags", [tool])
    again = client.post(list_url(Tool), form_data(asked) | {"tags": " , "})
    assert errors_in(again) == ["This field is required."]
    assert form_data(again)["_selected_action"] == [str(tool.pk)]


def test_removing_tags_offers_those_in_use(client):
    one, two = make_tool("A", tags=["x", "y"]), make_tool("B", tags=["y", "z"])
    make_tool("C", tags=["other"])
    asked = run_action(client, Tool, "remove_tags", [one, two])
    page = parse_page(asked)
    offered = [label.text_content().strip() for label in page.xpath("//div[@id='id_tags']//label")]
    assert offered == ["x", "y", "z"]
    tag = Tag.objects.get(name="y")
    client.post(list_url(Tool), form_data(asked) | {"tags": [tag.pk]})
    assert list(one.tags.names()) == ["x"]
    assert list(two.tags.names()) == ["z"]


def test_suggestions_say_kind_and_state(client):
    make_tool("Huddle Card", published=False)
    query = "?app_label=catalog&model_name=video&field_name=related&term=huddle"
    results = client.get(f"/admin/autocomplete/{query}").json()["results"]
    assert [result["text"] for result in results] == ["Huddle Card (Tool, draft)"]


def test_owners_are_suggested_to_editors_but_not_their_accounts(client):
    sign_in(client, "eve", "Editors")
    query = "?app_label=catalog&model_name=video&field_name=owner&term=root"
    results = client.get(f"/admin/autocomplete/{query}").json()["results"]
    assert [result["text"] for result in results] == ["root"]
    assert client.get("/admin/auth/user/").status_code == 403


@indexed_together()
def fill(first, last):
    for number in range(first, last):
        links = {"levels": [1, 2], "topics": [f"Topic {number}"], "tags": [f"tag {number}"]}
        links |= {"audiences": [f"Audience {number}"], "published": days_ago(number)}
        make_video(f"Video {number}", **links)
        make_tool(f"Tool {number}", **links).renditions.create(format="PDF")
        make_course(f"Course {number}", **links).requirements.create(text=f"Not Made {number}")


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    "address",
    [
        "/admin/catalog/video/",
        "/admin/catalog/tool/",
        "/admin/courses/course/",
        "/admin/catalog/resource/",
        "/admin/catalog/topic/",
        "/admin/catalog/audience/",
        "/admin/taggit/tag/",
        "/admin/courses/course/?q=course&gap=any&state=published",
        "/admin/autocomplete/?app_label=catalog&model_name=video&field_name=related",
        "/admin/autocomplete/?app_label=catalog&model_name=video&field_name=topics",
    ],
)
def test_a_list_makes_no_more_queries_for_twice_as_many_entries(client, address):
    fill(0, 4)
    few = queries(client, address)
    fill(4, 8)
    assert queries(client, address) == few


def test_a_form_makes_no_more_queries_for_twice_as_many_entries(client):
    video = make_video()
    fill(0, 4)
    few = queries(client, f"/admin/catalog/video/{video.pk}/change/")
    fill(4, 8)
    assert queries(client, f"/admin/catalog/video/{video.pk}/change/") == few
