"""A plan spread over weeks, as a calendar file (RFC 5545)."""

from datetime import UTC, datetime, timedelta
from math import ceil

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from catalog.search.index import current_index

WEEK = timedelta(days=7)
MAX_MINUTES = 60 * 500  # minutes of a course; a larger number is a typing error
WORKDAYS = timedelta(days=5)  # an event lasts from Monday to Friday, or to a later Friday
FALLBACK_DATE = datetime(2000, 1, 1, tzinfo=UTC)


def spread_over_weeks(minutes, hours):
    """Returns [(first week, number of weeks)] of courses that are taken one after another.

    `minutes` has the time of each course, or None when it is unknown. `hours` is the time for
    training in a week. Courses that fit into one week share it. A course of unknown time gets a
    week of its own.

    >>> spread_over_weeks([60, 60, None, 300], 2)
    [(0, 1), (0, 1), (1, 1), (2, 3)]
    """
    places, week, free = [], 0, hours * 60
    for needed in minutes:
        if free < hours * 60 and (needed is None or needed > free):
            week, free = week + 1, hours * 60
        n_weeks = ceil((needed or free) / (hours * 60)) if (needed or free) > free else 1
        places.append((week, n_weeks))
        free = free + (n_weeks - 1) * hours * 60 - (needed or free)
        week += n_weeks - 1
        if free <= 0:
            week, free = week + 1, hours * 60
    return places


def calendar_of(plan):
    """Returns the bytes of the calendar, with one event for each course.

    The UID of an event is always the same, so a second import updates the first.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{current_index().site.name}//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", plan.title)
    minutes = [minutes_of(step) for step in plan.steps]
    for step, (week, n_weeks) in zip(
        plan.steps, spread_over_weeks(minutes, plan.query.hours), strict=True
    ):
        calendar.add_component(make_event(plan, step, week, n_weeks))
    return calendar.to_ical()


def minutes_of(step):
    return min(step.course.minutes_max, MAX_MINUTES) if step.course and step.time else None


def make_event(plan, step, week, n_weeks):
    event = Event()
    first = plan.query.starts + week * WEEK
    event.add("uid", f"{step.course.uid if step.course else step.key.strip('~')}@{host()}")
    event.add("dtstamp", plan.changed_at or FALLBACK_DATE)
    event.add("dtstart", first)
    event.add("dtend", first + (n_weeks - 1) * WEEK + WORKDAYS)
    event.add("summary", f"{step.title} ({step.time or _('no stated duration')})")
    event.add("description", "\n".join([*step.reasons, plan.link]))
    if step.course:
        event.add("url", settings.SITE_URL + step.course.get_absolute_url())
    event.add("transp", "TRANSPARENT")
    return event


def host():
    return settings.SITE_URL.partition("://")[2]
