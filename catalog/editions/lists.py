"""Prints of lists: what came, changed and went since somebody printed one.

The code on paper holds the day, a digest of what the list had, and how many editions of that there
were: "?list=20261127-…-72". The digest of a set is the XOR of those of its members: which of the
entries that were edited since have to be taken out or put in, for the list to have the digest on
paper, is a system of linear equations.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce
from operator import xor

from django.utils import timezone

from catalog.editions.changes import State, changes_since, moment
from catalog.editions.codes import LIST
from catalog.lib import id_sets
from catalog.models import Edition, Resource

MOST_TOLD, MOST_READ = 20, 500
DIGEST = 15  # bytes
# Entries that may have come in or gone, so that it is a matter of one in a million that others than
# those that did make the same digest.
MOST_MOVED = 8 * DIGEST - 20
CODE = re.compile(r"(?P<day>\d{8})(-(?P<digest>[\w-]{20})(-(?P<editions>\d{1,9}))?)?", re.ASCII)


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
        return bool(self.day) and not (self.changed or self.has_moved or self.more)


def list_print(asked, members, hidden=0):
    """The ListPrint of what a code says, "20261127-…".

    `members` is the set of what the list has now, `hidden` of what it would have if that were still
    public. A constant number of queries.
    """
    code = Code.read(asked)
    if code.day is None:
        return ListPrint(None)
    public, everything = Resource.objects.published(), Resource.objects.all()
    ended = {"published_at__lt": code.end, "unpublished_at__range": (code.begin, timezone.now())}
    gone = set_of(everything.filter(**ended))
    new = members & set_of(public.filter(published_at__gte=code.begin))
    known = (members & ~new) | (hidden & gone)
    found = printed_set(code, members, known, gone)
    printed = known if found is None else found
    new, withdrawn = new & ~printed, printed & ~members & gone
    joined, left = members & ~printed & ~new, printed & ~members & ~gone
    changed, unread = changed_of(members & printed, printed, code)
    return ListPrint(
        code.day,
        new=public.list_by_title(new, MOST_TOLD),
        changed=changed[:MOST_TOLD],
        withdrawn=changes_since(everything.list_by_title(withdrawn, MOST_TOLD), code.begin),
        joined=public.list_by_title(joined, MOST_TOLD),
        left=public.list_by_title(left, MOST_TOLD),
        unsure=found is None and code.digest is not None,
        more=unread
        + untold(len(changed))
        + sum(untold(found.bit_count()) for found in (new, withdrawn, joined, left)),
    )


def changed_of(members, printed, code):
    """(a Since of each of `members` that says something else now; how many were not looked at)"""
    if code.editions is not None and code.editions == editions_of(printed):
        return [], 0
    touched = Edition.objects.filter(made_at__gte=code.begin).values_list("resource", flat=True)
    touched = members & id_sets.bits_of(set(touched))
    newest = Resource.objects.published().list_by_title(touched, MOST_READ)
    changed = [one for one in changes_since(newest, code.begin) if one.state == State.CHANGED]
    return changed, max(0, touched.bit_count() - MOST_READ)


def untold(number):
    return max(0, number - MOST_TOLD)


def set_of(resources):
    return id_sets.bits_of(resources.order_by().values_list("pk", flat=True))


# ---- What was on paper ----


def dated(path, members):
    """The address of a living list as paper carries it, with what the set `members` is today."""
    digest = base64.urlsafe_b64encode(digest_of(members).to_bytes(DIGEST)).decode()
    code = [f"{timezone.localdate():%Y%m%d}", digest, editions_of(members)]
    mark = "&" if "?" in path else "?"
    return f"{path}{mark}{LIST[0]}={'-'.join(str(part) for part in code if part is not None)}"


def editions_of(members):
    """How many the set has, which grows when something in it changes; None for a large set."""
    if members.bit_count() > MOST_READ:
        return None
    return Edition.objects.filter(resource__in=id_sets.ids_of(members)).count()


@dataclass(frozen=True)
class Code:
    """What a code says: `day` is None for one that is none or to come, the rest for what is not
    said.
    """

    day: date | None = None
    digest: int | None = None
    editions: int | None = None

    @classmethod
    def read(cls, asked):
        """
        >>> Code.read("20260102-" + 18 * "A" + "AB-72")
        Code(day=datetime.date(2026, 1, 2), digest=1, editions=72)
        >>> Code.read("20260102")
        Code(day=datetime.date(2026, 1, 2), digest=None, editions=None)
        >>> {Code.read(asked).day for asked in ("2026-01-02", "99991231", "20261340", "20260102-A")}
        {None}
        """
        found = CODE.fullmatch(asked)
        try:
            day = datetime.strptime(found["day"], "%Y%m%d").date() if found else None
        except ValueError:
            day = None
        if day is None or day > timezone.localdate():
            return cls()
        digest = found["digest"] and int.from_bytes(base64.urlsafe_b64decode(found["digest"]))
        return cls(day, digest, found["editions"] and int(found["editions"]))

    @property
    def begin(self):
        return moment(self.day)

    @property
    def end(self):
        return moment(self.day + timedelta(days=1))


def printed_set(code, members, known, gone):
    """What the list had when the code was printed; None where that is not told.

    `known` is what it had as far as the days of publishing tell, which know nothing of edits;
    `gone` is what was withdrawn since.
    """
    if code.digest is None or code.digest == digest_of(members):
        return None if code.digest is None else members
    rows = Resource.objects.published().filter(published_at__lt=code.end)
    uncertain = gone | members & set_of(rows.filter(published_at__gte=code.begin))
    uncertain |= set_of(rows.filter(editions__made_at__gte=code.begin))
    wanted = code.digest ^ digest_of(known)
    moved = subset(uncertain, wanted) if uncertain.bit_count() <= MOST_MOVED else None
    if moved is None:
        moved = one_or_two(set_of(rows) | gone, wanted)
    return None if moved is None else known ^ moved


def one_or_two(candidates, digest):
    """Of the set `candidates` the one or the two that have this digest, as a set; None for none.

    Most often it is one that came or went, and what did not change itself may be that: it has
    another tag, or is not required any more.

    >>> both = id_sets.bits_of([3, 7])
    >>> one_or_two(id_sets.bits_of(range(9)), digest_of(both)) == both
    True
    """
    others = {0: 0}  # {the digest of none or one: that}
    for pk in id_sets.ids_of(candidates):
        own = digest_of_one(pk)
        if digest ^ own in others:
            return others[digest ^ own] | 1 << pk
        others[own] = 1 << pk
    return None


def digest_of(members):
    return reduce(xor, map(digest_of_one, id_sets.ids_of(members)), 0)


def digest_of_one(pk):
    return int.from_bytes(hashlib.blake2b(b"%d" % pk, digest_size=DIGEST).digest())


def subset(candidates, digest):
    """The part of the set `candidates` that has this digest, by elimination; None for none.

    >>> some = id_sets.bits_of([3, 7, 12])
    >>> subset(id_sets.bits_of(range(50)), digest_of(some)) == some
    True
    """
    basis = {}  # {the highest bit of a digest: (it, the set that has it)}
    for pk in id_sets.ids_of(candidates):
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
