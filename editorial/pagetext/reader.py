"""From a page's text to its records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .build import build
from .checks import check, check_titles
from .duplicates import without_copies
from .fields import Fields, read_fields
from .items import Item, split_items
from .kinds import kind_of
from .lines import MOST_LINES, Line, read_lines
from .records import Attention, Page, Record
from .topics import heading_topic, split_head, split_topic

NOTHING = "Nothing to import was found: no video, tool or course is described on this page."
TOO_LONG = f"The page is too long: only its first {MOST_LINES} lines of text were read."
BEGINS = "A {} begins here, but the stored text ends before its fields."
LINES_PER_GAP = 8  # fewer blank lines than this, and they do not part the page's items

Finding = tuple[int, str]


@dataclass(frozen=True)
class Reading:
    record: Record
    item: Item
    fields: Fields


def read_page(text: str, file: str = "") -> Page:
    """The videos, tools and courses on one page of the old site, and what needs attention.

    `text` may hold anything; `file` is only repeated in what comes back.
    """
    lines, too_long = read_lines(text)
    url, lines = split_head(lines)
    topic, lines = split_topic(url, lines)
    compact = is_compact(lines)
    items = split_items(lines, compact)
    readings = list(_readings(items, compact, file))
    records = without_copies([reading.record for reading in readings])
    findings = sorted(_findings(readings, records, items)) if records else [(1, NOTHING)]
    attention = [Attention(file, *finding) for finding in [(1, TOO_LONG)] * too_long + findings]
    if not topic and not compact:
        topic = heading_topic(url, lines, items)
    return Page(file, url, topic, tuple(records), tuple(attention))


def is_compact(lines: Sequence[Line]) -> bool:
    """Whether the page was stored with hardly any blank lines."""
    return sum(line.after_gap for line in lines) * LINES_PER_GAP < len(lines)


def _readings(items: Sequence[Item], compact: bool, file: str) -> Iterator[Reading]:
    for item in items:
        fields = read_fields(item, compact)
        if kind := kind_of(item, fields):
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
    if last.heading in ("tool", "video") and last.line not in {one.record.line for one in readings}:
        yield last.line, BEGINS.format(last.heading)
