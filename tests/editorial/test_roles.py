"""Editors write entries. Publishers decide what readers see."""

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from taggit.models import Tag

from catalog.models import Level, SiteSettings, Tool, Topic, Video
from courses.models import Course
from tests.admin import (
    add_url,
    admin_url,
    errors_in,
    form_data,
    list_url,
    parse_page,
    sign_in,
    submit_form,
)
from tests.makers import days_ago, make_course, make_tool, make_topic, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    sign_in(client, "eve", "Editors")
    return client


@pytest.fixture
def publisher(client):
    sign_in(client, "pat", "Publishers")
    return client


def actions_in(response):
    return {
        value
        for value in parse_page(response).xpath("//select[@name='action']/option/@value")
        if value
    }


def submit_forged(client, address, **changes):
    """Submits a form with fields that the form did not offer."""
    return client.post(address, form_data(client.get(address)) | {"_save": "1"} | changes)


def test_the_migrations_make_both_roles():
    assert set(Group.objects.values_list("name", flat=True)) >= {"Editors", "Publishers"}
    editors, publishers = (
        set(Group.objects.get(name=name).permissions.values_list("codename", flat=True))
        for name in ("Editors", "Publishers")
    )
    assert editors < publishers
    assert "publish_resource" in publishers - editors
    assert not any("user" in codename or "group" in codename for codename in publishers)


@pytest.mark.parametrize("model", [Video, Tool, Course])
def test_an_editor_writes_entries_of_every_kind(editor, model):
    submit_form(editor, add_url(model), title="New", levels=["1"], tags="one")
    row = model.objects.get()
    assert errors_in(submit_form(editor, admin_url(row), title="Newer")) == []
    assert model.objects.get().title == "Newer"


def test_an_editor_writes_and_removes_rows(editor):
    course = make_course(published=False)
    rows = [("requirements", {"text": "Something"}), ("modules", {"title": "One"})]
    submit_form(editor, admin_url(course), rows=rows)
    assert (course.requirements.count(), course.modules.count()) == (1, 1)
    submit_form(editor, admin_url(course), **{"requirements-0-DELETE": "1"})
    assert course.requirements.count() == 0


def test_an_editor_changes_the_vocabulary(editor):
    submit_form(editor, add_url(Topic), name="Roles")
    submit_form(editor, add_url(Tag), name="huddle")
    submit_form(editor, admin_url(Level.objects.get(number=1)), name="Start")
    assert Topic.objects.get().name == "Roles"
    assert Tag.objects.get().name == "huddle"
    assert Level.objects.get(number=1).name == "Start"


@pytest.mark.parametrize("make", [make_video, make_tool, make_course])
def test_an_editor_cannot_publish_even_with_a_forged_form(editor, make):
    row = make(published=False)
    assert "published_at_0" not in form_data(editor.get(admin_url(row)))
    times = {
        "published_at": "2020-01-01",
        "published_at_0": "2020-01-01",
        "published_at_1": "10:00",
    }
    submit_forged(editor, admin_url(row), **times)
    submit_forged(editor, add_url(type(row)), title="Forged", **times)
    assert not any(row.published_at for row in type(row).objects.all())


def test_an_editor_cannot_unpublish_even_with_a_forged_form(editor):
    video = make_video(published=days_ago(2))
    submit_forged(editor, admin_url(video), unpublished_at_0="2024-01-01", unpublished_at_1="10:00")
    submit_forged(editor, admin_url(video), published_at_0="", published_at_1="")
    assert Video.objects.get().is_public


def test_an_editor_has_no_publish_action_and_cannot_run_one(editor):
    draft, public = make_tool("A", published=False), make_tool("B")
    offered = actions_in(editor.get(list_url(Tool)))
    assert offered == {"add_tags", "remove_tags"}
    for action in ("publish", "withdraw", "delete_selected"):
        chosen = {"action": action, "_selected_action": [draft.pk, public.pk], "post": "yes"}
        editor.post(list_url(Tool), chosen)
    draft, public = Tool.objects.order_by("title")
    assert (draft.is_public, public.is_public) == (False, True)


