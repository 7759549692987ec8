"""Splits a page's text into lines and gives each line its role."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from . import labels
from .durations import names_time
from .text import clean

MAX_CHARACTERS = 2_000_000
MAX_LINES = 3_000  # a real page has about 100; each line may become a record, which takes 0.1 ms
BULLET = re.compile(r"[•·▪◦‣*–-] +")
MAX_LABEL_CHARACTERS = 60  # before a label's colon
BARE_LEVEL = re.compile(r"levels? [1-5][1-5 ,&and–—-]{0,20}", re.IGNORECASE)
MAX_MARKED_CHARACTERS = 400  # a longer line is text


@dataclass(frozen=True, slots=True)
class Line:
    """`role` is text, label, clock, player, internal, heading, submitted, dump or end.

    `name` is a label's field or a heading's kind. `value` is the text beside it on the line.
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
    """Returns the lines that are not blank, and whether the text was too long to read it all."""
    rows = clean(text[:MAX_CHARACTERS]).split("\n")
    filled = [(number, stripped) for number, row in enumerate(rows, 1) if (stripped := row.strip())]
    lines = _without_false_headings(_without_menus(_mark_lines(filled[:MAX_LINES])))
    too_long = len(text) > MAX_CHARACTERS or len(filled) > MAX_LINES
    return _with_bare_levels(lines), too_long


def _mark_lines(filled: list[tuple[int, str]]) -> Iterator[Line]:
    last, gap = 0, False
    for number, written in filled:
        gap, last = gap or number > last + 1, number
        if not _is_furniture(written):
            yield _make_line(number, written, gap)
            gap = False


def _make_line(number: int, written: str, gap: bool) -> Line:
    bullet = BULLET.match(written)
    if bullet:
        return Line(number, written[bullet.end() :], gap, bullet=True)
    role, name, value = classify_line(written)
    return Line(number, written, gap, False, role, name, value)


def _is_furniture(text: str) -> bool:
    if len(text) > labels.MAX_CHARACTERS:
        return False
    folded = text.rstrip(": ").casefold()
    return folded in labels.FURNITURE or labels.LATER_PART.fullmatch(text) is not None


def _without_menus(lines: Iterable[Line]) -> list[Line]:
    """Removes menus: two or more of the menu's words in a row, including "Path to Performance"."""
    kept: list[Line] = []
    for in_menu, group in groupby(lines, key=_is_menu_word):
        run = list(group)
        if not in_menu or len(run) == 1:
            kept += run
    return kept


def _without_false_headings(lines: list[Line]) -> list[Line]:
    """Turns a heading right under a label into the label's value ("Format:", then "Video")."""
    is_value = [False, *(_leads(line) and not below.after_gap for line, below in pairwise(lines))]
    return [
        replace(line, role="text", name="") if line.role == "heading" and under_label else line
        for line, under_label in zip(lines, is_value, strict=False)
    ]


def _with_bare_levels(lines: list[Line]) -> list[Line]:
    """Turns a levels line above a time into a course's label, for pages that lost all labels."""
    return [
        replace(line, role="label", name="level", value=line.text)
        if above.name != "level" and _is_bare_level(line) and _is_time(below)
        else line
        for above, line, below in zip([BLANK, *lines], lines, [*lines[1:], BLANK], strict=False)
    ]


def _is_bare_level(line: Line) -> bool:
    return line.role == "text" and not line.bullet and BARE_LEVEL.fullmatch(line.text) is not None


def _is_time(line: Line) -> bool:
    return line.role == "text" and len(line.text) <= labels.MAX_CHARACTERS and names_time(line.text)


def _leads(line: Line) -> bool:
    return line.role == "internal" or (line.role == "label" and not line.value)


def _is_menu_word(line: Line) -> bool:
    return line.text.casefold() in labels.NAVIGATION


def classify_line(text: str) -> tuple[str, str, str]:
    """Returns the role, name and value of a line.
    >>> classify_line("Size: 6 pages"), classify_line("TOOLS"), classify_line("(1:29)")
    (('label', 'size', '6 pages'), ('heading', 'tool', ''), ('clock', 'running_time', '(1:29)'))
    """
    head, colon, value = text[: MAX_LABEL_CHARACTERS + 1].partition(":")
    if colon and (name := labels.field_of(head)):
        return "label", name, text[len(head) + 1 :].strip()
    if len(text) <= labels.MAX_CHARACTERS and (part := _classify_short_line(text)):
        return part
    return _classify_long_line(text)


def _classify_short_line(text: str) -> tuple[str, str, str] | None:
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


def _classify_long_line(text: str) -> tuple[str, str, str]:
    if len(text) > MAX_MARKED_CHARACTERS:
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
