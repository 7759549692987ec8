from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag

from catalog.models import Audience, Region, Resource, ToolType, Topic
from courses.models import Criterion

MODELS = {
    "resource": Resource,
    "topic": Topic,
    "audience": Audience,
    "region": Region,
    "tool_type": ToolType,
    "tag": Tag,
    "criterion": Criterion,
}


def exactly_one():
    """Returns the condition that exactly one of the fields in MODELS is set."""
    return reduce(
        or_, (Q(**{f"{name}__isnull": name != field for name in MODELS}) for field in MODELS)
    )


class DemoItemQuerySet(models.QuerySet):
    def mark(self, thing):
        name = next(name for name, model in MODELS.items() if isinstance(thing, model))
        return self.create(**{name: thing})


class DemoItem(models.Model):
    """One object that load_demo made, so that remove_demo removes these and nothing else.

    Deleting the object deletes its demo item.
    """

    resource = models.OneToOneField(Resource, models.CASCADE, null=True, related_name="+")
    topic = models.OneToOneField(Topic, models.CASCADE, null=True, related_name="+")
    audience = models.OneToOneField(Audience, models.CASCADE, null=True, related_name="+")
    region = models.OneToOneField(Region, models.CASCADE, null=True, related_name="+")
    tool_type = models.OneToOneField(ToolType, models.CASCADE, null=True, related_name="+")
    tag = models.OneToOneField(Tag, models.CASCADE, null=True, related_name="+")
    criterion = models.OneToOneField(Criterion, models.CASCADE, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    objects = DemoItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("demo item")
        verbose_name_plural = _("demo items")
        constraints = [
            models.CheckConstraint(condition=exactly_one(), name="demo_item_marks_one_thing")
        ]

    def __str__(self):
        return str(self.thing)

    @property
    def thing(self):
        return next(filter(None, (getattr(self, name) for name in MODELS)))
