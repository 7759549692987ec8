"""A plan in a feed reader and in a calendar."""

from datetime import date, timedelta

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from courses.plan_calendar import spread_over_weeks
from tests.makers import make_course

pytestmark = pytest.mark.django_db
PLAN = "/path/plan/feed/?want=art"


def entries(client, address=PLAN):
    return feedparser.parse(client.get(address).content).entries


def events(client, query):
    calendar = Calendar.from_ical(client.get(f"/path/plan.ics?{query}").content)
    return [(str(e["summary"]), e["dtstart"].dt, e["dtend"].dt) for e in calendar.walk("VEVENT")]


def test_the_feed_has_the_plan_and_its_courses(client):
    first, art = make_course("First"), make_course("Art", minutes_min=60, minutes_max=60)
    art.requirements.create(named_course=first)
    found = entries(client)
    assert [entry.title for entry in found] == ["Plan for chosen courses", "Art", "First"]
    assert "1 hr + 1 course with no stated duration" in found[0].summary
    assert "1. First; 2. Art" in found[0].summary


def test_the_plan_gets_a_new_feed_entry_when_a_course_is_added(client):
    art = make_course("Art")
    before = {entry.id for entry in entries(client)}
    assert {entry.id for entry in entries(client)} == before
    art.requirements.create(named_course=make_course("First"))
    new = [entry.title for entry in entries(client) if entry.id not in before]
    assert new == ["Plan for chosen courses", "First"]


def test_the_plan_gets_a_new_feed_entry_when_the_time_of_a_course_changes(client):
    art = make_course("Art")
    before = {entry.id for entry in entries(client)}
    art.minutes_min = art.minutes_max = 60
    art.save()
    new = [entry.title for entry in entries(client) if entry.id not in before]
    assert "Plan for chosen courses" in new


def test_the_calendar_spreads_the_courses_over_weeks(client):
    for title, hours in (("A", 1), ("B", 1), ("C", 3), ("D", None)):
        minutes = hours and hours * 60
        make_course(title, levels=[2], minutes_min=minutes, minutes_max=minutes)
    found = events(client, "from=1&to=2&start=2026-12-02&hours=2")
    assert found == [
        ("A (1 hr)", date(2026, 11, 30), date(2026, 12, 5)),
        ("B (1 hr)", date(2026, 11, 30), date(2026, 12, 5)),
        ("C (3 hr)", date(2026, 12, 7), date(2026, 12, 19)),
        ("D (no stated duration)", date(2026, 12, 21), date(2026, 12, 26)),
    ]


def test_a_second_import_of_the_calendar_updates_its_events(client):
    make_course("A", levels=[2])
    one, other = (
        Calendar.from_ical(client.get(f"/path/plan.ics?to=2&start={day}").content)
        for day in ("2026-12-02", "2027-01-20")
    )
    uids = [[str(e["uid"]) for e in calendar.walk("VEVENT")] for calendar in (one, other)]
    assert uids[0] == uids[1] and len(uids[0]) == 1


def test_the_calendar_of_a_plan_without_a_course_redirects_to_its_page(client):
    assert client.get("/path/plan.ics?to=2")["Location"] == "/path/plan/?to=2"


def test_the_length_of_a_course_in_the_calendar_is_limited(client):
    make_course("A", levels=[2], minutes_min=2**31 - 1, minutes_max=2**31 - 1)
    assert len(events(client, "to=2&start=2099-12-01")) == 1


def test_the_calendar_is_a_download(client):
    make_course("A", levels=[2])
    response = client.get("/path/plan.ics?to=2")
    assert response["Content-Type"].startswith("text/calendar")
    assert "attachment" in response["Content-Disposition"]


@given(st.lists(st.none() | st.integers(1, 2000), max_size=20), st.integers(1, 8))
def test_no_week_has_more_than_its_hours_and_the_weeks_are_in_order(minutes, hours):
    places = spread_over_weeks(minutes, hours)
    for (_week, n_weeks), needed in zip(places, minutes, strict=True):
        assert n_weeks * hours * 60 >= (needed or 1)
    pairs = zip(places, places[1:], strict=False)
    assert all(later >= first + n_weeks - 1 for (first, n_weeks), (later, _l) in pairs)
    total = sum(needed or 0 for needed in minutes)
    if places:
        assert (places[-1][0] + places[-1][1]) * hours * 60 >= total


def test_a_plan_without_a_start_date_starts_next_monday(client):
    make_course("A", levels=[2])
    [(_title, first, _last)] = events(client, "to=2")
    assert first.weekday() == 0 and timedelta(0) < first - date.today() <= timedelta(8)
