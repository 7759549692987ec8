"""Readers see an entry from `published_at` until `unpublished_at`. They never see a draft."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.lib import clock


def public(prefix="", now=None):
    """Returns a Q of the rows whose resource, at the lookup `prefix`, readers may see now."""
    now = now or clock.now()
    not_withdrawn = Q(**{f"{prefix}unpublished_at": None}) | Q(
        **{f"{prefix}unpublished_at__gt": now}
    )
    return Q(**{f"{prefix}published_at__lte": now}) & not_withdrawn


class PublishedQuerySet(models.QuerySet):
    def published(self):
        return self.filter(public())

    def not_now(self):
        """Scheduled and withdrawn entries: they have a date, and readers do not see them now."""
        now = clock.now()
        return self.filter(Q(published_at__gt=now) | Q(unpublished_at__lte=now))


class PublishingState:
    """Whether readers see a row now, by its `published_at` and `unpublished_at`."""

    @property
    def is_public(self):
        now = clock.now()
        appeared = self.published_at and self.published_at <= now
        return bool(appeared and not (self.unpublished_at and self.unpublished_at <= now))

    @property
    def state(self):
        """The state as a translated word: draft, scheduled, published or withdrawn."""
        if self.is_public:
            return _("published")
        if not self.published_at:
            return _("draft")
        return _("scheduled") if self.published_at > clock.now() else _("withdrawn")

    @property
    def is_withdrawn(self):
        """Whether it was published once and has left the site."""
        now = clock.now()
        left = self.unpublished_at and self.unpublished_at <= now
        return bool(left and self.published_at and self.published_at <= now)
