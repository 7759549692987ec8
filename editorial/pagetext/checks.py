"""What a person must look at in the records of a page."""

from collections.abc import Iterator, Sequence

from .duplicates import rivals
from .fields import Fields
from .items import Item
from .leftovers import leftover_lines
from .records import Record
from .requirements import names_several

AUTHOR = "“{}” behind “{}” was taken for the author’s name."
SHOWN = 80  # characters of a text that a sentence repeats


def check(record: Record, item: Item, fields: Fields) -> Iterator[tuple[int, str]]:
    """Line and sentence for each thing that could not be read."""
    if not record.title:
        yield record.line, f"The {record.kind} has no title here; it is set aside."
    elif item.guessed_author:
        yield record.line, AUTHOR.format(item.guessed_author, record.title)
    if record.title and not record.complete:
        yield record.line, f"The stored text ends in the middle of “{record.title}”."
    for name, is_read in _readings(record):
        if fields[name].lines and not is_read:
            text = fields[name].text.replace("\n", " / ")[:SHOWN]
            yield fields[name].number, f"“{fields[name].label}: {text}” could not be read."
    yield from _unread_time(record, fields)
    yield from _open_ends(record, fields)
    yield from _several(record, fields)
    yield from _left_over(record, item)


def _readings(record: Record) -> Iterator[tuple[str, bool]]:
    """Each field that has a meaning beside its text, and whether it was found."""
    yield "format", bool(record.formats)
    yield "size", bool(record.pages or record.paper)
    yield "level", bool(record.levels) or not record.level_text
    yield "running_time", bool(record.duration_seconds)


def _unread_time(record: Record, fields: Fields) -> Iterator[tuple[int, str]]:
    """A duration without a meaning, under its own label or that of the levels."""
    if record.duration_text and not (record.minutes_max or record.modules):
        field = fields["duration"] if fields["duration"].lines else fields["level"]
        text = record.duration_text.replace("\n", " / ")[:SHOWN]
        yield field.number, f"“{field.label}: {text}” could not be read."


def _several(record: Record, fields: Fields) -> Iterator[tuple[int, str]]:
    """Names between commas: one course or some."""
    for asked in record.requirements:
        if asked.type == "condition" and names_several(asked.text):
            text = asked.text[:SHOWN]
            yield fields["requirements"].number, f"“{text}” may name one course or several."


def _left_over(record: Record, item: Item) -> Iterator[tuple[int, str]]:
    """The first line of the item's text that no field holds; the others stand below it."""
    left = leftover_lines(record, item)
    if left and record.title:
        text, title = left[0].text[:SHOWN], record.title[:SHOWN]
        yield left[0].number, f"“{text}” stands below “{title}” but was taken into no field."


def _open_ends(record: Record, fields: Fields) -> Iterator[tuple[int, str]]:
    """A lead-in whose list is missing."""
    last = fields["requirements"].lines[-1:]
    for line in last:
        if line.text.endswith(":"):
            yield line.number, f"“{line.text[:SHOWN]}” is followed by nothing."


def check_titles(records: Sequence[Record]) -> Iterator[tuple[int, str]]:
    """Records that cannot both be the entry of their title."""
    for record, other in rivals(records):
        yield record.line, f"“{record.title}” stands on line {other.line} too, with other facts."
