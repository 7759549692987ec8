"""Reads a page's records from its text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .build import build
from .checks import check, check_titles
from .duplicates import remove_copies
from .fields import Fields, read_fields
from .items import Item, split_items
from .kinds import find_kind
from .lines import MAX_LINES, Line, read_lines
from .records import Attention, Page, Record
from .topics import find_heading_topic, split_head, split_topic

NOTHING = "Nothing to import: this page describes no video, tool or course."
TOO_LONG = f"The page is too long. We read only its first {MAX_LINES} lines of text."
CUT_OFF = "A {} starts here, but the page ends before its fields."
LINES_PER_GAP = 8  # with fewer blank lines than one in 8, they do not separate the page's items

Finding = tuple[int, str]


@dataclass(frozen=True)
class Reading:
    record: Record
    item: Item
    fields: Fields


def read_page(text: str, file: str = "") -> Page:
    """Reads the videos, tools and courses on one page of the old site, and what needs attention.

    `text` may be anything. `file` is only repeated in the result.
    """
    lines, too_long = read_lines(text)
    url, lines = split_head(lines)
    topic, lines = split_topic(url, lines)
    compact = is_compact(lines)
    items = split_items(lines, compact)
    readings = list(_readings(items, compact, file))
    records = remove_copies([reading.record for reading in readings])
    findings = sorted(_findings(readings, records, items)) if records else [(1, NOTHING)]
    attention = [Attention(file, *finding) for finding in [(1, TOO_LONG)] * too_long + findings]
    if not topic and not compact:
        topic = find_heading_topic(url, lines, items)
    return Page(file, url, topic, tuple(records), tuple(attention))


def is_compact(lines: Sequence[Line]) -> bool:
    """Whether the page was stored with almost no blank lines."""
    return sum(line.after_gap for line in lines) * LINES_PER_GAP < len(lines)


def _readings(items: Sequence[Item], compact: bool, file: str) -> Iterator[Reading]:
    for item in items:
        fields = read_fields(item, compact)
        if kind := find_kind(item, fields):
            yield Reading(build(kind, item, fields, file), item, fields)


def _findings(
    readings: Sequence[Reading], records: Sequence[Record], items: Sequence[Item]
) -> Iterator[Finding]:
    kept = {id(record) for record in records}
    for reading in readings:
        if id(reading.record) in kept:
            yield from check(reading.record, reading.item, reading.fields)
    yield from check_titles(records)
    last = items[-1]
    if last.heading in ("tool", "video") and last.line not in {
        reading.record.line for reading in readings
    }:
        yield last.line, CUT_OFF.format(last.heading)
