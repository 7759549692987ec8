"""Reads the page count and the paper size, which are one text on a page."""

import re

from .numbers import with_digits

MAX_CHARACTERS = 1000  # of a text that are read; a size has about 30
PAGES = re.compile(
    r"(?<![\d.])(?<!x )(?<!by )(\d{1,4})[ -](?:(?:[a-z]+|2)-sided |[a-z]+ )?(?:pages?|pp|slides?)\b"
)
NUMBER = r"(\d{1,3}(?:\.\d{1,2})?)"
MARK = r' ?-?(?:"|\'\'|in\b\.?|inch(?:es)?\b)?'
PAPER = re.compile(
    rf"(?<![\d.]){NUMBER}{MARK}[ -]?(?:x|×|by)[ -]?{NUMBER}(?![\d.]*\d){MARK} ?(cm|mm|px|pixels?)?"
)
NAMED = {
    "letter": "8.5 x 11 in",
    "legal": "8.5 x 14 in",
    "tabloid": "11 x 17 in",
    "ledger": "11 x 17 in",
    "a3": "A3",
    "a4": "A4",
}
NAME = re.compile(r"\b(?:" + "|".join(NAMED) + r")\b")


def read_pages(text: str) -> int | None:
    """Returns the page or slide count, or None unless the text has exactly one.

    >>> read_pages('One page, 8.5" x 11"'), read_pages("1 slide"), read_pages('8.5" x 11"')
    (1, 1, None)
    """
    counts = {int(count) for count in PAGES.findall(with_digits(text[:MAX_CHARACTERS]))}
    return counts.pop() or None if len(counts) == 1 else None


def read_paper(text: str) -> str | None:
    """Returns the first paper size in the text as "width x height unit", or None.

    >>> read_paper("18 pages; 8½” x 11”"), read_paper("11x17"), read_paper("letter size")
    ('8.5 x 11 in', '11 x 17 in', '8.5 x 11 in')
    """
    text = with_digits(text[:MAX_CHARACTERS])
    for width, height, unit in PAPER.findall(text):
        if not unit.startswith(("px", "pixel")):
            return f"{float(width):g} x {float(height):g} {unit or 'in'}"
    name = NAME.search(text)
    return NAMED[name[0]] if name else None
