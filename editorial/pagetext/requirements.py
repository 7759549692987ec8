"""Reads a course's requirements: a course, knowledge, a condition, eligibility or advice."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .titles import looks_like_title

MAX_CHARACTERS = 1000  # of one requirement that are read
NOTHING = re.compile(
    r"(?:none|n/?a|(?:.{1,30} )?no (?:\w{1,20} ){0,2}(?:requirements?|prerequisites?).{0,30})\.?",
    re.IGNORECASE,
)
BETWEEN_NAMES = re.compile(r"(?<=\)),? (?:and|or|&) |(?<=\)), |; ")
KNOWLEDGE = re.compile(
    r"(?:\w{1,20} ){0,3}?(?:knowledge|understanding) of(?: the following)?:? ?(.*)", re.IGNORECASE
)
ORIENTATION = re.compile(
    r"(?:labor management partnership|lmp) orientation(?: \(lmpo\))?|\blmpo\b", re.IGNORECASE
)
ADVICE = re.compile(
    r"\b(?:recommend(?:ed|s)?|encouraged?|suggested|helpful|ideally|preferably|preferred|"
    r"should (?:have|be|also|first))\b",
    re.IGNORECASE,
)
DONE = re.compile(
    r"\b(?:complet(?:ed?|ing|ion of)|attend(?:ed|ance (?:at|of))?|taken?|prerequisites?:?"
    r"|requires?) (?:the )?(.+)",
    re.IGNORECASE,
)
WHEN = re.compile(
    r",? (?:(?:with)?in the (?:last|past|previous)|during the|within|before|prior to) "
)
LEAD = re.compile(
    r"(?:strongly |highly )?(?:required|recommended|suggested|preferred|encouraged|helpful)"
    r"(?: but not required)?(?: (?:courses?|training|prerequisites?))?",
    re.IGNORECASE,
)
COMMA = re.compile(r", (?:and |or )?")
NOUN_AFTER = re.compile(r" (?:course|training|workshop|class)$")
PERSONAL = re.compile(
    r"(?:belong|be|must(?! (?:have|complete|attend|take))|open to)\b", re.IGNORECASE
)
ELIGIBILITY = re.compile(
    r"\b(?:belong|unions?|represented|eligible|must be|members? of|employees? of|open to|only)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Requirement:
    """`type` is course, knowledge, condition, eligibility or advice.

    `necessity` is required or recommended.
    """

    text: str
    type: str
    necessity: str = "required"

    @property
    def is_prerequisite(self) -> bool:
        return self.type in ("course", "knowledge") and self.necessity == "required"


def read_requirements(lines: Sequence[str]) -> tuple[Requirement, ...]:
    """Returns one entry for each requirement. A lead-in with nothing after it is no requirement.

    >>> [r.type for r in read_requirements(["LMP Orientation", "Requires knowledge of:", "Lean"])]
    ['course', 'knowledge']
    >>> read_requirements(["Requires basic knowledge of:"])
    ()
    """
    entries: list[Requirement] = []
    lead = ""
    for line in lines:
        text = line[:MAX_CHARACTERS].strip()
        if text.endswith(":"):
            lead = text
        elif text and not NOTHING.fullmatch(text):
            entries += _entries(*_split_lead(text, lead))
    return tuple(dict.fromkeys(entries))


def names_several(text: str) -> bool:
    """Whether commas may separate names of courses. One name may also have commas.

    >>> names_several("Good Bread, Old Ovens"), names_several("Stewards of any union, if asked")
    (True, False)
    """
    done = DONE.search(text)
    parts = COMMA.split((done[1] if done else text).rstrip(". "))
    return len(parts) > 1 and all(looks_like_title(part) for part in parts)


def _split_lead(text: str, lead: str) -> tuple[str, str]:
    """Splits a lead-in from the text on the same line: "Recommended: Lean"."""
    head, colon, rest = text.partition(": ")
    return (rest.strip(), head) if colon and LEAD.fullmatch(head) else (text, lead)


def _entries(text: str, lead: str) -> Iterator[Requirement]:
    if (known := KNOWLEDGE.fullmatch(text)) and not ADVICE.search(text):
        yield from _entries(known[1].rstrip(". "), "knowledge of:")
        return
    for part in _parts(text):
        yield _entry(part.strip(), lead) if part.strip() else Requirement(text, "condition")


def _parts(text: str) -> list[str]:
    """The names in a text. Commas separate them if one of the names is certainly complete."""
    names = COMMA.split(text.rstrip(". "))
    if names_several(text) and any(ORIENTATION.fullmatch(name) for name in names):
        return names
    return BETWEEN_NAMES.split(text)


def _entry(text: str, lead: str) -> Requirement:
    if ADVICE.search(text):
        return Requirement(text, "advice", "recommended")
    necessity = "recommended" if ADVICE.search(lead) else "required"
    if PERSONAL.match(text):
        return Requirement(text, "eligibility", necessity)
    if KNOWLEDGE.match(lead) or lead == "knowledge of:":
        return Requirement(text, "knowledge", necessity)
    if (name := _course_name(text)) and not names_several(name):
        return Requirement(name, "course", necessity)
    return Requirement(text, "eligibility" if ELIGIBILITY.search(text) else "condition", necessity)


def _course_name(text: str) -> str:
    """The course that the text names, or that it says people must complete."""
    bare = text.rstrip(". ")
    done = DONE.search(bare)
    name = NOUN_AFTER.sub("", WHEN.split(done[1])[0]) if done else bare
    if looks_like_title(name) or ORIENTATION.fullmatch(name):
        return name
    orientation = ORIENTATION.search(name) if done else None
    return orientation[0] if orientation else ""
