"""The words of the old templates: public labels, editors' fields, headings and page furniture."""

import re

from .running_times import BROKEN, CLOCK

MAX_CHARACTERS = 90  # of a label, a heading or a piece of page furniture

TOOL = {
    "format": "format",
    "formats": "format",
    "file format": "format",
    "size": "size",
    "intended audience": "audience",
    "intended audiences": "audience",
    "audience": "audience",
    "best used": "best_used",
    "best use": "best_used",
    "best used for": "best_used",
    "related tools": "related",
    "related tool": "related",
    "use with": "related",
}
COURSE = {
    "course title": "course_title",
    "course duration": "duration",
    "duration": "duration",
    "path to performance": "level",
    "path to performance level": "level",
    "path to performance levels": "level",
    "course description": "description",
    "who should attend": "attend",
    "who should participate": "attend",
    "course requirements": "requirements",
    "course requirement": "requirements",
    "course prerequisites": "requirements",
    "requirements": "requirements",
    "prerequisites": "requirements",
    "prerequisite": "requirements",
    "course outline": "outline",
    "course outline and objectives": "outline",
    "course objectives": "outline",
    "learning outcomes": "outcomes",
    "learning objectives": "outcomes",
    "course outcomes": "outcomes",
    "get the tools": "tools",
    "enrollment information": "enrollment",
    "enrollment": "enrollment",
    "how to enroll": "enrollment",
    "registration": "enrollment",
}
COURSE_NOUNS = {"training", "program", "workshop", "class", "session", "series"}
VIDEO = {"running time": "running_time"}
STORY = {"deck": "deck", "story body part 1": "story", "story body": "story"}
EDITORS = {
    "long teaser": "teaser",
    "headline (for informational purposes only)": "headline",
    "headline": "headline",
}
FIELDS = TOOL | COURSE | VIDEO | STORY | EDITORS
FAMILIES = {
    name: family
    for family, labels in {
        "tool": TOOL,
        "course": COURSE,
        "video": VIDEO,
        "story": STORY,
        "editors": EDITORS,
    }.items()
    for name in labels.values()
}
# These words are labels only with a colon, because they are on lines for other reasons, too.
NEED_COLON = {"format", "formats", "size", "audience", "requirements"}

HEADINGS = {
    "tools": "tool",
    "tool": "tool",
    "videos": "video",
    "video": "video",
    "help video": "help",
    "help videos": "help",
}
INTERNAL = {
    "byline", "caption", "classification", "communicator", "date of publication", "developing",
    "download file url", "editor", "format", "hank", "keywords", "listing only", "migrated",
    "non-lmp", "not listing only", "not migrated", "notes", "obsolete",
    "only use image in listings", "photo caption", "region", "regions", "released",
    "request number", "short teaser", "status", "story type", "taxonomy upgrade extras",
    "tool type", "topics", "tracking",
}  # fmt: skip
INTERNAL_MARKS = ("reporters)", "(editors)", "(webmaster)", "(as needed)")
# Their text may have several paragraphs. The text of the others ends at the first blank line.
LONG_INTERNAL = ("highlighted stories", "notes", "photos & artwork", "comments")
FURNITURE = {
    "read more", "print", "email", "share", "download", "back to top", "add new comment",
    "log in to post comments", "learn how to use the lmp website", "search form", "search",
}  # fmt: skip
ENDS = {"pages", "« first", "‹ previous", "next ›", "last »", "…"}
NAVIGATION = {
    "about lmp", "contracts and agreements", "hank", "home", "learning portal", "lmp focus areas",
    "path to performance", "search results", "team-tested practices",
}  # fmt: skip
OUTLINE_ENDS = (" objectives and learning outcomes", " course objectives", " course outcomes")

SUBSCRIBE = re.compile(r"Subscribe to RSS ?[-–—:]? ?(.*)", re.IGNORECASE)
SUBMITTED = re.compile(r"submitted (?:by|on) .*\d", re.IGNORECASE)
DUMP = re.compile(r"(.{1,300}) (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d/\d\d/\d{4} - \d\d:\d\d")
FILE_NAME = re.compile(
    r"\S+_\S+|\S+\.(?:zip|wmv|mp4|mov|jpe?g|png|gif|pdf|docx?|pptx?)", re.IGNORECASE
)
REQUEST = re.compile(r"[A-Z]{2,3}-\d{1,5}")
LATER_PART = re.compile(r"story body part [2-9]\d?:?", re.IGNORECASE)
INTEREST = re.compile(r"(you (?:may|might) also be interested in)\b:? ?(.*)", re.IGNORECASE)
PLAYER = re.compile(r"loading the player(?:\.{3}|…)? ?(.*)", re.IGNORECASE)


def field_of(written: str) -> str:
    """Returns the field that a label names in any of its wordings, or "".

    >>> field_of("Program requirements"), field_of("Tools - Color Get the Tools"), field_of("Yes")
    ('requirements', 'tools', '')
    """
    words = written.rpartition(" - Color ")[2].casefold().split()
    if words and words[0] in COURSE_NOUNS:
        words[0] = "course"
    label = " ".join(words)
    return FIELDS.get(label) or ("outline" if label.endswith(OUTLINE_ENDS) else "")


def is_internal(text: str) -> bool:
    """Whether the line is an editors' field or setting, a request number or a file name.

    >>> is_internal("Tracking (editors)"), is_internal("LSR-1983"), is_internal("PDF")
    (True, True, False)
    """
    folded = text.rstrip(": ").casefold()
    if folded in INTERNAL or any(mark in folded for mark in INTERNAL_MARKS):
        return True
    return bool(FILE_NAME.fullmatch(text) or REQUEST.fullmatch(text))


def is_clock(text: str) -> bool:
    """Whether the line is a running time in brackets, an unreadable one, or empty brackets."""
    if not (text.startswith("(") and text.endswith(")")):
        return False
    return not text[1:-1].strip() or bool(CLOCK.fullmatch(text) or BROKEN.fullmatch(text))
