from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.base import CleanModel


class SiteSettings(CleanModel):
    """The name and contact of the site, in a single row."""

    is_printed = True  # PDFs show it, so a change makes kept PDFs out of date

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("site name"), max_length=80, default="Partnership Catalog")
    tagline = models.CharField(
        _("tagline"),
        max_length=120,
        blank=True,
        default="Training, tools and videos for unit-based teams",
        help_text=_("A few words under the name, on every page."),
    )
    organisation = models.CharField(
        _("organization line"),
        max_length=200,
        default="Labor Management Partnership",
        help_text=_("Shown at the bottom of every page and PDF."),
    )
    contact = models.EmailField(
        _("contact e-mail"),
        blank=True,
        help_text=_("Where readers can write to you. Shown on every page."),
    )

    class Meta:
        verbose_name = _("site settings")
        verbose_name_plural = _("site settings")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="site_settings_one_row")]

    def __str__(self):
        return self.name

    @classmethod
    def load(cls):
        return cls.objects.first() or cls()
