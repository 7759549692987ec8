"""How a course is given: classroom, online, virtual, consultant."""

import re

from .text import straight

SPELLINGS = {
    "classroom": ("classroom", "in-person", "in person", "face-to-face", "face to face"),
    "online": ("online", "web-based", "web based", "e-learning", "elearning", "self-paced"),
    "virtual": ("virtually", "virtual", "webex", "webinar", "zoom"),
    "consultant": ("consultant-led", "consultant"),
}
MODES = {spelling: mode for mode, spellings in SPELLINGS.items() for spelling in spellings}
MODE = re.compile(r"\b(?:" + "|".join(MODES) + r")\b")
FILLERS = re.compile(r"\b(?:for|via|by|and|or|only|delivery|delivered|training|course|version)\b")
LONGEST = 300  # characters read of a title
BRACKETS = re.compile(r"\(([^()]{1,80})\)")
TAIL = re.compile(r"\bfor ([^()]{1,80} delivery)$")


def read_modes(text: str) -> tuple[str, ...]:
    """The modes named anywhere in a text, in the order written.

    >>> read_modes("90 minutes (classroom), 30 minutes (WebEx)")
    ('classroom', 'virtual')
    """
    found = (MODES[word] for word in MODE.findall(straight(text).lower()))
    return tuple(dict.fromkeys(found))


def read_title_modes(title: str) -> tuple[str, ...]:
    """The modes in a title's brackets or its "for … delivery"; a mere subject is not a mode.

    >>> read_title_modes("Co-Lead Workshop (for consultant delivery via WebEx)")
    ('consultant', 'virtual')
    >>> read_title_modes("Leading Virtual Teams (LMPO)")
    ()
    """
    title = straight(title[:LONGEST]).lower().strip()
    places = BRACKETS.findall(title) + TAIL.findall(title)
    return tuple(dict.fromkeys(mode for text in places for mode in _pure_modes(text)))


def _pure_modes(text: str) -> tuple[str, ...]:
    left = FILLERS.sub("", MODE.sub("", text))
    return () if re.search(r"\w", left) else read_modes(text)
