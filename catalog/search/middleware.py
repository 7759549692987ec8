from catalog.search import counting
from catalog.search.index import one_moment

# The names of the URLs that a click on a result opens besides the resource's page: its PDFs.
RESULT_FILES = ("media", "tool-file")


class OneMomentMiddleware:
    """Answers a request to read from one state of the index, which it asks for once."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        with one_moment():
            return self.get_response(request)


class CountingMiddleware:
    """Counts searches, whose views set `request.count`, and results opened from their pages."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        answered = request.method == "GET" and response.status_code in (200, 304)
        if answered and (count := getattr(request, "count", None) or count_of_click(request)):
            counting.count_later(*count)
        return response


def count_of_click(request):
    """Returns the function and values that count an opened result; None for any other request."""
    words = counting.searched_words(request) if is_opened(request) else ""
    return (counting.count_click, words) if words else None


def is_opened(request):
    """Whether a person opens a result.

    The browser also loads the images of results from a search page. They do not count.
    """
    return is_result(request) and request.headers.get("Sec-Fetch-Dest", "document") == "document"


def is_result(request):
    """Whether the address is the page or a PDF of an entry."""
    page = (request.resolver_match and request.resolver_match.url_name) or ""
    if page in RESULT_FILES:
        return request.path.endswith(".pdf")
    return page.endswith("-detail")
