"""A row that others depend on cannot be deleted. The page says what depends on it."""

import pytest
from django.contrib.auth.models import User
from django.db.models import ProtectedError
from taggit.models import Tag

from catalog.models import Audience, Level, Region, Tool, ToolType, Topic, Video
from courses.models import Course
from tests.admin import admin_url, list_url, make_person, messages_in, parse_page, sign_in_as_root
from tests.makers import make_course, make_tool, make_topic, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def signed_in(client):
    return sign_in_as_root(client)


def make_needed_rows():
    """Returns pairs: a row that others depend on, and the words that name these on the page."""
    owner = make_person("olga")
    tool = make_tool(
        "The Tool",
        topics=["Used"],
        audiences=["Used"],
        regions=["Used"],
        tags=["used"],
        owner=owner,
        tool_type=ToolType.objects.create(name="Used"),
    )
    first = make_course("First")
    make_course("Second").requirements.create(named_course=first)
    make_course("Third").follow_ups.create(named_course=first)
    make_topic("Inner", parent=make_topic("Outer"))
    return [
        (Topic.objects.get(name="Used"), ["Resource: The Tool"]),
        (Topic.objects.get(name="Outer"), ["Topic: Inner"]),
        (Audience.objects.get(name="Used"), ["Resource: The Tool"]),
        (Region.objects.get(name="Used"), ["Resource: The Tool"]),
        (tool.tool_type, ["Tool: The Tool"]),
        (Tag.objects.get(name="used"), ["Tagged resource: The Tool"]),
        (owner, ["Resource: The Tool"]),
        (first, ["Requirement: Second: First", "Follow-up course: Third: First"]),
    ]


def list_text(response):
    items = parse_page(response).xpath("//main//li")
    return " ".join(" ".join(item.text_content().split()) for item in items)


def test_deleting_a_needed_row_from_its_page_is_refused(client):
    for row, users in make_needed_rows():
        response = client.get(admin_url(row, "delete"))
        assert "cannot be deleted because these still need it" in response.content.decode()
        assert all(user in list_text(response) for user in users), (row, list_text(response))
        assert client.post(admin_url(row, "delete"), {"post": "yes"}).status_code == 200
        assert type(row).objects.filter(pk=row.pk).exists()


def test_deleting_a_needed_row_from_the_list_is_refused(client):
    for row, users in make_needed_rows():
        chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        response = client.post(list_url(type(row)), chosen, follow=True)
        assert all(user in list_text(response) for user in users), (row, list_text(response))
        assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("make", [make_video, make_tool, make_course])
def test_deleting_an_entry_deletes_its_own_rows(client, make):
    row = make(tags=["t"], topics=["Roles"], levels=[1], related=[make_tool("Other")])
    row.deliveries.create(mode="online")
    row.slug = "moved"
    row.save()
    response = client.post(admin_url(row, "delete"), {"post": "yes"}, follow=True)
    assert "was deleted successfully" in messages_in(response)[0]
    assert not type(row).objects.filter(pk=row.pk).exists()
    assert Topic.objects.filter(name="Roles").exists() and Tag.objects.filter(name="t").exists()


def test_a_course_that_no_other_course_needs_can_be_deleted_from_the_list(client):
    course = make_course()
    course.requirements.create(text="Not Yet Made")
    chosen = {"action": "delete_selected", "_selected_action": [course.pk], "post": "yes"}
    client.post(list_url(Course), chosen)
    assert not Course.objects.exists()


@pytest.mark.parametrize("way", ["page", "list"])
def test_a_row_that_comes_into_use_at_the_last_moment_is_not_deleted(client, monkeypatch, way):
    video = make_video()

    def used(*args):
        raise ProtectedError("in use", {make_tool("The User")})

    monkeypatch.setattr(Video, "delete", used)
    monkeypatch.setattr("catalog.models.video.VideoQuerySet.delete", used)
    chosen = {"action": "delete_selected", "_selected_action": [video.pk], "post": "yes"}
    address = admin_url(video, "delete") if way == "page" else list_url(Video)
    response = client.post(address, chosen, follow=True)
    assert messages_in(response) == ["Nothing was deleted, because it is now in use: The User"]


def test_levels_can_be_neither_deleted_nor_added(client):
    level = Level.objects.first()
    assert client.post(admin_url(level, "delete"), {"post": "yes"}).status_code == 403
    assert client.get("/admin/catalog/level/add/").status_code == 403


def test_a_person_who_owns_entries_cannot_be_deleted(client):
    owner = make_person("olga")
    make_tool(owner=owner)
    client.post(admin_url(owner, "delete"), {"post": "yes"})
    assert User.objects.filter(pk=owner.pk).exists()
    Tool.objects.all().delete()
    client.post(admin_url(owner, "delete"), {"post": "yes"})
    assert not User.objects.filter(pk=owner.pk).exists()
