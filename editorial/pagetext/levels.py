"""Reads Path to Performance levels: a set of the numbers 1 to 5."""

import re

from .numbers import with_digits

ALL = (1, 2, 3, 4, 5)
MAX_CHARACTERS = 2000  # of a text that are read; a levels text has about 20
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
    """Returns the levels in the text under a "Path to Performance" label, or ().

    >>> read_levels("Level 1, 2"), read_levels("Levels 1—5"), read_levels("3, 4 and 5")
    ((1, 2), (1, 2, 3, 4, 5), (3, 4, 5))
    >>> read_levels("Intended for teams at any level"), read_levels("Level 7")
    ((1, 2, 3, 4, 5), ())
    """
    text = with_digits(text[:MAX_CHARACTERS])
    if BARE.fullmatch(text):
        text = "level " + text
    return _find_levels(text) or (ALL if ANY.search(text) else ())


def read_audience_levels(text: str) -> tuple[int, ...]:
    """Returns the levels that an audience text names for teams, not for people "at all levels".

    >>> read_audience_levels("Level 2 and higher unit-based teams")
    (2, 3, 4, 5)
    >>> read_audience_levels("Leaders at any level"), read_audience_levels("Teams at any level")
    ((), (1, 2, 3, 4, 5))
    """
    text = with_digits(text[:MAX_CHARACTERS])
    return _find_levels(text) or (ALL if TEAMS_AT_ANY.search(text) else ())


def _find_levels(text: str) -> tuple[int, ...]:
    """Returns all levels named in the text, or () if one of them is not a level."""
    found = [level for match in LIST.finditer(text) for level in _expand_levels(*match.groups(""))]
    return tuple(sorted(set(found))) if set(found) <= set(ALL) else ()


def _expand_levels(numbers: str, direction: str) -> list[int]:
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
