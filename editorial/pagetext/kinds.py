"""Which kind of record an item is, if any."""

from .credits import read_credit
from .durations import read_range
from .fields import Fields
from .items import Item
from .labels import COURSE
from .running_times import read_seconds

COURSE_FACTS = set(COURSE.values()) - {"tools", "outline"}


def kind_of(item: Item, fields: Fields) -> str:
    """Video, tool or course in lower case; "" for a story, a teaser, a menu, anything else."""
    stated = {name for name, field in fields.items() if field.lines}
    if _is_tool(item, stated):
        return "tool"
    if _is_course(fields, stated):
        return "course"
    return "video" if _is_video(item, fields, stated) else ""


def _is_tool(item: Item, stated: set[str]) -> bool:
    if item.heading == "tool" and item.title and "audience" in stated:
        return True
    return bool(stated & {"format", "best_used"}) or {"size", "audience"} <= stated


def _is_course(fields: Fields, stated: set[str]) -> bool:
    """Its title or description label, or two others; the time may stand under the level's."""
    if stated & {"course_title", "description"} or len(stated & COURSE_FACTS) > 1:
        return True
    return any(read_range(text) for text in fields["level"].texts)


def _is_video(item: Item, fields: Fields, stated: set[str]) -> bool:
    """A running time is enough; its empty brackets, a player or credits need some words too."""
    if read_seconds(fields["running_time"].text):
        return True
    told = item.title is not None or "free" in stated
    played = "player" in fields or any(read_credit(text) for text in fields["free"].texts)
    return told and ("running_time" in fields or (item.heading == "video" and played))
