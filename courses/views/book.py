from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.editions.lists import address_with_code
from catalog.lib.qr import qr_image
from catalog.printing import background, documents, responses
from catalog.printing.bound_parts import head_start
from courses.catalog_pdf import Book


@require_safe
def book(request):
    """The whole catalog, which is made in the background."""
    title = _("The whole catalog")
    return background.respond_later(
        request, title, reverse("book"), lambda: document_of(request, title)
    )


def document_of(request, title):
    book = Book()
    common = {
        "title": title,
        "address": reverse("home"),
        "book": book,
        "qr": qr_image(
            settings.SITE_URL + address_with_code(reverse("all-listing") + "?of=book", book.public)
        ),
    }

    def part(template, key="", **more):
        made = documents.document_of(request, f"pdf/{template}.html", common | more)
        return made | {"link": book.link + key}

    with head_start(responses.PATIENCE_OF_LARGE) as begin:
        chapters = [begin(part("catalog_path", "path"))]
        for chapter in book.chapters:
            chapters.append(begin(part("catalog_chapter", chapter.key, chapter=chapter)))
        return {
            "front": part("catalog"),
            "chapters": chapters,
            "indexes": [part(f"catalog_{key}", key) for key, _title in book.indexes],
            "marks": book.marks(title),
            "foot": part("catalog_footer"),
        }
