"""The one module that owns WeasyPrint: templates in, PDF out."""

import atexit
import hashlib
import io
import logging
import mimetypes
import posixpath
import re
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote

import weasyprint
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import caches
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.formats import number_format
from django.utils.html import strip_tags
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from PIL import Image, ImageFile, ImageOps
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from catalog.tables import tidy
from catalog.uploads import is_local

# WeasyPrint has Pillow take half a picture for a whole one, in the whole process; what checks
# uploads must not.
ImageFile.LOAD_TRUNCATED_IMAGES = False

ENTRIES = 60  # of a listing: 9 pages, 1 s and some 25 MB while it is made
PAPERS = {"letter": "Letter", "a4": "A4"}
DAY = 24 * 60 * 60
VARIANT = "pdf/ua-1"
OURS = "ours"  # the class of a table of a template, which is regular as it is written
SHEET = "catalog/pdf.css"
SMALLER = [
    "html { font-size: 9.7pt }",
    "html { font-size: 9.7pt } .picture img { max-height: 9rem }",
    "html { font-size: 9pt } .picture img { max-height: 9rem }",
]
WIDEST_PICTURE = 1100  # pixels: 200 to the inch over the text column
MOST_PIXELS = 12_000_000  # of a PNG or WebP, which open only whole: 50 MB
PICTURES = ["JPEG", "PNG", "WEBP", "GIF"]

# One thread makes all PDFs of a process: Pango's font maps are not for several at once, and each
# thread that makes one keeps the memory it took. Few may wait, so that pages are still answered.
PRESS = ThreadPoolExecutor(max_workers=1, thread_name_prefix="press")
WAITING = threading.BoundedSemaphore(4)

logger = logging.getLogger(__name__)
engine_logger = logging.getLogger("weasyprint")
engine_logger.propagate = False


class TooBusy(Exception):
    """As many threads as may already wait for a PDF."""


def listing_pdf(request, listing):
    """The first ENTRIES of `listing`, as it is filtered and ordered."""
    context = {
        "listing": listing,
        "title": listing.full_title,
        "address": listing.path,
        "resources": listing.whole(ENTRIES),
        "count_words": count_words(len(listing.ids)),
    }
    return respond(request, "pdf/listing.html", context)


def count_words(total):
    """
    >>> count_words(1234)
    'The first 60 of 1,234'
    """
    if total > ENTRIES:
        facts = {"first": ENTRIES, "total": number_format(total, force_grouping=True)}
        return _("The first %(first)d of %(total)s") % facts
    return ngettext("%d result", "%d results", total) % total


def resource_pdf(request, resource, context):
    """The sheet of one video, tool or course, loaded by for_detail()."""
    context = context | {
        "resource": resource,
        "title": resource.title,
        "address": resource.get_absolute_url(),
    }
    response = respond(request, f"pdf/{resource.kind}.html", context)
    if not resource.is_public:
        response["Cache-Control"] = "private, no-store"
    return response


def respond(request, template, context):
    """The PDF, or 304 where the reader has it: it is known by what it is made from."""
    paper = PAPERS.get(request.GET.get("paper", "").lower(), "Letter")
    html = sheet_html(request, template, context)
    key = hashlib.sha256("\n".join([version(), paper, html]).encode()).hexdigest()
    etag = f'"{key}"'
    try:
        response = get_conditional_response(request, etag=etag) or pdf_answer(html, paper, key)
    except TooBusy:
        return busy_answer()
    response["ETag"] = etag
    response["Content-Disposition"] = disposition(context["title"])
    return response


def pdf_answer(html, paper, key):
    return HttpResponse(kept(html, paper, key), content_type="application/pdf")


def busy_answer():
    words = _("Many PDFs are being made at this moment. Try again in a few seconds.")
    headers = {"Retry-After": "5", "Cache-Control": "no-store"}
    return HttpResponse(words, content_type="text/plain", status=503, headers=headers)


def disposition(title):
    """Shown in the browser, and under this name when it is kept: letters of any script."""
    plain = slugify(title)[:100] or "catalog"
    full = slugify(title, allow_unicode=True)[:100] or plain
    return f"inline; filename=\"{plain}.pdf\"; filename*=UTF-8''{quote(full)}.pdf"


def sheet_html(request, template, context):
    common = {
        "host": settings.SITE_URL.partition("://")[2],
        "printed_on": timezone.localdate(),
    }
    return with_addresses(render_to_string(template, common | context, request))


# As templates/pdf and the sanitiser write a link.
LINK = re.compile(
    r'<a (?P<class>class="web" )?href="(?P<to>[^"]*)"(?: title="[^"]*")?>(?P<words>.*?)</a>',
    re.DOTALL,
)
SCHEME = re.compile(r"^(https?://|mailto:|tel:)")


def with_addresses(html):
    """`html` with the address of each link printed behind its words; not of those with a class."""
    return LINK.sub(with_address, html)


def with_address(link):
    """The link with plain words: PDF/UA has each element inside a link as a stray link."""
    to, words = link["to"], " ".join(strip_tags(link["words"].replace("<br>", " ")).split())
    if to.startswith(("#", "?")):
        return words
    address = SCHEME.sub("", settings.SITE_URL + to if to.startswith("/") else to)
    if link["class"] or words.rstrip("/") in (address.rstrip("/"), to.rstrip("/")):
        return f'<a class="web" href="{to}">{words}</a>'
    return f'<a href="{to}" data-address="{address}">{words}</a>'


