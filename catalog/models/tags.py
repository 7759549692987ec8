import re

from django.db import models
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _
from taggit.models import ItemBase, Tag


@receiver(pre_save, sender=Tag)
def give_every_tag_an_address(instance, **kwargs):
    """Builds the slug of a tag without a letter or digit, such as "+++", from its code points."""
    if not re.search(r"[^\W_]", instance.slug.partition("_")[0]):
        numbers = "-".join(f"{ord(character):x}" for character in instance.name)
        instance.slug = f"tag-{numbers[:90]}"


class TaggedResource(ItemBase):
    indexed_with = "content_object"

    content_object = models.ForeignKey(
        "catalog.Resource", models.CASCADE, related_name="tagged_items"
    )
    tag = models.ForeignKey(
        Tag, models.PROTECT, related_name="tagged_resources", verbose_name=_("tag")
    )

    class Meta:
        verbose_name = _("tagged resource")
        verbose_name_plural = _("tagged resources")
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="tag_once_per_resource")
        ]

    def __str__(self):
        return str(self.content_object)
