from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.lib.durations import minutes_in_words
from catalog.models.base import CleanModel


class Delivery(CleanModel):
    """One way a resource is delivered, with its own time where the times differ."""

    class Mode(models.TextChoices):
        CLASSROOM = "classroom", _("Classroom")
        ONLINE = "online", _("Online")
        VIRTUAL = "virtual", _("Virtual")
        CONSULTANT = "consultant", _("Consultant delivery")

    indexed_with = "resource"

    resource = models.ForeignKey("catalog.Resource", models.CASCADE, related_name="deliveries")
    mode = models.CharField(_("delivery"), max_length=12, choices=Mode)
    minutes = models.PositiveIntegerField(
        _("minutes"),
        null=True,
        blank=True,
        help_text=_("Fill this in only if the times differ from one delivery to another."),
    )

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["mode"]
        constraints = [
            models.UniqueConstraint(fields=["resource", "mode"], name="delivery_mode_once"),
            models.CheckConstraint(
                condition=Q(mode__in=["classroom", "online", "virtual", "consultant"]),
                name="delivery_mode_known",
            ),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__gte=1),
                name="delivery_minutes_from_1",
            ),
        ]

    def __str__(self):
        return self.get_mode_display()

    @property
    def in_words(self):
        time = minutes_in_words(self.minutes, self.minutes)
        return f"{self} ({time})" if time else str(self)
