"""The one module that owns WeasyPrint: HTML in, pages out."""

import logging
import re
import unicodedata
from functools import cache
from xml.etree.ElementTree import Element

import weasyprint
from weasyprint.text.fonts import FontConfiguration

from catalog.press.fetching import STATIC, STATIC_FOLDER, SiteFiles
from catalog.press.tables import tidy

VARIANT = "pdf/ua-1"
OURS = "ours"  # the class of a table of a template, which is regular as it is written
SHEET = "catalog/pdf.css"
PAPERS = {"letter": "Letter", "a4": "A4"}
# What nearly fits one page is set again in the next of these.
SIZES = {
    "normal": [
        "html { font-size: 10.5pt }",
        "html { font-size: 9.7pt } .picture img { max-height: 9rem }",
        "html { font-size: 9pt } .picture img { max-height: 6rem }",
    ],
    "large": [
        "html { font-size: 16pt } @page { font-size: 16pt; margin-bottom: 40mm;"
        " @bottom-left { width: 76% } @bottom-right { width: 24% } }"
        "@page wide { margin-bottom: 34mm }"
    ],
}

RUNNING = ("foot", "pages")  # what stands at the edge of every page
MOST_TOO_MUCH = 0.5  # of a second page: more does not fit one page even in the smallest size

engine_logger = logging.getLogger("weasyprint")
engine_logger.propagate = False
logging.getLogger("fontTools").setLevel(logging.ERROR)


@cache
def fonts():
    return FontConfiguration()


@cache
def rules(text):
    options = {"base_url": STATIC + SHEET, "url_fetcher": SiteFiles(), "font_config": fonts()}
    return weasyprint.CSS(string=text, **options)


@cache
def main_style():
    return rules((STATIC_FOLDER / SHEET).read_text())


def warm():
    """Loads fonts and style, and lays out a first page, which loads the rest."""
    source = parsed({"html": "<html lang=en><title>A</title><h1>A</h1><p>a<b>b</b><i>c</i>"})
    laid_out(source, {}).write_pdf(pdf_variant=VARIANT)


def parsed(document):
    """A WeasyPrint source of the document's HTML, its tables made regular."""
    site = document.get("site", "")
    fetcher = SiteFiles(site, document.get("media"))
    source = weasyprint.HTML(string=document["html"], base_url=f"{site}/", url_fetcher=fetcher)
    for table in list(source.etree_element.iter("table")):
        if table.get("class") != OURS:
            tidy(table)
    return source


def laid_out(source, document, *styles, size=0):
    """The pages of `source`, on the document's paper, in the size of that number."""
    paper = PAPERS[document.get("paper", "letter")]
    sheets = f"@page {{ size: {paper} }} @page wide {{ size: {paper} landscape }}"
    text = SIZES[document.get("text", "normal")][size]
    return source.render(
        stylesheets=[main_style(), rules(sheets), rules(text), *map(rules, styles)],
        font_config=fonts(),
        pdf_variant=VARIANT,
        presentational_hints=True,  # the number that a list starts with
    )


def fitted(source, document, *styles):
    """The pages; what needs a little more than one is set smaller where that makes it one."""
    pages = laid_out(source, document, *styles)
    if len(pages.pages) == 2 and filled(pages.pages[1]) < MOST_TOO_MUCH:
        for size in range(1, len(SIZES[document.get("text", "normal")])):
            smaller = laid_out(source, document, *styles, size=size)
            if len(smaller.pages) == 1:
                return smaller
    return pages


def filled(page):
    """The part of the height of a page down to the end of its text."""
    box = page._page_box  # there is no public way to ask
    body = box.children[0].children[0]
    return body.height / box.height


# ---- Page numbers in the contents ----


def numbered(document, *styles):
    """The pages of a document with a contents: each `<span class="folio" data-to="e7">` holds the
    number of the page where the element with the id "e7" is.

    All is laid out once, and then only the parts of class "front" and "back" again, with the
    numbers; a document without such parts as a whole. WeasyPrint's own way (target-counter) lays
    out everything several times.
    """
    source = parsed(document)
    whole = laid_out(source, document, *styles)
    if next(folios(source), None) is None:
        return whole
    numbers, count = places(whole.pages), len(whole.pages)
    front, back = part_of(source, "front"), part_of(source, "back")
    if front is None and back is None:
        fill(source, numbers)
        return laid_out(source, document, *styles)
    total = f'.last::before {{ content: "{count}" }}'
    begin = again(document, "front", numbers, [*styles, total]) if front is not None else []
    begins = page_of(numbers, back) if back is not None else count + 1
    number = f"@page :first {{ counter-reset: page {begins - 1} }}"
    end = again(document, "back", numbers, [*styles, total, number]) if back is not None else []
    return whole.copy(begin + whole.pages[len(begin) : begins - 1] + end)


def places(pages, first=1):
    """{id: number of its page}"""
    return {name: number for number, page in enumerate(pages, first) for name in page.anchors}


def fill(source, numbers):
    for span in folios(source):
        span.text = str(numbers.get(span.get("data-to"), ""))


def folios(source):
    return (span for span in source.etree_element.iter("span") if span.get("class") == "folio")


def part_of(source, name):
    """The child of the body that has this class; None where there is none."""
    body = source.etree_element.find("body")
    return next((part for part in body if part.get("class") == name), None)


def page_of(numbers, part):
    """The number of the page where `part` begins, which has an id at its very start."""
    first = next(element.get("id") for element in part.iter() if element.get("id"))
    return numbers[first]


def again(document, name, numbers, styles):
    """The pages of the part of class `name` alone, with `numbers`; what runs on pages stays.

    Before the back, a page stands for all that comes before it.
    """
    source = parsed(document)
    body, part = source.etree_element.find("body"), part_of(source, name)
    place = list(body).index(part)
    if name == "front":
        gone = list(body)[place + 1 :]
    else:
        gone = [one for one in list(body)[:place] if one.get("class") not in RUNNING]
        body.insert(place, Element("p"))
    for one in gone:
        body.remove(one)
    fill(source, numbers)
    pages = laid_out(source, document, *styles).pages
    return pages if name == "front" else pages[1:]


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
