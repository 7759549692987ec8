import re
from threading import Lock

from django.conf import settings

from catalog.lib import page_priority


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
        with page_priority.making_page():
            return self.get_response(request)