def test_an_editor_cannot_publish_by_copying(editor):
    tool = make_tool()
    submit_form(editor, admin_url(tool), button="_saveasnew", published_at_0="2020-01-01")
    assert not Tool.objects.exclude(pk=tool.pk).get().published_at


def test_an_editor_corrects_a_published_entry(editor):
    """A typo must not wait for a Publisher. The history says who changed what."""
    video = make_video("Teh Huddle")
    submit_form(editor, admin_url(video), title="The Huddle")
    video = Video.objects.get()
    assert (video.title, video.is_public) == ("The Huddle", True)


def test_an_editor_deletes_nothing_but_rows(editor):
    rows = [make_video(), make_tool(), make_course(), make_topic(), Tag.objects.create(name="t")]
    for row in rows:
        assert editor.post(admin_url(row, "delete"), {"post": "yes"}).status_code == 403
        assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    "path", ["auth/user/", "auth/group/", "auth/user/add/", "auth/user/1/change/"]
)
def test_editors_and_publishers_cannot_see_accounts(client, path):
    for number, group in enumerate(("Editors", "Publishers")):
        sign_in(client, f"person{number}", group)
        assert client.get(f"/admin/{path}").status_code == 403


def test_only_publishers_change_the_name_of_the_site(client):
    address = "/admin/catalog/sitesettings/1/change/"
    sign_in(client, "eve", "Editors")
    assert client.post(address, {"name": "Forged"}).status_code == 403
    sign_in(client, "pat", "Publishers")
    submit_form(client, address, name="The Shelf")
    assert SiteSettings.load().name == "The Shelf"


def test_a_publisher_publishes_in_the_form(publisher):
    video = make_video(published=False)
    submit_form(publisher, admin_url(video), published_at_0="2020-01-01", published_at_1="10:00")
    assert Video.objects.get().is_public


def test_a_publisher_schedules(publisher):
    later = timezone.localtime(days_ago(-7))
    sent = {"published_at_0": f"{later:%Y-%m-%d}", "published_at_1": "10:00"}
    submit_form(publisher, add_url(Video), title="Soon", **sent)
    assert str(Video.objects.get().state) == "scheduled"


def test_a_publisher_publishes_unpublishes_and_deletes_from_the_list(publisher):
    tool = make_tool(published=False)
    offered = actions_in(publisher.get(list_url(Tool)))
    assert offered == {"publish", "withdraw", "add_tags", "remove_tags", "delete_selected"}
    chosen = {"_selected_action": [tool.pk], "post": "yes"}
    publisher.post(list_url(Tool), chosen | {"action": "publish"})
    assert Tool.objects.get().is_public
    publisher.post(list_url(Tool), chosen | {"action": "withdraw"})
    assert not Tool.objects.get().is_public
    publisher.post(list_url(Tool), chosen | {"action": "delete_selected"})
    assert not Tool.objects.exists()


@pytest.mark.parametrize("make", [make_video, make_tool, make_course])
def test_a_publisher_deletes_an_entry_with_its_rows_and_links(publisher, make):
    row = make(tags=["t"], topics=["Roles"])
    row.deliveries.create(mode="online")
    publisher.post(admin_url(row, "delete"), {"post": "yes"})
    assert not type(row).objects.exists()


def test_staff_without_a_role_see_nothing(client):
    sign_in(client, "sam")
    make_video(published=False)
    assert client.get(list_url(Video)).status_code == 403
    assert client.get(add_url(Video)).status_code == 403
    assert client.get("/videos/cook-up-a-small-test-of-change/").status_code == 404


def test_an_editor_sees_a_draft_at_its_real_address(editor):
    make_video(published=False)
    assert editor.get("/videos/cook-up-a-small-test-of-change/").status_code == 200
