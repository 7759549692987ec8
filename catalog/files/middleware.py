import re
from threading import Lock

from django.conf import settings

from catalog.lib import page_priority


class PagesFirstMiddleware:
    """Makes file requests wait while pages are made, and prepares one file at a time per process.

    Only the preparation of the response waits; the operating system sends the file. Requests for
    PDFs that the site makes do not wait here, because making a PDF waits for pages itself.
    """

    FILE = re.compile(r"/tools/[^/]+/(?:v\d+/)?[^/]+\.\w+")

    def __init__(self, get_response):
        self.get_response = get_response
        self.file_lock = Lock()

    def __call__(self, request):
        if request.path.startswith(settings.MEDIA_URL) or self.FILE.fullmatch(request.path):
            with self.file_lock:
                page_priority.wait_for_pages()
                return self.get_response(request)
        if request.path.endswith(".pdf"):
            return self.get_response(request)
        with page_priority.making_page():
            return self.get_response(request)
