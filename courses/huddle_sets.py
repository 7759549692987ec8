"""Sets for a team's huddle: what fits in its minutes, another one each week."""

import hashlib
import re
from collections import defaultdict, deque
from datetime import date, timedelta

FIRST_MONDAY = date(2001, 1, 1)
WEEK = timedelta(days=7)


def packs(items, minutes, team):
    """`items` are (id, minutes from 1); each pack is a list of ids for up to `minutes`.

    Every item that fits at all is in some pack, and each pack has one that none before it has, so
    no two are the same. Only the last is filled up with what was in others. 5 000 take 40 ms.
    >>> packs([(1, 10), (2, 10), (3, 5)], 15, "4 West")
    [[1, 3], [2, 3]]
    >>> packs([(1, 30)], 15, "4 West")
    []
    """
    fitting = in_order_of(team, [item for item in items if item[1] <= minutes])
    unused, found, left = Queues(fitting), [], 0
    while unused:
        pack, left = unused.take(minutes)
        found.append(pack)
    if found:
        used = Queues(item for item in fitting if item[0] not in found[-1])
        found[-1] += used.take(left)[0]
    return found


def in_order_of(team, items):
    """
    >>> in_order_of("4 West", [(1, 5), (2, 5), (3, 5)])
    [(1, 5), (2, 5), (3, 5)]
    >>> in_order_of("Pharmacy", [(1, 5), (2, 5), (3, 5)])
    [(3, 5), (1, 5), (2, 5)]
    """
    start = hashlib.sha256(f"{team.casefold()}\n".encode())

    def key(item):
        place = start.copy()
        place.update(str(item[0]).encode())
        return place.digest()

    return sorted(items, key=key)


class Queues:
    """Items in their order, in one queue for each number of minutes: the first that fits is at
    the front of one of them.
    """

    def __init__(self, items):
        self.queues = defaultdict(deque)
        for place, (pk, needed) in enumerate(items):
            self.queues[needed].append((place, pk))

    def __bool__(self):
        return bool(self.queues)

    def take(self, left):
        """Takes out what fits into the minutes `left`: its ids, and the minutes left then."""
        taken = []
        while fronts := [(q[0], needed) for needed, q in self.queues.items() if needed <= left]:
            (_place, pk), needed = min(fronts)
            self.queues[needed].popleft()
            if not self.queues[needed]:
                del self.queues[needed]
            taken.append(pk)
            left -= needed
        return taken, left


def of_week(found, monday):
    """The pack of a week. Weeks are counted on over the turn of a year."""
    return found[(monday - FIRST_MONDAY) // WEEK % len(found)] if found else []


def monday_of(text):
    """The Monday of an ISO week of this millennium; None for any other text.

    >>> monday_of("2026-W48")
    datetime.date(2026, 11, 23)
    >>> monday_of("2026-W54"), monday_of("next week")
    (None, None)
    """
    if not re.fullmatch(r"2\d{3}-W\d{2}", text, re.ASCII):
        return None
    try:
        return date.fromisocalendar(int(text[:4]), int(text[6:]), 1)
    except ValueError:
        return None


def text_of(monday):
    """
    >>> text_of(date(2026, 11, 23))
    '2026-W48'
    """
    year, week, _day = monday.isocalendar()
    return f"{year}-W{week:02}"
