"""The sets and orders of the index, as they were last written.

A process keeps them until a change of the catalog gives them another stamp, which each request
asks for; so they are never older than the database.
"""

from array import array
from functools import cached_property
from uuid import uuid4

from django.db import transaction

from catalog import bits
from catalog.facets import FACETS
from catalog.models import IndexPart, Resource
from catalog.search import engines

STAMP = "stamp"
SET, ORDER = "set:", "order:"  # what the keys of the two sorts of parts begin with
MOST_KEPT = 500  # answers of the engine: of 100 000 resources up to 40 kB each
DATED = "dated"  # the key of all that has a date of publication
LENGTHS = (1, 2, 3, 4, 5, 7, 10)  # words of a title: up to so many; any more are the last


def length_key(count, brackets=False):
    """`count` is of the words outside of brackets; of two alike, the title without any is closer.

    >>> length_key(1), length_key(6, brackets=True), length_key(30)
    ('length:1', 'length:7()', 'length:more')
    """
    most = next((most for most in LENGTHS if count <= most), "more")
    return f"length:{most}{'()' if brackets else ''}"


LENGTH_KEYS = [f"length:{most}{end}" for most in (*LENGTHS, "more") for end in ("", "()")]


class Shelf:
    """`sets` has the bits of each key, `orders` an Order each: "newest", "title" and "time"."""

    def __init__(self, stamp):
        self.stamp = stamp
        self.sets, self.orders, self.kept = {}, {}, {}
        for key, data in IndexPart.objects.values_list("key", "data"):
            if key.startswith(SET):
                self.sets[key.removeprefix(SET)] = bits.from_bytes(bytes(data))
            elif key.startswith(ORDER):
                self.orders[key.removeprefix(ORDER)] = bits.Order(array("I", bytes(data)))

    def set_of(self, *keys):
        """The resources that have one of `keys`."""
        found = 0
        for key in keys:
            found |= self.sets.get(key, 0)
        return found

    @cached_property
    def choices(self):
        """{facet: [(option, label)]}; they change with the vocabularies, which change the stamp."""
        return {facet.name: facet.choices() for facet in FACETS}

    def public(self):
        """What readers may see at this moment: the same as Resource.objects.published()."""
        # In the order of the table it would look at every row.
        hidden = Resource.objects.not_now().order_by().values_list("pk", flat=True)
        return self.set_of(DATED) & ~bits.bits_of(hidden)

    def hits(self, phrase):
        """engines.hits(), kept: the commonest words are in most searches and take longest."""
        found = self.kept.get(phrase)
        if found is None:
            found = engines.hits(phrase)
            self.kept = {} if len(self.kept) >= MOST_KEPT else self.kept
            self.kept[phrase] = found
        return found

    def ranked(self, found, order, tiers=()):
        """The ids of the set `found`; see bits.Ranked."""
        return bits.Ranked(found, tiers, self.orders.get(order) or bits.Order([]))


_latest = None


def shelf():
    global _latest
    stamp = bytes(IndexPart.objects.filter(pk=STAMP).values_list("data", flat=True).first() or b"")
    held = _latest  # another thread may put its own there at any moment
    if held is None or held.stamp != stamp or not stamp:
        held = _latest = Shelf(stamp)
    return held


def stamp_anew():
    """Nobody goes on with what was read before, be it a moment ago in this very transaction."""
    IndexPart.objects.update_or_create(key=STAMP, defaults={"data": uuid4().bytes})


def locked():
    """Lets one transaction after the other write the index. To be called in one."""
    assert transaction.get_connection().in_atomic_block
    IndexPart.objects.get_or_create(key=STAMP, defaults={"data": uuid4().bytes})
    IndexPart.objects.select_for_update().get(pk=STAMP)
