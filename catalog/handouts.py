"""A listing on paper: its entries in groups, with a contents where there are many."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog.search.facets import KIND_PLURALS

FEWEST_LISTED = 8  # entries that have a contents: fewer are seen at a glance


@dataclass
class Group:
    title: str
    resources: list


def groups_of(listing, resources, by_level=False):
    """Videos, tools and courses; or by level where that is asked for or all are of one kind."""
    one_kind = len({resource.kind for resource in resources}) == 1
    if (by_level or one_kind) and "level" in listing.form.fields:
        return by_levels(resources, listing.form.cleaned_data["level"])
    return by_kinds(resources)


def by_kinds(resources):
    return [
        Group(str(title), found)
        for kind, title in KIND_PLURALS.items()
        if (found := [resource for resource in resources if resource.kind == kind])
    ]


def by_levels(resources, wanted):
    """Each once, at the lowest of its levels that is among the numbers `wanted`, "" for any."""
    groups = {}
    for resource in resources:
        levels = [
            level for level in resource.levels.all() if not wanted or str(level.number) in wanted
        ]
        lowest = min(levels, key=lambda level: level.number, default=None)
        groups.setdefault(lowest and lowest.number, (lowest, []))[1].append(resource)
    order = sorted(groups, key=lambda number: number or 99)
    return [Group(title_of(groups[number][0]), groups[number][1]) for number in order]


def title_of(level):
    return str(level) if level else _("For any level, or none is named")
