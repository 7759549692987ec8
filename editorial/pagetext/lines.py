"""A page's text as lines, each with the part it plays."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from . import labels
from .durations import names_time
from .text import clean

MOST_CHARACTERS = 2_000_000
MOST_LINES = 3_000  # a real page has about 100; each may cost a record, 0.1 ms
BULLET = re.compile(r"[•·▪◦‣*–-] +")
LONG_LABEL = 60  # characters before a label's colon
BARE_LEVEL = re.compile(r"levels? [1-5][1-5 ,&and–—-]{0,20}", re.IGNORECASE)
LONGEST_MARKED = 400  # characters of a line that can be anything but text


@dataclass(frozen=True, slots=True)
class Line:
    """`role`: text, label, clock, player, internal, heading, submitted, dump, end.

    `name` is a label's field or a heading's kind; `value` what stands beside it on the line.
    """

    number: int
    text: str
    after_gap: bool = False
    bullet: bool = False
    role: str = "text"
    name: str = ""
    value: str = ""


BLANK = Line(0, "", role="blank")


def read_lines(text: str) -> tuple[list[Line], bool]:
    """The lines that hold something, and whether the text was too long to take whole."""
    rows = clean(text[:MOST_CHARACTERS]).split("\n")
    filled = [(number, stripped) for number, row in enumerate(rows, 1) if (stripped := row.strip())]
    lines = _without_false_headings(_without_menus(_marked(filled[:MOST_LINES])))
    too_long = len(text) > MOST_CHARACTERS or len(filled) > MOST_LINES
    return _with_bare_levels(lines), too_long


def _marked(filled: list[tuple[int, str]]) -> Iterator[Line]:
    last, gap = 0, False
    for number, written in filled:
        gap, last = gap or number > last + 1, number
        if not _is_furniture(written):
            yield _line(number, written, gap)
            gap = False


def _line(number: int, written: str, gap: bool) -> Line:
    bullet = BULLET.match(written)
    if bullet:
        return Line(number, written[bullet.end() :], gap, bullet=True)
    role, name, value = part_of(written)
    return Line(number, written, gap, False, role, name, value)


def _is_furniture(text: str) -> bool:
    if len(text) > labels.LONGEST:
        return False
    folded = text.rstrip(": ").casefold()
    return folded in labels.FURNITURE or labels.LATER_PART.fullmatch(text) is not None


def _without_menus(lines: Iterable[Line]) -> list[Line]:
    """Two or more lines of the site's menu in a row are the menu, "Path to Performance" too."""
    kept: list[Line] = []
    for in_menu, group in groupby(lines, key=_is_menu_word):
        run = list(group)
        if not in_menu or len(run) == 1:
            kept += run
    return kept


def _without_false_headings(lines: list[Line]) -> list[Line]:
    """A heading's word right under a label is the label's value ("Format:", then "Video")."""
    under = [False, *(_leads(line) and not below.after_gap for line, below in pairwise(lines))]
    return [
        replace(line, role="text", name="") if line.role == "heading" and held else line
        for line, held in zip(lines, under, strict=False)
    ]


def _with_bare_levels(lines: list[Line]) -> list[Line]:
    """Where all labels were lost, a levels line above a time is still a course's."""
    return [
        replace(line, role="label", name="level", value=line.text)
        if above.name != "level" and _is_bare_level(line) and _is_time(below)
        else line
        for above, line, below in zip([BLANK, *lines], lines, [*lines[1:], BLANK], strict=False)
    ]


def _is_bare_level(line: Line) -> bool:
    return line.role == "text" and not line.bullet and BARE_LEVEL.fullmatch(line.text) is not None


def _is_time(line: Line) -> bool:
    return line.role == "text" and len(line.text) <= labels.LONGEST and names_time(line.text)


def _leads(line: Line) -> bool:
    return line.role == "internal" or (line.role == "label" and not line.value)


def _is_menu_word(line: Line) -> bool:
    return line.text.casefold() in labels.NAVIGATION


def part_of(text: str) -> tuple[str, str, str]:
    """Role, name and value of a line.

    >>> part_of("Size: 6 pages"), part_of("TOOLS"), part_of("(1:29)")
    (('label', 'size', '6 pages'), ('heading', 'tool', ''), ('clock', 'running_time', '(1:29)'))
    """
    head, colon, value = text[: LONG_LABEL + 1].partition(":")
    if colon and (name := labels.field_of(head)):
        return "label", name, text[len(head) + 1 :].strip()
    if len(text) <= labels.LONGEST and (part := _part_of_short(text)):
        return part
    return _part_of_long(text)


def _part_of_short(text: str) -> tuple[str, str, str] | None:
    folded = text.casefold().rstrip(": ")
    if (name := labels.field_of(text)) and folded not in labels.NEED_COLON:
        return "label", name, ""
    if folded in labels.HEADINGS:
        return "heading", labels.HEADINGS[folded], ""
    if labels.is_internal(text):
        return "internal", folded, ""
    if folded in labels.ENDS:
        return "end", "", ""
    return ("clock", "running_time", text) if labels.is_clock(text) else None


def _part_of_long(text: str) -> tuple[str, str, str]:
    if len(text) > LONGEST_MARKED:
        return "text", "", ""
    if labels.SUBMITTED.match(text):
        return "submitted", "", ""
    if match := labels.DUMP.fullmatch(text):
        return "dump", "", match[1]
    if match := labels.INTEREST.fullmatch(text):
        return "label", "interest", match[2]
    if match := labels.SUBSCRIBE.fullmatch(text):
        return "end", "subscribe", match[1]
    if match := labels.PLAYER.fullmatch(text):
        beside = match[1] if labels.is_clock(match[1]) else ""
        return "clock" if beside else "player", "running_time" if beside else "", beside
    return "text", "", ""
