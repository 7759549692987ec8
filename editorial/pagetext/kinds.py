"""Finds out which kind of record an item is, if any."""

from .credits import read_credit
from .durations import names_time
from .fields import Fields
from .formats import read_formats
from .items import Item
from .labels import COURSE
from .running_times import read_seconds

COURSE_FACTS = set(COURSE.values()) - {"tools", "outline"}


def find_kind(item: Item, fields: Fields) -> str:
    """Returns "video", "tool" or "course", or "" for a story, a teaser, a menu or anything else."""
    stated = {name for name, field in fields.items() if field.lines}
    if _is_tool(item, fields, stated):
        return "tool"
    if _is_course(fields, stated):
        return "course"
    return "video" if _is_video(item, fields, stated) else ""


def _is_tool(item: Item, fields: Fields, stated: set[str]) -> bool:
    """Whether it has two labels of a tool, or one that is clear enough."""
    if "best_used" in stated or len(stated & {"format", "size", "audience"}) > 1:
        return True
    if item.heading == "tool" and item.title:
        return bool(stated & {"format", "audience"})
    return bool(read_formats(fields["format"].text))


def _is_course(fields: Fields, stated: set[str]) -> bool:
    """Whether it has a course's title or description label, two other labels, or a time.

    The time may be under the label of the levels.
    """
    if stated & {"course_title", "description"} or len(stated & COURSE_FACTS) > 1:
        return True
    return any(names_time(text) for text in fields["level"].texts)


def _is_video(item: Item, fields: Fields, stated: set[str]) -> bool:
    """Whether it has a running time, or some words with empty brackets, a player or credits."""
    if read_seconds(fields["running_time"].text):
        return True
    has_words = item.title is not None or "free" in stated
    is_played = "player" in fields or any(read_credit(text) for text in fields["free"].texts)
    return has_words and ("running_time" in fields or (item.heading == "video" and is_played))
