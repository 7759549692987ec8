from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog import printing
from catalog.qr import qr_image
from courses.book import Book


@require_safe
def book(request):
    """The whole catalog, which is made in the background."""
    title = _("The whole catalog")

    def document():
        address = printing.dated(reverse("all-listing"))
        context = {
            "title": title,
            "address": reverse("home"),
            "book": Book(),
            "qr": qr_image(settings.SITE_URL + address),
        }
        return printing.document_of(request, "pdf/book.html", context)

    return printing.respond_later(request, title, document)
