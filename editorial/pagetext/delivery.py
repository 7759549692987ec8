"""Reads how a course is delivered: classroom, online, virtual, consultant."""

import re

from .text import straighten

SPELLINGS = {
    "classroom": ("classroom", "in-person", "in person", "face-to-face", "face to face"),
    "online": ("online", "web-based", "web based", "e-learning", "elearning", "self-paced"),
    "virtual": ("virtually", "virtual", "webex", "webinar", "zoom"),
    "consultant": ("consultant-led", "consultant"),
}
MODES = {spelling: mode for mode, spellings in SPELLINGS.items() for spelling in spellings}
MODE = re.compile(r"\b(?:" + "|".join(MODES) + r")\b")
FILLERS = re.compile(
    r"\b(?:for|via|by|in|through|the|an?|and|or|also|only|delivery|delivered|training|course|"
    r"version|format)\b"
)
MAX_CHARACTERS = 300  # of a title that are read
PARTS = re.compile(r"[,;/]")
BRACKETS = re.compile(r"\(([^()]{1,80})\)")
TAIL = re.compile(r"\bfor ([^()]{1,80} delivery)$")


def read_modes(text: str) -> tuple[str, ...]:
    """Returns the modes named anywhere in a text, in the order of the text.

    >>> read_modes("90 minutes (classroom), 30 minutes (WebEx)")
    ('classroom', 'virtual')
    """
    found = (MODES[word] for word in MODE.findall(straighten(text).lower()))
    return tuple(dict.fromkeys(found))


def read_title_modes(title: str) -> tuple[str, ...]:
    """Returns the modes in a title's brackets or its "for … delivery", but not in its subject.

    >>> read_title_modes("Co-Lead Workshop (for consultant delivery via WebEx)")
    ('consultant', 'virtual')
    >>> read_title_modes("Leading Virtual Teams (LMPO)")
    ()
    """
    title = straighten(title[:MAX_CHARACTERS]).lower().strip()
    places = BRACKETS.findall(title) + TAIL.findall(title)
    parts = [part for text in places for part in PARTS.split(text)]
    return tuple(dict.fromkeys(mode for part in parts for mode in _pure_modes(part)))


def is_one_list(text: str) -> bool:
    """Whether the modes in a text are together, so that the text says the same of all of them.

    >>> is_one_list("4 hours (classroom, virtual)"), is_one_list("half-day online, 1 hour webex")
    (True, False)
    """
    found = list(MODE.finditer(straighten(text).lower()))
    between = (a.string[a.end() : b.start()] for a, b in zip(found, found[1:], strict=False))
    return all(_is_filler(gap) for gap in between)


def names_only_modes(text: str) -> bool:
    """Whether the text says only how a course is delivered."""
    return bool(_pure_modes(straighten(text[:MAX_CHARACTERS]).lower()))


def _pure_modes(text: str) -> tuple[str, ...]:
    return read_modes(text) if _is_filler(MODE.sub("", text)) else ()


def _is_filler(text: str) -> bool:
    return not re.search(r"\w", FILLERS.sub("", text))
