"""The listings of Path to Performance: one dimension, and one level of a dimension."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from catalog.listings.listing import listing_of, path_link
from catalog.models import Dimension, Level


def dimension_listing(data, slug):
    dimension = get_object_or_404(Dimension, slug=slug)
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
    dimension = get_object_or_404(Dimension, slug=slug)
    level = Level.objects.filter(number=number).first()
    if level is None:
        raise Http404(_("There is no such level. Levels go from 1 to 5."))
    return listing_of(
        [f"dimension:{slug}", f"level:{number}"],
        data,
        name="cell",
        args=[slug, number],
        title=_("%(dimension)s, Level %(level)d") % {"dimension": dimension.name, "level": number},
        summary=level.summary,
        parents=[path_link(), (dimension.name, dimension.get_absolute_url())],
    )
