"""Finds out whether a print is current: what changed in an entry since an edition or a day."""

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

ONE_LINE = 60  # letters of the old and the new text together


@dataclass(frozen=True)
class Change:
    """One changed fact. `old` and `new` are "" for no text, None for one too long to keep."""

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
        """The change in words: "1 hour, was 2 hours"."""
        facts = {"old": self.old, "new": self.new}
        if self.old == "":
            return _("%(new)s (new)") % facts if self.new else _("new")
        if self.new == "":
            return _("removed, was %(old)s") % facts if self.old else _("removed")
        return _("%(new)s, was %(old)s") % facts if self.old and self.new else _("changed")


def differences(old, new, kind):
    """Returns the Changes from the facts `old` of an edition to `new`, in the order of a sheet."""
    return [
        Change(str(label), text_of_fact(old.get(key)), text_of_fact(new.get(key)))
        for key, label in labels_of(kind).items()
        if old.get(key) != new.get(key)
    ]


def labels_of(kind):
    """Returns {key of a fact: its label} of a kind."""
    return kind_named(kind).model.PRINTED


def text_of_fact(fact):
    return fact if isinstance(fact, str) else None if fact else ""


@dataclass(frozen=True)
class Print:
    """A printed sheet.

    `number` is the edition that its address states. `edition` is None if there is no such edition.
    """

    resource: Resource
    number: int | None
    edition: Edition | None
    newest: Edition | None

    @cached_property
    def changes(self):
        """What is no longer true on the print. A fact that was changed back counts as unchanged."""
        return differences(self.edition.facts, self.newest.facts, self.resource.kind)

    @property
    def is_current(self):
        return self.edition is not None and not self.changes


def print_of(resource, text):
    """Returns the Print whose number is `text`, which may be any text. It takes one query."""
    plain = text.isascii() and text.isdigit() and len(text) < 9
    number = int(text) if plain else None
    wanted = Q(number=number) | Q(number=resource.edition)
    editions = {edition.number: edition for edition in resource.editions.filter(wanted)}
    return Print(resource, number, editions.get(number), editions.get(resource.edition))


def replacements(resources):
    """Returns {id of each of `resources` that has a replacement: the replacement}.

    The replacement is the first public entry along replaced_by. It takes two queries for any number
    of resources.
    """
    rows = Resource.objects.exclude(replaced_by=None).order_by()
    replaced_by_id = dict(rows.values_list("pk", "replaced_by"))
    chains = {resource.pk: replacement_chain(resource.pk, replaced_by_id) for resource in resources}
    public = Resource.objects.published().in_bulk(set().union(*chains.values()))
    first = {pk: next(filter(None, map(public.get, chain)), None) for pk, chain in chains.items()}
    return {pk: resource for pk, resource in first.items() if resource}


def replacement_chain(pk, replaced_by_id):
    """Returns the ids that replace `pk`, one after the other, each once even in a circle."""
    chain = []
    while (pk := replaced_by_id.get(pk)) and pk not in chain:
        chain.append(pk)
    return chain


class State(models.TextChoices):
    UNCHANGED = "unchanged", gettext_lazy("unchanged")
    CHANGED = "changed", gettext_lazy("changed")
    WITHDRAWN = "withdrawn", gettext_lazy("withdrawn")


@dataclass(frozen=True)
class EntryChanges:
    """What happened to `resource`. `replacement` is the public entry that replaces it, if any."""

    resource: Resource
    state: State
    changes: list = field(default_factory=list)
    replacement: Resource | None = None

    @property
    def labels(self):
        return [change.label for change in self.changes]


def changes_since(resources, when):
    """Returns an EntryChanges for each of `resources`, in their order, for a print made at `when`.

    A date means its first moment, because listing one change too many is better than missing one.
    An entry without an earlier edition is compared with its first one. It takes one query for any
    number of resources, and two more if one of them is withdrawn.
    """
    editions = Edition.objects.then_and_now(resources, start_of(when)).order_by("number")
    facts = {}
    for edition in editions:
        facts.setdefault(edition.resource_id, []).append(edition.facts)
    withdrawn = [resource for resource in resources if not resource.is_public]
    replacements_by_id = replacements(withdrawn) if withdrawn else {}
    return [
        changes_of_entry(resource, facts.get(resource.pk), replacements_by_id)
        for resource in resources
    ]


def changes_of_entry(resource, facts, replacements_by_id):
    if not resource.is_public:
        replacement = replacements_by_id.get(resource.pk)
        return EntryChanges(resource, State.WITHDRAWN, replacement=replacement)
    changes = differences(facts[0], facts[-1], resource.kind) if facts else []
    return EntryChanges(resource, State.CHANGED if changes else State.UNCHANGED, changes)


def start_of(when):
    """Returns the first moment of a date, and a datetime as it is."""
    if isinstance(when, date) and not isinstance(when, datetime):
        return timezone.make_aware(datetime.combine(when, time.min))
    return when
