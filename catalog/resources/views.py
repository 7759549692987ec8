from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from catalog.editions.changes import print_of
from catalog.editions.paper_codes import EDITION, code_in
from catalog.models import Resource
from catalog.printing.sheets import sheet_printable
from catalog.printing.views import send
from catalog.resources import short_addresses
from catalog.resources.former_addresses import redirect_from_former_slug
from catalog.resources.visibility import visible_to
from catalog.search.cards import as_cards, as_page


@require_safe
def detail_page(request, slug, kind):
    """Shows one resource. Staff also see drafts. Its former addresses redirect here."""
    rows = visible_to(request, kind.model, kind.model.objects.for_page())
    rows = rows if code_in(request.GET, EDITION) is None else rows.with_edition()
    resource = rows.filter(slug=slug).first()
    if resource is None:
        withdrawn = short_addresses.withdrawn_response(request, kind.model, slug)
        return withdrawn or redirect_from_former_slug(
            request, kind, slug, Resource.get_absolute_url
        )
    context = {
        "section": kind.name,
        "resource": as_page(resource),
        "start": start_second(request, resource),
        "print_notice": scanned_print(request, resource),
    }
    context |= resource.detail_context()
    context["related"] = as_cards(resource.related.published().for_cards())
    response = render(request, kind.page_template, context)
    patch_vary_headers(response, kind.varies_by)
    if not resource.is_public:
        response["Cache-Control"] = "private, no-store"
    return response


def start_second(request, resource):
    """Returns the second at which `?t=47` starts a video, or None if there is no such second."""
    text = request.GET.get("t", "")
    plain = text.isascii() and text.isdigit() and len(text) < 7
    return int(text) if plain and 0 < int(text) < (resource.seconds or 10**6) else None


def scanned_print(request, resource):
    """Returns the Print that `?edition=4` names, or None if the address names none."""
    number = code_in(request.GET, EDITION)
    return None if number is None else print_of(resource, number)


@require_safe
def detail_pdf(request, slug, kind):
    resource = visible_to(request, kind.model).filter(slug=slug).first()
    if resource is None:
        return redirect_from_former_slug(request, kind, slug, Resource.get_pdf_url)
    return send(request, sheet_printable(resource))
