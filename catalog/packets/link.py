"""Reads, changes and writes the link of a packet, which is all that a packet is. No Django here."""

import re
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from catalog.lib.text import clean_line

MAX_ITEMS = 60
MAX_NOTE_LENGTH = 200  # characters
MAX_TITLE_LENGTH = 100
MAX_NUMBER = 2**63 - 1  # the largest number of a row in a database
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
CODE_PATTERN = re.compile(f"0*([1-9a-z][{DIGITS}]{{0,12}})")
SEPARATORS = re.compile(r"[.,;\s]+")  # mail programs may break a link, and people may type commas
NOTE_PREFIX = "note-"


def code_of(number):
    """
    >>> code_of(87), number_of("2f")
    ('2f', 87)
    """
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
    return digits


def number_of(code):
    return int(code, 36)


def normalize_code(text):
    """Returns `text` in the standard form of a code, "" if it is not a code.

    >>> normalize_code("02F"), normalize_code("2f!")
    ('2f', '')
    """
    match = CODE_PATTERN.fullmatch(text.lower())
    return match[1] if match and number_of(match[1]) <= MAX_NUMBER else ""


@dataclass(frozen=True)
class PacketLink:
    """The items of a packet as `codes`, its title, and `notes`, {code: note} of its codes only."""

    codes: tuple = ()
    title: str = ""
    notes: dict = field(default_factory=dict)

    def select_codes(self, codes):
        """Returns the link with those of `codes` that it has, in the order of `codes`."""
        codes = tuple(code for code in codes if code in self.codes)
        notes = {code: self.notes[code] for code in codes if code in self.notes}
        return replace(self, codes=codes, notes=notes)

    def remove_codes(self, codes):
        return self.select_codes(code for code in self.codes if code not in codes)

    def move_code(self, code, by):
        """Returns the link with `code` moved by that many places, but not past an end."""
        if code not in self.codes:
            return self
        others = [other for other in self.codes if other != code]
        others.insert(max(0, self.codes.index(code) + by), code)
        return self.select_codes(others)

    @property
    def query(self):
        """The packet as a query string, always the same for the same packet; "" if it is empty."""
        pairs = [("items", ".".join(self.codes)), ("title", self.title)]
        pairs += [(NOTE_PREFIX + code, self.notes.get(code, "")) for code in self.codes]
        given = [(name, value) for name, value in pairs if value]
        return f"?{urlencode(given)}" if given else ""


@dataclass(frozen=True)
class Reading:
    """The result of reading a link.

    `link` is the packet after the changes that it asks for, `link_before` the packet without them.
    `invalid_pieces` are pieces that are not codes. `total` is the number of different items, and
    `duplicate_count` how many of them the link names more than once. `cut_codes` are the texts that
    were too long: the codes of notes, and "" for the title. `replaced` is {code: the code that
    replaced it}.
    """

    link: PacketLink
    link_before: PacketLink
    invalid_pieces: list
    total: int
    duplicate_count: int
    cut_codes: list
    added: list
    moved: list
    removed: list
    replaced: dict


def read_link(values):
    """Returns the Reading of `values`, {name: [text, …]} as parse_qs() returns them.

    `items`, `title` and `note-…` are the packet. `add`, `remove`, `up`, `down` and `replace` change
    it; `replace` is an old and a new code.

    >>> from urllib.parse import parse_qs
    >>> read_link(parse_qs("items=2f.3k&note-2f=Cards&add=9a&up=3k")).link.query
    '?items=3k.2f.9a&note-2f=Cards'
    >>> read_link(parse_qs("items=2f.3k&note-2f=Cards&replace=2f.9a")).link.query
    '?items=9a.3k&note-9a=Cards'
    """
    listed_codes, invalid_pieces = codes_in(values.get("items"))
    added_codes, more_invalid = codes_in(values.get("add"))
    up, down, removed = (codes_in(values.get(name))[0] for name in ("up", "down", "remove"))
    replaced = code_pairs_in(values.get("replace"))
    values = {
        NOTE_PREFIX + new: values.get(NOTE_PREFIX + old) for old, new in replaced.items()
    } | values
    kept_codes = [replaced.get(code, code) for code in listed_codes]
    codes = tuple(dict.fromkeys([*kept_codes, *added_codes, *replaced.values()]))
    title, title_cut = cut_line(values.get("title"), MAX_TITLE_LENGTH)
    notes, notes_cut = notes_in(values, codes[:MAX_ITEMS])
    link = PacketLink(codes[:MAX_ITEMS], title, notes)
    changed = link.remove_codes(set(removed))
    up, down = up[:MAX_ITEMS], down[:MAX_ITEMS]
    for moved, by in [(code, -1) for code in up] + [(code, 1) for code in down]:
        changed = changed.move_code(moved, by)
    return Reading(
        link=changed,
        link_before=link,
        invalid_pieces=invalid_pieces + more_invalid,
        total=len(codes),
        duplicate_count=len(listed_codes) - len(set(listed_codes)),
        cut_codes=([""] if title_cut else []) + notes_cut,
        added=added_codes,
        moved=up + down,
        removed=removed[:MAX_ITEMS],
        replaced=replaced,
    )


def codes_in(texts):
    """Returns the codes in all of `texts`, and the pieces that are not codes."""
    pieces = list(filter(None, SEPARATORS.split(" ".join(texts or ()))))
    forms = [normalize_code(piece) for piece in pieces]
    invalid_pieces = [piece for piece, code in zip(pieces, forms, strict=True) if not code]
    return list(filter(None, forms)), list(dict.fromkeys(invalid_pieces))


def code_pairs_in(texts):
    """Returns {old: new} for those of `texts` that are two codes."""
    pairs = [codes_in([text])[0] for text in (texts or ())[:MAX_ITEMS]]
    return dict(pair for pair in pairs if len(pair) == 2)


def notes_in(values, codes):
    """Returns {code: note}, and the codes of notes that were too long."""
    notes, cut_codes = {}, []
    for code in codes:
        note, too_long = cut_line(values.get(NOTE_PREFIX + code), MAX_NOTE_LENGTH)
        notes |= {code: note} if note else {}
        cut_codes += [code] if too_long else []
    return notes, cut_codes


def cut_line(texts, max_length):
    """Returns the last of `texts` as a line of at most `max_length`, and whether it was longer."""
    line = clean_line(texts[-1]) if texts else ""
    return line[:max_length].rstrip(), len(line) > max_length
