"""Cutting a page into its items: where each begins, and its title."""

from dataclasses import dataclass

from .delivery import read_title_modes
from .labels import FAMILIES
from .lines import Line
from .requirements import ORIENTATION
from .text import tidy
from .titles import can_be_title, looks_like_title

KINDS = ("tool", "course", "video", "help")
# These may stand several times in one item, or in an item of any kind.
SHARED = {"related", "interest", "tools", "outline", "outcomes", "enrollment"}
# A paragraph after one of these may be the next item's title; after any other label it is its text.
OFTEN_EMPTY = {"requirements", "related", "interest", "story", "deck"}
MOST_TEASERS = 4  # paragraphs between a title and its first label
NODE_ENDS = ("migrated", "not migrated")


@dataclass(frozen=True)
class Item:
    """`lines` follow the title; `line` is where the item begins on the page."""

    line: int
    title: str | None
    heading: str
    lines: tuple[Line, ...]
    is_dump: bool = False  # written by the old editor, its fields between the public ones
    guessed_author: str = ""
    is_last: bool = False


@dataclass(frozen=True)
class Start:
    at: int
    body: int  # the first line after the title
    title: str | None = None
    heading: str = ""
    is_dump: bool = False
    guessed_author: str = ""


def split_items(lines: list[Line], compact: bool) -> list[Item]:
    """The page's items in order; what stands before the first belongs to none."""
    starts = _starts(lines, compact)
    ends = [*(start.at for start in starts), len(lines)][1:]
    return [_item(lines, start, end) for start, end in zip(starts, ends, strict=True)]


def _item(lines: list[Line], start: Start, end: int) -> Item:
    return Item(
        lines[start.at].number,
        tidy(start.title or "") or None,
        start.heading,
        tuple(lines[start.body : end]),
        start.is_dump,
        start.guessed_author,
        end == len(lines),
    )


def _starts(lines: list[Line], compact: bool) -> list[Start]:
    written = {line.text for line in lines}
    starts: list[Start] = []
    seen: set[str] | None = None
    for at, line in enumerate(lines):
        if start := _start(lines, at, seen, compact, written):
            starts.append(start)
            seen = {"help"} if start.heading == "help" else set()
        if line.role in ("label", "clock") and seen is not None:
            seen.add(line.name)
    return starts


def _start(lines, at: int, seen: set[str] | None, compact: bool, written: set[str]) -> Start | None:
    line = lines[at]
    if line.role == "heading":
        return _start_at_heading(lines, at)
    if line.role == "dump":
        title, guessed_author = _title_of_dump(line.value, written)
        return Start(at, at + 1, title, is_dump=True, guessed_author=guessed_author)
    if line.role == "submitted" or _begins_node(lines, at):
        titled = at > 0 and lines[at - 1].role == "text"
        return Start(at - titled, at, lines[at - 1].text if titled else None, is_dump=True)
    if line.role in ("label", "clock") and (_is_new(line.name, seen) or _is_titled(lines, at)):
        title = _title_before(lines, at, compact)
        return Start(at, at) if title is None else Start(title, title + 1, lines[title].text)
    return None


def _is_new(name: str, seen: set[str] | None) -> bool:
    """Whether a label cannot belong to the item that holds the labels seen so far."""
    if seen is None:
        return True
    if name in SHARED:
        return "help" in seen
    families = {FAMILIES.get(one, one) for one in seen - SHARED}
    family = FAMILIES.get(name, name)
    if family == "story":
        return bool(families.intersection(KINDS)) or name in seen or "story" in seen
    return name in seen or (family in KINDS and bool(families.intersection(KINDS) - {family}))


def _is_titled(lines: list[Line], at: int) -> bool:
    """Whether a course surely begins: a title naming its delivery, then its first label."""
    if lines[at].name not in ("description", "course_title") or not at:
        return False
    return _is_free_text(lines, at - 1) and bool(read_title_modes(lines[at - 1].text[:300]))


def _start_at_heading(lines: list[Line], at: int) -> Start:
    heading = lines[at].name
    below = lines[at + 1] if at + 1 < len(lines) else None
    if heading == "help" or not below or below.role != "text" or not can_be_title(below.text):
        return Start(at, at + 1, heading=heading)
    return Start(at, at + 2, below.text, heading)


def _begins_node(lines: list[Line], at: int) -> bool:
    """A title between the end of one editor's dump (or the page's head) and the next's fields."""
    if at == 0 or lines[at - 1].role != "text":
        return False
    if lines[at].role != "internal" and lines[at].name not in ("teaser", "headline"):
        return False
    return at <= 2 or lines[at - 2].text.casefold() in NODE_ENDS


def _title_of_dump(text: str, written: set[str]) -> tuple[str, str]:
    """The title in front of the author's name; and that name, where only its form tells it apart.

    The page mostly repeats the title, or the author, on a line of its own.
    """
    words = text.split()
    parts = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(len(words) - 1, 0, -1)]
    for title, author in parts:
        if title in written or author in written:
            return title, ""
    is_login = "." in words[-1] or words[-1].islower()
    author_words = 1 if is_login or len(words) < 3 else 2
    return parts[author_words - 1] if len(words) > 1 else (text, "")


def _title_before(lines: list[Line], at: int, compact: bool) -> int | None:
    """The index of the title in front of an item's first label."""
    opener = lines[at]
    at -= 1
    while at >= 0 and lines[at].role == "player":
        at -= 1
    if at < 0 or not _is_free_text(lines, at):
        return None
    if opener.name == "course_title" and not _repeats(lines, at, opener):
        return None
    sure = opener.name in ("story", "deck", "course_title") or lines[at + 1].role == "player"
    if _is_title(lines[at].text, sure and not compact):
        return at
    return _title_above(lines, at, compact)


def _title_above(lines: list[Line], at: int, compact: bool) -> int | None:
    """The title above a teaser: next to it, or further up if its brackets name a delivery mode."""
    for above in range(at - 1, max(at - MOST_TEASERS, 0) - 1, -1):
        if not _is_free_text(lines, above):
            break
        text = lines[above].text
        near = above == at - 1 and not compact
        if (near and looks_like_title(text)) or read_title_modes(text[:300]):
            return above
    return None


def _is_free_text(lines: list[Line], at: int) -> bool:
    """Text that is not the value of the label above it."""
    if lines[at].role != "text" or lines[at].bullet:
        return False
    above = lines[at - 1] if at else None
    if not above or above.role != "label" or above.value:
        return True
    return (
        lines[at].after_gap
        and above.name in OFTEN_EMPTY
        and not ORIENTATION.search(lines[at].text[:100])
    )


def _is_title(text: str, sure: bool) -> bool:
    if sure or read_title_modes(text[:300]):
        return can_be_title(text)
    return looks_like_title(text)


def _repeats(lines: list[Line], at: int, opener: Line) -> bool:
    """Whether the line at `at` and the course title under its label are wordings of one title."""
    below = lines[at + 2].text if at + 2 < len(lines) else ""
    title, heading = (opener.value or below).casefold(), lines[at].text.casefold()
    return bool(title) and (title.startswith(heading) or heading.startswith(title))
