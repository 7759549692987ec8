"""Responses with a PDF, or with a page that says why there is none."""

from contextlib import suppress
from urllib.parse import quote, unquote

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.cache import get_conditional_response
from django.utils.text import slugify
from django.utils.translation import gettext_lazy

from catalog.printing import store, workers
from catalog.sandbox.exceptions import Refused

RETRY_S = 3  # until a waiting page reloads
# {name: facts} that this process has read. The meaning of a name never changes.
KNOWN_FACTS, MAX_KNOWN_FACTS = {}, 2000
SENTENCES = {
    "too_slow": gettext_lazy(
        "It takes too long to make. If you print a list or a packet, try fewer items."
    ),
    "too_much": gettext_lazy("It is too large. If you print a list or a packet, try fewer items."),
    "unreadable": gettext_lazy("Some of its content cannot be printed."),
}


def send_kept(request, name):
    """Returns the response with the PDF that is kept under `name`, None if there is none."""
    facts = KNOWN_FACTS.get(name) or store.load_facts(name)
    response = send_key(request, **facts) if facts else None
    if response:
        if len(KNOWN_FACTS) >= MAX_KNOWN_FACTS:
            KNOWN_FACTS.clear()
        KNOWN_FACTS[name] = facts
    return response


def send_key(request, key, title):
    """Returns the response with the PDF of this key, None if there is none."""
    path = store.find_pdf(key)
    with suppress(FileNotFoundError):  # sweep() has just removed it
        return path and send_file(request, path, key, title)


def send_printable(request, printable, options):
    """Returns the response with a PDF, made now unless it is kept; 304 if the reader has it.

    If it cannot be made now or at all, the response is a page that says so.
    """
    title = printable.title
    try:
        document = printable.build(options)
        key = store.hash_of(document)
        path = path_if_cached(request, key) or store.find_pdf(key)
        path = path or workers.make_pdf(key, document)
    except workers.TooBusy:
        return busy_page(request, title)
    except Refused as refused:
        return failure_page(request, title, SENTENCES[refused.code])
    name = getattr(request, "pdf_name", None)
    if name and printable.is_public:
        store.save_facts(name, {"key": key, "title": title})
    response = send_file(request, path, key, title)
    if not printable.is_public:
        response["Cache-Control"] = "private, no-store"
    return response


def path_if_cached(request, key):
    """Returns a path if the reader has the PDF of this key. Nobody opens the file then."""
    has_it = get_conditional_response(request, etag=f'"{key}"')
    return store.path_of(key) if has_it else None


def send_file(request, path, key, title):
    etag = f'"{key}"'
    response = get_conditional_response(request, etag=etag) or file_response(request, path)
    response["ETag"] = etag
    response["Content-Disposition"] = disposition(title)
    response["X-Frame-Options"] = settings.X_FRAME_OPTIONS
    return response


def file_response(request, path):
    if request.method == "HEAD":
        size = str(path.stat().st_size)
        return HttpResponse(content_type="application/pdf", headers={"Content-Length": size})
    return FileResponse(path.open("rb"), content_type="application/pdf")


def disposition(title):
    """Returns a header: browsers show the PDF, and save it under its title in any script."""
    plain = slugify(title)[:100] or "catalog"
    full = slugify(title, allow_unicode=True)[:100] or plain
    return f"inline; filename=\"{plain}.pdf\"; filename*=UTF-8''{quote(full)}.pdf"


def busy_page(request, title):
    context = {"title": title, "busy": True, "page": page_address(request.get_full_path())}
    return waiting_page(request, context, status=503)


def failure_page(request, title, sentence, address=None):
    page = page_address(address or request.get_full_path())
    context = {"title": title, "sentence": sentence, "page": page}
    return render(request, "catalog/pdf_progress.html", context, status=422)


def waiting_page(request, context, status):
    """Returns a page that says what the reader waits for. It reloads itself."""
    context |= {"again": RETRY_S}
    response = render(request, "catalog/pdf_progress.html", context, status=status)
    response["Retry-After"] = response["Refresh"] = str(RETRY_S)
    response["Cache-Control"] = "no-store"
    return response


def page_address(address):
    """Returns the address of the page whose PDF is at `address`, "" if there is no such page."""
    path, mark, query = address.partition("?")
    page = f"{path.removesuffix('.pdf')}/"
    with suppress(Resolver404):
        resolve(unquote(page))
        return page + mark + query
    return ""
