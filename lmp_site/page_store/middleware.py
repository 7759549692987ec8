"""Says which answers the page store may keep."""

from contextlib import nullcontext

from django.conf import settings
from django.utils.cache import patch_vary_headers

from catalog.lib.sources import noted
from catalog.search.middleware import is_result
from lmp_site.page_store.entries import Entry
from lmp_site.page_store.query import NotedQuery

# Keys in the WSGI environment: that the store asks, and the Entry that it gets.
STORE, ENTRY = "lmp_site.page_store", "lmp_site.page_store.entry"
VARY = {"accept-encoding", "save-data"}  # what the keys of the store tell apart
STALE_IF_ERROR_S = 600
LARGEST_SHARE = 16  # a file may take this part of the store at most


class KeepMiddleware:
    """Hands the page store an Entry for each answer that all readers get alike.

    Answers for people who may have signed in are private. So no shared cache keeps them.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with noted() if STORE in request.environ else nullcontext() as notes:
            response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            if not response.streaming:  # files say themselves who may keep them
                response.headers.setdefault("Cache-Control", "private, no-store")
        elif is_the_same_for_all(request, response):
            response.headers.setdefault("Cache-Control", cache_control())
            patch_vary_headers(response, ["Accept-Encoding"])
            if STORE in request.environ:
                request.environ[ENTRY] = entry_of(request, response, notes.sources())
        return response


class NoteQueryMiddleware:
    """Notes which parameters a view reads. The others make no entry of their own in the store."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.GET = NotedQuery(request.GET)
        return self.get_response(request)


def cache_control():
    """Returns a header: caches ask each time, and have an old answer if the site fails."""
    stale = settings.PAGE_STORE_STALE_S
    shared = f"s-maxage={stale}, stale-while-revalidate={stale}, " if stale else ""
    return f"public, max-age=0, {shared}stale-if-error={STALE_IF_ERROR_S}"


def entry_of(request, response, sources):
    return Entry(
        list(response.items()),
        response.getvalue(),
        names=getattr(request.GET, "names", None),
        count=getattr(request, "count", None),
        is_result=is_result(request),
        sources=sources,
    )


def is_the_same_for_all(request, response):
    control = response.get("Cache-Control", "")
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    return (
        request.method in ("GET", "HEAD")
        and response.status_code == 200
        and (not response.streaming or is_small_file(response))
        and not response.cookies
        and "Content-Encoding" not in response
        and not any(word in control for word in ("private", "no-store"))
        and varies <= VARY
    )


def is_small_file(response):
    """Whether a streamed answer is a whole file that the store has room for."""
    most = (settings.PAGE_STORE_MB << 20) // LARGEST_SHARE
    is_file = getattr(response, "file_to_stream", None) is not None
    return is_file and int(response.get("Content-Length", most + 1)) <= most
