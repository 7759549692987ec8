"""The one module that owns WeasyPrint: HTML in, pages out."""

import atexit
import logging
import re
import unicodedata
from functools import cache

import weasyprint
from weasyprint.formatting_structure.boxes import TextBox
from weasyprint.text.fonts import FontConfiguration

from catalog.printing.render import tracks
from catalog.printing.render.fetching import STATIC, STATIC_FOLDER, SiteFiles
from catalog.printing.render.tables import tidy

VARIANT = "pdf/ua-1"
FOLIO, ENDS_IN_FOLIO = "folio", "ends-in-folio"
ROOM = "000"  # all figures are as wide as a nought
OURS = "catalog-table"  # the class of a table of a template, which is regular as it is written
SHEET = "catalog/pdf.css"
PAPERS = {"letter": "Letter", "a4": "A4"}
# What nearly fits one page is set again in the next of these.
SIZES = {
    "normal": [
        "html { font-size: 10.5pt }",
        "html { font-size: 9.7pt; --tiny: 8.6pt; --small: 8.6pt; --little: 9pt }"
        " .picture img { max-height: 9rem }",
        "html { font-size: 9pt; --tiny: 8.6pt; --small: 8.6pt; --little: 8.6pt }"
        " .picture img { max-height: 6rem }",
    ],
    "large": [
        "html { font-size: 16pt } @page { font-size: 16pt; margin-bottom: 33mm;"
        " @bottom-left { width: 76% } @bottom-right { width: 24% } }"
    ],
}

# The part of the last page, by the number of pages: more does not fit even in the smallest size.
MOST_TOO_MUCH = {2: 0.5, 3: 0.35, 4: 0.35, 5: 0.35}

engine_logger = logging.getLogger("weasyprint")
engine_logger.propagate = False
logging.getLogger("fontTools").setLevel(logging.ERROR)


@cache
def fonts():
    """Unpacked into a folder, which the end of the process removes."""
    atexit.register(fonts.cache_clear)
    return FontConfiguration()


@cache
def rules(text):
    options = {"base_url": STATIC + SHEET, "url_fetcher": SiteFiles(), "font_config": fonts()}
    return weasyprint.CSS(string=text, **options)


@cache
def main_style():
    return rules((STATIC_FOLDER / SHEET).read_text() + tracks.style())


def warm():
    """Loads fonts and style, and lays out a first page, which loads the rest."""
    source = parsed({"html": "<html lang=en><title>A</title><h1>A</h1><p>a<b>b</b><i>c</i>"})
    laid_out(source, {}).write_pdf(pdf_variant=VARIANT)


def parsed(document):
    """A WeasyPrint source of the document's HTML, its tables made regular."""
    site = document.get("site", "")
    fetcher = SiteFiles(site, document.get("media"), document.get("ink") == "saving")
    source = weasyprint.HTML(string=document["html"], base_url=f"{site}/", url_fetcher=fetcher)
    for table in list(source.etree_element.iter("table")):
        if OURS not in table.get("class", "").split():
            tidy(table)
    return source


def laid_out(source, document, *styles, size=0, tagged=True):
    """The pages of `source`, on the document's paper, in the size of that number."""
    paper = PAPERS[document.get("paper", "letter")]
    sheets = f"@page {{ size: {paper} }} @page wide {{ size: {paper} landscape }}"
    text = SIZES[document.get("text", "normal")][size]
    return source.render(
        stylesheets=[main_style(), rules(sheets), rules(text), *map(rules, styles)],
        font_config=fonts(),
        pdf_variant=VARIANT if tagged else None,
        # The number that a list starts with; of what has no list it would only take time.
        presentational_hints=source.etree_element.find(".//ol") is not None,
    )


def fitted(source, document, *styles):
    """The pages; what needs a little more than some is set smaller where that makes them fewer."""
    pages = laid_out(source, document, *styles)
    count = len(pages.pages)
    if filled(pages.pages[-1]) < MOST_TOO_MUCH.get(count, 0):
        for size in range(1, len(SIZES[document.get("text", "normal")])):
            smaller = laid_out(source, document, *styles, size=size)
            if len(smaller.pages) < count:
                return smaller
    return pages


def filled(page):
    """The part of the height of a page down to the end of its text."""
    box = page._page_box  # there is no public way to ask
    body = box.children[0].children[0]
    return body.height / box.height


# ---- Page numbers in the contents ----


def numbered(document, *styles):
    """The pages of a document with a contents or an index: each `<span class="folio"
    data-to="e7">000</span>` holds the number of the page where the element with the id "e7" is,
    here or by "places", what the document knows of others. `<p class="ends-in-folio" data-to="e7">
    Title, 000</p>` ends in it, which takes half the time where there are thousands.

    WeasyPrint's own way (target-counter) lays out all of it again until the numbers are right. Here
    each has room for three figures, and is written into its box when everything has its place.
    """
    made = laid_out(parsed(document), document, *styles)
    write_numbers(made.pages, places(made.pages) | document.get("places", {}))
    return made


def places(pages):
    """{id: number of its page}"""
    return {name: number for number, page in enumerate(pages, 1) for name in page.anchors}


def write_numbers(pages, numbers):
    """Puts the number that each folio stands for into its box, to the right; none where there is
    no such place.
    """
    for box in last_text_boxes(pages):
        number = str(numbers.get(box.element.get("data-to"), ""))
        if box.element.get("class") == FOLIO:
            box.position_x += box.width * (len(ROOM) - len(number)) / len(ROOM)  # to the right
        write_text(box, box.text.removesuffix(ROOM) + number)


def last_text_boxes(pages):
    """That of each element that is a folio or ends in one."""
    found = {}
    for page in pages:
        for box in page._page_box.descendants():  # there is no public way to them
            if isinstance(box, TextBox) and class_of(box.element) in (FOLIO, ENDS_IN_FOLIO):
                found[box.element] = box
    return found.values()


def class_of(element):
    return None if element is None else element.get("class")


def write_text(box, text):
    box.text = box.pango_layout.text = text


# ---- Characters that no font has ----


class MissingCharacters(logging.Handler):
    """Collects those that WeasyPrint logs as being in no font: their boxes would break PDF/UA."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.found = set()

    def emit(self, record):
        if record.msg.startswith(".notdef"):
            self.found.add(record.args[0])

    def __enter__(self):
        engine_logger.addHandler(self)
        return self

    def __exit__(self, *error):
        engine_logger.removeHandler(self)


def without(html, characters):
    """`html` with "[…]" for each run of `characters` that are letters or figures, else nothing.

    The title in the head stays whole: it is not drawn.
    """
    head, end, rest = html.partition("</title>")
    run = re.compile(f'href="[^"]*"|[{re.escape("".join(sorted(characters)))}]+')
    return head + end + run.sub(stand_in, rest)


def stand_in(run):
    if run[0].startswith('href="'):
        return run[0]
    return "[…]" if any(unicodedata.category(c)[0] in "LN" for c in run[0]) else ""
