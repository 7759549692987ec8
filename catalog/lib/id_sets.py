"""Sets of ids, fast enough for 100 000 resources: bit n of a whole number is id n.

Combining two sets or counting one takes a few microseconds.
"""

from array import array
from collections.abc import Sequence
from functools import cached_property
from itertools import compress
from operator import itemgetter

PART = 2048  # ids that are looked at together
SPARSE = 20  # a set with fewer than one of so many ids is sorted
NOWHERE = 2**32 - 1
ON_OFF = bytes.maketrans(b"01", b"\x00\x01")


class IdSet:
    """An immutable set of ids, which are whole numbers from 0. It yields the lowest first.

    >>> some = IdSet([7, 2, 3])
    >>> list(some), len(some), 3 in some, bool(some - IdSet([2, 3, 7]))
    ([2, 3, 7], 3, True, False)
    >>> list(some & IdSet([3, 4])), list(some | IdSet([4]))
    ([3], [2, 3, 4, 7])
    """

    __slots__ = ("bits",)

    def __init__(self, ids=()):
        ids = list(ids)
        first = min(ids, default=0)
        digits = bytearray(b"0") * (max(ids, default=0) - first + 1)
        for number in ids:
            digits[first - 1 - number] = 49
        self.bits = int(digits, 2) << first

    @classmethod
    def of_bits(cls, bits):
        members = cls.__new__(cls)
        members.bits = bits
        return members

    @classmethod
    def from_bytes(cls, data):
        return cls.of_bits(int.from_bytes(data, "little"))

    def to_bytes(self):
        return self.bits.to_bytes((self.bits.bit_length() + 7) // 8, "little")

    def __and__(self, other):
        return IdSet.of_bits(self.bits & other.bits)

    def __or__(self, other):
        return IdSet.of_bits(self.bits | other.bits)

    def __sub__(self, other):
        return IdSet.of_bits(self.bits & ~other.bits)

    def __xor__(self, other):
        return IdSet.of_bits(self.bits ^ other.bits)

    def __contains__(self, number):
        return bool(self.bits >> number & 1)

    def __len__(self):
        return self.bits.bit_count()

    def __bool__(self):
        return self.bits != 0

    def __iter__(self):
        size = self.bits.bit_length()
        return compress(range(size), self.flags(size))

    def __eq__(self, other):
        return isinstance(other, IdSet) and self.bits == other.bits

    def __hash__(self):
        return hash(self.bits)

    def __repr__(self):
        return f"IdSet({list(self)})"

    def flags(self, size):
        """A byte for each number below `size`, 1 for those in the set.

        >>> list(IdSet([0, 2]).flags(4))
        [1, 0, 1, 0]
        """
        return f"{self.bits:0{size}b}"[::-1][:size].encode().translate(ON_OFF)


EMPTY = IdSet()


class Order:
    """All ids in some order. It finds the first ids of a set in that order in some milliseconds."""

    def __init__(self, ids):
        self.ids = tuple(ids)
        self.size = max(self.ids, default=0) + 1

    @cached_property
    def parts(self):
        """[(PART ids, a function that gets their items)]"""
        parts = [self.ids[first : first + PART] for first in range(0, len(self.ids), PART)]
        # One id more than there is makes itemgetter return a tuple in any case.
        return [(part, itemgetter(*part, part[0])) for part in parts]

    @cached_property
    def places(self):
        """The place of each id, NOWHERE for other numbers."""
        places = array("I", [NOWHERE]) * self.size
        for place, number in enumerate(self.ids):
            places[number] = place
        return places

    def pick(self, members, most=None):
        """Returns the first `most` members, all of them by default.

        >>> Order([3, 1, 2]).pick(IdSet([2, 3])), Order([3, 1, 2]).pick(IdSet([2, 3]), 1)
        ([3, 2], [3])
        """
        if len(members) * SPARSE < len(self.ids):
            return self.sort(members)[:most]
        flags, found = members.flags(self.size), []
        for part, flags_of in self.parts:
            if most is not None and len(found) >= most:
                break
            found += compress(part, flags_of(flags))
        return found[:most]

    def sort(self, members):
        """Returns all members in order. It is faster than looking at all ids if they are few."""
        places = self.places
        known = [n for n in members if n < self.size and places[n] != NOWHERE]
        return sorted(known, key=places.__getitem__)


class Ranked(Sequence):
    """The ids of a set: first those in the first of `tiers`, and so on; the rest last.

    Inside a tier they are in an Order. Sorts only the ids that are asked for, whether [20:30] or
    [0:10].
    """

    def __init__(self, members, tiers, order):
        self.tiers, self.order = [], order
        for tier in tiers:
            self.tiers.append(members & tier)
            members -= tier
        self.tiers.append(members)

    def __len__(self):
        return sum(map(len, self.tiers))

    def __getitem__(self, place):
        """
        >>> Ranked(IdSet([1, 2, 3]), [IdSet([1])], Order([3, 1, 2]))[:2]
        [1, 3]
        """
        if not isinstance(place, slice):
            return self[: len(self)][place]
        start, stop, _step = place.indices(len(self))
        ids, before = [], 0
        for tier in self.tiers:
            end = before + len(tier)
            if before < stop and start < end:
                ids += self.order.pick(tier, stop - before)[max(0, start - before) :]
            before = end
        return ids


def by_count(sets):
    """Returns a list of sets: the ids in all of `sets`, in all but at most one, … in at least one.

    >>> by_count([IdSet([0, 1]), IdSet([1, 2]), IdSet([1])])
    [IdSet([1]), IdSet([1]), IdSet([0, 1, 2])]
    """
    counted = []  # those in at least one, in at least two …
    for members in sets:
        counted.append(EMPTY)
        for n in range(len(counted) - 1, 0, -1):
            counted[n] |= counted[n - 1] & members
        counted[0] |= members
    return counted[::-1]
