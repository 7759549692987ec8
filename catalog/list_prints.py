"""Prints of lists: what came, changed and went since somebody printed one.

The code on paper holds the day and a digest of what the list had, "?printed=20261127-…". The digest
of a set is the XOR of those of its members: which of the entries that were edited since have to be
taken out or put in, for the list to have the digest on paper, is a system of linear equations.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce
from operator import xor

from django.db.models import Q
from django.utils import timezone

from catalog import bits
from catalog.changes import State, changes_since, moment
from catalog.models import Edition, Resource

MOST_TOLD, MOST_READ = 20, 500
DIGEST = 15  # bytes
# Entries that may have come in or gone, so that it is a matter of one in a million that others than
# those that did make the same digest.
MOST_MOVED = 8 * DIGEST - 20
MARK = re.compile(r"(?P<day>\d{8})(?:-(?P<digest>[\w-]{20}))?", re.ASCII)


@dataclass(frozen=True)
class ListPrint:
    """What became of a list since it was printed on `day`; None for a day that nobody understands.

    `joined` and `left` are there as they were, and in this list or not in it because of an edit; it
    is `unsure` where more may have moved so. At most MOST_TOLD of each sort are told; `more` says
    how many are not.
    """

    day: date | None
    new: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    withdrawn: list = field(default_factory=list)
    joined: list = field(default_factory=list)
    left: list = field(default_factory=list)
    unsure: bool = False
    more: int = 0

    @property
    def has_moved(self):
        return bool(self.new or self.withdrawn or self.joined or self.left or self.unsure)

    @property
    def is_current(self):
        return bool(self.day) and not (self.changed or self.has_moved)


def dated(path, members):
    """The address of a living list as paper carries it, with what the set `members` is today."""
    digest = base64.urlsafe_b64encode(digest_of(members).to_bytes(DIGEST)).decode()
    mark = "&" if "?" in path else "?"
    return f"{path}{mark}printed={timezone.localdate():%Y%m%d}-{digest}"


def list_print(asked, members, hidden=0):
    """The ListPrint of what a code says, "20261127-…".

    `members` is the set of what the list has now, `hidden` of what it would have if that were still
    public. A constant number of queries.
    """
    day, digest = read(asked)
    if day is None:
        return ListPrint(None)
    begin, end = moment(day), moment(day + timedelta(days=1))
    public, everything = Resource.objects.published(), Resource.objects.all()
    new = members & set_of(public.filter(published_at__gte=begin))
    withdrawn = hidden & set_of(everything.filter(published_at__lt=end, unpublished_at__gte=begin))
    known = (members & ~new) | withdrawn
    printed = printed_set(digest, members, known, begin, end)
    unsure = digest is not None and printed is None
    if printed is None:
        printed = known
    new, withdrawn = new & ~printed, withdrawn & printed
    joined, left = members & ~printed & ~new, printed & ~members & ~withdrawn
    touched = Edition.objects.filter(made_at__gte=begin).values_list("resource", flat=True)
    old = members & bits.bits_of(set(touched)) & ~new & ~joined
    changed = changes_since(public.in_order_of(old, MOST_READ), begin)
    changed = [one for one in changed if one.state == State.CHANGED]
    untold = max(0, old.bit_count() - MOST_READ) + max(0, len(changed) - MOST_TOLD)
    untold += sum(too_many(found) for found in (new, withdrawn, joined, left))
    return ListPrint(
        day,
        new=public.in_order_of(new, MOST_TOLD),
        changed=changed[:MOST_TOLD],
        withdrawn=changes_since(everything.in_order_of(withdrawn, MOST_TOLD), begin),
        joined=public.in_order_of(joined, MOST_TOLD),
        left=public.in_order_of(left, MOST_TOLD),
        unsure=unsure,
        more=untold,
    )


def too_many(found):
    return max(0, found.bit_count() - MOST_TOLD)


def set_of(resources):
    return bits.bits_of(resources.order_by().values_list("pk", flat=True))


# ---- What was on paper ----


def read(asked):
    """(day, digest) that `asked` says; None for a day that is none or to come, and for no digest.

    >>> read("20260102"), read("20260102-" + 18 * "A" + "AB")
    ((datetime.date(2026, 1, 2), None), (datetime.date(2026, 1, 2), 1))
    >>> read("2026-01-02"), read("99991231"), read("20261340"), read("20260102-AB")
    ((None, None), (None, None), (None, None), (None, None))
    """
    found = MARK.fullmatch(asked)
    try:
        day = datetime.strptime(found["day"], "%Y%m%d").date() if found else None
    except ValueError:
        day = None
    if day is None or day > timezone.localdate():
        return None, None
    digest = found["digest"] and int.from_bytes(base64.urlsafe_b64decode(found["digest"]))
    return day, digest


def printed_set(digest, members, known, begin, end):
    """What the list had when it was printed between `begin` and `end`; None where that is not told.

    `known` is what it had as far as the days of publishing tell, which know nothing of edits.
    """
    if digest is None or digest == digest_of(members):
        return None if digest is None else members
    rows = Resource.objects.filter(published_at__lt=end)
    that_day = Q(published_at__gte=begin) | Q(unpublished_at__range=(begin, end))
    uncertain = (members | known) & set_of(rows.filter(that_day))
    uncertain |= set_of(rows.published().filter(editions__made_at__gte=begin))
    wanted = digest ^ digest_of(known)
    moved = subset(uncertain, wanted) if uncertain.bit_count() <= MOST_MOVED else None
    if moved is None:
        moved = the_one(set_of(rows.published()), wanted)
    return None if moved is None else known ^ moved


def the_one(candidates, digest):
    """Of the set `candidates` the one that has this digest, as a set; None for none.

    Most often it is one that came or went, and what did not change itself may be that: it has
    another tag, or is not required any more.
    """
    found = (1 << pk for pk in bits.ids_of(candidates) if digest_of_one(pk) == digest)
    return next(found, None)


def digest_of(members):
    return reduce(xor, map(digest_of_one, bits.ids_of(members)), 0)


def digest_of_one(pk):
    return int.from_bytes(hashlib.blake2b(b"%d" % pk, digest_size=DIGEST).digest())


def subset(candidates, digest):
    """The part of the set `candidates` that has this digest, by elimination; None for none.

    >>> some = bits.bits_of([3, 7, 12])
    >>> subset(bits.bits_of(range(50)), digest_of(some)) == some
    True
    """
    basis = {}  # {the highest bit of a digest: (it, the set that has it)}
    for pk in bits.ids_of(candidates):
        rest, made = reduced(basis, digest_of_one(pk))
        if rest:
            basis[rest.bit_length()] = rest, made ^ (1 << pk)
    rest, made = reduced(basis, digest)
    return None if rest else made


def reduced(basis, digest):
    """What is left of a digest without those of the basis, and the set that these make up."""
    made = 0
    while digest.bit_length() in basis:
        other, members = basis[digest.bit_length()]
        digest, made = digest ^ other, made ^ members
    return digest, made
