"""The listings of Path to Performance: one dimension, and one level of a dimension."""

from django.utils.translation import gettext as _

from catalog.listings.listing import find_term, listing_of, path_link
from catalog.models import Dimension, Level


def dimension_listing(data, slug):
    dimension = find_term(Dimension, slug=slug)
    return listing_of(
        [f"dimension:{slug}"],
        data,
        name="dimension",
        args=[slug],
        title=dimension.name,
        summary=dimension.summary,
        parents=[path_link()],
    )


def cell_listing(data, slug, number):
    dimension = find_term(Dimension, slug=slug)
    level = find_term(Level, number=number)
    return listing_of(
        [f"dimension:{slug}", f"level:{number}"],
        data,
        name="cell",
        args=[slug, number],
        title=_("%(dimension)s, Level %(level)d") % {"dimension": dimension.name, "level": number},
        summary=level.summary,
        parents=[path_link(), (dimension.name, dimension.get_absolute_url())],
    )
