"""Answers that carry a PDF, or say why it is not there."""

from contextlib import suppress
from urllib.parse import quote, unquote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.text import slugify
from django.utils.translation import gettext_lazy

from catalog.printing import bound_parts, store
from catalog.printing.documents import document_of, one_at_a_time
from catalog.printing.store import TooBusy
from catalog.sandbox.exceptions import Refused
from catalog.search.index import current_index

AGAIN = 3  # seconds until a page that waits looks again
PATIENCE_OF_LARGE = 300  # seconds; below jobs.LOST, for it is without a sign of life
# What this process found under a name, which never means anything else.
FOUND, MOST_FOUND = {}, 2000
SENTENCES = {
    "too_slow": gettext_lazy("It takes longer to lay out than any document we know."),
    "too_much": gettext_lazy("It takes more memory to lay out than any document we know."),
    "unreadable": gettext_lazy("Something in it cannot be laid out."),
}


def found(request, name):
    """What was made under `name`, as an answer; None where it is not there."""
    facts = FOUND.get(name) or store.remembered(name)
    path = store.kept(facts["key"]) if facts else None
    if path:
        keep_in_mind(name, facts)
    with suppress(FileNotFoundError):  # swept at this very moment
        return path and sent(request, path, **facts)


def keep_in_mind(name, facts):
    if len(FOUND) >= MOST_FOUND:
        FOUND.clear()
    FOUND[name] = facts


def parts_of(address):
    """The path as a request has it, and the query."""
    path, _mark, query = address.partition("?")
    return unquote(path), query


def name_of(request):
    return name_at(request.path, request.META["QUERY_STRING"])


def name_at(path, query):
    """Of what this address is in the state that the catalog is in today."""
    index = current_index()
    state = [index.version.hex(), f"{index.public():x}", timezone.localdate(), settings.SITE_URL]
    return store.hashed(path, query, *state)


def respond(request, template, context, fit=False):
    """The PDF, or 304 where the reader has it: it is known by what it is made from."""
    with one_at_a_time():
        document = document_of(request, template, context, fit)
    return answer(request, document, context["title"])


def answer(request, document, title):
    key = store.hashed(document)
    facts = {"key": key, "title": title}
    try:
        path = known_to_reader(request, key) or store.kept(key) or made(request, key, document)
    except TooBusy:
        if is_at_work(request):
            raise
        return busy(request, title)
    except Refused as refused:
        if is_at_work(request):
            raise ValidationError(SENTENCES[refused.code]) from refused
        return impossible(request, title, SENTENCES[refused.code])
    if name := getattr(request, "print_name", None):
        store.remember(name, facts)
    return sent(request, path, **facts)


def known_to_reader(request, key):
    """Where the reader has it, it need not be made: any path will do, for none is opened."""
    has_it = get_conditional_response(request, etag=f'"{key}"')
    return store.path_of(key) if has_it else None


def is_at_work(request):
    """Whether a job asks, which has time and no reader."""
    return getattr(request, "at_work", False)


def made(request, key, document):
    if not is_at_work(request):
        return store.made(key, document)
    if "chapters" in document:
        document = bound_parts.bound(document, PATIENCE_OF_LARGE, request.progress)
    return store.made(key, document, PATIENCE_OF_LARGE, store.slots_of_large())


def sent(request, path, key, title):
    etag = f'"{key}"'
    response = get_conditional_response(request, etag=etag) or file_answer(request, path)
    response["ETag"] = etag
    response["Content-Disposition"] = disposition(title)
    response["X-Frame-Options"] = settings.X_FRAME_OPTIONS
    return response


def file_answer(request, path):
    if is_at_work(request):  # nobody reads it, nor closes the file
        return HttpResponse()
    if request.method == "HEAD":
        size = str(path.stat().st_size)
        return HttpResponse(content_type="application/pdf", headers={"Content-Length": size})
    return FileResponse(path.open("rb"), content_type="application/pdf")


def disposition(title):
    """Shown in the browser, and under this name when it is kept: letters of any script."""
    plain = slugify(title)[:100] or "catalog"
    full = slugify(title, allow_unicode=True)[:100] or plain
    return f"inline; filename=\"{plain}.pdf\"; filename*=UTF-8''{quote(full)}.pdf"


def busy(request, title):
    context = {"title": title, "busy": True, "page": page_beside(request.get_full_path())}
    return waiting(request, context, status=503)


def impossible(request, title, sentence, address=None):
    page = page_beside(address or request.get_full_path())
    context = {"title": title, "sentence": sentence, "page": page}
    return render(request, "catalog/pdf_progress.html", context, status=422)


def waiting(request, context, status):
    """A page that says what is waited for, and looks again by itself."""
    context |= {"again": AGAIN}
    response = render(request, "catalog/pdf_progress.html", context, status=status)
    response["Retry-After"] = response["Refresh"] = str(AGAIN)
    response["Cache-Control"] = "no-store"
    return response


def page_beside(pdf):
    """The address of the page that the PDF at this address is of; "" where it has none."""
    path, mark, query = pdf.partition("?")
    page = f"{path.removesuffix('.pdf')}/"
    with suppress(Resolver404):
        resolve(unquote(page))
        return page + mark + query
    return ""
