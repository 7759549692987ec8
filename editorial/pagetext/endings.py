"""Finds records that end where the stored text was cut off."""

from .credits import read_credit
from .fields import SENTENCE_ENDS, Fields
from .items import Item

PROSE = {
    "video": {"free", "teaser"},
    "tool": {"best_used", "teaser"},
    "course": {"description", "attend", "story", "outline", "tools", "enrollment", "teaser"},
}


def is_cut(kind: str, item: Item, fields: Fields) -> bool:
    """Whether the page's last line belongs to this record and stops in the middle of a sentence."""
    last = item.lines[-1] if item.is_last and item.lines else None
    if not last or last.bullet or last.role not in ("text", "label"):
        return False
    if last.text.endswith(SENTENCE_ENDS) or read_credit(last.text):
        return False
    ends = {field.lines[-1].number: name for name, field in fields.items() if field.lines}
    return bool({ends.get(last.number), _open_label(kind, item)} & PROSE[kind])


def _open_label(kind: str, item: Item) -> str:
    """The label above a course's last line. We read only a part of an outline."""
    above = (line.name for line in reversed(item.lines) if line.role != "text")
    return next(above, "") if kind == "course" else ""
