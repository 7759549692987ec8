"""Whether paper is true: what became of an entry since an edition of it, or since a day."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.kinds import kind_named
from catalog.models import Edition, Resource

ONE_LINE = 60  # letters of what was and what is


@dataclass(frozen=True)
class Change:
    """`old` and `new` are "" for nothing, None for a text too long to be kept."""

    label: str
    old: str | None
    new: str | None

    def __str__(self):
        return f"{self.label}: {self.words}"

    @property
    def takes_two_lines(self):
        return bool(self.old and self.new) and len(self.old + self.new) > ONE_LINE

    @property
    def words(self):
        """What happened, in words: "1 hour, was 2 hours"."""
        facts = {"old": self.old, "new": self.new}
        if self.old == "":
            return _("%(new)s (new)") % facts if self.new else _("new")
        if self.new == "":
            return _("left out, was %(old)s") % facts if self.old else _("left out")
        return _("%(new)s, was %(old)s") % facts if self.old and self.new else _("changed")


def differences(old, new, kind):
    """The Changes from the facts `old` of an edition to `new`, in the order of a sheet."""
    return [
        Change(str(label), quoted(old.get(key)), quoted(new.get(key)))
        for key, label in printed_by(kind).items()
        if old.get(key) != new.get(key)
    ]


def printed_by(kind):
    """{key of a fact: what people call it} of a kind."""
    return kind_named(kind).model.PRINTED


def quoted(fact):
    return fact if isinstance(fact, str) else None if fact else ""


@dataclass(frozen=True)
class Print:
    """A print that somebody holds: of the edition `number`, as its address says."""

    resource: Resource
    number: int | None
    printed: Edition | None
    newest: Edition | None

    @cached_property
    def changes(self):
        """What is not true on it any more; what came back to what it was still is."""
        return differences(self.printed.facts, self.newest.facts, self.resource.kind)

    @property
    def is_current(self):
        return self.printed is not None and not self.changes


def print_of(resource, asked):
    """The Print that `asked` is the number of, a text that anybody may have written: one query."""
    plain = asked.isascii() and asked.isdigit() and len(asked) < 9
    number = int(asked) if plain else None
    wanted = Q(number=number) | Q(number=resource.edition)
    editions = {edition.number: edition for edition in resource.editions.filter(wanted)}
    return Print(resource, number, editions.get(number), editions.get(resource.edition))


def replacements(resources):
    """{id of each of `resources`: what readers get in its place}, where there is such a thing.

    That is the first public entry along replaced_by. Two queries, however many there are.
    """
    rows = Resource.objects.exclude(replaced_by=None).order_by()
    following = dict(rows.values_list("pk", "replaced_by"))
    ways = {resource.pk: way_from(resource.pk, following) for resource in resources}
    public = Resource.objects.published().in_bulk(set().union(*ways.values()))
    found = {pk: next(filter(None, map(public.get, way)), None) for pk, way in ways.items()}
    return {pk: resource for pk, resource in found.items() if resource}


def way_from(pk, following):
    """The ids that replace `pk`, one after the other, each once."""
    way = []
    while (pk := following.get(pk)) and pk not in way:
        way.append(pk)
    return way


class State(models.TextChoices):
    UNCHANGED = "unchanged", gettext_lazy("unchanged")
    CHANGED = "changed", gettext_lazy("changed")
    WITHDRAWN = "withdrawn", gettext_lazy("withdrawn")


@dataclass(frozen=True)
class Since:
    """What became of `resource`; `replacement` is the public entry in place of a withdrawn one."""

    resource: Resource
    state: State
    changes: list = field(default_factory=list)
    replacement: Resource | None = None

    @property
    def labels(self):
        return [change.label for change in self.changes]


def changes_since(resources, when):
    """A Since of each of `resources`, in their order, for what was printed at `when`.

    A date is taken as its first moment: rather a change too many than one that is not told. An
    entry without an edition from before is compared with its first. Whatever the number of
    resources, it is one query, and three more where one is withdrawn.
    """
    editions = Edition.objects.then_and_now(resources, moment(when)).order_by("number")
    facts = {}
    for edition in editions:
        facts.setdefault(edition.resource_id, []).append(edition.facts)
    gone = [resource for resource in resources if not resource.is_public]
    instead = replacements(gone) if gone else {}
    return [since(resource, facts.get(resource.pk), instead) for resource in resources]


def since(resource, facts, instead):
    if not resource.is_public:
        return Since(resource, State.WITHDRAWN, replacement=instead.get(resource.pk))
    changes = differences(facts[0], facts[-1], resource.kind) if facts else []
    return Since(resource, State.CHANGED if changes else State.UNCHANGED, changes)


def moment(when):
    if isinstance(when, date) and not isinstance(when, datetime):
        return timezone.make_aware(datetime.combine(when, time.min))
    return when
