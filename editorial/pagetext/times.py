"""Finds single times in a text ("90 minutes", "1 to 1.5 hours") and how often each one counts."""

import re
from dataclasses import dataclass

from .numbers import with_digits

MAX_CHARACTERS = 1000  # of a text that are read; a duration has about 30
NEAR_CHARACTERS = 60  # before and after a time that can belong to it
NUMBER = r"(?<![\d.])(\d{1,4}(?:\.\d{1,2})?)"
UNIT = r"(hour|hr|minute|min)s?\b\.?"
LENGTH = rf"{NUMBER}[ -]?{UNIT}(?:,? (?:and |& )?(\d{{1,2}})[ -]?min(?:ute)?s?\b\.?)?"
SPAN = re.compile(rf"(?:{LENGTH}|{NUMBER}) ?(?:-|to|or) ?{LENGTH}|{LENGTH}")
BETWEEN = re.compile(rf"\bbetween ({LENGTH}|{NUMBER}) and ")
# "2 h", "2h" and "1 h 30", but not "4-H" and not the clock time of "1:30 h".
SHORT_HOURS = re.compile(
    r"(?<![\d.:])(\d{1,4}(?:\.\d{1,2})?) ?h\b"
    r"(?: ([0-5]\d)\b(?![./:]\d|[ -]?(?:h|hr|hour|min|minute)s?\b))?"
)
VAGUE = re.compile(
    r"\b(?:half|full|whole|all|multi|\d{1,2})[ -](?:days?|weeks?)\b|\bvar(?:y|ies|iable)\b"
    r"|\d\+? ?-?(?:hour|hr|minute|min)s?\b"
)

PART = r"(?:module|session|part|class|course|meeting|workshop|segment|lesson|webinar|unit|day)"
COUNT = r"(?<![\d.-])(?<!- )(?<!to )(?<!or )(\d{1,2})"  # a count of parts, but not "3 to 4"
COUNT_BEFORE = re.compile(rf"{COUNT},? (?:\w+ )?$")
PARTS_AFTER = re.compile(rf" (?:[\w-]+ )?{PART}(?:e?s)\b")
PARTS_BEFORE = re.compile(
    rf"{COUNT} (?:[\w-]+ )?{PART}(?:e?s)?"
    r"(?:[ ,:(-]|(?:of|at|each|lasting|running|approximately|approx\.?|about|around|roughly)\b)*$"
)
EACH = re.compile(rf"\beach\b|\bapiece\b|\bper {PART}|\ba day\b|\bdaily\b")
TOTAL_BEFORE = re.compile(r"\btotal(?: of| time)?:? ?(?:about |approximately )?$")
TOTAL_AFTER = re.compile(r" (?:in )?total\b| altogether\b")


@dataclass(frozen=True)
class Span:
    """One time in a text: where it is, and the words near it that may say how to count it."""

    low: int
    high: int
    start: int
    end: int
    before: str
    after: str

    @property
    def is_total(self) -> bool:
        return bool(TOTAL_BEFORE.search(self.before) or TOTAL_AFTER.match(self.after))

    @property
    def count(self) -> int:
        """The number of parts of this length: "two 2-hour modules", "2 modules, 2 h each"."""
        if (match := COUNT_BEFORE.search(self.before)) and PARTS_AFTER.match(self.after):
            return int(match[1])
        match = PARTS_BEFORE.search(self.before)
        return int(match[1]) if match and (EACH.search(self.after) or EACH.search(match[0])) else 0

    @property
    def full_range(self) -> tuple[int, int]:
        return self.low * (self.count or 1), self.high * (self.count or 1)


def normalize(text: str) -> str:
    """Prepares a text for `read_spans`: lower case, digits, and "between 1 and 2" as "1-2".

    >>> normalize("Two h"), normalize("1 h 30–2 h"), normalize("between 1 and 2 hours")
    ('2 hr', '1 hr 30 min-2 hr', '1-2 hours')
    """
    return BETWEEN.sub(r"\1-", SHORT_HOURS.sub(_in_full, with_digits(text[:MAX_CHARACTERS])))


def mentions_time(text: str) -> bool:
    """Whether it mentions a time, even one that cannot be read.

    >>> mentions_time("Full day"), mentions_time("Varies by region")
    (True, True)
    >>> mentions_time("Day-to-day work")
    False
    """
    return VAGUE.search(normalize(text)) is not None


def read_spans(text: str) -> list[Span]:
    return [_span(match) for match in SPAN.finditer(text)]


def is_time_of_parts(text: str, spans: list[Span]) -> bool:
    """Whether the times are those of parts."""
    return bool(EACH.search(text)) or any(PARTS_AFTER.match(span.after) for span in spans)


def _in_full(match: re.Match[str]) -> str:
    hours, minutes = match.groups()
    return f"{hours} hr {minutes} min" if minutes else f"{hours} hr"


def _span(match: re.Match[str]) -> Span:
    low, low_unit, low_extra, bare_low, high, high_unit, extra, *exact = match.groups()
    if exact[0]:
        shortest = longest = _minutes(*exact)
    else:
        shortest = _minutes(low or bare_low, low_unit or high_unit, low_extra)
        longest = _minutes(high, high_unit, extra)
    start, end = match.span()
    before = match.string[max(0, start - NEAR_CHARACTERS) : start]
    return Span(shortest, longest, start, end, before, match.string[end : end + NEAR_CHARACTERS])


def _minutes(number: str, unit: str, more_minutes: str | None) -> int:
    return round(float(number) * (60 if unit.startswith("h") else 1)) + int(more_minutes or 0)
