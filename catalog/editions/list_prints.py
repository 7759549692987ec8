"""Finds out what was added, changed and removed since somebody printed a list.

The code on paper holds the day, a digest of the list's members, and how many editions these
members had: "?list=20261127-…-72". The digest of a set is the XOR of the digests of its members.
So a system of linear equations tells which of the entries that were edited since then must be
removed from the list or added to it to get the digest on paper.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce
from operator import xor

from django.utils import timezone

from catalog.editions.changes import State, changes_since, start_of
from catalog.editions.paper_codes import LIST
from catalog.lib import clock
from catalog.lib.id_sets import EMPTY, IdSet
from catalog.models import Edition, Resource

MAX_NAMED, MAX_READ = 20, 500  # entries
DIGEST_BYTES = 15
# How many entries may have joined or left before the answer is unsafe. Up to this number, the
# chance is one in a million that a wrong choice of entries has the same digest.
MAX_MOVED = 8 * DIGEST_BYTES - 20
CODE = re.compile(r"(?P<day>\d{8})(-(?P<digest>[\w-]{20})(-(?P<editions>\d{1,9}))?)?", re.ASCII)


@dataclass(frozen=True)
class ListPrint:
    """What changed in a list since it was printed on `day`, which is None for an unreadable code.

    `new`, `joined` and `left` are lists of Resources; `changed` and `withdrawn` of EntryChanges.
    An entry in `joined` or `left` was public then and still is, but an edit put it into this list
    or took it out. `unsure` means that other entries may have joined or left too. Each list has at
    most MAX_NAMED entries; `more` counts the rest.
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
    def members_changed(self):
        return bool(self.new or self.withdrawn or self.joined or self.left or self.unsure)

    @property
    def is_current(self):
        return bool(self.day) and not (self.changed or self.members_changed or self.more)


def list_print(text, members, hidden=EMPTY):
    """Returns the ListPrint for a code, "20261127-…". The number of queries is constant.

    `members` is the set of entries that the list has now. `hidden` is the set of those that it
    would also have if they were still public.
    """
    code = Code.read(text)
    if code.day is None:
        return ListPrint(None)
    public, everything = Resource.objects.published(), Resource.objects.all()
    ended = {"published_at__lt": code.end, "unpublished_at__range": (code.begin, clock.now())}
    ended_ids = ids_of(everything.filter(**ended))
    new = members & ids_of(public.filter(published_at__gte=code.begin))
    known = (members - new) | (hidden & ended_ids)
    found = printed_set(code, members, known, ended_ids)
    printed = known if found is None else found
    new, withdrawn = new - printed, (printed - members) & ended_ids
    joined, left = members - printed - new, printed - members - ended_ids
    changed, unread = find_changes(members & printed, printed, code)
    return ListPrint(
        code.day,
        new=public.list_by_title(new, MAX_NAMED),
        changed=changed[:MAX_NAMED],
        withdrawn=changes_since(everything.list_by_title(withdrawn, MAX_NAMED), code.begin),
        joined=public.list_by_title(joined, MAX_NAMED),
        left=public.list_by_title(left, MAX_NAMED),
        unsure=found is None and code.digest is not None,
        more=unread
        + count_beyond_limit(len(changed))
        + sum(count_beyond_limit(len(ids)) for ids in (new, withdrawn, joined, left)),
    )


def find_changes(members, printed, code):
    """Returns (an EntryChanges of each changed one of `members`, how many were not checked)."""
    if code.editions is not None and code.editions == editions_of(printed):
        return [], 0
    touched = Edition.objects.filter(made_at__gte=code.begin).values_list("resource", flat=True)
    touched = members & IdSet(touched)
    newest = Resource.objects.published().list_by_title(touched, MAX_READ)
    entries = changes_since(newest, code.begin)
    changed = [entry for entry in entries if entry.state == State.CHANGED]
    return changed, max(0, len(touched) - MAX_READ)


def count_beyond_limit(number):
    return max(0, number - MAX_NAMED)


def ids_of(resources):
    return IdSet(resources.order_by().values_list("pk", flat=True))


# ---- What was on paper ----


