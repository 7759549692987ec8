"""Reads durations in minutes: an exact time, a range, one per delivery mode, or unknown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .delivery import is_one_list, read_modes
from .times import Span, is_time_of_parts, normalize, read_spans

CHOICE = re.compile(r"\b(?:choose|choice|choices|select|pick|options)\b")
CHOSEN = re.compile(r"\b(?:choose|select|pick) (?:any )?\d")
LIMIT = re.compile(r"\b(?:up to|at (?:least|most)|(?:less|more) than|minimum|maximum)\b")
ADDED = re.compile(r"\b(?:plus|followed by|then|as well as|in addition|along with)\b| \+ ")
# The minutes that can mean the same as the words. Other minutes beside the words are another time.
DAYS = (
    (re.compile(r"\bhalf[ -]day\b"), 150, 300),
    (re.compile(r"\b(?:full|whole|all)[ -]day\b"), 330, 600),
)

SEPARATOR = re.compile(r" ?[,:(] ?| [–—-] ")
LETTER = re.compile(r"[^\W\d]")
MAX_MODULE_CHARACTERS = 300


@dataclass(frozen=True)
class Duration:
    """A duration in minutes. `exact` is None unless the text states one total."""

    exact: int | None = None
    low: int | None = None
    high: int | None = None
    by_mode: dict[str, int] = field(default_factory=dict)
    modules: tuple[tuple[str, int], ...] = ()


def read_duration(lines: Sequence[str]) -> Duration:
    """Reads the lines under a "Duration" label.

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
    """Returns the shortest and longest total time, or None. The time of one part is no total.

    >>> read_range("4 modules, approximately 1 hour each"), read_range("30 minutes to 60 minutes")
    ((240, 240), (30, 60))
    >>> read_range("ten sessions to choose from, 20–60 minutes each"), read_range("half day")
    ((20, 60), None)
    >>> read_range("Each course runs 45 minutes"), read_range("8 hours per day for two days")
    (None, None)
    """
    found = _read(text)
    return found[:2] if found and (found[2] or CHOICE.search(text.lower())) else None


def names_time(text: str) -> bool:
    """Whether it says how long the whole course or a part of it takes.

    >>> names_time("2 hours per session"), names_time("half day")
    (True, False)
    """
    return _read(text) is not None


def _read(text: str) -> tuple[int, int, bool] | None:
    """Returns the shortest and longest time, and whether it is the total time."""
    text = normalize(text)
    spans = read_spans(text)
    totals = {(span.low, span.high) for span in spans if span.is_total}
    if not spans or LIMIT.search(text) or not (totals or _is_plain(text, spans)):
        return None
    found = totals or {span.full_range for span in spans}
    if len(found) != 1:
        return None
    low, high = found.pop()
    whole = bool(totals) or any(span.count for span in spans) or not is_time_of_parts(text, spans)
    return (low, high, whole) if low and low <= high else None


def _is_plain(text: str, spans: list[Span]) -> bool:
    """Whether no time is added to another, is a choice, or is for one mode or day of several."""
    if ADDED.search(text) or not is_one_list(text):
        return False
    if CHOICE.search(text) and (CHOSEN.search(text) or any(span.count for span in spans)):
        return False
    return all(_fits_day(text, span) for span in spans)


def _fits_day(text: str, span: Span) -> bool:
    """Whether "half day" or "full day" in the text can mean this time."""
    low, high = span.full_range
    named = [(least, most) for word, least, most in DAYS if word.search(text)]
    return all(least <= low <= high <= most for least, most in named)


def read_module(line: str) -> tuple[str, int] | None:
    """Reads a title that ends with its exact time. Returns None for another line.

    >>> read_module("A KP History Timeline (HT), 55 minutes")
    ('A KP History Timeline (HT)', 55)
    >>> read_module("Two 2-hour modules (4 hours total)") is None
    True
    """
    cuts = list(SEPARATOR.finditer(line)) if len(line) <= MAX_MODULE_CHARACTERS else []
    title = line[: cuts[-1].start()].strip() if cuts else ""
    if not LETTER.search(title) or read_spans(normalize(title)):
        return None
    found = read_range(line[cuts[-1].end() :])
    return (title, found[0]) if found and found[0] == found[1] else None


def _of_range(found: tuple[int, int] | None, modules: tuple = ()) -> Duration:
    if not found:
        return Duration(modules=modules)
    low, high = found
    return Duration(low if low == high else None, low, high, modules=modules)


def _of_modes(by_mode: dict[str, int]) -> Duration:
    low, high = min(by_mode.values()), max(by_mode.values())
    return Duration(low if low == high else None, low, high, by_mode)


def _minutes_by_mode(text: str) -> dict[str, int]:
    """Reads two or more times that each have a mode before or after them."""
    text = normalize(text)
    spans = read_spans(text)
    if len(spans) < 2 or not all(_can_be_modes(text, span) for span in spans):
        return {}
    modes_lead = bool(read_modes(text[: spans[0].start]))
    inner = [span.end for span in spans[:-1]] if modes_lead else [span.start for span in spans[1:]]
    cuts = [0, *inner, len(text)]
    pieces = [text[a:b] for a, b in zip(cuts, cuts[1:], strict=False)]
    pairs = [
        (mode, span.full_range[0])
        for span, piece in zip(spans, pieces, strict=True)
        for mode in read_modes(piece)
    ]
    each_has_one = all(read_modes(piece) and is_one_list(piece) for piece in pieces)
    return dict(pairs) if each_has_one and len(dict(pairs)) == len(pairs) else {}


def _can_be_modes(text: str, span: Span) -> bool:
    """Whether it is one exact time that is neither added to another nor the time of a part."""
    unclear = LIMIT.search(text) or ADDED.search(text) or CHOICE.search(text)
    is_part = is_time_of_parts(text, [span]) and not span.count
    return not unclear and not is_part and span.low == span.high and bool(span.low)
