import re
from threading import Lock

from django.conf import settings

from catalog import orders
from catalog.lib import page_priority
from catalog.lib.text import clean_values
from catalog.search import counting

# What a click on a result opens: the page of a resource, or a PDF of it.
RESULTS = ("video-detail", "tool-detail", "course-detail", "media", "tool-file")


class PagesFirstMiddleware:
    """Lets a file wait while a page is made, and makes ready one file at a time in a process.

    Only the making ready waits: sending is the system's work. What makes PDFs waits by itself.
    """

    FILE = re.compile(r"/tools/[^/]+/(?:v\d+/)?[^/]+\.\w+")

    def __init__(self, get_response):
        self.get_response = get_response
        self.file_in_turn = Lock()

    def __call__(self, request):
        if request.path.startswith(settings.MEDIA_URL) or self.FILE.fullmatch(request.path):
            with self.file_in_turn:
                page_priority.wait_for_pages()
                return self.get_response(request)
        if request.path.endswith(".pdf"):
            return self.get_response(request)
        with page_priority.page_in_the_making():
            return self.get_response(request)


class CleanInputMiddleware:
    """Frees what a request says of control characters and NUL, before any form or page reads it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.GET = clean_values(request.GET)
        if request.method == "POST":
            request.POST = clean_values(request.POST)
        return self.get_response(request)


class KeptPrintsMiddleware:
    """Sends a PDF that is there, before anything is asked but the state of the catalog."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return orders.kept_answer(request) or self.get_response(request)


class CountingMiddleware:
    """Counts searches, which say so by `request.count`, and results opened from their pages."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        answered = request.method == "GET" and response.status_code in (200, 304)
        if answered and (count := getattr(request, "count", None) or count_of_click(request)):
            counting.after(response, *count)
        return response


def count_of_click(request):
    """What is to be counted where a result was opened from a search, else None."""
    words = counting.searched_before(request) if is_opened(request) else ""
    return (counting.count_click, words) if words else None


def is_opened(request):
    """Whether a person goes there: the pictures of the results come from the same page."""
    page = request.resolver_match and request.resolver_match.url_name
    picture = page in ("media", "tool-file") and not request.path.endswith(".pdf")
    part = request.headers.get("Sec-Fetch-Dest", "document") != "document"
    return page in RESULTS and not picture and not part
