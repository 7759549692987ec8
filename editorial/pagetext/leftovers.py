"""Finds text in an item that is in none of its record's fields."""

from collections.abc import Iterator

from .credits import read_credit
from .items import Item
from .labels import EDITORS
from .lines import Line
from .records import Record
from .text import tidy


def leftover_lines(record: Record, item: Item) -> list[Line]:
    """Returns lines that no field has, before the first label or under a public one.

    Lines of the editors' own fields do not count.
    """
    known = set(_record_texts(record))
    leftovers = (line for line in _public_lines(item) if tidy(line.text) not in known)
    return [line for line in leftovers if not (record.credits and read_credit(line.text))]


def _public_lines(item: Item) -> Iterator[Line]:
    is_public = not item.is_dump
    for line in item.lines:
        if line.role == "text" and is_public:
            yield line
        elif line.role != "text":
            shown = line.role in ("label", "clock", "player")
            is_public = shown and line.name not in EDITORS.values()


def _record_texts(record: Record) -> Iterator[str]:
    yield ""
    yield record.title or ""
    yield from record.related
    texts = (*record.raw.values(), record.summary, record.body)
    yield from (tidy(line) for text in texts for line in text.split("\n"))
