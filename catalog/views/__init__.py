from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalog import printouts
from catalog.detail import detail_of
from catalog.editions.changes import print_of
from catalog.editions.lists import list_print
from catalog.lib.paging import page_of
from catalog.lib.stemming import content_words, marked, words_in
from catalog.listings.listing import everything
from catalog.models import FormerSlug, Kind, Level, Resource, Tool, Video
from catalog.search import counting, vocabulary
from catalog.search.no_results import ways_on
from catalog.search.passage_matches import landings
from catalog.search.suggestions import site_pages, suggestions
from catalog.views import paper

PER_PAGE = 10


@require_safe
def home(request):
    listing = everything(request.GET)
    newest = Resource.objects.published().for_cards()
    return render(
        request,
        "catalog/home.html",
        {
            "listing": listing,
            "newest": newest[:6],
            "levels": Level.objects.all(),
            "topics": vocabulary.topics(),
            "audiences": vocabulary.audiences(),
        },
    )


@require_safe
def topics(request):
    return render(
        request, "catalog/topics.html", {"topics": vocabulary.topics(), "section": "topic"}
    )


@require_safe
def listing_page(request, find, **names):
    return page_of_listing(request, find(request.GET, **names))


def page_of_listing(request, listing, template="catalog/listing.html", more=None):
    page, notice = page_of(Paginator(listing.ids, PER_PAGE), request.GET.get("page"))
    page.elided = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    page.object_list = Resource.objects.published().for_cards().pick(page.object_list)
    context = {
        "section": listing.name,
        "listing": listing,
        "page": page,
        "notice": notice,
        "groups": listing.form.groups(listing.resources),
    }
    if "printed" in request.GET:
        asked = request.GET["printed"]
        context["print"] = list_print(asked, listing.members, listing.hidden_members)
    if listing.search:
        context |= searched(listing, page)
        if request.GET.keys() == {"q"}:
            request.count = counting.count_search, listing.form.words, len(listing.ids)
    return render(request, template, context | (more or {}))


def searched(listing, page):
    """What the page of a search shows besides: where in files the words are, and ways on."""
    for card in page:
        card.title_pieces = marked(card.title, listing.search.stems)
        card.blurb_pieces = marked(card.blurb, listing.search.stems)
    inside = landings(page.object_list, listing.search.groups)
    for card in page:
        card.landing = inside.get(card.pk)
    pages = site_pages(content_words(words_in(listing.form.words))) if page.number == 1 else []
    return {"pages": pages, "ways_on": None if listing.ids else ways_on(listing.form)}


@require_safe
def search_suggestions(request):
    found = suggestions(request.GET.get("q", ""))
    response = JsonResponse({"suggestions": [suggestion._asdict() for suggestion in found]})
    response["Cache-Control"] = "public, max-age=60"
    return response


@require_safe
def opensearch(request):
    kind = "application/opensearchdescription+xml"
    return render(request, "catalog/opensearch.xml", content_type=kind)


@require_safe
def listing_pdf(request, find, **names):
    return printouts.listing_pdf(request, find(request.GET, **names))


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
        gone = paper.gone(request, model, slug)
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
    return printouts.resource_pdf(request, resource)


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
