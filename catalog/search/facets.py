"""What a listing can be narrowed by: each facet's options, and which of them a resource has.

A resource's options are its keys, "level:2"; the index keeps for each key the set of resources.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from catalog.models import (
    Audience,
    Delivery,
    Dimension,
    Kind,
    Level,
    Region,
    Rendition,
    ToolType,
    Topic,
)

KIND_PLURALS = {Kind.VIDEO: _("Videos"), Kind.TOOL: _("Tools"), Kind.COURSE: _("Courses")}
HALF_A_DAY, A_DAY = 60, 300  # from how many minutes on: above an hour, and from five hours


def fixed(choices):
    return lambda: [(str(key), label) for key, label in choices]


def named(model):
    return lambda: list(model.objects.values_list("slug", "name"))


def topic_choices():
    """Each top topic, then those inside it."""
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
    """The number, what the filter says, and what a title or chip says."""
    return [(str(level.number), _("Level %s") % level.number) for level in Level.objects.all()]


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    choices: callable
    handy: bool = False  # shown open; the others unfold


FACETS = (
    Facet("kind", _("Type"), fixed(KIND_PLURALS.items()), handy=True),
    Facet("level", _("Path level"), level_choices, handy=True),
    Facet("audience", _("For"), named(Audience), handy=True),
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
        handy=True,
    ),
    Facet("topic", _("Topic"), topic_choices),
    Facet("tool_type", _("Kind of tool"), named(ToolType)),
    Facet("format", _("Format"), fixed(Rendition.Format.choices)),
    Facet("delivery", _("Delivery"), fixed(Delivery.Mode.choices)),
    Facet("dimension", _("Path dimension"), named(Dimension)),
    Facet("region", _("Region"), named(Region)),
    Facet("captions", _("Captions"), fixed([("yes", _("Has captions"))])),
)


def minutes_of(resource):
    """How long it takes at most; a video's running time counts where nothing else is said."""
    if resource.minutes_max is None and resource.seconds:
        return max(1, round(resource.seconds / 60))
    return resource.minutes_max


def time_options(minutes):
    """
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


def options_of(resource):
    """{facet: options} of a video, tool or course that was loaded with all its links."""
    topics = resource.topics.all()
    return {
        "kind": [resource.kind],
        "level": resource.level_numbers,
        "audience": [audience.slug for audience in resource.audiences.all()],
        "time": time_options(minutes_of(resource)),
        "topic": [topic.slug for topic in topics]
        + [topic.parent.slug for topic in topics if topic.parent],
        "tool_type": [resource.tool_type.slug] if getattr(resource, "tool_type", None) else [],
        "format": [r.format for r in resource.renditions.all()] if resource.kind == "tool" else [],
        "delivery": [delivery.mode for delivery in resource.deliveries.all()],
        "dimension": [dimension.slug for dimension in resource.dimensions.all()],
        "region": [region.slug for region in resource.regions.all()],
        "captions": ["yes"] if getattr(resource, "captions", None) else [],
    }


def keys_of(resource):
    return sorted(
        {
            f"{facet}:{option}"
            for facet, options in options_of(resource).items()
            for option in options
        }
    )
