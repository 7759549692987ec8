from catalog.lib.text import clean_values


class CleanInputMiddleware:
    """Removes control characters and NUL from GET and POST before any form or page reads them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.GET = clean_values(request.GET)
        if request.method == "POST":
            request.POST = clean_values(request.POST)
        return self.get_response(request)
