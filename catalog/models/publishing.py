from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PublishingState:
    """Whether readers see something with `published_at` and `unpublished_at` at this moment."""

    @property
    def is_public(self):
        now = timezone.now()
        appeared = self.published_at and self.published_at <= now
        return bool(appeared and not (self.unpublished_at and self.unpublished_at <= now))

    @property
    def state(self):
        """Draft, scheduled, published or withdrawn, as a word for people."""
        if self.is_public:
            return _("published")
        if not self.published_at:
            return _("draft")
        return _("scheduled") if self.published_at > timezone.now() else _("withdrawn")

    @property
    def is_withdrawn(self):
        """Whether readers had it once, and it left the site."""
        now = timezone.now()
        left = self.unpublished_at and self.unpublished_at <= now
        return bool(left and self.published_at and self.published_at <= now)