def kept(html, paper, key):
    """The PDF from the shelf or, in its turn, from the press; raises TooBusy."""
    if pdf := caches["pdf"].get(key):
        return pdf
    if not WAITING.acquire(blocking=False):
        raise TooBusy
    try:
        return PRESS.submit(pressed, html, paper, key).result()
    finally:
        WAITING.release()


def pressed(html, paper, key):
    """The PDF, unless who waited in front wanted the same."""
    pdf = caches["pdf"].get(key) or printed(html, paper)
    caches["pdf"].set(key, pdf, timeout=DAY)
    return pdf


def printed(html, paper):
    """`html` as PDF/UA-1; what no font of this machine can show is taken out of it."""
    missing = MissingCharacters()
    engine_logger.addHandler(missing)
    try:
        pdf = fitted(html, paper).write_pdf(pdf_variant=VARIANT)
        if missing.found:
            pdf = fitted(without(html, missing.found), paper).write_pdf(pdf_variant=VARIANT)
    finally:
        engine_logger.removeHandler(missing)
    return pdf


def fitted(html, paper):
    """The pages; what needs two of them is set smaller where that makes it one."""
    pages = laid_out(html, style(paper))
    if len(pages.pages) == 2:
        smaller = (laid_out(html, style(paper), rules(size)) for size in SMALLER)
        return next((sheet for sheet in smaller if len(sheet.pages) == 1), pages)
    return pages


def laid_out(html, *styles):
    source = weasyprint.HTML(string=html, base_url=f"{settings.SITE_URL}/", url_fetcher=FETCHER)
    for table in list(source.etree_element.iter("table")):
        if table.get("class") != OURS:
            tidy(table)
    return source.render(
        stylesheets=[main_style(), *styles],
        font_config=fonts(),
        pdf_variant=VARIANT,
        presentational_hints=True,  # the number that a list starts with
    )


@cache
def fonts():
    """Made at the first PDF of a process: its end removes the folder that they are unpacked in."""
    atexit.register(fonts.cache_clear)
    return FontConfiguration()


@cache
def main_style():
    return rules(Path(finders.find(SHEET)).read_text())


@cache
def rules(text):
    base = f"{settings.SITE_URL}{settings.STATIC_URL}{SHEET}"
    return weasyprint.CSS(string=text, base_url=base, url_fetcher=FETCHER, font_config=fonts())


def style(paper):
    return rules(f"@page {{ size: {paper} }} @page wide {{ size: {paper} landscape }}")


@cache
def version():
    return weasyprint.VERSION + Path(finders.find(SHEET)).read_text()


class MissingCharacters(logging.Handler):
    """Collects those that WeasyPrint logs as being in no font: their boxes would break PDF/UA."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.found = set()

    def emit(self, record):
        if record.msg.startswith(".notdef"):
            self.found.add(record.args[0])


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


DRAWN_HERE = "data:image/svg+xml;"  # QR codes; editors' texts cannot hold such an address


class SiteFiles(URLFetcher):
    """Reads the site's own static files and pictures, and nothing else on disk or network."""

    def fetch(self, url, headers=None):
        """The answer for `url`; any refusal raises, which WeasyPrint turns into a gap."""
        if url.startswith(DRAWN_HERE):
            return super().fetch(url, headers)
        try:
            return URLFetcherResponse(url, *site_file(url))
        except Exception:
            logger.warning("Left out of a PDF: %.200s", url)
            raise


FETCHER = SiteFiles()


def site_file(url):
    """The content and headers of the static file or picture at `url`."""
    for prefix, read in ((settings.STATIC_URL, static_file), (settings.MEDIA_URL, picture)):
        start = settings.SITE_URL + prefix
        if url.startswith(start):
            return read(unquote(url.removeprefix(start)))
    raise PermissionError("PDFs hold what is of this site only.")


def static_file(name):
    found = finders.find(name)
    if not found:
        raise FileNotFoundError(name)
    file = inside(Path(found.removesuffix(name)), name)
    return file.read_bytes(), {"Content-Type": mimetypes.guess_type(name)[0] or ""}


def picture(name):
    """An upload as a JPEG no larger than paper needs, on white."""
    with upload(name) as file, Image.open(file, formats=PICTURES) as image:
        image.draft("RGB", (WIDEST_PICTURE, WIDEST_PICTURE))
        if image.width * image.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        drawn = image.convert("RGBA" if image.has_transparency_data else "RGB")
    drawn.thumbnail((WIDEST_PICTURE, WIDEST_PICTURE))
    drawn = on_white(ImageOps.exif_transpose(drawn))
    file = io.BytesIO()
    drawn.save(file, "JPEG", quality=82)
    return file.getvalue(), {"Content-Type": "image/jpeg"}


def upload(name):
    if is_local(default_storage):
        return inside(Path(default_storage.location), name).open("rb")
    return default_storage.open(name)


def on_white(image):
    if image.mode != "RGBA":
        return image
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image)
    return white


def inside(folder, name):
    """The file `name` below `folder`; raises where a link or dots lead out of it."""
    file = (folder / name).resolve()
    if name != posixpath.normpath(name) or not file.is_relative_to(folder.resolve()):
        raise PermissionError(name)
    return file
