"""What a course asks for: a course, knowledge, a condition, eligibility or advice."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .titles import looks_like_title

LONGEST = 1000  # characters of one requirement that are read
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
    """`type`: course, knowledge, condition, eligibility, advice. `necessity`: required or
    recommended."""

    text: str
    type: str
    necessity: str = "required"

    @property
    def is_prerequisite(self) -> bool:
        return self.type in ("course", "knowledge") and self.necessity == "required"


def read_requirements(lines: Sequence[str]) -> tuple[Requirement, ...]:
    """One entry for each thing asked for; a lead-in with nothing after it asks for nothing.

    >>> [r.type for r in read_requirements(["LMP Orientation", "Requires knowledge of:", "Lean"])]
    ['course', 'knowledge']
    >>> read_requirements(["Requires basic knowledge of:"])
    ()
    """
    entries: list[Requirement] = []
    lead = ""
    for line in lines:
        text = line[:LONGEST].strip()
        if text.endswith(":"):
            lead = text
        elif text and not NOTHING.fullmatch(text):
            entries += _entries(text, lead)
    return tuple(dict.fromkeys(entries))


def _entries(text: str, lead: str) -> Iterator[Requirement]:
    if (known := KNOWLEDGE.fullmatch(text)) and not ADVICE.search(text):
        yield from _entries(known[1].rstrip(". "), "knowledge of:")
        return
    for part in BETWEEN_NAMES.split(text):
        yield _entry(part.strip(), lead) if part.strip() else Requirement(text, "condition")


def _entry(text: str, lead: str) -> Requirement:
    if ADVICE.search(text):
        return Requirement(text, "advice", "recommended")
    necessity = "recommended" if ADVICE.search(lead) else "required"
    if PERSONAL.match(text):
        return Requirement(text, "eligibility", necessity)
    if KNOWLEDGE.match(lead) or lead == "knowledge of:":
        return Requirement(text, "knowledge", necessity)
    if name := _course_name(text):
        return Requirement(name, "course", necessity)
    return Requirement(text, "eligibility" if ELIGIBILITY.search(text) else "condition", necessity)


def _course_name(text: str) -> str:
    """The course that the text is, or that it says must be completed."""
    bare = text.rstrip(". ")
    done = DONE.search(bare)
    name = NOUN_AFTER.sub("", done[1]) if done else bare
    if looks_like_title(name) or ORIENTATION.fullmatch(name):
        return name
    orientation = ORIENTATION.search(name) if done else None
    return orientation[0] if orientation else ""
