"""Finds an item's title, which is before its first label or before its author's name."""

from .delivery import read_title_modes
from .lines import Line
from .requirements import ORIENTATION
from .titles import can_be_title, looks_like_title

# A paragraph after one of these may be the next item's title. After other labels it is their text.
OFTEN_EMPTY = {"requirements", "related", "interest", "story", "deck"}
UNDER_TITLES = ("story", "deck")
MAX_TEASERS = 4  # the most paragraphs between a title and its first label


def title_of_dump(text: str, written: set[str]) -> tuple[str, str]:
    """Returns the title before the author's name, and the name if only its form tells them apart.

    Most pages repeat the title or the author on a separate line (`written`).

    >>> title_of_dump("A Good Start Kim Lee", {"Kim Lee"})
    ('A Good Start', '')
    >>> title_of_dump("A Good Start Kim Lee", set())
    ('A Good Start', 'Kim Lee')
    """
    words = text.split()
    parts = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(len(words) - 1, 0, -1)]
    for title, author in parts:
        if title in written or author in written:
            return title, ""
    is_login = "." in words[-1] or words[-1].islower()
    author_words = 1 if is_login or len(words) < 3 else 2
    return parts[author_words - 1] if len(words) > 1 else (text, "")


def title_before(lines: list[Line], at: int, compact: bool) -> int | None:
    """Returns the index of the title before an item's first label, or None."""
    opener, above = lines[at], at - 1
    while above >= 0 and lines[above].role == "player":
        above -= 1
    under_title = opener.name in UNDER_TITLES
    if above < 0 or not _is_free_text(lines, above, under_title):
        return None
    if opener.name == "course_title" and not _repeats(lines, above, opener):
        return None
    sure = under_title or opener.name == "course_title" or above < at - 1
    if _is_title(lines[above].text, sure and not compact):
        return above
    return _title_above(lines, above, compact)


def follows_title(lines: list[Line], at: int) -> bool:
    """Whether a course certainly starts: a title that names its delivery, then its first label."""
    if lines[at].name not in ("description", "course_title") or not at:
        return False
    return _is_free_text(lines, at - 1) and bool(read_title_modes(lines[at - 1].text))


def _title_above(lines: list[Line], at: int, compact: bool) -> int | None:
    """Finds the title right above a teaser, or further up if its brackets name a delivery mode."""
    for above in range(at - 1, max(at - MAX_TEASERS, 0) - 1, -1):
        if not _is_free_text(lines, above):
            break
        text = lines[above].text
        near = above == at - 1 and not compact
        if (near and looks_like_title(text)) or read_title_modes(text):
            return above
    return None


def _is_free_text(lines: list[Line], at: int, under_title: bool = False) -> bool:
    """Whether it is text that is not the value of the label above it.

    Text right under a label is its value, unless the label below the text always follows a title.
    """
    if lines[at].role != "text" or lines[at].bullet:
        return False
    above = lines[at - 1] if at else None
    if not above or above.role != "label" or above.value:
        return True
    return (
        (lines[at].after_gap or under_title)
        and above.name in OFTEN_EMPTY
        and not ORIENTATION.search(lines[at].text[:100])
    )


def _is_title(text: str, sure: bool) -> bool:
    if sure or read_title_modes(text):
        return can_be_title(text)
    return looks_like_title(text)


def _repeats(lines: list[Line], at: int, opener: Line) -> bool:
    """Whether the line at `at` and the course title under its label are the same title."""
    below = lines[at + 2].text if at + 2 < len(lines) else ""
    title, heading = (opener.value or below).casefold(), lines[at].text.casefold()
    return bool(title) and (title.startswith(heading) or heading.startswith(title))
