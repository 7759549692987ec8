"""Text in an item that none of its record's fields holds."""

from collections.abc import Iterator

from .credits import read_credit
from .items import Item
from .labels import EDITORS
from .lines import Line
from .records import Record
from .text import tidy


def leftover_lines(record: Record, item: Item) -> list[Line]:
    """Lines of text before the first label or under a public one; not those of the editors."""
    held = set(_held(record))
    left = (line for line in _public_lines(item) if tidy(line.text) not in held)
    return [line for line in left if not (record.credits and read_credit(line.text))]


def _public_lines(item: Item) -> Iterator[Line]:
    is_public = not item.is_dump
    for line in item.lines:
        if line.role == "text" and is_public:
            yield line
        elif line.role != "text":
            shown = line.role in ("label", "clock", "player")
            is_public = shown and line.name not in EDITORS.values()


def _held(record: Record) -> Iterator[str]:
    yield ""
    yield record.title or ""
    yield from record.related
    texts = (*record.raw.values(), record.summary, record.body)
    yield from (tidy(line) for text in texts for line in text.split("\n"))
