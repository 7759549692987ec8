import re

from django.conf import settings

from catalog.lib.sources import Kept, unnoted
from catalog.printing.orders import answer_order
from catalog.printing.recipes import name_at
from catalog.printing.responses import send_kept

# The addresses of PDFs that the catalog makes. The address of a tool's file has one part more.
PDF_PATH = re.compile(r"/(?!media/|tools/[^/]+/|admin/).+\.pdf")


class KeptPdfMiddleware:
    """Sends a finished PDF after checking only the version of the catalog.

    Sets `request.pdf_name`: the name under which the view keeps the PDF, None for staff, who may
    see what readers do not.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.kept_answer(request) or self.get_response(request)

    def kept_answer(self, request):
        request.pdf_name = None
        if not PDF_PATH.fullmatch(request.path) or request.method not in ("GET", "HEAD"):
            return None
        request.get_host()  # refuses the hosts that Django refuses
        if "order" in request.GET and (ordered := answer_order(request)):
            return ordered
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return None
        with unnoted():
            name = Kept(lambda: name_at(request.path, request.META["QUERY_STRING"]))
        request.pdf_name = name.value
        response = send_kept(request, name.value)
        if response:
            name.use()  # the answer depends on all that the name is made from
        return response
