import hashlib

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST = 150  # characters of a text that is kept as it is; of a longer one its hash tells changes
NEVER_QUOTED = {"body", "image", "transcript"}  # HTML, the name of a file, and what is too long


class EditionQuerySet(models.QuerySet):
    def keep(self, resources):
        """Keeps one more edition of each of `resources` whose sheet has changed, none of drafts.

        `resources` come from list_children(). It takes two queries in all. The caller holds the
        lock of the index, so that no number is given twice.
        """
        dated = [resource for resource in resources if resource.published_at]
        last = {edition.resource_id: edition for edition in self.newest_of(dated)}
        made = [next_edition(resource, last.get(resource.pk)) for resource in dated]
        self.bulk_create(edition for edition in made if edition)

    def newest_of(self, resources):
        return self.filter(resource__in=keys_of(resources), number=newest_number("resource"))

    def then_and_now(self, resources, when):
        """Of each of `resources` the newest one, and the one that stood at `when`.

        That is the first one where all are later: of what came before it nothing is known.
        """
        same = self.model.objects.filter(resource=OuterRef("resource")).order_by()
        then = same.filter(made_at__lte=when).order_by("-number").values("number")[:1]
        first = same.order_by("number").values("number")[:1]
        wanted = Q(number=newest_number("resource")) | Q(number=Coalesce(then, first))
        return self.filter(wanted, resource__in=keys_of(resources))


class Edition(models.Model):
    """What the sheet of an entry said from `made_at` on; it is never changed.

    `facts` is {key: text, or {"hash": …} of a long one}; what is empty is left out. What a key is
    called for people stands in PRINTED of each kind.
    """

    resource = models.ForeignKey("catalog.Resource", models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField(_("edition"))
    made_at = models.DateTimeField(_("date"), default=timezone.now)
    facts = models.JSONField()

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-number"]
        indexes = [models.Index(fields=["made_at"], name="edition_made_at")]
        constraints = [
            models.UniqueConstraint(fields=["resource", "number"], name="edition_number_once")
        ]

    def __str__(self):
        return _("Edition %d") % self.number


def newest_number(resource):
    """The number of the newest edition of the resource that the column `resource` names."""
    editions = Edition.objects.filter(resource=OuterRef(resource)).order_by("-number")
    return Subquery(editions.values("number")[:1])


def next_edition(resource, last):
    """The edition that follows `last` (or None); None where the facts are the same."""
    facts = facts_of(resource)
    if last and last.facts == facts:
        return None
    return Edition(resource_id=resource.pk, number=last.number + 1 if last else 1, facts=facts)


def facts_of(resource):
    """What its sheet says of `resource`, loaded by list_children(), small enough to be kept."""
    return {key: in_short(key, text) for key, text in resource.printed_facts().items() if text}


def in_short(key, text):
    """
    >>> in_short("time", "1 hour"), in_short("body", "<p>Hi</p>")
    ('1 hour', {'hash': '9c655e84ab91015e'})
    """
    if key not in NEVER_QUOTED and len(text) <= LONGEST:
        return text
    return {"hash": hashlib.sha256(text.encode()).hexdigest()[:16]}


def keys_of(resources):
    return [resource.pk for resource in resources]
