"""Path to Performance levels: a set of the numbers 1 to 5."""

import re

from .numbers import with_digits

ALL = (1, 2, 3, 4, 5)
LONGEST = 2000  # characters read; a levels text has about 20
LIST = re.compile(
    r"\blevels?[ :]{0,2}"
    r"(\d{1,3}(?: ?(?:[-,&/]|,? ?(?:and|or|to|through|thru)\b){1,2} ?(?:levels? )?\d{1,3}){0,9})"
    r"( ?\+|,? \(?(?:and|or|&) (?:higher|above|up|beyond|lower|below))?"
)
BARE = re.compile(r"\d(?:[\d ,&/+-]|and|or|to|through|higher|above|up)*")
PART = re.compile(r"\d+|-|\b(?:to|through|thru)\b")
ANY = re.compile(r"\b(?:any|all|every)(?: \w{1,20})? levels?\b")
TEAMS_AT_ANY = re.compile(r"\b(?:teams|ubts),? (?:at|on|of) (?:any|all|every) levels?\b")


def read_levels(text: str) -> tuple[int, ...]:
    """The levels in the text under a "Path to Performance" label; () when it says none.

    >>> read_levels("Level 1, 2"), read_levels("Levels 1—5"), read_levels("3, 4 and 5")
    ((1, 2), (1, 2, 3, 4, 5), (3, 4, 5))
    >>> read_levels("Intended for teams at any level"), read_levels("Level 7")
    ((1, 2, 3, 4, 5), ())
    """
    text = with_digits(text[:LONGEST])
    if BARE.fullmatch(text):
        text = "level " + text
    return _named(text) or (ALL if ANY.search(text) else ())


def read_audience_levels(text: str) -> tuple[int, ...]:
    """The levels that an audience text names for teams; people "at all levels" are not meant.

    >>> read_audience_levels("Level 2 and higher unit-based teams")
    (2, 3, 4, 5)
    >>> read_audience_levels("Leaders at any level"), read_audience_levels("Teams at any level")
    ((), (1, 2, 3, 4, 5))
    """
    text = with_digits(text[:LONGEST])
    return _named(text) or (ALL if TEAMS_AT_ANY.search(text) else ())


def _named(text: str) -> tuple[int, ...]:
    """All levels named in the text, or none of them when one is not a level at all."""
    found = [level for match in LIST.finditer(text) for level in _expanded(*match.groups(""))]
    return tuple(sorted(set(found))) if set(found) <= set(ALL) else ()


def _expanded(numbers: str, direction: str) -> list[int]:
    levels: list[int] = []
    upto = False
    for part in PART.findall(numbers):
        if not part.isdecimal():
            upto = True
            continue
        levels += range(levels[-1], int(part) + 1) if upto and levels else [int(part)]
        upto = False
    if direction.endswith(("lower", "below")):
        return [*range(1, levels[0] + 1)]
    return [*levels, *range(levels[-1], 6)] if direction else levels
