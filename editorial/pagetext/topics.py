"""Reads a page's head: its address, the site's banner and the heading of a listing."""

import re
from collections.abc import Sequence
from urllib.parse import unquote

from .items import Item
from .lines import Line
from .text import tidy
from .titles import can_be_title

ADDRESS = re.compile(r"URL: *(\S{1,2000})", re.IGNORECASE)
LISTINGS = ("topic", "topics", "subject", "subjects", "taxonomy")
BANNER = re.compile(
    r"kaiser permanente and the .*|labor management partnership|lmpartnership\.org"
    r"|[a-z]{3,9} \d{1,2}, \d{4}",
    re.IGNORECASE,
)
LITTLE_WORDS = {"a", "and", "for", "in", "of", "the", "to"}
WORD = re.compile(r"[^\W_]+")


def split_head(lines: list[Line]) -> tuple[str, list[Line]]:
    """Returns the page's address, and its lines without address, banners and date.

    The address is "" if the first line has none.
    """
    address = ADDRESS.fullmatch(lines[0].text) if lines else None
    at = 1 if address else 0
    while at < len(lines) and len(lines[at].text) < 200 and BANNER.fullmatch(lines[at].text):
        at += 1
    return address[1] if address else "", lines[at:]


def split_topic(url: str, lines: list[Line]) -> tuple[str, list[Line]]:
    """Returns the topic that the page's feed or address confirms, or "", and the other lines."""
    heading = tidy(lines[0].text) if lines and len(lines[0].text) < 200 else ""
    feeds = (line.value for line in reversed(lines) if line.name == "subscribe")
    topic = tidy(next(feeds, ""))
    if not topic and _title_words(heading) == _title_words(_listing_slug(url)) != []:
        topic = heading
    is_heading = topic and heading.casefold() == topic.casefold()
    return topic, lines[1:] if is_heading else lines


def find_heading_topic(url: str, lines: Sequence[Line], items: Sequence[Item]) -> str:
    """Returns a listing page's first line if a gap follows it and no item has it, or ""."""
    first_item = items[0].line if items else 0
    if len(lines) < 2 or lines[0].number >= first_item or not lines[1].after_gap:
        return ""
    is_listing = not url or _is_listing(url)
    return tidy(lines[0].text) if is_listing and can_be_title(lines[0].text) else ""


def _is_listing(url: str) -> bool:
    """Whether the address is that of a topic. Regions, keywords and roles have listings, too."""
    return any(f"/{word}/" in url for word in LISTINGS)


def _listing_slug(url: str) -> str:
    path = url.partition("?")[0].rstrip("/")
    return unquote(path.rpartition("/")[2]) if _is_listing(url) else ""


def _title_words(text: str) -> list[str]:
    return [word for word in WORD.findall(text.casefold()) if word not in LITTLE_WORDS]
