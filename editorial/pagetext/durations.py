"""How long something takes, in minutes: exact, a range, one per delivery mode, or unknown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .delivery import read_modes
from .numbers import with_digits

LONGEST = 1000  # characters read; a duration text has about 30
NEAR = 60  # characters before and after a time that can belong to it
NUMBER = r"(?<![\d.])(\d{1,4}(?:\.\d{1,2})?)"
UNIT = r"(hour|hr|minute|min)s?\b\.?"
SPAN = re.compile(
    rf"{NUMBER}(?:[ -]?{UNIT})? ?(?:-|to|or) ?{NUMBER}[ -]?{UNIT}"
    rf"|{NUMBER}[ -]?{UNIT}(?:,? (?:and |& )?(\d{{1,2}}) min(?:ute)?s?\b)?"
)
BETWEEN = re.compile(rf"\bbetween {NUMBER}( {UNIT})? and ")

PART = r"(?:module|session|part|class|course|meeting|workshop|segment|lesson|webinar|unit|day)"
COUNT = r"(?<![\d.-])(?<!- )(?<!to )(?<!or )(\d{1,2})"  # of parts; "3 to 4" is none
COUNT_BEFORE = re.compile(rf"{COUNT},? (?:\w+ )?$")
PARTS_AFTER = re.compile(rf" (?:[\w-]+ )?{PART}(?:e?s)\b")
PARTS_BEFORE = re.compile(
    rf"{COUNT} (?:[\w-]+ )?{PART}(?:e?s)?"
    r"(?:[ ,:(-]|(?:of|at|each|lasting|running|approximately|approx\.?|about|around|roughly)\b)*$"
)
EACH = re.compile(rf"\beach\b|\bapiece\b|\bper {PART}|\ba day\b|\bdaily\b")
CHOICE = re.compile(r"\b(?:choose|choice|select|pick)\b")
TOTAL_BEFORE = re.compile(r"\btotal(?: of| time)?:? ?(?:about |approximately )?$")
TOTAL_AFTER = re.compile(r" (?:in )?total\b| altogether\b")
LIMIT = re.compile(r"\b(?:up to|at (?:least|most)|(?:less|more) than|minimum|maximum)\b")

SEPARATOR = re.compile(r" ?[,:(] ?| [–—-] ")
LETTER = re.compile(r"[^\W\d]")
LONGEST_MODULE = 300  # characters


@dataclass(frozen=True)
class Duration:
    """Minutes; `exact` is None unless one total follows from the text."""

    exact: int | None = None
    low: int | None = None
    high: int | None = None
    by_mode: dict[str, int] = field(default_factory=dict)
    modules: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Span:
    """One time in a text: where it stands, and the words that may say how to count it."""

    low: int
    high: int
    start: int
    end: int
    before: str
    after: str

    def times(self, count: int) -> tuple[int, int]:
        return self.low * count, self.high * count


def read_duration(lines: Sequence[str]) -> Duration:
    """What the lines under a "Duration" label say.

    >>> read_duration(["Two 2-hour modules (4 hours total)"]).exact
    240
    >>> read_duration(["90 minutes (classroom)", "30 minutes (online)"]).by_mode
    {'classroom': 90, 'online': 30}
    """
    if by_mode := _minutes_by_mode("; ".join(lines)):
        return _of_modes(by_mode)
    modules = [module for line in lines if (module := read_module(line))]
    if len(modules) < 2:
        return _of_range(read_range("; ".join(lines)))
    rest = [line for line in lines if not read_module(line)]
    return _of_range(read_range("; ".join(rest)), tuple(modules))


def read_range(text: str) -> tuple[int, int] | None:
    """The shortest and longest time of the whole thing; a part's time alone says nothing of it.

    >>> read_range("4 modules, approximately 1 hour each"), read_range("30 minutes to 60 minutes")
    ((240, 240), (30, 60))
    >>> read_range("ten sessions to choose from, 20–60 minutes each"), read_range("half day")
    ((20, 60), None)
    >>> read_range("Each course runs 45 minutes"), read_range("8 hours per day for two days")
    (None, None)
    """
    found = _read(text)
    return found[:2] if found and (found[2] or CHOICE.search(text)) else None


def names_time(text: str) -> bool:
    """Whether it says how long the whole takes, or a part of it.

    >>> names_time("2 hours per session"), names_time("half day")
    (True, False)
    """
    return _read(text) is not None


def _read(text: str) -> tuple[int, int, bool] | None:
    """The shortest and longest time, and whether it is the time of the whole thing."""
    text = _even(text)
    spans = _spans(text)
    if not spans or LIMIT.search(text):
        return None
    totals = {(span.low, span.high) for span in spans if _is_total(span)}
    found = totals or {_counted(span) for span in spans}
    if len(found) != 1:
        return None
    low, high = found.pop()
    whole = bool(totals) or any(_count(span) for span in spans) or not _is_each(text, spans)
    return (low, high, whole) if low and low <= high else None


def read_module(line: str) -> tuple[str, int] | None:
    """A title with its own exact time at the end.

    >>> read_module("A KP History Timeline (HT), 55 minutes")
    ('A KP History Timeline (HT)', 55)
    >>> read_module("Two 2-hour modules (4 hours total)") is None
    True
    """
    cuts = list(SEPARATOR.finditer(line)) if len(line) <= LONGEST_MODULE else []
    title = line[: cuts[-1].start()].strip() if cuts else ""
    if not LETTER.search(title) or _spans(_even(title)):
        return None
    found = read_range(line[cuts[-1].end() :])
    return (title, found[0]) if found and found[0] == found[1] else None


def _even(text: str) -> str:
    return BETWEEN.sub(r"\1\2-", with_digits(text[:LONGEST]))


def _spans(text: str) -> list[Span]:
    return [_span(match) for match in SPAN.finditer(text)]


def _span(match: re.Match[str]) -> Span:
    low, low_unit, high, high_unit, amount, unit, extra = match.groups()
    if amount:
        shortest = longest = _minutes(amount, unit) + int(extra or 0)
    else:
        shortest, longest = _minutes(low, low_unit or high_unit), _minutes(high, high_unit)
    start, end = match.span()
    before = match.string[max(0, start - NEAR) : start]
    return Span(shortest, longest, start, end, before, match.string[end : end + NEAR])


def _minutes(number: str, unit: str) -> int:
    return round(float(number) * (60 if unit.startswith("h") else 1))


def _is_total(span: Span) -> bool:
    return bool(TOTAL_BEFORE.search(span.before) or TOTAL_AFTER.match(span.after))


def _count(span: Span) -> int:
    """How many parts of this length the text names: "two 2-hour modules", "2 modules, 2 h each"."""
    if (match := COUNT_BEFORE.search(span.before)) and PARTS_AFTER.match(span.after):
        return int(match[1])
    match = PARTS_BEFORE.search(span.before)
    return int(match[1]) if match and (EACH.search(span.after) or EACH.search(match[0])) else 0


def _counted(span: Span) -> tuple[int, int]:
    return span.times(_count(span) or 1)


def _is_each(text: str, spans: list[Span]) -> bool:
    return bool(EACH.search(text)) or any(PARTS_AFTER.match(span.after) for span in spans)


def _of_range(found: tuple[int, int] | None, modules: tuple = ()) -> Duration:
    if not found:
        return Duration(modules=modules)
    low, high = found
    return Duration(low if low == high else None, low, high, modules=modules)


def _of_modes(by_mode: dict[str, int]) -> Duration:
    low, high = min(by_mode.values()), max(by_mode.values())
    return Duration(low if low == high else None, low, high, by_mode)


def _minutes_by_mode(text: str) -> dict[str, int]:
    """Two or more times, each with its mode: after the time, or before it."""
    text = _even(text)
    spans = _spans(text)
    if len(spans) < 2 or any(span.low != span.high or not span.low for span in spans):
        return {}
    modes_lead = bool(read_modes(text[: spans[0].start]))
    inner = [span.end for span in spans[:-1]] if modes_lead else [span.start for span in spans[1:]]
    cuts = [0, *inner, len(text)]
    modes = [read_modes(text[a:b]) for a, b in zip(cuts, cuts[1:], strict=False)]
    if not all(modes):
        return {}
    return {mode: span.low for span, named in zip(spans, modes, strict=True) for mode in named}
