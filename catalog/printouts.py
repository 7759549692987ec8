"""What is printed: sheets of one entry, and handouts of a listing."""

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import paper
from catalog.detail import detail_of
from catalog.documents import document_of, host, in_turn
from catalog.editions.lists import dated
from catalog.handouts import FEWEST_LISTED, groups_of
from catalog.lib.qr import qr_image
from catalog.orders import respond_later
from catalog.printing import answer

ENTRIES = 60  # of a handout that is made at once: 20 pages, 2 s
MOST_ENTRIES = 500  # of any: 100 pages, 10 s


def resource_pdf(request, resource):
    """The sheet of one video, tool or course, loaded by for_detail()."""
    with in_turn():
        document = sheet_of(request, resource)
    response = answer(request, document, resource.title)
    if not resource.is_public:
        response["Cache-Control"] = "private, no-store"
    return response


def sheet_of(request, resource, **more):
    """The document of one video, tool or course, loaded by for_detail()."""
    context = sheet_context(resource) | more
    return document_of(request, f"pdf/{resource.kind}.html", context, fit=True)


def sheet_context(resource):
    """What the template of a sheet shows; no text of it is longer than paper takes."""
    context = detail_of(paper.shorten(resource))
    short_path = resource.get_print_url()
    body, body_goes_on = paper.body(resource.body)
    outcomes, outcomes_go_on = paper.lines(getattr(resource, "outcomes", ""))
    enrollment, enrollment_goes_on = paper.lines(getattr(resource, "enrollment_text", ""))
    spoken = {
        "paragraphs": context.get("paragraphs", []),
        "transcript": getattr(resource, "transcript", ""),
    }
    return (
        context
        | paper.spoken(**spoken)
        | {
            "resource": resource,
            "title": resource.title,
            "address": resource.get_absolute_url(),
            "short": host() + short_path,
            "qr": qr_image(settings.SITE_URL + short_path),
            "body": body,
            "body_goes_on": body_goes_on,
            "outcomes": outcomes,
            "outcomes_go_on": outcomes_go_on,
            "enrollment": enrollment,
            "enrollment_goes_on": enrollment_goes_on,
        }
    )


def listing_pdf(request, listing):
    """`listing` as it is filtered and ordered; a long one is made in the background."""

    def document():
        by_level = request.GET.get("group") == "level"
        return document_of(request, "pdf/listing.html", handout_of(listing, by_level))

    if len(listing.ids) > ENTRIES:
        grouped = "group=level" if request.GET.get("group") == "level" else ""
        address = listing.pdf + (grouped and f"{'&' if '?' in listing.pdf else '?'}{grouped}")
        return respond_later(request, listing.full_title, address, document)
    with in_turn():
        made = document()
    return answer(request, made, listing.full_title)


def handout_of(listing, by_level):
    resources = list(map(paper.shorten, listing.for_print(MOST_ENTRIES)))
    return {
        "listing": listing,
        "title": listing.full_title,
        "address": listing.path,
        "count_words": count_words(len(listing.ids)),
        "qr": qr_image(settings.SITE_URL + dated(listing.path, listing.members)),
        "groups": groups_of(listing, resources, by_level),
        "has_contents": len(resources) >= FEWEST_LISTED,
    }


def count_words(total):
    """
    >>> count_words(1234)
    'The first 500 of 1,234'
    """
    if total > MOST_ENTRIES:
        facts = {
            "first": number_format(MOST_ENTRIES, force_grouping=True),
            "total": number_format(total, force_grouping=True),
        }
        return _("The first %(first)s of %(total)s") % facts
    return ngettext("%d result", "%d results", total) % total
