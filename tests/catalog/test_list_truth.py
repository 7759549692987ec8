"""A printed list whose code is scanned: what came, changed and went since its day."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog import printing
from catalog.models import Edition, Resource
from tests.admin import page_in
from tests.makers import days_ago, make_course, make_tool, make_video

pytestmark = pytest.mark.django_db


def day(ago):
    return f"{timezone.localdate() - timedelta(days=ago):%Y%m%d}"


def old_tool(title, **fields):
    """One that has been there for thirty days."""
    tool = make_tool(title, published=days_ago(30), **fields)
    Edition.objects.filter(resource=tool).update(made_at=days_ago(30))
    return tool


def notice(client, address):
    [found] = page_in(client.get(address)).xpath("//section[contains(@class, 'print-notice')]")
    return " ".join(found.text_content().split())


def test_nothing_is_said_where_nobody_asks(client):
    assert "print-notice" not in client.get("/tools/").content.decode()


def test_a_print_is_current(client):
    old_tool("Waste Walk")
    words = notice(client, f"/tools/?printed={day(5)}")
    assert words.startswith(
        "Your print is current Nothing on this list has changed or was withdrawn since "
    )
    assert "Print the new one" not in words


def test_what_is_new_is_told(client):
    old_tool("Waste Walk")
    make_tool("Icebreaker", published=days_ago(1))
    words = notice(client, f"/tools/?printed={day(5)}")
    assert "Your print is out of date" in words and "New: Icebreaker" in words
    assert "Waste Walk" not in words and words.endswith("Print the new one")


def test_what_changed_is_told_with_what_it_was(client):
    tool = old_tool("Waste Walk")
    tool.summary = "Look twice."
    tool.save()
    assert "Changed: Waste Walk (Summary)" in notice(client, f"/tools/?printed={day(5)}")


def test_what_was_withdrawn_is_told_with_what_stands_in_its_place(client):
    new = make_tool("Icebreaker", published=days_ago(9))
    old = old_tool("Waste Walk", topics=["Teams"], unpublished_at=days_ago(1))
    Resource.objects.filter(pk=old.pk).update(replaced_by=new.pk)
    for address in ("/tools/", "/topics/teams/", "/new/"):
        words = notice(client, f"{address}?printed={day(5)}")
        assert "Withdrawn: Waste Walk. In its place: Icebreaker" in words
    assert "Withdrawn" not in notice(client, f"/videos/?printed={day(5)}")


def test_a_draft_is_never_named(client):
    make_tool("Secret", published=False)
    make_tool("Tomorrow", published=days_ago(-1))
    words = notice(client, f"/tools/?printed={day(5)}")
    assert "Secret" not in words and "Tomorrow" not in words


def test_only_what_the_filters_show_is_told(client):
    make_tool("Level two", levels=[2], published=days_ago(1))
    make_tool("Level four", levels=[4], published=days_ago(1))
    words = notice(client, f"/tools/?level=2&printed={day(5)}")
    assert "Level two" in words and "Level four" not in words


@pytest.mark.parametrize(
    "asked", ["", "x", "20261340", "99991231", "2026-01-01", "²0260101", "0" * 5000]
)
def test_a_day_that_nobody_understands_is_said(client, asked):
    words = notice(client, f"/tools/?printed={asked}")
    assert words.startswith("We do not know this print")


def test_many_changes_are_counted(client, monkeypatch):
    for number in range(25):
        make_tool(f"Tool {number:02}", published=days_ago(1))
    words = notice(client, f"/tools/?printed={day(5)}")
    assert words.count("New:") == 20 and "and 5 more" in words


def test_a_packet_tells_what_became_of_its_items(client):
    tool, gone = old_tool("Waste Walk"), old_tool("Icebreaker", unpublished_at=days_ago(1))
    tool.title = "Waste Hunt"
    tool.save()
    codes = ".".join(one.get_short_url().rpartition("/")[2] for one in (tool, gone))
    words = notice(client, f"/packet/?items={codes}&printed={day(5)}")
    assert "Changed: Waste Hunt (Title)" in words and "Withdrawn: Icebreaker" in words


def test_a_plan_tells_what_became_of_its_courses(client):
    course = make_course("Sponsoring", levels=[2], published=days_ago(30))
    Edition.objects.filter(resource=course).update(made_at=days_ago(30))
    address = f"/path/plan/?want={course.slug}&printed="
    assert notice(client, address + day(5)).startswith("Your print is current")
    course.summary = "How to sponsor."
    course.save()
    assert "Changed: Sponsoring (Summary)" in notice(client, address + day(5))


def test_paper_carries_the_day(client, monkeypatch):
    from catalog import packing
    from courses.views import plan

    coded = []
    for module in (printing, packing, plan):
        monkeypatch.setattr(module, "qr_image", lambda address: coded.append(address) or "")
    course = make_course("Sponsoring")
    client.get("/tools.pdf?level=2")
    client.get(f"/packet.pdf?items={course.get_short_url().rpartition('/')[2]}")
    client.get(f"/path/plan.pdf?want={course.slug}")
    lists = [address for address in coded if "printed=" in address]
    assert len(lists) == 3 and all(address.endswith(day(0)) for address in lists)


def test_it_costs_as_many_queries_for_twice_as_many(client):
    counts = []
    for _round in range(2):
        for number in range(3):
            make_tool(f"New {number}", published=days_ago(1))
            make_video(f"Film {number}", published=days_ago(1))
            changed = old_tool(f"Old {number}")
            changed.summary = "Another."
            changed.save()
            old_tool(f"Gone {number}", unpublished_at=days_ago(1))
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/new/?printed={day(5)}")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_was_published_and_printed_on_one_day_and_then_withdrawn_is_told(client):
    make_tool("Short-lived", published=days_ago(5), unpublished_at=days_ago(2))
    assert "Withdrawn: Short-lived" in notice(client, f"/tools/?printed={day(5)}")


def test_what_was_withdrawn_is_told_of_searches_and_tags(client):
    old_tool("Waste Walk", tags=["huddle"], unpublished_at=days_ago(1))
    old_tool("Waste Hunt", tags=["huddle"])
    for address in ("/search/?q=waste", "/tags/huddle/?"):
        assert "Withdrawn: Waste Walk" in notice(client, f"{address}&printed={day(5)}")


def test_the_newest_are_told_however_many_changed(client, monkeypatch):
    from catalog import changes

    for number in range(8):
        tool = old_tool(f"Old {number}")
        tool.summary = "Another."
        tool.save()
    make_tool("New one", published=days_ago(1))
    monkeypatch.setattr(changes, "MOST_READ", 5)
    words = notice(client, f"/tools/?printed={day(5)}")
    assert "New: New one" in words and "and 3 more" in words
