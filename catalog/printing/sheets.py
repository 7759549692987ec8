"""The sheet of one video, tool or course."""

from django.conf import settings

from catalog.lib.qr import qr_image
from catalog.printing.documents import document_of, host, one_at_a_time
from catalog.printing.recipes import Printable
from catalog.printing.truncation import cut_body, cut_fields, cut_lines, cut_speech


def sheet_printable(resource):
    """Returns the Printable of a resource that for_detail() loaded."""

    @one_at_a_time()
    def build(options):
        return sheet_of(resource, options)

    address = resource.get_pdf_url()
    return Printable(resource.title, address, build, is_public=resource.is_public)


def sheet_of(resource, options, **more):
    """Returns the document of a resource that for_detail() loaded. `more` is for its template."""
    context = sheet_context(resource) | more
    return document_of(resource.kind_row.pdf_template, context, options, fit=True)


def sheet_context(resource):
    """Returns what the template of a sheet shows, with all texts cut to the limits."""
    context = cut_fields(resource).detail_context()
    short_path = resource.get_print_url()
    body, body_goes_on = cut_body(resource.body)
    outcomes, outcomes_go_on = cut_lines(getattr(resource, "outcomes", ""))
    enrollment, enrollment_goes_on = cut_lines(getattr(resource, "enrollment_text", ""))
    speech = cut_speech(context.get("paragraphs", []), getattr(resource, "transcript", ""))
    own = {
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
    return context | speech | own
