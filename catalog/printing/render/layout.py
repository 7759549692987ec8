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
from catalog.printing.render.tables import make_regular

VARIANT = "pdf/ua-1"
FOLIO, ENDS_IN_FOLIO = "folio", "ends-in-folio"
PLACEHOLDER = "000"  # all digits are as wide as a zero
REGULAR_TABLE_CLASS = "catalog-table"  # of tables in templates, which are already regular
STYLE_SHEET = "catalog/pdf.css"
PAPERS = {"letter": "Letter", "a4": "A4"}
# Documents that almost fit fewer pages are set again in the next of these sizes.
SIZE_STYLES = {
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
MAX_LAST_PAGE_FILL = {2: 0.5, 3: 0.35, 4: 0.35, 5: 0.35}

engine_logger = logging.getLogger("weasyprint")
engine_logger.propagate = False
logging.getLogger("fontTools").setLevel(logging.ERROR)


@cache
def load_fonts():
    """Returns the fonts, unpacked into a folder that is removed when the process ends."""
    atexit.register(load_fonts.cache_clear)
    return FontConfiguration()


@cache
def parse_css(text):
    options = {
        "base_url": STATIC + STYLE_SHEET,
        "url_fetcher": SiteFiles(),
        "font_config": load_fonts(),
    }
    return weasyprint.CSS(string=text, **options)


@cache
def load_main_style():
    return parse_css((STATIC_FOLDER / STYLE_SHEET).read_text() + tracks.track_css())


def warm_up():
    """Loads the fonts and the style. Lays out a first page, which loads the rest."""
    source = parse_document(
        {"html": "<html lang=en><title>A</title><h1>A</h1><p>a<b>b</b><i>c</i>"}
    )
    lay_out(source, {}).write_pdf(pdf_variant=VARIANT)


def parse_document(document):
    """Returns the document's HTML as a WeasyPrint source, with its tables made regular."""
    site = document.get("site", "")
    fetcher = SiteFiles(site, document.get("media"), document.get("ink") == "saving")
    source = weasyprint.HTML(string=document["html"], base_url=f"{site}/", url_fetcher=fetcher)
    for table in list(source.etree_element.iter("table")):
        if REGULAR_TABLE_CLASS not in table.get("class", "").split():
            make_regular(table)
    return source


def lay_out(source, document, *styles, size=0, tagged=True):
    """Returns a WeasyPrint document of `source`, on the paper that `document` names.

    `size` is an index into SIZES.
    """
    paper = PAPERS[document.get("paper", "letter")]
    sheets = f"@page {{ size: {paper} }} @page wide {{ size: {paper} landscape }}"
    text = SIZE_STYLES[document.get("text", "normal")][size]
    return source.render(
        stylesheets=[
            load_main_style(),
            parse_css(sheets),
            parse_css(text),
            *map(parse_css, styles),
        ],
        font_config=load_fonts(),
        pdf_variant=VARIANT if tagged else None,
        # Needed for the number that a list starts with. Without a list it would only take time.
        presentational_hints=source.etree_element.find(".//ol") is not None,
    )


def lay_out_to_fit(source, document, *styles):
    """Returns a WeasyPrint document like lay_out().

    If the last page is almost empty, the letters become smaller where that saves the page.
    """
    rendered = lay_out(source, document, *styles)
    count = len(rendered.pages)
    if filled_part(rendered.pages[-1]) < MAX_LAST_PAGE_FILL.get(count, 0):
        for size in range(1, len(SIZE_STYLES[document.get("text", "normal")])):
            smaller = lay_out(source, document, *styles, size=size)
            if len(smaller.pages) < count:
                return smaller
    return rendered


def filled_part(page):
    """Returns how much of the height of a page its text fills, from 0 to 1."""
    box = page._page_box  # WeasyPrint has no public name for it
    body = box.children[0].children[0]
    return body.height / box.height


# ---- Page numbers in the contents ----


def lay_out_with_page_numbers(document, *styles):
    """Returns a WeasyPrint document with page numbers in its contents or its index.

    `<span class="folio" data-to="e7">000</span>` becomes the number of the page that has the
    element with the id "e7". The element is in this document or in the document's "places", the
    {id: page number} of other documents. `<p class="ends-in-folio" data-to="e7">Title, 000</p>`
    ends in the number, which takes half the time where there are thousands.

    WeasyPrint's own way (target-counter) lays out everything again until the numbers are right.
    Here each number has room for three digits, and is written into its box after the layout.
    """
    rendered = lay_out(parse_document(document), document, *styles)
    write_page_numbers(rendered.pages, find_places(rendered.pages) | document.get("places", {}))
    return rendered


def find_places(pages):
    """Returns {id: number of the page that has it}."""
    return {name: number for number, page in enumerate(pages, 1) for name in page.anchors}


def write_page_numbers(pages, numbers):
    """Writes the page number of each folio into its box. It writes none for an unknown id."""
    for box in last_text_boxes(pages):
        number = str(numbers.get(box.element.get("data-to"), ""))
        if box.element.get("class") == FOLIO:  # align it right
            box.position_x += box.width * (len(PLACEHOLDER) - len(number)) / len(PLACEHOLDER)
        write_text(box, box.text.removesuffix(PLACEHOLDER) + number)


def last_text_boxes(pages):
    """Returns the last text box of each element that is a folio or ends in one."""
    boxes = {}
    for page in pages:
        for box in page._page_box.descendants():  # no public name
            if isinstance(box, TextBox) and class_of(box.element) in (FOLIO, ENDS_IN_FOLIO):
                boxes[box.element] = box
    return boxes.values()


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
        self.characters = set()

    def emit(self, record):
        if record.msg.startswith(".notdef"):
            self.characters.add(record.args[0])

    def __enter__(self):
        engine_logger.addHandler(self)
        return self

    def __exit__(self, *error):
        engine_logger.removeHandler(self)


def replace_characters(html, characters):
    """Replaces each run of `characters` in `html`: letters and digits by "[…]", others by nothing.

    The title in the head and the addresses of links do not change, because they are not drawn.
    """
    head, end, rest = html.partition("</title>")
    run = re.compile(f'href="[^"]*"|[{re.escape("".join(sorted(characters)))}]+')
    return head + end + run.sub(replacement_of, rest)


def replacement_of(run):
    if run[0].startswith('href="'):
        return run[0]
    return "[…]" if any(unicodedata.category(c)[0] in "LN" for c in run[0]) else ""
