from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.lib.qr import qr_svg
from catalog.listings.listing import level_listing
from catalog.listings.views import print_context, render_listing
from courses.path_grid import Path
from courses.path_listings import cell_listing, dimension_listing
from courses.team_check import TeamCheck, code_of_form


@require_safe
def grid(request):
    check = TeamCheck.read(request.GET.get("check", ""))
    return render(request, "courses/path.html", {"section": "path", "check": check})


@require_safe
def dimension_page(request, find, slug):
    """Shows the criteria and the entries of a dimension, level by level."""
    listing, path = dimension_listing(request.GET, slug), Path()
    dimension = next(d for d in path.dimensions if d.slug == slug)
    cells = path.cells_of(dimension)
    path.help_for([criterion for cell in cells for criterion in cell.criteria])
    context = {"section": "path", "listing": listing, "dimension": dimension, "cells": cells}
    return render(request, "courses/dimension.html", context | print_context(request, listing))


@require_safe
def cell_page(request, find, slug, number):
    listing, path = cell_listing(request.GET, slug, number), Path()
    cell = next(
        path.cell(dimension, level)
        for dimension in path.dimensions
        for level in path.levels
        if (dimension.slug, level.number) == (slug, number)
    )
    path.help_for(cell.criteria)
    more = {"section": "path", "cells": [cell]}
    return render_listing(request, listing, "courses/path_listing.html", more)


@require_safe
def level_page(request, find, number):
    listing, path = level_listing(request.GET, number), Path()
    level = next(level for level in path.levels if level.number == number)
    cells = [path.cell(dimension, level) for dimension in path.dimensions]
    more = {"section": "path", "cells": cells, "level": level}
    return render_listing(request, listing, "courses/path_listing.html", more)


@require_safe
def team_check(request):
    if {"met", "answered"} & request.GET.keys():
        return redirect(
            TeamCheck.read(code_of_form(request.GET.getlist("met"))).address("team-check")
        )
    check = TeamCheck.read(request.GET.get("check", ""))
    check.path.help_for(check.standing.open)
    words = _("Link to this team check, for a phone")
    qr = qr_svg(check.link, words) if check.code else ""
    return render(request, "courses/check.html", {"section": "path", "check": check, "qr": qr})
