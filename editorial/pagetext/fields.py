"""An item's lines as labelled fields: which lines belong to which label."""

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
from .times import hints_time
from .titles import looks_like_title

# Their text ends at the first blank line, where no further label of the item shows its end.
ONE_PARAGRAPH = {"format", "size", "audience", "best_used", "teaser", "headline", "running_time"}
LINKS = {"related", "interest"}
WHOLE = {"lead", "player", "internal"}
MERGED = LINKS | {"free"}
SENTENCE_ENDS = (".", "!", "?", ":", "”", '"', ")", "…")
REQUIREMENT_START = re.compile(
    r"(?:it is )?(?:requires?|required|must|recommended|belong|participants|complet|prior)\b", re.I
)

LONGEST_TIME = 200  # characters of a line that goes on from a level or a duration

Lines = tuple[Line, ...]


@dataclass(frozen=True)
class Field:
    """A label's lines. `name` is "lead" before the first label and "free" for text under none."""

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
    """Fields by name; a name that the item lacks gives an empty field."""

    def __missing__(self, name: str) -> Field:
        return Field(name)


def read_fields(item: Item, compact: bool) -> Fields:
    """Each name's first field that holds text; an empty one shows that the label stood there."""
    fields = Fields()
    rows = _grouped(item.lines)
    for row, below in zip(rows, [*rows[1:], Field("")], strict=True):
        lines = tuple(_own_lines(row, below, compact))
        known = fields[row.name].lines
        if row.name in MERGED or not known:
            fields[row.name] = replace(row, lines=known + lines)
    return fields


def _grouped(lines: Iterable[Line]) -> list[Field]:
    """Fields as far as the next label; blank lines do not end them yet."""
    rows: list[tuple[Field, list[Line]]] = [(Field("lead"), [])]
    for line in lines:
        rows += [(opened, []) for opened in _opened(line, rows[-1][0])]
        if line.role in ("text", "heading"):
            rows[-1][1].append(line)
    return [replace(row, lines=row.lines + tuple(below)) for row, below in rows]


def _opened(line: Line, current: Field) -> list[Field]:
    """The fields that a line begins."""
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
    """Whether an editors' field, or the page's end, goes on after a blank line."""
    return internal.label in ("end", "subscribe") or internal.label.startswith(LONG_INTERNAL)


def _own_lines(row: Field, below: Field, compact: bool) -> Iterable[Line]:
    bounded = below.name in FAMILIES or below.name == "interest"
    if row.name in LINKS:
        return _links(row, _ends_page(below), compact)
    if (bounded and row.name != "level") or row.name in WHOLE:
        return row.lines
    if row.name in ONE_PARAGRAPH and not compact:
        return _first_paragraph(row.lines)
    return _while(CONTINUES.get(row.name, _is_credit if compact else _is_prose), row.lines, compact)


def _ends_page(below: Field) -> bool:
    return below.name == "internal" and below.label in ("end", "subscribe")


def _links(row: Field, at_end: bool, compact: bool) -> Iterable[Line]:
    """Titles beside or right under the label, or in a list; after a blank line comes another item.

    At the page's end no item comes: lone titles there are the label's.
    A page without blank lines does not show where they end.
    """
    if at_end and all(looks_like_title(line.text) for line in row.lines):
        return row.lines
    if compact:
        return (line for line in row.lines if line.number == row.number)
    near = tuple(takewhile(lambda line: not line.after_gap, row.lines))
    return near or takewhile(lambda line: line.bullet, row.lines)


def _first_paragraph(lines: Lines) -> list[Line]:
    return [*lines[:1], *takewhile(lambda line: not line.after_gap, lines[1:])]


def _while(belongs: Callable[[str, str], bool], lines: Lines, compact: bool) -> list[Line]:
    """The first line and what goes on from it: without a gap, in a list, or by what it says."""
    kept = list(lines[:1])
    for line in lines[1:]:
        goes_on = line.bullet or not (line.after_gap or compact)
        if not goes_on and not belongs(line.text, kept[-1].text):
            break
        kept.append(line)
    return kept


def _is_prose(text: str, above: str) -> bool:
    return text.endswith(SENTENCE_ENDS) or above.endswith(":") or _is_credit(text, above)


def _is_credit(text: str, above: str) -> bool:
    return read_credit(text) is not None


def _is_time_or_level(text: str, above: str) -> bool:
    if len(text) >= LONGEST_TIME:
        return False
    return bool(read_levels(text)) or hints_time(text) or names_only_modes(text)


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
