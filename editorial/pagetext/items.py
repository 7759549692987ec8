"""Splits a page into its items: finds where each one starts, and its title."""

from dataclasses import dataclass

from .item_titles import follows_title, title_before, title_of_dump
from .labels import FAMILIES
from .lines import Line
from .text import tidy
from .titles import can_be_title

KINDS = ("tool", "course", "video", "help")
# These may be several times in one item, or in an item of any kind.
SHARED = {"related", "interest", "tools", "outline", "outcomes", "enrollment"}
NODE_ENDS = ("migrated", "not migrated")


@dataclass(frozen=True)
class Item:
    """`lines` follow the title. `line` is the number of the line where the item starts."""

    line: int
    title: str | None
    heading: str
    lines: tuple[Line, ...]
    is_dump: bool = False  # written by the old editor, its fields between the public ones
    guessed_author: str = ""
    is_last: bool = False


@dataclass(frozen=True)
class Start:
    at: int
    body: int  # the first line after the title
    title: str | None = None
    heading: str = ""
    is_dump: bool = False
    guessed_author: str = ""


def split_items(lines: list[Line], compact: bool) -> list[Item]:
    """Returns the page's items in order. Text before the first one belongs to no item."""
    starts = _starts(lines, compact)
    ends = [*(start.at for start in starts), len(lines)][1:]
    return [_item(lines, start, end) for start, end in zip(starts, ends, strict=True)]


def _item(lines: list[Line], start: Start, end: int) -> Item:
    return Item(
        lines[start.at].number,
        tidy(start.title or "") or None,
        start.heading,
        tuple(lines[start.body : end]),
        start.is_dump,
        start.guessed_author,
        end == len(lines),
    )


def _starts(lines: list[Line], compact: bool) -> list[Start]:
    written = {line.text for line in lines}
    starts: list[Start] = []
    seen: set[str] | None = None
    for at, line in enumerate(lines):
        if line.role in ("label", "clock"):
            start = _start_at_label(lines, at, seen, compact)
        else:
            start = _start_at_mark(lines, at, written)
        if start:
            starts.append(start)
            seen = {"help"} if start.heading == "help" else set()
        if line.role in ("label", "clock") and seen is not None:
            seen.add(line.name)
    return starts


def _start_at_label(
    lines: list[Line], at: int, seen: set[str] | None, compact: bool
) -> Start | None:
    if _begins_node(lines, at):
        return _start_of_node(lines, at)
    if not _is_new(lines[at].name, seen) and not follows_title(lines, at):
        return None
    title = title_before(lines, at, compact)
    return Start(at, at) if title is None else Start(title, title + 1, lines[title].text)


def _start_at_mark(lines: list[Line], at: int, written: set[str]) -> Start | None:
    """Returns the start of an item if the line always starts one, or None."""
    line = lines[at]
    if line.role == "heading":
        return _start_at_heading(lines, at)
    if line.role == "dump":
        title, author = title_of_dump(line.value, written)
        return Start(at, at + 1, title, is_dump=True, guessed_author=author)
    if line.role == "submitted" or _begins_node(lines, at):
        return _start_of_node(lines, at)
    return None


def _start_of_node(lines: list[Line], at: int) -> Start:
    if at and lines[at - 1].role == "text":
        return Start(at - 1, at, lines[at - 1].text, is_dump=True)
    return Start(at, at, is_dump=True)


def _is_new(name: str, seen: set[str] | None) -> bool:
    """Whether a label cannot belong to the item that has the labels seen so far."""
    if seen is None:
        return True
    if name in SHARED:
        return "help" in seen
    families = {FAMILIES.get(label, label) for label in seen - SHARED}
    family = FAMILIES.get(name, name)
    if family == "story":
        return bool(families.intersection(KINDS)) or name in seen or "story" in seen
    return name in seen or (family in KINDS and bool(families.intersection(KINDS) - {family}))


def _start_at_heading(lines: list[Line], at: int) -> Start:
    heading = lines[at].name
    below = lines[at + 1] if at + 1 < len(lines) else None
    if heading == "help" or not below or below.role != "text" or not can_be_title(below.text):
        return Start(at, at + 1, heading=heading)
    return Start(at, at + 2, below.text, heading)


def _begins_node(lines: list[Line], at: int) -> bool:
    """Whether the line above is a title between two editors' dumps, or after the page's head."""
    if at == 0 or lines[at - 1].role != "text":
        return False
    if lines[at].role != "internal" and lines[at].name not in ("teaser", "headline"):
        return False
    return at <= 2 or lines[at - 2].text.casefold() in NODE_ENDS
