"""The facets that narrow a listing: the options of each, and the options that a resource has.

An option of a resource is a key such as "level:2". The index has a set of resources for each key.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from catalog.kinds import registered
from catalog.models import (
    Audience,
    Delivery,
    Dimension,
    Level,
    Region,
    Rendition,
    ToolType,
    Topic,
)
from catalog.models.base import linked

# Minutes. "Half a day" is more than the first, "a day or more" starts at the second.
HALF_A_DAY, A_DAY = 60, 300


def fixed(choices):
    return lambda: [(str(key), label) for key, label in choices]


def named(model):
    return lambda: list(model.objects.values_list("slug", "name"))


def topic_choices():
    """Returns (slug, name) of each top topic, each followed by the topics inside it."""
    topics = Topic.objects.order_by("position", "name")
    inside = {}
    for topic in topics:
        inside.setdefault(topic.parent_id, []).append(topic)
    return [
        (topic.slug, topic.name)
        for top in inside.get(None, [])
        for topic in [top, *inside.get(top.pk, [])]
    ]


def level_choices():
    """Returns the number of each level, and the label in filters, titles and chips."""
    return [(str(level.number), _("Level %s") % level.number) for level in Level.objects.all()]


def minutes_of(resource):
    """Returns the maximum minutes; a video's running time if no minutes are given; else None."""
    if resource.minutes_max is None and resource.seconds:
        return max(1, round(resource.seconds / 60))
    return resource.minutes_max


def time_options(minutes):
    """Returns the options of "time" that fit a number of minutes.

    >>> time_options(10), time_options(240), time_options(None)
    (['short', 'hour'], ['half-day'], [])
    """
    if minutes is None:
        return []
    bounds = {
        "short": minutes < 15,
        "hour": minutes <= HALF_A_DAY,
        "half-day": HALF_A_DAY < minutes < A_DAY,
        "day": minutes >= A_DAY,
    }
    return [option for option, holds in bounds.items() if holds]


def kind_choices():
    return [(kind.name, kind.plural) for kind in registered()]


def slugs_of(resource, name):
    return [term.slug for term in linked(resource, name)]


def topics_of(resource):
    """Returns the slugs of its topics, and of the topics that contain them."""
    outer = [topic.parent.slug for topic in linked(resource, "topics") if topic.parent]
    return slugs_of(resource, "topics") + outer


def tool_type_of(resource):
    tool_type = getattr(resource, "tool_type", None)
    return [tool_type.slug] if tool_type else []


def formats_of(resource):
    if not resource.kind_row.has_renditions:
        return []
    return [rendition.format for rendition in linked(resource, "renditions")]


@dataclass(frozen=True)
class Facet:
    """One way to narrow a listing.

    choices() returns the options as (key, label). of(resource) returns the keys of the options that
    a resource has; list_children() must have loaded the resource with its links. A `handy` facet is
    shown open.
    """

    name: str
    label: str
    choices: Callable
    of: Callable
    handy: bool = False


FACETS = (
    Facet("kind", _("Type"), kind_choices, of=lambda r: [r.kind], handy=True),
    Facet("level", _("Path level"), level_choices, of=lambda r: r.level_numbers, handy=True),
    Facet("audience", _("For"), named(Audience), of=lambda r: slugs_of(r, "audiences"), handy=True),
    Facet(
        "time",
        _("Time needed"),
        fixed(
            [
                ("short", _("Under 15 minutes")),
                ("hour", _("Up to 1 hour")),
                ("half-day", _("Half a day")),
                ("day", _("A day or more")),
            ]
        ),
        of=lambda r: time_options(minutes_of(r)),
        handy=True,
    ),
    Facet("topic", _("Topic"), topic_choices, of=topics_of),
    Facet("tool_type", _("Tool type"), named(ToolType), of=tool_type_of),
    Facet("format", _("Format"), fixed(Rendition.Format.choices), of=formats_of),
    Facet(
        "delivery",
        _("Delivery"),
        fixed(Delivery.Mode.choices),
        of=lambda r: [delivery.mode for delivery in linked(r, "deliveries")],
    ),
    Facet(
        "dimension", _("Path dimension"), named(Dimension), of=lambda r: slugs_of(r, "dimensions")
    ),
    Facet("region", _("Region"), named(Region), of=lambda r: slugs_of(r, "regions")),
    Facet(
        "captions",
        _("Captions"),
        fixed([("yes", _("Has captions"))]),
        of=lambda r: ["yes"] if getattr(r, "captions", None) else [],
    ),
)


def keys_of(resource):
    """Returns the keys of the sets that a resource is in: ["format:PDF", "kind:tool", …]."""
    return sorted({f"{facet.name}:{option}" for facet in FACETS for option in facet.of(resource)})
