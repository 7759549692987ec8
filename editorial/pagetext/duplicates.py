"""Finds records that a page prints twice."""

from collections.abc import Hashable, Iterable, Sequence

from .records import Record
from .text import straighten


def remove_copies(records: Sequence[Record]) -> list[Record]:
    """Returns each record once, in the page's order.

    A copy says the same or less under the same labels and may lack its title. If records of one
    title say different things, all of them stay.
    """
    known: dict[Hashable, dict[str, str]] = {}
    copies: set[int] = set()
    for record in sorted(records, key=lambda record: (record.title is None, -len(record.raw))):
        texts = _fold_raw(record)
        keys = [key for key in (_title_key(record), _text_key(record, texts)) if key]
        if keys and texts.items() <= known.get(keys[0], {}).items():
            copies.add(id(record))
        for key in keys:
            known.setdefault(key, texts)
    return [record for record in records if id(record) not in copies]


def find_rivals(records: Iterable[Record]) -> list[tuple[Record, Record]]:
    """Returns each record with the earlier record of the same kind and title, if there is one."""
    first: dict[Hashable, Record] = {}
    pairs = [(record, first.setdefault(_title_key(record), record)) for record in records]
    return [(record, other) for record, other in pairs if record.title and record is not other]


def _fold_raw(record: Record) -> dict[str, str]:
    return {label.casefold(): _fold_text(text) for label, text in record.raw.items()}


def _title_key(record: Record) -> Hashable:
    return record.title and (record.kind, "title", _fold_text(record.title))


def _text_key(record: Record, texts: dict[str, str]) -> Hashable:
    """The text that no other record has word for word, if the record has more than this text."""
    text = _fold_text(record.best_used or record.body)
    return (record.kind, "text", text) if text and len(texts) > 1 else None


def _fold_text(text: str) -> str:
    return " ".join(straighten(text).casefold().split())
