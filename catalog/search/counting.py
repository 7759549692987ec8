"""Counts searches and opened results, without any data about the reader.

Counts are written after the answer is sent. If the database is busy, they are dropped, so no reader
waits for them. A click is recognized by the Referer header, which browsers send to this site only.
Counting reads no cookie, no IP address and no identity.
"""

import logging
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from catalog.lib.text import clean_text
from catalog.models import SearchCount
from catalog.search.queries import words_as_typed

KEPT = 90  # days
# Different queries a day. A robot that searches for random words cannot fill the disk.
MOST_A_DAY = 5000
LONGEST = 120
WAIT, USUAL_WAIT = 200, 10_000  # milliseconds to wait for a locked database

logger = logging.getLogger(__name__)


def count_after(response, count, *facts):
    """Calls count(*facts) after `response` is sent."""
    close = response.close

    def close_and_count():
        close()
        try:
            with not_waiting_long(), transaction.atomic():
                count(*facts)
        except DatabaseError as error:
            logger.info("A search was not counted: %s", error)

    response.close = close_and_count


@contextmanager
def not_waiting_long():
    """Waits for the lock of another writer only WAIT ms, because an import may take minutes."""
    short, usual = {
        "sqlite": (f"PRAGMA busy_timeout = {WAIT}", f"PRAGMA busy_timeout = {USUAL_WAIT}"),
        "postgresql": (f"SET lock_timeout = {WAIT}", "RESET lock_timeout"),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(short)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(usual)


def count_search(words, results):
    words = counted_as(words)
    today = SearchCount.objects.filter(day=timezone.localdate())
    if today.filter(words=words).update(searches=F("searches") + 1, results=results):
        return
    forget_old()
    if words and today.count() < MOST_A_DAY:
        day = timezone.localdate()
        SearchCount.objects.get_or_create(
            day=day, words=words, defaults={"searches": 1, "results": results}
        )


def count_click(words):
    rows = SearchCount.objects.filter(day=timezone.localdate(), words=counted_as(words))
    rows.update(clicks=F("clicks") + 1)


def forget_old():
    first = timezone.localdate() - timedelta(days=KEPT)
    SearchCount.objects.filter(day__lt=first).delete()


def counted_as(words):
    """Returns `words` in the form that is counted.

    >>> counted_as("  Consensus  Decision ")
    'consensus decision'
    """
    return words_as_typed(words).lower()[:LONGEST].strip()


def searched_before(request):
    """Returns the words of the search page that the request comes from; "" for other requests."""
    try:
        address = urlsplit(request.headers.get("Referer", "")[:2000])
        query = parse_qs(address.query)
    except ValueError:  # not an address, or too many parameters
        return ""
    ours = address.netloc == request.get_host() and address.path == reverse("search-listing")
    return clean_text(query.get("q", [""])[-1]) if ours else ""
