from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalog.editions.changes import print_of
from catalog.models import FormerSlug, Kind, Resource, Tool, Video
from catalog.printing import sheets
from catalog.printing.context import detail_of
from catalog.resources import short_addresses


@require_safe
@vary_on_headers("Save-Data")
def video_detail(request, slug):
    return detail_page(request, Video, slug, "catalog/video.html")


@require_safe
def tool_detail(request, slug):
    return detail_page(request, Tool, slug, "catalog/tool.html")


def detail_page(request, model, slug, template):
    """The page of one resource; its former addresses lead here, staff see drafts too."""
    resource = seen_by(request, model).filter(slug=slug).first()
    if resource is None:
        gone = short_addresses.gone(request, model, slug)
        return gone or moved(request, model, slug, Resource.get_absolute_url)
    context = {
        "section": resource.kind,
        "resource": resource,
        "start": start_in(request, resource),
        "print": print_in(request, resource),
    }
    response = render(request, template, context | detail_of(resource))
    if not resource.is_public:
        response["Cache-Control"] = "private, no-store"
    return response


def start_in(request, resource):
    """The second that `?t=47` asks a video to start at; None where there is no such second."""
    asked = request.GET.get("t", "")
    plain = asked.isascii() and asked.isdigit() and len(asked) < 7
    return int(asked) if plain and 0 < int(asked) < (resource.seconds or 10**6) else None


def print_in(request, resource):
    """The print of which `?print=4` is the edition; None where nothing is said of one."""
    asked = request.GET.get("print")
    return None if asked is None else print_of(resource, asked)


def detail_pdf(request, model, slug):
    resource = seen_by(request, model).filter(slug=slug).first()
    if resource is None:
        return moved(request, model, slug, Resource.get_pdf_url)
    return sheets.resource_pdf(request, resource)


@require_safe
def video_pdf(request, slug):
    return detail_pdf(request, Video, slug)


@require_safe
def tool_pdf(request, slug):
    return detail_pdf(request, Tool, slug)


def seen_by(request, model, resources=None):
    """What this reader may see of `model`, or of the queryset `resources` of it."""
    resources = model.objects.for_detail() if resources is None else resources
    return resources if is_staff_of(request) else resources.published()


def is_staff_of(request):
    """Whether this reader sees drafts; the session is read only where there is one."""
    signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
    return signed_in and request.user.is_staff and request.user.has_perm("catalog.view_resource")


def moved(request, model, slug, address):
    former = FormerSlug.objects.select_related("resource").filter(slug=slug).first()
    kind = Kind(model._meta.model_name)
    if former is None or former.resource.kind != kind or not former.resource.is_public:
        raise Http404(_("There is no %(kind)s at this address.") % {"kind": kind.label.lower()})
    query = request.META["QUERY_STRING"]
    return redirect(address(former.resource) + (query and f"?{query}"), permanent=True)
