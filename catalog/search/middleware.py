from catalog.search import counting

# What a click on a result opens besides the page of a resource: a PDF of it.
RESULT_FILES = ("media", "tool-file")


class CountingMiddleware:
    """Counts searches, which say so by `request.count`, and results opened from their pages."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        answered = request.method == "GET" and response.status_code in (200, 304)
        if answered and (count := getattr(request, "count", None) or count_of_click(request)):
            counting.count_after(response, *count)
        return response


def count_of_click(request):
    """What is to be counted where a result was opened from a search, else None."""
    words = counting.searched_before(request) if is_opened(request) else ""
    return (counting.count_click, words) if words else None


def is_opened(request):
    """Whether a person goes there: the images of the results come from the same page."""
    page = (request.resolver_match and request.resolver_match.url_name) or ""
    part = request.headers.get("Sec-Fetch-Dest", "document") != "document"
    if page in RESULT_FILES:
        return request.path.endswith(".pdf") and not part
    return page.endswith("-detail") and not part
