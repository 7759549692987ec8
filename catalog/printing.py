"""The one module that owns WeasyPrint: templates in, PDF out."""

import hashlib
import io
import logging
import mimetypes
import posixpath
import re
import threading
import unicodedata
from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote, urljoin

import weasyprint
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import caches
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

# WeasyPrint has Pillow take half a picture for a whole one, in the whole process; what checks
# uploads must not.
ImageFile.LOAD_TRUNCATED_IMAGES = False

ENTRIES = 100  # of a listing: about 10 pages and 2 s
PAPERS = {"letter": "Letter", "a4": "A4"}
DAY = 24 * 60 * 60
VARIANT = "pdf/ua-1"
SHEET = "catalog/pdf.css"
TIGHT = "html { font-size: 9pt }"
WIDEST_PICTURE = 1100  # pixels: 200 to the inch over the text column
MOST_PIXELS = 16_000_000  # of a PNG or WebP, which open only whole: 64 MB
PICTURES = ["JPEG", "PNG", "WEBP"]

# Pango's font maps are not for several threads at once, and each document in the making takes
# memory; so one is made at a time, and few wait, so that pages are still answered meanwhile.
PRESS = threading.Lock()
WAITING = threading.BoundedSemaphore(4)

logger = logging.getLogger(__name__)
engine_logger = logging.getLogger("weasyprint")
engine_logger.propagate = False


class TooBusy(Exception):
    """As many threads as may already wait for a PDF."""


def listing_pdf(request, listing):
    """The newest ENTRIES of `listing`, as it is filtered."""
    total = listing.found.count()
    context = {
        "listing": listing,
        "title": listing.full_title,
        "address": listing.path,
        "resources": listing.found[:ENTRIES].whole(),
        "count_words": count_words(total),
    }
    return respond(request, "pdf/listing.html", context)


def count_words(total):
    """
    >>> count_words(1234)
    'The newest 100 of 1,234'
    """
    if total > ENTRIES:
        facts = {"newest": ENTRIES, "total": number_format(total, force_grouping=True)}
        return _("The newest %(newest)d of %(total)s") % facts
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
    response = get_conditional_response(request, etag=etag) or pdf_answer(html, paper, key)
    if response.status_code == 503:
        return response
    response["ETag"] = etag
    response["Content-Disposition"] = disposition(context["title"])
    return response


def pdf_answer(html, paper, key):
    try:
        return HttpResponse(kept(html, paper, key), content_type="application/pdf")
    except TooBusy:
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
    return with_scopes(with_addresses(render_to_string(template, common | context, request)))


LINK = re.compile(r'<a (?P<class>class=)?[^>]*?href="(?P<to>[^"]*)"[^>]*>(?P<words>.*?)</a>', re.S)
SCHEME = re.compile(r"^(https?://|mailto:|tel:)")


def with_addresses(html):
    """`html` with the address of each link printed behind its words; not of those with a class."""
    return LINK.sub(with_address, html)


def with_address(link):
    """The link with plain words: PDF/UA has each element inside a link as a stray link."""
    words = " ".join(strip_tags(link["words"].replace("<br>", " ")).split())
    address = SCHEME.sub("", urljoin(f"{settings.SITE_URL}/", link["to"]))
    if link["class"] or words.rstrip("/") in (address.rstrip("/"), link["to"].rstrip("/")):
        return f'<a class="web" href="{link["to"]}">{words}</a>'
    return f'<a href="{link["to"]}" data-address="{address}">{words}</a>'


def with_scopes(html):
    """PDF/UA wants to know what a table's heading heads; editors seldom say it."""
    return re.sub(r"<th(?![^>]*\bscope=)(?=[ >])", '<th scope="col"', html)


def kept(html, paper, key):
    """The PDF from the cache or, in its turn, from the press; raises TooBusy."""
    shelf = caches["pdf" if "pdf" in settings.CACHES else "default"]
    if pdf := shelf.get(key):
        return pdf
    if not WAITING.acquire(blocking=False):
        raise TooBusy
    try:
        with PRESS:
            pdf = shelf.get(key) or printed(html, paper)
            shelf.set(key, pdf, timeout=DAY)
    finally:
        WAITING.release()
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
    """The pages; what needs two of them is set smaller when that makes it one."""
    pages = laid_out(html, style(paper))
    if len(pages.pages) == 2:
        tight = laid_out(html, style(paper), rules(TIGHT))
        return tight if len(tight.pages) == 1 else pages
    return pages


def laid_out(html, *styles):
    source = weasyprint.HTML(string=html, base_url=f"{settings.SITE_URL}/", url_fetcher=FETCHER)
    return source.render(stylesheets=[main_style(), *styles], font_config=fonts(), pdf_variant=VARIANT)


@cache
def fonts():
    """Made at the first PDF of a process: a worker that ends takes its folder of fonts with it."""
    return FontConfiguration()


@cache
def main_style():
    return rules(Path(finders.find(SHEET)).read_text())


@cache
def rules(text):
    base = f"{settings.SITE_URL}{settings.STATIC_URL}{SHEET}"
    return weasyprint.CSS(string=text, base_url=base, url_fetcher=FETCHER, font_config=fonts())


def style(paper):
    return rules(f"@page {{ size: {paper} }}")


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


class SiteFiles(URLFetcher):
    """Reads the site's own static files and pictures, and nothing else on disk or network."""

    def fetch(self, url, headers=None):
        """The answer for `url`; any refusal raises, which WeasyPrint turns into a gap."""
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
    with Image.open(inside(Path(settings.MEDIA_ROOT), name), formats=PICTURES) as image:
        image.draft("RGB", (WIDEST_PICTURE, WIDEST_PICTURE))
        if image.width * image.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        image.thumbnail((WIDEST_PICTURE, WIDEST_PICTURE))
        turned = ImageOps.exif_transpose(image).convert("RGBA")
    flat = Image.new("RGB", turned.size, "white")
    flat.paste(turned, mask=turned)
    file = io.BytesIO()
    flat.save(file, "JPEG", quality=82)
    return file.getvalue(), {"Content-Type": "image/jpeg"}


def inside(folder, name):
    """The file `name` below `folder`; raises where a link or dots lead out of it."""
    file = (folder / name).resolve()
    if name != posixpath.normpath(name) or not file.is_relative_to(folder.resolve()):
        raise PermissionError(name)
    return file
