"""Documents: plain values, with HTML from a template. A worker makes a PDF from each.

A document is {"html", "site": the address that its links start with, "paper", "text", "ink",
"fit"}. A packet adds "parts" and "contents" (packets/pdf.py); the catalog PDF is several documents
(catalog_parts.py).
"""

import re
from contextlib import contextmanager
from threading import Lock

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.html import escape, strip_tags
from django.utils.safestring import mark_safe

from catalog.lib import page_priority
from catalog.models import SiteSettings

MAX_FOOTER_LETTERS = {"normal": 80, "large": 44}  # of an address on one line
BUILD_LOCK = Lock()


@contextmanager
def one_at_a_time():
    """Lets a process build one document at a time, and none while it makes a page."""
    with BUILD_LOCK:
        page_priority.wait_for_pages()
        yield


def document_of(template, context, options, fit=False):
    """A document with the HTML of a template.

    `fit` lets the worker make letters a little smaller so that the last page is not almost empty.
    """
    common = {
        "site": SimpleLazyObject(SiteSettings.load),
        "host": host(),
        "printed_on": timezone.localdate(),
        "options": options,
    } | footer_context(options, **context)
    return {
        "html": with_addresses(render_to_string(template, common | context)),
        "site": settings.SITE_URL,
        "paper": options.paper,
        "text": options.text,
        "ink": options.ink,
        "fit": fit,
    }


def host():
    return settings.SITE_URL.partition("://")[2]


def footer_context(options, address="", short="", **context):
    """Returns the address for the footer, and whether its query is left out to save room."""
    whole = host() + address
    too_long = len(whole) > MAX_FOOTER_LETTERS[options.text]
    is_cut = too_long and not short and "?" in address
    foot = f"{whole.partition('?')[0]}?…" if is_cut else short if too_long and short else whole
    return {"foot": mark_safe(with_break_hints(escape(foot))), "is_cut": is_cut}


# A link as templates/pdf and the sanitizer write it.
LINK = re.compile(
    r'<a (?P<class>class="web" )?href="(?P<to>[^"]*)"(?: title="[^"]*")?>(?P<words>.*?)</a>',
    re.DOTALL,
)

SCHEME = re.compile(r"^(https?://|mailto:|tel:)")


def with_addresses(html):
    """Returns `html` with the address of each link after its words, except links with a class.

    Addresses and times break only where they may, or move to the next line as a whole.
    """
    head, end, body = html.partition("</head>")
    return head + end + IN_ONE_PIECE.sub(keep_together, LINK.sub(with_address, body))


def with_address(link):
    """Returns a link with plain words, because PDF/UA takes its elements for stray links."""
    to, words = link["to"], " ".join(strip_tags(link["words"].replace("<br>", " ")).split())
    if to.startswith(("#", "?")):
        return words
    address = SCHEME.sub("", settings.SITE_URL + to if to.startswith("/") else to)
    if link["class"] or words.rstrip("/") in (address.rstrip("/"), to.rstrip("/")):
        return f'<a class="web" href="{to}">{with_break_hints(words)}</a>'
    return f'<a href="{to}" data-address="{with_break_hints(address)}">{words}</a>'


# These characters are not drawn, and copied text does not have them.
NO_BREAK, MAY_BREAK = "\u2060", "\u200b"

SHORT_ADDRESS = re.compile(r"[\w.:-]+/r/\w+(?:/\d+)?")

SIGN = re.compile(r"&amp;|&#?\w+;|[^\w\s/?]")

# "44 hr 30 min", "5–10 min", and from a number to another one, as in "Levels 2–3". The range
# "44 hr 30 min–46 hr" is too long for narrow columns: it may break after its dash.
IN_ONE_PIECE = re.compile(
    r"(?:\d{1,6} ?– ?)?\d{1,6} (?:hr?\b(?: \d{1,2} min\b)?|min\b)|(?<=\d)–(?=\d)"
)


def with_break_hints(address):
    """Returns the words of a link as HTML that tells where an address may break.

    An address breaks only after a slash or between the parts of a query. A short one never breaks.

    >>> with_break_hints("a.org/b-c/?d=1&amp;e=2").replace(NO_BREAK, "~").replace(MAY_BREAK, "|")
    'a~.~org/b~-~c/?d~=~1~&amp;|e~=~2'
    >>> with_break_hints("a.org/r/1m").replace(NO_BREAK, "~")
    'a~.~org/~r/~1m'
    """
    if " " in address:
        return address
    tied = SIGN.sub(
        lambda sign: NO_BREAK + sign[0] + (MAY_BREAK if sign[0] == "&amp;" else NO_BREAK), address
    )
    return tied.replace("/", f"/{NO_BREAK}") if SHORT_ADDRESS.fullmatch(address) else tied


def keep_together(run):
    """
    >>> IN_ONE_PIECE.sub(keep_together, "44 hr 30 min–46 hr + 2").replace(NO_BREAK, "~")
    '44\xa0hr\xa030\xa0min–46\xa0hr + 2'
    >>> IN_ONE_PIECE.sub(keep_together, "5–10 min, 31–33 hr").replace(NO_BREAK, "~")
    '5~–~10\xa0min, 31~–~33\xa0hr'
    """
    return run[0].replace(" ", "\xa0").replace("–", f"{NO_BREAK}–{NO_BREAK}")
