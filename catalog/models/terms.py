from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from catalog.lib.addresses import address_of
from catalog.models.base import CleanModel, free_slug


class Term(CleanModel):
    """A term of a vocabulary that sorts resources."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(
        _("address"),
        max_length=80,
        unique=True,
        blank=True,
        help_text=_("The last part of its web address. Leave it empty to make one from the name."),
    )
    summary = models.TextField(
        _("summary"),
        blank=True,
        max_length=300,
        help_text=_("One sentence under the title of its page."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Lower numbers come first.")
    )

    class Meta:
        abstract = True
        ordering = ["position", "name"]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        others = type(self).objects.exclude(pk=self.pk)
        self.slug = self.slug or free_slug(
            slugify(self.name)[:70] or "term", lambda slug: others.filter(slug=slug).exists()
        )
        super().save(*args, **kwargs)


class Topic(Term):
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("inside"),
        help_text=_(
            "The wider topic that this one belongs to. A topic inside another cannot hold topics."
        ),
    )

    class Meta(Term.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="topic_not_in_itself"
            )
        ]

    def get_absolute_url(self):
        return address_of("topic-listing", self.slug)

    def clean(self):
        if self.parent and self.parent.parent_id:
            raise ValidationError(
                {"parent": _("“%s” is inside another topic. Choose a top one.") % self.parent}
            )
        if self.parent and self.pk and self.children.exists():
            raise ValidationError(
                {"parent": _("This topic holds other topics, so leave this empty.")}
            )


class Audience(Term):
    class Meta(Term.Meta):
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")

    def get_absolute_url(self):
        return address_of("audience-listing", self.slug)


class Region(Term):
    class Meta(Term.Meta):
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def get_absolute_url(self):
        return address_of("region-listing", self.slug)


class ToolType(Term):
    class Meta(Term.Meta):
        verbose_name = _("tool type")
        verbose_name_plural = _("tool types")


class Dimension(Term):
    """One of the seven rows of Path to Performance."""

    class Meta(Term.Meta):
        verbose_name = _("dimension")
        verbose_name_plural = _("dimensions")

    def get_absolute_url(self):
        return address_of("dimension-listing", self.slug)


class Level(CleanModel):
    """One of the five levels of Path to Performance. Its number is its key."""

    number = models.PositiveSmallIntegerField(_("number"), primary_key=True)
    name = models.CharField(_("name"), max_length=40, unique=True)
    summary = models.TextField(_("summary"), blank=True, max_length=300)

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__range=(1, 5)), name="level_from_1_to_5")
        ]

    def __str__(self):
        return _("Level %(number)s · %(name)s") % {"number": self.number, "name": self.name}

    def get_absolute_url(self):
        return address_of("level-listing", self.number)