def address_with_code(path, members):
    """Returns the address of a list with a code that describes the set `members` as of today."""
    digest = base64.urlsafe_b64encode(digest_of(members).to_bytes(DIGEST_BYTES)).decode()
    code = [f"{timezone.localdate():%Y%m%d}", digest, editions_of(members)]
    separator = "&" if "?" in path else "?"
    return f"{path}{separator}{LIST[0]}={'-'.join(str(part) for part in code if part is not None)}"


def editions_of(members):
    """Counts the editions of a set of entries, or returns None for a large set.

    The number grows when one of the entries changes.
    """
    if len(members) > MAX_READ:
        return None
    return Edition.objects.filter(resource__in=members).count()


@dataclass(frozen=True)
class Code:
    """What the code on a printed list says.

    `day` is None if the code is wrong or the day is in the future. `digest` and `editions` are None
    if the code does not have them.
    """

    day: date | None = None
    digest: int | None = None
    editions: int | None = None

    @classmethod
    def read(cls, text):
        """
        >>> Code.read("20260102-" + 18 * "A" + "AB-72")
        Code(day=datetime.date(2026, 1, 2), digest=1, editions=72)
        >>> Code.read("20260102")
        Code(day=datetime.date(2026, 1, 2), digest=None, editions=None)
        >>> {Code.read(text).day for text in ("2026-01-02", "99991231", "20261340", "20260102-A")}
        {None}
        """
        match = CODE.fullmatch(text)
        try:
            day = datetime.strptime(match["day"], "%Y%m%d").date() if match else None
        except ValueError:
            day = None
        if day is None or day > timezone.localdate():
            return cls()
        digest = match["digest"] and int.from_bytes(base64.urlsafe_b64decode(match["digest"]))
        return cls(day, digest, match["editions"] and int(match["editions"]))

    @property
    def begin(self):
        return start_of(self.day)

    @property
    def end(self):
        return start_of(self.day + timedelta(days=1))


def printed_set(code, members, known, withdrawn):
    """Returns the set of entries in the list when the code was printed, or None if unknown.

    `known` is the set that follows from the publication dates alone, which ignore edits.
    `withdrawn` is the set of entries that were withdrawn since then.
    """
    if code.digest is None or code.digest == digest_of(members):
        return None if code.digest is None else members
    rows = Resource.objects.published().filter(published_at__lt=code.end)
    uncertain = withdrawn | members & ids_of(rows.filter(published_at__gte=code.begin))
    uncertain |= ids_of(rows.filter(editions__made_at__gte=code.begin))
    wanted = code.digest ^ digest_of(known)
    moved = subset(uncertain, wanted) if len(uncertain) <= MAX_MOVED else None
    if moved is None:
        moved = subset_of_one_or_two(ids_of(rows) | withdrawn, wanted)
    return None if moved is None else known ^ moved


def subset_of_one_or_two(candidates, digest):
    """Returns the set of one or two of `candidates` that has this digest, or None.

    Usually only one entry joined or left. It may have no new edition of its own, for example
    because it got another tag, or because a course no longer requires it.

    >>> both = IdSet([3, 7])
    >>> subset_of_one_or_two(IdSet(range(9)), digest_of(both)) == both
    True
    """
    others = {0: []}  # {digest: a list of the one id that has it, or of none}
    for pk in candidates:
        own = digest_of_one(pk)
        if digest ^ own in others:
            return IdSet([pk, *others[digest ^ own]])
        others[own] = [pk]
    return None


def digest_of(members):
    return reduce(xor, map(digest_of_one, members), 0)


def digest_of_one(pk):
    return int.from_bytes(hashlib.blake2b(b"%d" % pk, digest_size=DIGEST_BYTES).digest())


def subset(candidates, digest):
    """Returns the subset of `candidates` that has this digest, by elimination, or None.

    >>> some = IdSet([3, 7, 12])
    >>> subset(IdSet(range(50)), digest_of(some)) == some
    True
    """
    basis = {}  # {length of a digest in bits: (the digest, the set that has it)}
    for pk in candidates:
        rest, made = reduce_digest(basis, digest_of_one(pk))
        if rest:
            basis[rest.bit_length()] = rest, made ^ IdSet([pk])
    rest, made = reduce_digest(basis, digest)
    return None if rest else made


def reduce_digest(basis, digest):
    """Returns what remains of a digest after elimination by the basis, and the set that it took."""
    made = EMPTY
    while digest.bit_length() in basis:
        other, members = basis[digest.bit_length()]
        digest, made = digest ^ other, made ^ members
    return digest, made
