"""Page count and paper: two facts in one written size."""

import re

from .numbers import with_digits

LONGEST = 1000  # characters read; a size text has about 30
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
    """The page or slide count, when one and only one is written.

    >>> read_pages('One page, 8.5" x 11"'), read_pages("1 slide"), read_pages('8.5" x 11"')
    (1, 1, None)
    """
    counts = {int(count) for count in PAGES.findall(with_digits(text[:LONGEST]))}
    return counts.pop() or None if len(counts) == 1 else None


def read_paper(text: str) -> str | None:
    """The first paper size written, as "width x height unit".

    >>> read_paper("18 pages; 8½” x 11”"), read_paper("11x17"), read_paper("letter size")
    ('8.5 x 11 in', '11 x 17 in', '8.5 x 11 in')
    """
    text = with_digits(text[:LONGEST])
    for width, height, unit in PAPER.findall(text):
        if not unit.startswith(("px", "pixel")):
            return f"{float(width):g} x {float(height):g} {unit or 'in'}"
    name = NAME.search(text)
    return NAMED[name[0]] if name else None
