from catalog.text import clean_text


def clean_values(values):
    """A copy of the QueryDict `values` with clean names and texts."""
    cleaned = values.copy()
    cleaned.clear()
    for name, texts in values.lists():
        cleaned.setlist(clean_text(name), [clean_text(text) for text in texts])
    cleaned._mutable = False
    return cleaned


class CleanInputMiddleware:
    """Frees what a request says of control characters and NUL, before any form or page reads it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.GET = clean_values(request.GET)
        if request.method == "POST":
            request.POST = clean_values(request.POST)
        return self.get_response(request)
