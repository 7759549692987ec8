"""Reads, changes and writes the link of a packet, which is all that a packet is. No Django here."""

import re
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from catalog.lib.text import clean_line

MOST_ITEMS = 60
LONGEST_NOTE = 200  # characters
LONGEST_TITLE = 100
LARGEST = 2**63 - 1  # the largest number of a row in a database
FIGURES = "0123456789abcdefghijklmnopqrstuvwxyz"
CODE = re.compile(f"0*([1-9a-z][{FIGURES}]{{0,12}})")
BETWEEN = re.compile(r"[.,;\s]+")  # mail programs may break a link, and people may type commas
NOTE = "note-"


def code_of(number):
    """
    >>> code_of(87), number_of("2f")
    ('2f', 87)
    """
    figures = ""
    while number:
        number, rest = divmod(number, 36)
        figures = FIGURES[rest] + figures
    return figures


def number_of(code):
    return int(code, 36)


def known_form(text):
    """Returns `text` in the standard form of a code, "" if it is not a code.

    >>> known_form("02F"), known_form("2f!")
    ('2f', '')
    """
    found = CODE.fullmatch(text.lower())
    return found[1] if found and number_of(found[1]) <= LARGEST else ""


@dataclass(frozen=True)
class PacketLink:
    """The items of a packet as `codes`, its title, and `notes`, {code: note} of its codes only."""

    codes: tuple = ()
    title: str = ""
    notes: dict = field(default_factory=dict)

    def only(self, codes):
        """Returns the link with those of `codes` that it has, in the order of `codes`."""
        codes = tuple(code for code in codes if code in self.codes)
        notes = {code: self.notes[code] for code in codes if code in self.notes}
        return replace(self, codes=codes, notes=notes)

    def without(self, codes):
        return self.only(code for code in self.codes if code not in codes)

    def moved(self, code, by):
        """Returns the link with `code` moved by that many places, but not past an end."""
        if code not in self.codes:
            return self
        others = [other for other in self.codes if other != code]
        others.insert(max(0, self.codes.index(code) + by), code)
        return self.only(others)

    @property
    def query(self):
        """The packet as a query string, always the same for the same packet; "" if it is empty."""
        pairs = [("items", ".".join(self.codes)), ("title", self.title)]
        pairs += [(NOTE + code, self.notes.get(code, "")) for code in self.codes]
        said = [(name, value) for name, value in pairs if value]
        return f"?{urlencode(said)}" if said else ""


@dataclass(frozen=True)
class Reading:
    """What a link says. `link` is the packet after the changes it asks for, `before` without them.

    `strange` are pieces that are not codes. `total` is the number of different items, `doubles` how
    many of them it names more than once. `cut` are the texts that were too long: the codes of
    notes, and "" for the title. `replaced` is {code: the code that replaced it}.
    """

    link: PacketLink
    before: PacketLink
    strange: list
    total: int
    doubles: int
    cut: list
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
    listed, strange = codes_in(values.get("items"))
    asked, also_strange = codes_in(values.get("add"))
    up, down, removed = (codes_in(values.get(name))[0] for name in ("up", "down", "remove"))
    replaced = pairs_in(values.get("replace"))
    values = {NOTE + new: values.get(NOTE + old) for old, new in replaced.items()} | values
    kept = [replaced.get(code, code) for code in listed]
    codes = tuple(dict.fromkeys([*kept, *asked, *replaced.values()]))
    title, title_cut = shortened(values.get("title"), LONGEST_TITLE)
    notes, notes_cut = notes_in(values, codes[:MOST_ITEMS])
    link = PacketLink(codes[:MOST_ITEMS], title, notes)
    changed = link.without(set(removed))
    up, down = up[:MOST_ITEMS], down[:MOST_ITEMS]
    for moved, by in [(code, -1) for code in up] + [(code, 1) for code in down]:
        changed = changed.moved(moved, by)
    return Reading(
        link=changed,
        before=link,
        strange=strange + also_strange,
        total=len(codes),
        doubles=len(listed) - len(set(listed)),
        cut=([""] if title_cut else []) + notes_cut,
        added=asked,
        moved=up + down,
        removed=removed[:MOST_ITEMS],
        replaced=replaced,
    )


def codes_in(texts):
    """Returns the codes in all of `texts`, and the pieces that are not codes."""
    pieces = list(filter(None, BETWEEN.split(" ".join(texts or ()))))
    forms = [known_form(piece) for piece in pieces]
    strange = [piece for piece, code in zip(pieces, forms, strict=True) if not code]
    return list(filter(None, forms)), list(dict.fromkeys(strange))


def pairs_in(texts):
    """Returns {old: new} for those of `texts` that are two codes."""
    pairs = [codes_in([text])[0] for text in (texts or ())[:MOST_ITEMS]]
    return dict(pair for pair in pairs if len(pair) == 2)


def notes_in(values, codes):
    """Returns {code: note}, and the codes of notes that were too long."""
    notes, cut = {}, []
    for code in codes:
        note, too_long = shortened(values.get(NOTE + code), LONGEST_NOTE)
        notes |= {code: note} if note else {}
        cut += [code] if too_long else []
    return notes, cut


def shortened(texts, most):
    """Returns the last of `texts` as a line cut to `most` characters, and whether it was longer."""
    line = clean_line(texts[-1]) if texts else ""
    return line[:most].rstrip(), len(line) > most
