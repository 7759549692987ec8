"""Cleans stored text before and after it is read."""

import re

LINE_ENDS = dict.fromkeys(map(ord, "\v\f\x1c\x1d\x1e\x85\u2028\u2029"), "\n")
SPACES = dict.fromkeys([9, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
INVISIBLE = dict.fromkeys(
    [
        *(code for code in range(0x20) if code not in (0x09, 0x0A, 0x0B, 0x0C)),
        *range(0x7F, 0xA0),
        0xAD,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xD800, 0xE000),
        *range(0xFDD0, 0xFDF0),
        0xFEFF,
        *(plane + last for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)),
    ]
)
CLEAN = INVISIBLE | SPACES | LINE_ENDS
STRAIGHT = str.maketrans("‘’‚′“”„″–—−‒‐‑", "''''\"\"\"\"------")

LEAKED = re.compile(
    r"story body part \d{1,2}:?|loading the player(?:\.{3}|…)?|related tools:$", re.IGNORECASE
)


def clean(text: str) -> str:
    r"""Leaves one kind of line end, one kind of space, no control characters and no surrogates.

    >>> clean("\ufeffLevel\u00a02\r\n8\x00 hours\x0c")
    'Level 2\n8 hours\n'
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(CLEAN)


def tidy(text: str) -> str:
    """Makes text ready for readers: single spaces, without labels leaked from the old template.

    >>> tidy("Loading the player...  Two  spaces ")
    'Two spaces'
    """
    return " ".join(LEAKED.sub(" ", text.strip()).split())


def straighten(text: str) -> str:
    """Makes quotes straight and dashes plain hyphens, to compare and read the text.

    >>> straighten("8.5” x 11” – UBT’s")
    '8.5" x 11" - UBT\\'s'
    """
    return text.translate(STRAIGHT)
