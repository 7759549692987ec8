"""The handout of a listing: its entries in groups, with a table of contents if there are many."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.editions.list_prints import address_with_code
from catalog.kinds import registered
from catalog.lib.qr import qr_image
from catalog.printing import limits
from catalog.printing.documents import document_of, one_at_a_time
from catalog.printing.recipes import Printable, with_query
from catalog.printing.truncation import cut_fields


@dataclass
class Group:
    title: str
    resources: list


def groups_of(listing, resources, by_level=False):
    """Returns groups by kind, or by level if the reader asks for it or there is only one kind."""
    one_kind = len({resource.kind for resource in resources}) == 1
    if (by_level or one_kind) and "level" in listing.form.fields:
        return group_by_level(resources, listing.form.cleaned_data["level"])
    return group_by_kind(resources)


def group_by_kind(resources):
    return [
        Group(str(kind.plural), members)
        for kind in registered()
        if (members := [resource for resource in resources if resource.kind == kind.name])
    ]


def group_by_level(resources, wanted):
    """Returns groups with each resource once, at the lowest of its levels that are in `wanted`.

    `wanted` are level numbers as strings. All levels count if it is empty.
    """
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
    return str(level) if level else _("Any level, or none listed")


def handout_recipe(query, find, **names):
    return handout_printable(find(query, **names), by_level=query.get("group") == "level")


def handout_printable(listing, by_level=False):
    """Returns the Printable of a listing with its filters and its order."""

    @one_at_a_time()
    def build(options):
        return document_of("pdf/listing.html", handout_context(listing, by_level), options)

    return Printable(
        title=listing.full_title,
        address=with_query(listing.pdf, "group=level" if by_level else ""),
        build=build,
        is_large=len(listing.ids) > limits.HANDOUT_ENTRIES_AT_ONCE,
    )


def handout_context(listing, by_level):
    resources = list(map(cut_fields, listing.list_for_print(limits.MAX_HANDOUT_ENTRIES)))
    return {
        "listing": listing,
        "title": listing.full_title,
        "address": listing.path,
        "count_words": count_words(len(listing.ids)),
        "qr": qr_image(settings.SITE_URL + address_with_code(listing.path, listing.members)),
        "groups": groups_of(listing, resources, by_level),
        "has_contents": len(resources) >= limits.MIN_ENTRIES_WITH_CONTENTS,
    }


def count_words(total):
    """
    >>> count_words(1234)
    'The first 500 of 1,234'
    """
    if total > limits.MAX_HANDOUT_ENTRIES:
        facts = {
            "first": number_format(limits.MAX_HANDOUT_ENTRIES, force_grouping=True),
            "total": number_format(total, force_grouping=True),
        }
        return _("The first %(first)s of %(total)s") % facts
    return ngettext("%d result", "%d results", total) % total
