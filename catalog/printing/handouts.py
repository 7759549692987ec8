"""A listing on paper: its entries in groups, with a contents where there are many."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.editions.lists import address_with_code
from catalog.kinds import registered
from catalog.lib.qr import qr_image
from catalog.printing import limits
from catalog.printing.background import respond_later
from catalog.printing.documents import document_of, one_at_a_time
from catalog.printing.responses import answer

ENTRIES = 60  # of a handout that is made at once: 20 pages, 2 s
MOST_ENTRIES = 500  # of any: 100 pages, 10 s
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
        Group(str(kind.plural), found)
        for kind in registered()
        if (found := [resource for resource in resources if resource.kind == kind.name])
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


def listing_pdf(request, listing):
    """`listing` as it is filtered and ordered; a long one is made in the background."""

    def document():
        by_level = request.GET.get("group") == "level"
        return document_of(request, "pdf/listing.html", handout_of(listing, by_level))

    if len(listing.ids) > ENTRIES:
        grouped = "group=level" if request.GET.get("group") == "level" else ""
        address = listing.pdf + (grouped and f"{'&' if '?' in listing.pdf else '?'}{grouped}")
        return respond_later(request, listing.full_title, address, document)
    with one_at_a_time():
        made = document()
    return answer(request, made, listing.full_title)


def handout_of(listing, by_level):
    resources = list(map(limits.shorten, listing.list_for_print(MOST_ENTRIES)))
    return {
        "listing": listing,
        "title": listing.full_title,
        "address": listing.path,
        "count_words": count_words(len(listing.ids)),
        "qr": qr_image(settings.SITE_URL + address_with_code(listing.path, listing.members)),
        "groups": groups_of(listing, resources, by_level),
        "has_contents": len(resources) >= FEWEST_LISTED,
    }


def count_words(total):
    """
    >>> count_words(1234)
    'The first 500 of 1,234'
    """
    if total > MOST_ENTRIES:
        facts = {
            "first": number_format(MOST_ENTRIES, force_grouping=True),
            "total": number_format(total, force_grouping=True),
        }
        return _("The first %(first)s of %(total)s") % facts
    return ngettext("%d result", "%d results", total) % total
