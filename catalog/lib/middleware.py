from catalog.lib.text import clean_values


class CleanInputMiddleware:
    """Frees what a request says of control characters and NUL, before any form or page reads it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.GET = clean_values(request.GET)
        if request.method == "POST":
            request.POST = clean_values(request.POST)
        return self.get_response(request)
