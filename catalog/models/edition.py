import hashlib

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MAX_KEPT_LENGTH = (
    150  # characters; of a longer text only a hash is kept, which still shows a change
)
ALWAYS_HASHED = {"body", "image", "transcript"}  # HTML, a file name, and a text that is too long


class EditionQuerySet(models.QuerySet):
    def keep(self, facts):
        """Adds an edition for each resource of {id: facts_of(resource)} whose facts have changed.

        Makes two queries in all. The caller holds the lock of the index, so that no number is given
        twice.
        """
        newest = self.filter(resource__in=list(facts), number=newest_number("resource"))
        last = {edition.resource_id: edition for edition in newest}
        editions = [next_edition(pk, facts[pk], last.get(pk)) for pk in facts]
        self.bulk_create(edition for edition in editions if edition)

    def newest_of(self, resources):
        return self.filter(resource__in=ids_of(resources), number=newest_number("resource"))

    def then_and_now(self, resources, when):
        """Returns two editions of each of `resources`: the newest, and the one current at `when`.

        If all are later than `when`, the second is the first edition, because nothing is known
        about the time before it.
        """
        same = self.model.objects.filter(resource=OuterRef("resource")).order_by()
        then = same.filter(made_at__lte=when).order_by("-number").values("number")[:1]
        first = same.order_by("number").values("number")[:1]
        both = Q(number=newest_number("resource")) | Q(number=Coalesce(then, first))
        return self.filter(both, resource__in=ids_of(resources))


class Edition(models.Model):
    """What the sheet of an entry says from `made_at` on. An edition never changes.

    `facts` is {key: text, or {"hash": …} for a long text}, without empty texts. PRINTED of each
    kind has the labels of the keys.
    """

    resource = models.ForeignKey("catalog.Resource", models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField(_("version"))
    made_at = models.DateTimeField(_("date"), default=timezone.now)
    facts = models.JSONField()

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("printed version")
        verbose_name_plural = _("printed versions")
        ordering = ["-number"]
        indexes = [models.Index(fields=["made_at"], name="edition_made_at")]
        constraints = [
            models.UniqueConstraint(fields=["resource", "number"], name="edition_number_once")
        ]

    def __str__(self):
        return _("Version %d") % self.number


def newest_number(resource):
    """Returns a subquery: the newest edition number of the resource in the column `resource`."""
    editions = Edition.objects.filter(resource=OuterRef(resource)).order_by("-number")
    return Subquery(editions.values("number")[:1])


def next_edition(resource_id, facts, last):
    """Returns the edition that follows `last` (or None), or None where the facts are the same."""
    if last and last.facts == facts:
        return None
    return Edition(resource_id=resource_id, number=last.number + 1 if last else 1, facts=facts)


def facts_of(resource):
    """Returns the `facts` of an Edition of `resource`, which list_children() loaded."""
    return {key: shorten_fact(key, text) for key, text in resource.printed_facts().items() if text}


def shorten_fact(key, text):
    """Returns `text`, or its hash where it is long or its key is in ALWAYS_HASHED.

    >>> shorten_fact("time", "1 hour"), shorten_fact("body", "<p>Hi</p>")
    ('1 hour', {'hash': '9c655e84ab91015e'})
    """
    if key not in ALWAYS_HASHED and len(text) <= MAX_KEPT_LENGTH:
        return text
    return {"hash": hashlib.sha256(text.encode()).hexdigest()[:16]}


def ids_of(resources):
    return [resource.pk for resource in resources]
