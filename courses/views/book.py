from django.conf import settings
from django.template.loader import render_to_string
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
    return printing.respond_later(
        request, title, reverse("book"), lambda: document_of(request, title)
    )


def document_of(request, title):
    book = Book()
    common = {
        "title": title,
        "address": reverse("home"),
        "book": book,
        "qr": qr_image(settings.SITE_URL + printing.dated(reverse("all-listing"))),
    }

    def part(template, **more):
        return printing.document_of(request, f"pdf/{template}.html", common | more)

    chapters = [part("book_path", part="chapter") | {"link": f"{book.link}path"}]
    chapters += [
        part("book_chapter", part="chapter", chapter=chapter)
        | {"link": f"{book.link}{chapter.key}"}
        for chapter in book.chapters
    ]
    number = render_to_string("pdf/page_number.html")
    return part("book", part="front") | {
        "chapters": chapters,
        "back": part("book_index", part="chapter")["html"],
        "marks": book.marks(title),
        "numbers": f'<div class="pages">{number}</div>',
    }
