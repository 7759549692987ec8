"""Groups an item's lines into fields: decides which lines belong to which label."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import takewhile

from .credits import read_credit
from .delivery import names_only_modes
from .items import Item
from .labels import FAMILIES, LONG_INTERNAL
from .levels import read_levels
from .lines import Line
from .requirements import ORIENTATION
from .times import mentions_time
from .titles import looks_like_title

# Their text ends at the first blank line if no other label of the item shows its end.
ONE_PARAGRAPH = {"format", "size", "audience", "best_used", "teaser", "headline", "running_time"}
LINKS = {"related", "interest"}
WHOLE = {"lead", "player", "internal"}
MERGED = LINKS | {"free"}
SENTENCE_ENDS = (".", "!", "?", ":", "”", '"', ")", "…")
REQUIREMENT_START = re.compile(
    r"(?:it is )?(?:requires?|required|must|recommended|belong|participants|complet|prior)\b", re.I
)

MAX_TIME_CHARACTERS = 200  # of a line that continues a level or a duration

Lines = tuple[Line, ...]


@dataclass(frozen=True)
class Field:
    """A label's lines. `name` is "lead" before the first label and "free" for unlabeled text."""

    name: str
    label: str = ""
    number: int = 0
    lines: Lines = ()

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.lines]

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


class Fields(dict[str, Field]):
    """Fields by name. Returns an empty field for a name that the item lacks."""

    def __missing__(self, name: str) -> Field:
        return Field(name)


def read_fields(item: Item, compact: bool) -> Fields:
    """Returns each name's first field with text. An empty field means that its label is there."""
    fields = Fields()
    rows = _group_lines(item.lines)
    for row, below in zip(rows, [*rows[1:], Field("")], strict=True):
        lines = tuple(_pick_lines(row, below, compact))
        known = fields[row.name].lines
        if row.name in MERGED or not known:
            fields[row.name] = replace(row, lines=known + lines)
    return fields


def _group_lines(lines: Iterable[Line]) -> list[Field]:
    """Groups lines into fields that end at the next label. Blank lines do not end them yet."""
    rows: list[tuple[Field, list[Line]]] = [(Field("lead"), [])]
    for line in lines:
        rows += [(opened, []) for opened in _open_fields(line, rows[-1][0])]
        if line.role in ("text", "heading"):
            rows[-1][1].append(line)
    return [replace(row, lines=row.lines + tuple(below)) for row, below in rows]


def _open_fields(line: Line, current: Field) -> list[Field]:
    """Returns the fields that a line starts."""
    if line.role in ("label", "clock"):
        beside = (replace(line, text=line.value, after_gap=False),) if line.value else ()
        if line.role == "clock":
            return [Field(line.name, "(running time)", line.number, beside), Field("free")]
        return [Field(line.name, _label(line), line.number, beside)]
    if line.role == "player":
        return [Field("player", lines=(line,)), Field("free")]
    if line.role in ("internal", "submitted", "dump", "end"):
        return [Field("internal", line.name or line.role)]
    ends_internal = current.name == "internal" and line.after_gap and not _is_long(current)
    return [Field("free")] if ends_internal else []


def _label(line: Line) -> str:
    return line.text.removesuffix(line.value).rstrip(": ")


def _is_long(internal: Field) -> bool:
    """Whether an editors' field or the page's end continues after a blank line."""
    return internal.label in ("end", "subscribe") or internal.label.startswith(LONG_INTERNAL)


def _pick_lines(row: Field, below: Field, compact: bool) -> Iterable[Line]:
    bounded = below.name in FAMILIES or below.name == "interest"
    if row.name in LINKS:
        return _pick_links(row, _ends_page(below), compact)
    if (bounded and row.name != "level") or row.name in WHOLE:
        return row.lines
    if row.name in ONE_PARAGRAPH and not compact:
        return _first_paragraph(row.lines)
    return _take_while(
        CONTINUES.get(row.name, _is_credit if compact else _is_prose), row.lines, compact
    )


def _ends_page(below: Field) -> bool:
    return below.name == "internal" and below.label in ("end", "subscribe")


def _pick_links(row: Field, at_end: bool, compact: bool) -> Iterable[Line]:
    """Picks the titles beside or right under the label, or in a list.

    After a blank line another item starts, except at the page's end, where lone titles belong to
    the label. A page without blank lines does not show where the titles end.
    """
    if at_end and all(looks_like_title(line.text) for line in row.lines):
        return row.lines
    if compact:
        return (line for line in row.lines if line.number == row.number)
    near = tuple(takewhile(lambda line: not line.after_gap, row.lines))
    return near or takewhile(lambda line: line.bullet, row.lines)


def _first_paragraph(lines: Lines) -> list[Line]:
    return [*lines[:1], *takewhile(lambda line: not line.after_gap, lines[1:])]


def _take_while(belongs: Callable[[str, str], bool], lines: Lines, compact: bool) -> list[Line]:
    """Takes the first line and those that continue it: without a gap, in a list, or by content."""
    kept = list(lines[:1])
    for line in lines[1:]:
        continues = line.bullet or not (line.after_gap or compact)
        if not continues and not belongs(line.text, kept[-1].text):
            break
        kept.append(line)
    return kept


def _is_prose(text: str, above: str) -> bool:
    return text.endswith(SENTENCE_ENDS) or above.endswith(":") or _is_credit(text, above)


def _is_credit(text: str, above: str) -> bool:
    return read_credit(text) is not None


def _is_time_or_level(text: str, above: str) -> bool:
    if len(text) >= MAX_TIME_CHARACTERS:
        return False
    return bool(read_levels(text)) or mentions_time(text) or names_only_modes(text)


def _is_requirement(text: str, above: str) -> bool:
    if above.endswith(":") and looks_like_title(text):
        return True
    return bool(REQUIREMENT_START.match(text) or ORIENTATION.match(text))


def _always(text: str, above: str) -> bool:
    return True


CONTINUES = {
    "enrollment": _always,
    "level": _is_time_or_level,
    "duration": _is_time_or_level,
    "requirements": _is_requirement,
}
