"""Records that a page prints twice."""

from collections.abc import Hashable, Iterable, Sequence

from .records import Record
from .text import straight


def without_copies(records: Sequence[Record]) -> list[Record]:
    """Each record once, in the page's order.

    A copy says the same under the same labels, or less; it may have lost its title.
    Records of one title that say different things are all kept.
    """
    known: dict[Hashable, dict[str, str]] = {}
    copies: set[int] = set()
    for record in sorted(records, key=lambda record: (record.title is None, -len(record.raw))):
        said = _said(record)
        keys = [key for key in (_title_key(record), _telling_key(record, said)) if key]
        if keys and said.items() <= known.get(keys[0], {}).items():
            copies.add(id(record))
        for key in keys:
            known.setdefault(key, said)
    return [record for record in records if id(record) not in copies]


def rivals(records: Iterable[Record]) -> list[tuple[Record, Record]]:
    """Each record whose kind and title an earlier one has, with that earlier one."""
    first: dict[Hashable, Record] = {}
    pairs = [(record, first.setdefault(_title_key(record), record)) for record in records]
    return [(record, other) for record, other in pairs if record.title and record is not other]


def _said(record: Record) -> dict[str, str]:
    return {label.casefold(): _even(text) for label, text in record.raw.items()}


def _title_key(record: Record) -> Hashable:
    return record.title and (record.kind, "title", _even(record.title))


def _telling_key(record: Record, said: dict[str, str]) -> Hashable:
    """The text that no other record would share word for word, when there is more than that."""
    telling = _even(record.best_used or record.body)
    return (record.kind, "text", telling) if telling and len(said) > 1 else None


def _even(text: str) -> str:
    return " ".join(straight(text).casefold().split())
