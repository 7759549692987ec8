from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog import printing
from catalog.listing import everything
from catalog.models import Audience, FormerSlug, Kind, Level, Resource, Tool, Topic, Video
from catalog.paging import page_of

PER_PAGE = 10


@require_safe
def home(request):
    newest = Resource.objects.published().for_cards()
    return render(
        request,
        "catalog/home.html",
        {
            "listing": everything(request.GET),
            "newest": newest[:6],
            "levels": Level.objects.all(),
            "topics": Topic.objects.tree(),
            "audiences": Audience.objects.in_use(),
        },
    )


@require_safe
def topics(request):
    return render(
        request, "catalog/topics.html", {"topics": Topic.objects.tree(), "section": "topic"}
    )


@require_safe
def listing_page(request, find, **names):
    listing = find(request.GET, **names)
    page, notice = page_of(Paginator(listing.found.for_cards(), PER_PAGE), request.GET.get("page"))
    return render(
        request,
        "catalog/listing.html",
        {
            "section": listing.name,
            "listing": listing,
            "page": page,
            "notice": notice,
            "page_range": page.paginator.get_elided_page_range(
                page.number, on_each_side=2, on_ends=1
            ),
            "groups": listing.form.groups(listing.resources),
        },
    )


@require_safe
def listing_pdf(request, find, **names):
    return printing.listing_pdf(request, find(request.GET, **names))


@require_safe
def video_detail(request, slug):
    return detail_page(request, Video, slug, "catalog/video.html")


@require_safe
def tool_detail(request, slug):
    return detail_page(request, Tool, slug, "catalog/tool.html")


def detail_page(request, model, slug, template, more=lambda resource: {}):
    """The page of one resource; its former addresses lead here, staff see drafts too."""
    resource = seen_by(request, model).filter(slug=slug).first()
    if resource is None:
        return moved(request, model, slug, Resource.get_absolute_url)
    context = {
        "section": resource.kind,
        "resource": resource,
        "related": related_to(resource),
    }
    response = render(request, template, context | more(resource))
    if not resource.is_public:
        response["Cache-Control"] = "private, no-store"
    return response


def detail_pdf(request, model, slug, more=lambda resource: {}):
    resource = seen_by(request, model).filter(slug=slug).first()
    if resource is None:
        return moved(request, model, slug, Resource.get_pdf_url)
    return printing.resource_pdf(
        request, resource, {"related": related_to(resource)} | more(resource)
    )


@require_safe
def video_pdf(request, slug):
    return detail_pdf(request, Video, slug)


@require_safe
def tool_pdf(request, slug):
    return detail_pdf(request, Tool, slug)


def seen_by(request, model):
    """What this reader may see of `model`; the session is read only where there is one."""
    signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
    resources = model.objects.for_detail()
    if signed_in and request.user.is_staff and request.user.has_perm("catalog.view_resource"):
        return resources
    return resources.published()


def moved(request, model, slug, address):
    former = FormerSlug.objects.select_related("resource").filter(slug=slug).first()
    kind = Kind(model._meta.model_name)
    if former is None or former.resource.kind != kind or not former.resource.is_public:
        raise Http404(_("There is no %(kind)s at this address.") % {"kind": kind.label.lower()})
    query = request.META["QUERY_STRING"]
    return redirect(address(former.resource) + (query and f"?{query}"), permanent=True)


def related_to(resource):
    return resource.related.published().for_cards()
