from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PublishingState:
    """Whether readers see a row now, by its `published_at` and `unpublished_at`."""

    @property
    def is_public(self):
        now = timezone.now()
        appeared = self.published_at and self.published_at <= now
        return bool(appeared and not (self.unpublished_at and self.unpublished_at <= now))

    @property
    def state(self):
        """The state as a translated word: draft, scheduled, published or withdrawn."""
        if self.is_public:
            return _("published")
        if not self.published_at:
            return _("draft")
        return _("scheduled") if self.published_at > timezone.now() else _("withdrawn")

    @property
    def is_withdrawn(self):
        """Whether it was published once and has left the site."""
        now = timezone.now()
        left = self.unpublished_at and self.unpublished_at <= now
        return bool(left and self.published_at and self.published_at <= now)
