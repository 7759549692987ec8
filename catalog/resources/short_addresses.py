"""The short addresses on paper. They lead to the entry's page, or say why there is none."""

from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.http import base36_to_int
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.editions.changes import replacements
from catalog.editions.paper_codes import EDITION
from catalog.models import Resource
from catalog.search.cards import cards_of


@require_safe
def short_address(request, code, number=None):
    """Answers /r/2f, and /r/2f/4 from a print of the fourth edition."""
    pk = id_of(code)
    resource = Resource.objects.filter(pk=pk).first() if pk else None
    if resource and resource.is_public:
        query = f"?{EDITION[0]}={number}" if number is not None else ""
        return redirect(resource.get_absolute_url() + query)
    if resource and resource.is_withdrawn:
        return withdrawn_page(request, resource, replacement_of(resource))
    if pk and not resource and Resource.objects.filter(pk__gt=pk).exists():
        # Ids are given in order and never reused, so this one was an entry that was deleted.
        return render(request, "catalog/removed.html", status=404)
    raise Http404(_("There is nothing at this short address."))


def id_of(code):
    try:
        return base36_to_int(code)
    except ValueError:
        return None


def withdrawn_response(request, model, slug):
    """Returns the page for a withdrawn entry that has a replacement, or None for any other."""
    resource = model.objects.filter(Q(slug=slug) | Q(former_slugs__slug=slug)).first()
    replacement = replacement_of(resource) if resource and resource.is_withdrawn else None
    return withdrawn_page(request, resource, replacement) if replacement else None


def replacement_of(resource):
    return replacements([resource]).get(resource.pk)


def withdrawn_page(request, resource, replacement):
    cards = cards_of([replacement.pk]) if replacement else []
    context = {
        "resource": resource,
        "replacement": next(iter(cards), None),
        "section": resource.kind,
    }
    return render(request, "catalog/withdrawn.html", context, status=410)
