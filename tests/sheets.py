"""What a PDF holds, read back: its words, its links, its fonts, its pictures."""

import ctypes
import math
from dataclasses import dataclass

import page as checker
import pypdfium2
import pypdfium2.raw as pdfium

LEAST_OF_A_CODE = 200  # lines: nothing else that is drawn has as many
FOOT = 0.14  # the part of a page that its foot takes at most


@dataclass
class Sheet:
    pages: list  # the text of each
    size: tuple  # of the first page, in points
    title: str
    links: list
    fonts: dict  # each name, and whether it is in the file
    pictures: int
    descriptions: list  # of the pictures, for who cannot see them
    smallest: float  # letters, in points
    codes: list  # of the QR codes, how wide they are in millimeters
    rightmost: float  # where the last ink of any page ends, as a part of the page's width

    @property
    def text(self):
        """All words with single spaces between them, a word broken at a line's end made whole."""
        return " ".join(" ".join(self.pages).replace("\ufffe", "-").split())

    @property
    def solid(self):
        """The same without any space, to look for what may be broken anywhere."""
        return "".join(self.text.split())


def sheet(response):
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    return read(data_of(response))


def data_of(response):
    """The bytes of an answer, be it whole or in parts, which are there once."""
    if not hasattr(response, "data"):
        response.data = response.getvalue()
    return response.data


def read(data):
    with pypdfium2.PdfDocument(data) as document:
        pages = list(document)
        return Sheet(
            pages=[page.get_textpage().get_text_range() for page in pages],
            size=pages[0].get_size(),
            title=document.get_metadata_value("Title"),
            links=[link for page in pages for link in links_of(document, page)],
            fonts=dict(font for page in pages for font in fonts_of(page)),
            pictures=sum(len(list(drawn(page, pdfium.FPDF_PAGEOBJ_IMAGE))) for page in pages),
            descriptions=[words for page in pages for words in descriptions_of(page)],
            smallest=min(size for page in pages for size in letter_sizes(page)),
            codes=[width for page in pages for width in code_widths(page)],
            rightmost=max(right_edge(page) for page in pages),
        )


def faults(data):
    """What keeps the PDF, bytes or an answer, from being PDF/UA-1; an empty list for nothing."""
    data = data if isinstance(data, bytes) else data_of(data)
    return [fault.message for fault in checker.validate_pdf_bytes(data, profile="ua1").failures]


def drawn(page, *kinds):
    return page.get_objects(filter=kinds, max_depth=5)


def links_of(document, page):
    place, link = ctypes.c_int(0), pdfium.FPDF_LINK()
    while pdfium.FPDFLink_Enumerate(page, place, link):
        action = pdfium.FPDFLink_GetAction(link)
        length = pdfium.FPDFAction_GetURIPath(document, action, None, 0)
        text = ctypes.create_string_buffer(length)
        pdfium.FPDFAction_GetURIPath(document, action, text, length)
        yield text.value.decode()


def fonts_of(page):
    for piece in drawn(page, pdfium.FPDF_PAGEOBJ_TEXT):
        font = pdfium.FPDFTextObj_GetFont(piece)
        name = ctypes.create_string_buffer(200)
        pdfium.FPDFFont_GetBaseFontName(font, name, 200)
        yield name.value.decode(), bool(pdfium.FPDFFont_GetIsEmbedded(font))


def letter_sizes(page):
    for piece in drawn(page, pdfium.FPDF_PAGEOBJ_TEXT):
        size = ctypes.c_float()
        pdfium.FPDFTextObj_GetFontSize(piece, size)
        matrix = piece.get_matrix()
        yield round(size.value * math.hypot(matrix.a, matrix.b), 1)


def code_widths(page):
    for path in drawn(page, pdfium.FPDF_PAGEOBJ_PATH):
        left, _bottom, right, _top = path.get_bounds()
        if pdfium.FPDFPath_CountSegments(path) > LEAST_OF_A_CODE:
            yield (right - left) / 72 * 25.4


def descriptions_of(page):
    tree = pdfium.FPDF_StructTree_GetForPage(page)
    for number in range(pdfium.FPDF_StructTree_CountChildren(tree)):
        yield from described(pdfium.FPDF_StructTree_GetChildAtIndex(tree, number))
    pdfium.FPDF_StructTree_Close(tree)


def described(element):
    length = pdfium.FPDF_StructElement_GetAltText(element, None, 0)
    if length > 2:
        words = ctypes.create_string_buffer(length)
        pdfium.FPDF_StructElement_GetAltText(element, words, length)
        yield words.raw.decode("utf-16-le").rstrip("\0")
    for number in range(pdfium.FPDF_StructElement_CountChildren(element)):
        if child := pdfium.FPDF_StructElement_GetChildAtIndex(element, number):
            yield from described(child)


def right_edge(page):
    width = page.get_size()[0]
    edges = [piece.get_bounds()[2] for piece in drawn(page, pdfium.FPDF_PAGEOBJ_TEXT)]
    return max(edges, default=0) / width


def pages_of(response):
    """(how wide its QR codes are, where its text and lines end above the foot as a part of its
    height) of each page.
    """
    with pypdfium2.PdfDocument(data_of(response)) as document:
        return [(list(code_widths(page)), lowest(page)) for page in document]


def lowest(page):
    kinds = pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_PATH
    high = page.get_size()[1]
    ends = [piece.get_bounds()[1] / high for piece in drawn(page, *kinds)]
    return min((end for end in ends if end > FOOT), default=1)
