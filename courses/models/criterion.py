from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Dimension, Level, Resource
from catalog.models.base import CleanModel


class CriterionQuerySet(models.QuerySet):
    def in_cells(self):
        """Returns {(slug of a dimension, number of a level): its criteria in their order}."""
        cells = {}
        for criterion in self.select_related("dimension", "level"):
            key = criterion.dimension.slug, criterion.level_id
            cells.setdefault(key, []).append(criterion)
        return cells


class Criterion(CleanModel):
    """What a team does at a level in one dimension of Path to Performance."""

    is_printed = True

    dimension = models.ForeignKey(
        Dimension, models.PROTECT, related_name="criteria", verbose_name=_("dimension")
    )
    level = models.ForeignKey(
        Level, models.PROTECT, related_name="criteria", verbose_name=_("level")
    )
    text = models.CharField(
        _("criterion"),
        max_length=200,
        help_text=_(
            "One thing the team does that it can answer with yes or no, such as "
            "“Co-leads plan the team's meetings together.”"
        ),
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Lower numbers come first in their cell.")
    )
    best = models.ManyToManyField(
        Resource,
        through="BestResource",
        related_name="best_for",
        verbose_name=_("best resources"),
    )

    objects = CriterionQuerySet.as_manager()

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["level", "dimension__position", "dimension__name", "position", "id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="criterion_has_text"),
            models.UniqueConstraint(
                fields=["dimension", "level", "text"],
                name="criterion_once",
                violation_error_message=_("This cell already has this criterion."),
            ),
        ]

    def __str__(self):
        return self.text


class BestResource(CleanModel):
    """A resource that is listed first where a criterion is still open."""

    is_printed = True

    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="best_rows")
    resource = models.ForeignKey(
        Resource, models.CASCADE, related_name="best_rows", verbose_name=_("resource")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("best resource")
        verbose_name_plural = _("best resources")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["criterion", "resource"],
                name="best_resource_once",
                violation_error_message=_("This resource is already in the list."),
            )
        ]

    def __str__(self):
        return str(self.resource)
