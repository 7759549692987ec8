"""Finds what a person must look at in the records of a page."""

from collections.abc import Iterator, Sequence

from .duplicates import find_rivals
from .fields import Fields
from .items import Item
from .leftovers import leftover_lines
from .records import Record
from .requirements import names_several

AUTHOR = "We read “{}” after “{}” as the author’s name."
MAX_SHOWN_CHARACTERS = 80  # of a text that a sentence repeats


def check(record: Record, item: Item, fields: Fields) -> Iterator[tuple[int, str]]:
    """Yields the line and a sentence for each thing that could not be read."""
    if not record.title:
        yield record.line, f"We skipped a {record.kind} because it has no title here."
    elif item.guessed_author:
        yield record.line, AUTHOR.format(item.guessed_author, record.title)
    if record.title and not record.complete:
        yield record.line, f"The page ends in the middle of “{record.title}”."
    for name, is_read in _field_readings(record):
        if fields[name].lines and not is_read:
            text = fields[name].text.replace("\n", " / ")[:MAX_SHOWN_CHARACTERS]
            yield fields[name].number, f"We could not read “{fields[name].label}: {text}”."
    yield from _check_time(record, fields)
    yield from _check_open_ends(record, fields)
    yield from _check_commas(record, fields)
    yield from _check_leftovers(record, item)


def _field_readings(record: Record) -> Iterator[tuple[str, bool]]:
    """Yields each field that means more than its text, and whether we read its meaning."""
    yield "format", bool(record.formats)
    yield "size", bool(record.pages or record.paper)
    yield "level", bool(record.levels) or not record.level_text
    yield "running_time", bool(record.duration_seconds)


def _check_time(record: Record, fields: Fields) -> Iterator[tuple[int, str]]:
    """Checks for a duration that was not read, under its own label or that of the levels."""
    if record.duration_text and not (record.minutes_max or record.modules):
        field = fields["duration"] if fields["duration"].lines else fields["level"]
        text = record.duration_text.replace("\n", " / ")[:MAX_SHOWN_CHARACTERS]
        yield field.number, f"We could not read “{field.label}: {text}”."


def _check_commas(record: Record, fields: Fields) -> Iterator[tuple[int, str]]:
    """Checks for requirements with commas, which may name one course or several."""
    for requirement in record.requirements:
        if requirement.type == "condition" and names_several(requirement.text):
            text = requirement.text[:MAX_SHOWN_CHARACTERS]
            yield fields["requirements"].number, f"“{text}” may name one course or several."


def _check_leftovers(record: Record, item: Item) -> Iterator[tuple[int, str]]:
    """Checks for text in no field and reports its first line. Other such lines are below it."""
    left = leftover_lines(record, item)
    if left and record.title:
        text, title = left[0].text[:MAX_SHOWN_CHARACTERS], record.title[:MAX_SHOWN_CHARACTERS]
        yield left[0].number, f"“{text}” is below “{title}” but belongs to no field."


def _check_open_ends(record: Record, fields: Fields) -> Iterator[tuple[int, str]]:
    """Checks for a lead-in without its list."""
    last = fields["requirements"].lines[-1:]
    for line in last:
        if line.text.endswith(":"):
            yield line.number, f"Nothing follows “{line.text[:MAX_SHOWN_CHARACTERS]}”."


def check_titles(records: Sequence[Record]) -> Iterator[tuple[int, str]]:
    """Checks for records of the same title with different facts."""
    for record, other in find_rivals(records):
        yield record.line, f"“{record.title}” is also on line {other.line}, with different facts."
