"""Reads PDFs: their words, links, fonts and images."""

import ctypes
import math
from dataclasses import dataclass

import page as checker
import pypdfium2
import pypdfium2.raw as pdfium

LEAST_QR_SEGMENTS = 200  # only a QR code is drawn with as many line segments
FOOTER_HEIGHT = 0.14  # of the page height, at most


@dataclass
class PdfContent:
    pages: list  # the text of each page
    size: tuple  # of the first page, in points
    title: str
    links: list
    fonts: dict  # {name: whether the font is embedded}
    image_count: int
    descriptions: list  # the alternative texts of the images
    smallest_pt: float  # the size of the smallest letters
    qr_widths_mm: list
    right_edge: float  # where the rightmost text of any page ends, as a part of the page's width

    @property
    def text(self):
        """The whole text with single spaces. Words broken at a line end are joined."""
        return " ".join(" ".join(self.pages).replace("\ufffe", "-").split())

    @property
    def text_without_spaces(self):
        """The text without spaces, to find words that may be broken anywhere."""
        return "".join(self.text.split())


def pdf_content(response):
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    return read_pdf(response_bytes(response))


def response_bytes(response):
    """The bytes of a response. A streaming response can be read only once, so they are kept."""
    if not hasattr(response, "data"):
        response.data = response.getvalue()
    return response.data


def read_pdf(data):
    with pypdfium2.PdfDocument(data) as document:
        pages = list(document)
        return PdfContent(
            pages=[page.get_textpage().get_text_range() for page in pages],
            size=pages[0].get_size(),
            title=document.get_metadata_value("Title"),
            links=[link for page in pages for link in links_of(document, page)],
            fonts=dict(font for page in pages for font in fonts_of(page)),
            image_count=sum(
                len(list(drawn_objects(page, pdfium.FPDF_PAGEOBJ_IMAGE))) for page in pages
            ),
            descriptions=[words for page in pages for words in descriptions_of(page)],
            smallest_pt=min(size for page in pages for size in letter_sizes(page)),
            qr_widths_mm=[width for page in pages for width in qr_widths(page)],
            right_edge=max(right_edge(page) for page in pages),
        )


def pdf_ua_errors(data):
    """The PDF/UA-1 errors of a PDF, given as bytes or as a response."""
    data = data if isinstance(data, bytes) else response_bytes(data)
    return [error.message for error in checker.validate_pdf_bytes(data, profile="ua1").failures]


def drawn_objects(page, *kinds):
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
    for piece in drawn_objects(page, pdfium.FPDF_PAGEOBJ_TEXT):
        font = pdfium.FPDFTextObj_GetFont(piece)
        name = ctypes.create_string_buffer(200)
        pdfium.FPDFFont_GetBaseFontName(font, name, 200)
        yield name.value.decode(), bool(pdfium.FPDFFont_GetIsEmbedded(font))


def letter_sizes(page):
    for piece in drawn_objects(page, pdfium.FPDF_PAGEOBJ_TEXT):
        size = ctypes.c_float()
        pdfium.FPDFTextObj_GetFontSize(piece, size)
        matrix = piece.get_matrix()
        yield round(size.value * math.hypot(matrix.a, matrix.b), 1)


def qr_widths(page):
    for path in drawn_objects(page, pdfium.FPDF_PAGEOBJ_PATH):
        left, _bottom, right, _top = path.get_bounds()
        if pdfium.FPDFPath_CountSegments(path) > LEAST_QR_SEGMENTS:
            yield (right - left) / 72 * 25.4


def descriptions_of(page):
    tree = pdfium.FPDF_StructTree_GetForPage(page)
    for number in range(pdfium.FPDF_StructTree_CountChildren(tree)):
        yield from alt_texts(pdfium.FPDF_StructTree_GetChildAtIndex(tree, number))
    pdfium.FPDF_StructTree_Close(tree)


def alt_texts(element):
    length = pdfium.FPDF_StructElement_GetAltText(element, None, 0)
    if length > 2:
        words = ctypes.create_string_buffer(length)
        pdfium.FPDF_StructElement_GetAltText(element, words, length)
        yield words.raw.decode("utf-16-le").rstrip("\0")
    for number in range(pdfium.FPDF_StructElement_CountChildren(element)):
        if child := pdfium.FPDF_StructElement_GetChildAtIndex(element, number):
            yield from alt_texts(child)


def right_edge(page):
    width = page.get_size()[0]
    edges = [piece.get_bounds()[2] for piece in drawn_objects(page, pdfium.FPDF_PAGEOBJ_TEXT)]
    return max(edges, default=0) / width


def page_measures(response):
    """Returns for each page (the widths of its QR codes in mm, the lowest end of its content).

    The end is a part of the page height, from 0 to 1, without the footer.
    """
    with pypdfium2.PdfDocument(response_bytes(response)) as document:
        return [(list(qr_widths(page)), content_bottom(page)) for page in document]


def content_bottom(page):
    kinds = pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_PATH
    height = page.get_size()[1]
    ends = [piece.get_bounds()[1] / height for piece in drawn_objects(page, *kinds)]
    return min((end for end in ends if end > FOOTER_HEIGHT), default=1)
