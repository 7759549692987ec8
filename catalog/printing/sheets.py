"""The sheet of one video, tool or course."""

from django.conf import settings

from catalog.lib.qr import qr_image
from catalog.printing import limits
from catalog.printing.documents import document_of, host, one_at_a_time
from catalog.printing.responses import answer


def resource_pdf(request, resource):
    """The sheet of one video, tool or course, loaded by for_detail()."""
    with one_at_a_time():
        document = sheet_of(request, resource)
    response = answer(request, document, resource.title)
    if not resource.is_public:
        response["Cache-Control"] = "private, no-store"
    return response


def sheet_of(request, resource, **more):
    """The document of one video, tool or course, loaded by for_detail()."""
    context = sheet_context(resource) | more
    return document_of(request, resource.kind_row.pdf_template, context, fit=True)


def sheet_context(resource):
    """What the template of a sheet shows; no text of it is longer than paper takes."""
    context = limits.shorten(resource).detail_context()
    short_path = resource.get_print_url()
    body, body_goes_on = limits.body(resource.body)
    outcomes, outcomes_go_on = limits.lines(getattr(resource, "outcomes", ""))
    enrollment, enrollment_goes_on = limits.lines(getattr(resource, "enrollment_text", ""))
    spoken = {
        "paragraphs": context.get("paragraphs", []),
        "transcript": getattr(resource, "transcript", ""),
    }
    return (
        context
        | limits.spoken(**spoken)
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
