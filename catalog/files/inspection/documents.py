"""Checks documents against their ending, and reads pages, paper, title, texts and first page."""

from itertools import islice

from catalog.files.inspection import images, office, pdf
from catalog.files.inspection.images import refusing
from catalog.sandbox.exceptions import Refused

TIFFS = ("tif", "tiff")
TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")  # + is BigTIFF
ENDINGS = ("pdf", *office.OFFICE, *office.OLD_OFFICE, *images.FORMATS, *TIFFS)


def read(path, ending):
    """Returns the facts of a document, after checking that it opens as its ending says.

    {"pages": count or None, "paper": in words or "", "sizes": the first 20 different sizes as
    [width, height] in points, "title", "language", "accessibility_issues": which of "title",
    "language" and "tags" a PDF does not have}

    Raises Refused: not_pdf, pdf_cut, pdf_locked, pdf_unreadable, pdf_too_many_pages (most),
    holds_more, office_locked, office_unreadable, office_other_kind, office_macros, office_bomb,
    not_office, and the codes of images.read().
    """
    blank = {
        "pages": None,
        "paper": "",
        "sizes": [],
        "title": "",
        "language": "",
        "accessibility_issues": [],
    }
    return blank | (READERS[ending](path, ending) or {})


def texts(path, ending, most_places=400, most_text=400_000):
    """Returns [[number, text]]: pages of a PDF, slides of a deck, or passages of a Word file.

    Numbers start at 1. Other documents have no texts. Raises Refused: unreadable, pdf_locked,
    office_bomb.
    """
    with refusing("unreadable"):
        places = islice(TEXTS.get(ending, no_result)(path), most_places)
        return list(limit_texts(most_text, places))


def preview(path, ending, out, width=800):
    """Writes the first page as WebP to `out`, at most `width` by twice `width` pixels large.

    Returns {"width", "height"} in pixels, or None if there is nothing to show. Raises Refused:
    unreadable, pdf_locked, office_bomb, picture_too_many_pixels.
    """
    with refusing("unreadable"):
        picture = PREVIEWS.get(ending, no_result)(path, (width, 2 * width))
        if picture:
            picture.save(out, "WEBP", quality=80, method=4)
    return {"width": picture.width, "height": picture.height} if picture else None


def read_picture(path, ending):
    images.read(path, ending)


def read_tiff(path, _ending):
    with open(path, "rb") as file:
        if not file.read(4).startswith(TIFF_STARTS):
            raise Refused("picture_unreadable")


def picture_preview(ending):
    return lambda path, box: images.read_still(path, images.FORMATS[ending], box)


def limit_texts(most_text, places):
    length = 0
    for number, text in enumerate(places, 1):
        text = text[: most_text - length]
        length += len(text)
        if text.strip():
            yield [number, text]
        if length >= most_text:
            return


def no_result(*_args):
    return ()


READERS = (
    {"pdf": pdf.read_pdf}
    | dict.fromkeys(office.OFFICE, office.read_office)
    | dict.fromkeys(office.OLD_OFFICE, office.read_old_office)
    | dict.fromkeys(images.FORMATS, read_picture)
    | dict.fromkeys(TIFFS, read_tiff)
)
TEXTS = {"pdf": pdf.pdf_texts, "pptx": office.deck_texts, "docx": office.document_texts}
PREVIEWS = (
    {"pdf": pdf.pdf_preview}
    | dict.fromkeys(office.OFFICE, office.office_preview)
    | {ending: picture_preview(ending) for ending in images.FORMATS}
)
