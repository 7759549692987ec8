"""The one module that owns WeasyPrint: HTML in, pages out."""

import logging
import re
import unicodedata
from functools import cache

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
        "html { font-size: 9.7pt }",
        "html { font-size: 9.7pt } .picture img { max-height: 9rem }",
        "html { font-size: 9pt } .picture img { max-height: 9rem }",
    ],
    "large": ["html { font-size: 16pt } @page { font-size: 13pt }"],
}

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
    """The pages; what needs two of them is set smaller where that makes it one."""
    pages = laid_out(source, document, *styles)
    if len(pages.pages) == 2:
        for size in range(1, len(SIZES[document.get("text", "normal")])):
            smaller = laid_out(source, document, *styles, size=size)
            if len(smaller.pages) == 1:
                return smaller
    return pages


# ---- Page numbers in the contents ----


def numbered(document, *styles):
    """The pages of a document with a contents: each `<span class="folio" data-to="e7">` holds the
    number of the page where the element with the id "e7" is.

    They are laid out once, and then only what comes before the body again, with the numbers:
    WeasyPrint's own way (target-counter) lays out everything several times.
    """
    source = parsed(document)
    whole = laid_out(source, document, *styles)
    if not any(folios(source)):
        return whole
    numbers, front = places(whole.pages), front_of(source)
    fill(source, numbers)
    if front is None:
        return laid_out(source, document, *styles)
    total = f'.last::before {{ content: "{len(whole.pages)}" }}'
    begin = laid_out(front, document, *styles, total)
    return whole.copy(begin.pages + whole.pages[len(begin.pages) :])


def places(pages, first=1):
    """{id: number of its page}"""
    return {name: number for number, page in enumerate(pages, first) for name in page.anchors}


def fill(source, numbers):
    for span in folios(source):
        span.text = str(numbers.get(span.get("data-to"), ""))


def folios(source):
    return (span for span in source.etree_element.iter("span") if span.get("class") == "folio")


def front_of(source):
    """`source` with nothing behind its element of class "front"; None where it has none.

    What is taken away stays away: the source is of no use for the whole any more.
    """
    body = source.etree_element.find("body")
    place = next((n for n, part in enumerate(body) if part.get("class") == "front"), None)
    if place is None:
        return None
    for part in list(body)[place + 1 :]:
        body.remove(part)
    return source


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
