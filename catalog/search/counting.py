"""Counts searches and opened results, without any data about the reader.

A thread writes the counts of a second together. If the database is busy for long, they are dropped.
No reader waits for them. A click is recognized by the Referer header, which browsers send to this
site only.
Counting reads no cookie, no IP address and no identity.
"""

import logging
import time
from contextlib import suppress
from datetime import timedelta
from queue import Empty, Full, Queue
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
MAX_WAITING = 10_000

waiting_counts = Queue(MAX_WAITING)
_thread, _lock = None, Lock()

logger = logging.getLogger(__name__)


def count_later(count, *facts):
    """Calls count(*facts) in a thread of its own. Drops it if too many calls wait."""
    global _thread
    with suppress(Full):
        waiting_counts.put_nowait((count, *facts))
    with _lock:
        if _thread is None:
            _thread = Thread(target=count_waiting, daemon=True)
            _thread.start()


def count_waiting():
    """Counts until nothing waits for IDLE_S, then ends with its database connection."""
    global _thread
    while True:
        try:
            first = waiting_counts.get(timeout=IDLE_S)
        except Empty:
            with _lock:
                if waiting_counts.empty():
                    _thread = None
                    break
            continue
        time.sleep(TOGETHER_S)
        count_now(first, *everything_in(waiting_counts))
    connection.close()


def everything_in(queue):
    with suppress(Empty):
        while True:
            yield queue.get_nowait()


def count_now(*counts):
    """Makes these calls, each (function, *values), in one transaction."""
    try:
        with transaction.atomic():
            for count, *facts in counts:
                count(*facts)
    except DatabaseError as error:
        logger.info("%d searches were not counted: %s", len(counts), error)


def count_search(words, results):
    words = normalize_words(words)
    today = SearchCount.objects.filter(day=timezone.localdate())
    if today.filter(words=words).update(searches=F("searches") + 1, results=results):
        return
    delete_old_counts()
    if words and today.count() < MAX_QUERIES_A_DAY:
        day = timezone.localdate()
        SearchCount.objects.get_or_create(
            day=day, words=words, defaults={"searches": 1, "results": results}
        )


def count_click(words):
    rows = SearchCount.objects.filter(day=timezone.localdate(), words=normalize_words(words))
    rows.update(clicks=F("clicks") + 1)


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
