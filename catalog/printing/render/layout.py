"""Turns HTML into pages. Only this module and fetching.py use WeasyPrint."""

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
ROOM = "000"  # all digits are as wide as a zero
OURS = "catalog-table"  # the class of tables in templates, which are already regular
SHEET = "catalog/pdf.css"
PAPERS = {"letter": "Letter", "a4": "A4"}
# Documents that almost fit fewer pages are set again in the next of these sizes.
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

# {number of pages: how much of the last page may be filled}. More text than that does not fit on
# fewer pages even in the smallest size.
MOST_TOO_MUCH = {2: 0.5, 3: 0.35, 4: 0.35, 5: 0.35}

engine_logger = logging.getLogger("weasyprint")
engine_logger.propagate = False
logging.getLogger("fontTools").setLevel(logging.ERROR)


@cache
def fonts():
    """Returns the fonts, unpacked into a folder that is removed when the process ends."""
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
    """Loads the fonts and the style. Lays out a first page, which loads the rest."""
    source = parsed({"html": "<html lang=en><title>A</title><h1>A</h1><p>a<b>b</b><i>c</i>"})
    laid_out(source, {}).write_pdf(pdf_variant=VARIANT)


def parsed(document):
    """Returns the document's HTML as a WeasyPrint source, with its tables made regular."""
    site = document.get("site", "")
    fetcher = SiteFiles(site, document.get("media"), document.get("ink") == "saving")
    source = weasyprint.HTML(string=document["html"], base_url=f"{site}/", url_fetcher=fetcher)
    for table in list(source.etree_element.iter("table")):
        if OURS not in table.get("class", "").split():
            tidy(table)
    return source


def laid_out(source, document, *styles, size=0, tagged=True):
    """Returns a WeasyPrint document of `source`, on the paper that `document` names.

    `size` is an index into SIZES.
    """
    paper = PAPERS[document.get("paper", "letter")]
    sheets = f"@page {{ size: {paper} }} @page wide {{ size: {paper} landscape }}"
    text = SIZES[document.get("text", "normal")][size]
    return source.render(
        stylesheets=[main_style(), rules(sheets), rules(text), *map(rules, styles)],
        font_config=fonts(),
        pdf_variant=VARIANT if tagged else None,
        # Needed for the number that a list starts with. Without a list it would only take time.
        presentational_hints=source.etree_element.find(".//ol") is not None,
    )


def fitted(source, document, *styles):
    """Returns a WeasyPrint document like laid_out().

    If the last page is almost empty, the letters become smaller where that saves the page.
    """
    pages = laid_out(source, document, *styles)
    count = len(pages.pages)
    if filled(pages.pages[-1]) < MOST_TOO_MUCH.get(count, 0):
        for size in range(1, len(SIZES[document.get("text", "normal")])):
            smaller = laid_out(source, document, *styles, size=size)
            if len(smaller.pages) < count:
                return smaller
    return pages


def filled(page):
    """Returns how much of the height of a page its text fills, from 0 to 1."""
    box = page._page_box  # WeasyPrint has no public name for it
    body = box.children[0].children[0]
    return body.height / box.height


# ---- Page numbers in the contents ----


def numbered(document, *styles):
    """Returns a WeasyPrint document with page numbers in its contents or its index.

    `<span class="folio" data-to="e7">000</span>` becomes the number of the page that has the
    element with the id "e7". The element is in this document or in the document's "places", the
    {id: page number} of other documents. `<p class="ends-in-folio" data-to="e7">Title, 000</p>`
    ends in the number, which takes half the time where there are thousands.

    WeasyPrint's own way (target-counter) lays out everything again until the numbers are right.
    Here each number has room for three digits, and is written into its box after the layout.
    """
    made = laid_out(parsed(document), document, *styles)
    write_numbers(made.pages, places(made.pages) | document.get("places", {}))
    return made


def places(pages):
    """Returns {id: number of the page that has it}."""
    return {name: number for number, page in enumerate(pages, 1) for name in page.anchors}


def write_numbers(pages, numbers):
    """Writes the page number of each folio into its box. It writes none for an unknown id."""
    for box in last_text_boxes(pages):
        number = str(numbers.get(box.element.get("data-to"), ""))
        if box.element.get("class") == FOLIO:
            box.position_x += box.width * (len(ROOM) - len(number)) / len(ROOM)  # align right
        write_text(box, box.text.removesuffix(ROOM) + number)


def last_text_boxes(pages):
    """Returns the last text box of each element that is a folio or ends in one."""
    found = {}
    for page in pages:
        for box in page._page_box.descendants():  # no public name
            if isinstance(box, TextBox) and class_of(box.element) in (FOLIO, ENDS_IN_FOLIO):
                found[box.element] = box
    return found.values()


def class_of(element):
    return None if element is None else element.get("class")


def write_text(box, text):
    box.text = box.pango_layout.text = text


# ---- Characters that no font has ----


class MissingCharacters(logging.Handler):
    """Collects characters that WeasyPrint logs as missing from all fonts.

    WeasyPrint draws a box for each, which would break PDF/UA.
    """

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
    """Replaces each run of `characters` in `html`: letters and digits by "[…]", others by nothing.

    The title in the head and the addresses of links do not change, because they are not drawn.
    """
    head, end, rest = html.partition("</title>")
    run = re.compile(f'href="[^"]*"|[{re.escape("".join(sorted(characters)))}]+')
    return head + end + run.sub(stand_in, rest)


def stand_in(run):
    if run[0].startswith('href="'):
        return run[0]
    return "[…]" if any(unicodedata.category(c)[0] in "LN" for c in run[0]) else ""
