from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.editions.list_prints import list_print
from catalog.editions.paper_codes import LIST, code_in
from catalog.lib.paging import page_of
from catalog.lib.stemming import content_words, mark_stems, words_in
from catalog.listings.listing import all_listing
from catalog.models import Level
from catalog.search import counting, vocabulary
from catalog.search.cards import cards_of
from catalog.search.index import current_index
from catalog.search.no_results import no_results_help
from catalog.search.passage_matches import passage_matches
from catalog.search.suggestions import site_pages, suggestions

PER_PAGE = 10
MAX_NEWEST = 6  # cards on the home page


@require_safe
def home(request):
    listing, index = all_listing(request.GET), current_index()
    return render(
        request,
        "catalog/home.html",
        {
            "listing": listing,
            "newest": cards_of(index.ranked(listing.resources, "newest")[:MAX_NEWEST]),
            "levels": index.terms(Level),
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
    return render_listing(request, find(request.GET, **names))


def render_listing(request, listing, template="catalog/listing.html", more=None):
    page, notice = page_of(Paginator(listing.ids, PER_PAGE), request.GET.get("page"))
    page.elided = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    page.object_list = cards_of(page.object_list)
    context = {
        "section": listing.name,
        "listing": listing,
        "page": page,
        "notice": notice,
        "groups": listing.form.groups(listing.resources),
    }
    context |= print_context(request, listing)
    if listing.search:
        context |= search_context(listing, page)
        if request.GET.keys() == {"q"}:
            request.count = counting.count_search, listing.form.words, len(listing.ids)
    return render(request, template, context | (more or {}))


def print_context(request, listing):
    """Returns the ListPrint of a scanned print as `print_notice`, or {} if the address has no code.

    Each page of a listing needs it, because the PDF of each listing prints such a code.
    """
    code = code_in(request.GET, LIST)
    if code is None:
        return {}
    return {"print_notice": list_print(code, listing.members, listing.hidden_members)}


def search_context(listing, page):
    """Returns the additional context of a search page: site pages, and help if it is empty.

    It also tells each card which of its words match, and where the words are in its files.
    """
    for card in page:
        card.title_pieces = mark_stems(card.title, listing.search.stems)
        card.blurb_pieces = mark_stems(card.blurb, listing.search.stems)
    matches = passage_matches(page.object_list, listing.search.groups)
    for card in page:
        card.landing = matches.get(card.pk)
    pages = site_pages(content_words(words_in(listing.form.words))) if page.number == 1 else []
    return {
        "pages": pages,
        "no_results_help": None if listing.ids else no_results_help(listing.form),
    }


@require_safe
def search_suggestions(request):
    results = suggestions(request.GET.get("q", ""))
    response = JsonResponse({"suggestions": [suggestion._asdict() for suggestion in results]})
    response["Cache-Control"] = "public, max-age=60"
    return response


@require_safe
def opensearch(request):
    kind = "application/opensearchdescription+xml"
    return render(request, "catalog/opensearch.xml", content_type=kind)
