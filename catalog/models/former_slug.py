from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.base import CleanModel


class FormerSlug(CleanModel):
    """A former address of a resource. It redirects to the current one."""

    slug = models.SlugField(_("former address"), max_length=200, unique=True)
    resource = models.ForeignKey("catalog.Resource", models.CASCADE, related_name="former_slugs")
    changed_at = models.DateTimeField(_("changed"), auto_now_add=True)

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")

    def __str__(self):
        return self.slug
