"""Where the addresses on paper lead: to the living page, or to what became of it."""

from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.http import base36_to_int
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.editions.changes import replacements
from catalog.editions.codes import EDITION
from catalog.models import Resource


@require_safe
def short_address(request, code, number=None):
    """/r/2f, and /r/2f/4 for a print of its fourth edition."""
    pk = number_of(code)
    resource = Resource.objects.filter(pk=pk).first() if pk else None
    if resource and resource.is_public:
        query = f"?{EDITION[0]}={number}" if number is not None else ""
        return redirect(resource.get_absolute_url() + query)
    if resource and resource.is_withdrawn:
        return withdrawn_page(request, resource, replacement_of(resource))
    if pk and not resource and Resource.objects.filter(pk__gt=pk).exists():
        # Numbers are given one after the other, and never again.
        return render(request, "catalog/removed.html", status=404)
    raise Http404(_("There is nothing at this short address."))


def number_of(code):
    try:
        return base36_to_int(code)
    except ValueError:
        return None


def gone(request, model, slug):
    """What stands at the address of something withdrawn that has a replacement; None else."""
    there = model.objects.filter(Q(slug=slug) | Q(former_slugs__slug=slug)).first()
    instead = replacement_of(there) if there and there.is_withdrawn else None
    return withdrawn_page(request, there, instead) if instead else None


def replacement_of(resource):
    return replacements([resource]).get(resource.pk)


def withdrawn_page(request, resource, instead):
    card = instead and Resource.objects.for_cards().get(pk=instead.pk)
    context = {"resource": resource, "instead": card, "section": resource.kind}
    return render(request, "catalog/withdrawn.html", context, status=410)
