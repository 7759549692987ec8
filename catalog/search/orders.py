"""The three orders of all entries with a date, which change by single moves."""

from array import array
from bisect import bisect_right

from catalog.models import IndexEntry, IndexPart
from catalog.search.index import ORDER

COLUMNS = {"newest": "newest", "title": "title", "time": "minutes"}
PROBES = 64  # entries that one query compares to find a place: three queries for 100 000 entries
MAX_MOVES = 100  # more moves than this cost more than a new order


def sort_key(order, entry):
    """Returns what decides the place of `entry`; None if it has no date and so no place.

    Of equals, the newer one comes first.
    """
    if not entry or not entry.newest:
        return None
    newest_first = -entry.newest.timestamp(), -entry.pk
    if order == "newest":
        return newest_first
    value = getattr(entry, COLUMNS[order])
    return value is None, value, *newest_first


def moved_entries(before, after):
    """Returns {order: ids whose place changes}.

    `before` and `after` are {id: IndexEntry} of the same changes.
    """
    ids = before.keys() | after.keys()
    moved = {
        order: {
            pk for pk in ids if sort_key(order, before.get(pk)) != sort_key(order, after.get(pk))
        }
        for order in COLUMNS
    }
    return {order: ids for order, ids in moved.items() if ids}


def changed_orders(moved):
    """Returns {key of a part: bytes} for {order: ids whose place changed}.

    The index entries are saved already.
    """
    parts = IndexPart.objects.in_bulk([ORDER + order for order in moved])
    new = {}
    for order, ids in moved.items():
        part = parts.get(ORDER + order)
        kept = array("I", bytes(part.data)) if part and len(ids) <= MAX_MOVES else None
        places = move_entries(order, kept, ids) if kept else None
        new |= {ORDER + order: places.tobytes()} if places else all_orders([order])
    return new


def move_entries(order, places, moved):
    """Returns `places`, the ids in `order`, after moving those in `moved`.

    Returns None if `places` has an id without an index entry.
    """
    places = array("I", (pk for pk in places if pk not in moved))
    entries = IndexEntry.objects.exclude(newest=None).filter(pk__in=moved)
    keys = {entry.pk: sort_key(order, entry) for entry in entries}
    new_places = find_places(order, places, keys)
    if new_places is None:
        return None
    for place, _key, pk in sorted(((new_places[pk], keys[pk], pk) for pk in keys), reverse=True):
        places.insert(place, pk)
    return places


def find_places(order, places, keys):
    """Returns {id: where in `places` it goes} for `keys`, {id: its sort key}. None as above.

    The number of queries grows with the logarithm of the length of `places` alone.
    """
    bounds = dict.fromkeys(keys, (0, len(places)))
    while probes := {pk: probes_in(*ends) for pk, ends in bounds.items() if ends[0] < ends[1]}:
        entries = IndexEntry.objects.in_bulk({places[n] for part in probes.values() for n in part})
        for pk, part in probes.items():
            probed = [sort_key(order, entries.get(places[n])) for n in part]
            if None in probed:
                return None
            after = bisect_right(probed, keys[pk])  # it goes after this many of the probes
            low = part[after - 1] + 1 if after else part[0]
            bounds[pk] = low, part[after] if after < len(part) else bounds[pk][1]
    return {pk: low for pk, (low, _high) in bounds.items()}


def probes_in(low, high):
    return range(low, high, max(1, (high - low) // PROBES))


def all_orders(orders=COLUMNS):
    """Returns {key of a part: bytes} for whole orders."""
    return {ORDER + order: array("I", in_order(order)).tobytes() for order in orders}


def in_order(order):
    """Returns the ids of all entries with a date, sorted."""
    dated = IndexEntry.objects.exclude(newest=None).order_by("-newest", "-id")
    rows = list(dated.values_list("id", COLUMNS[order]))
    if order != "newest":
        rows.sort(key=lambda row: (row[1] is None, row[1]))
    return [pk for pk, _value in rows]
