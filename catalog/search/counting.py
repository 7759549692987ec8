"""Counts searches and opened results, without any data about the reader.

A thread writes the counts of a second together. If the database is busy for long, they are dropped.
No reader waits for them. A click is recognized by the Referer header, which browsers send to this
site only.
Counting reads no cookie, no IP address and no identity.
"""

import logging
import time
from datetime import timedelta
from threading import Lock, Thread
from urllib.parse import parse_qs, urlsplit

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from catalog.lib.text import clean_text
from catalog.models import SearchCount
from catalog.search.queries import words_as_typed

KEEP_DAYS = 90
# Different queries a day, so that a robot that searches for random words cannot fill the disk.
MAX_QUERIES_A_DAY = 5000
MAX_LENGTH = 120
TOGETHER_S = 1  # that a count waits for others
IDLE_S = 5  # after which the thread that counts ends
MAX_WAITING = 10_000  # different calls

_waiting = {}  # {(function, *values): how often it is to be called}
_thread, _lock = None, Lock()

logger = logging.getLogger(__name__)


def count_later(count, *facts):
    """Calls count(*facts, times) in a thread of its own. Drops it if too many calls wait."""
    global _thread
    call = count, *facts
    with _lock:
        if call in _waiting or len(_waiting) < MAX_WAITING:
            _waiting[call] = _waiting.get(call, 0) + 1
        if _thread is None:
            _thread = Thread(target=count_waiting, daemon=True)
            _thread.start()


def count_waiting():
    """Counts until nothing has come for IDLE_S, then ends with its database connection."""
    global _waiting, _thread
    until = time.monotonic() + IDLE_S
    while True:
        time.sleep(TOGETHER_S)
        with _lock:
            calls, _waiting = _waiting, {}
            if not calls and time.monotonic() > until:
                _thread = None
                break
        if calls:
            count_now(calls)
            until = time.monotonic() + IDLE_S
    connection.close()


def count_now(calls):
    """Makes the calls {(function, *values): times} in one transaction."""
    try:
        with transaction.atomic():
            for (count, *facts), times in calls.items():
                count(*facts, times)
    except DatabaseError as error:
        logger.info("%d searches were not counted: %s", sum(calls.values()), error)


def count_search(words, results, times):
    words = normalize_words(words)
    today = SearchCount.objects.filter(day=timezone.localdate())
    if today.filter(words=words).update(searches=F("searches") + times, results=results):
        return
    delete_old_counts()
    if words and today.count() < MAX_QUERIES_A_DAY:
        day = timezone.localdate()
        SearchCount.objects.get_or_create(
            day=day, words=words, defaults={"searches": times, "results": results}
        )


def count_click(words, times):
    rows = SearchCount.objects.filter(day=timezone.localdate(), words=normalize_words(words))
    rows.update(clicks=F("clicks") + times)


def delete_old_counts():
    first = timezone.localdate() - timedelta(days=KEEP_DAYS)
    SearchCount.objects.filter(day__lt=first).delete()


def normalize_words(words):
    """Returns `words` in the form that is counted.

    >>> normalize_words("  Consensus  Decision ")
    'consensus decision'
    """
    return words_as_typed(words).lower()[:MAX_LENGTH].strip()


def searched_words(request):
    """Returns the words of the search page that the request comes from; "" for other requests."""
    return words_in_referer(request.headers.get("Referer", ""), request.get_host())


def words_in_referer(referer, host):
    """Returns the words of the search page at the address `referer` of this host, "" for others."""
    try:
        address = urlsplit(referer[:2000])
        query = parse_qs(address.query)
    except ValueError:  # not an address, or too many parameters
        return ""
    is_search = address.netloc == host and address.path == reverse("search-listing")
    return clean_text(query.get("q", [""])[-1]) if is_search else ""
