"""Reads any HTML in one pass and writes the allowed parts."""

import re
from collections import Counter
from html import escape, unescape

from catalog.lib.richtext.policy import (
    CLEANER,
    DEEPEST,
    HEADINGS,
    HIDDEN,
    HOLDERS,
    INLINE,
    LINES,
    LONG_WORDS,
    MAY_BREAK,
    MOST_BREAKING,
    MOST_COLUMNS,
    MOST_INLINES,
    MOST_LINES,
    MOST_SQUARES,
    MOST_TEXT,
    OVERLAY,
    PARTS,
    PIECE,
    RENAMED,
    SPANS,
    TAGS,
    TEXTUAL,
    TOKEN,
    attributes_of,
)
from catalog.lib.text import strip_unprintable


def sanitize(html):
    """Returns `html` with allowed elements only, each closed and in its place; "" without text.

    >>> sanitize("<h1 onclick=x>Hi<script>alert(1)</script><p>you")
    '<h2>Hi</h2><p>you</p>'
    """
    written = write(html)
    clean = CLEANER.clean(written)
    return clean if clean == written else CLEANER.clean(write(clean))


def write(html):
    writer = Writer()
    read(strip_unprintable(html), writer)
    written = writer.html().strip()
    return written if writer.says_something else ""


def read(html, writer):
    """Passes the texts and tags of `html` to `writer`, in one pass."""
    place = 0
    while token := TOKEN.search(html, place):
        writer.text(html[place : token.start()])
        place = token.end()
        closing, tag, attributes = token.groups("")
        tag = tag.lower()
        if token[0] == "<!--":
            place = end_of(re.compile("-->"), html, place - 2)
        elif tag in HIDDEN and not closing:
            place = end_of(re.compile(f"</{tag}[^<>]*>", re.IGNORECASE), html, place)
        elif closing:
            writer.end(RENAMED.get(tag, tag))
        elif tag:
            writer.start(RENAMED.get(tag, tag), attributes)
    writer.text(html[place:])


def end_of(pattern, html, place):
    found = pattern.search(html, place)
    return found.end() if found else len(html)


def parts_below(tag):
    """Returns the elements that text in `tag` needs: "table" → ["tbody", "tr", "td"], "p" → []."""
    parts = []
    while tag := PARTS.get(tag):
        parts.append(tag)
    return parts


class Grid:
    """Counts the rows and the widest row of a table while the table is written."""

    def __init__(self):
        self.rows = self.columns = self.widest = 0
        self.hanging = []  # [rows to come, columns] of the cells that span rows to come
        self.begins = False

    def row(self):
        self.begins = True  # a row counts from its first cell on, because an empty row is removed

    def cell(self, colspan, rowspan):
        if self.begins:
            self.rows, self.begins = self.rows + 1, False
            self.hanging = [[rows - 1, columns] for rows, columns in self.hanging if rows > 1]
            self.columns = sum(columns for _rows, columns in self.hanging)
        self.columns += colspan
        self.widest = max(self.widest, self.columns)
        self.hanging.append([rowspan, colspan])

    @property
    def squares(self):
        return self.rows * self.widest


class Writer:
    """Writes allowed elements, each where it may be, nested at most DEEPEST levels.

    A subheading before any heading becomes a heading, so that the page skips no level. `excess`
    has the names of the exceeded limits: see SENTENCES. After the limit of lines or tables is
    exceeded, only words and inline elements are written, one after the other.
    """

    def __init__(self):
        self.out, self.words = [], []
        self.open = []  # the open tags, each with the index in self.out where it begins
        self.refused = Counter()  # omitted start tags, whose end tags must be omitted too
        self.headed = self.says_something = False
        self.rows = 0
        self.excess = set()
        self.letters = self.lines = self.inlines = self.squares = self.breaking = 0
        self.grids = []  # of the open tables; self.squares counts the closed ones

    @property
    def full(self):
        return not self.excess.isdisjoint(("lines", "table"))

    def html(self):
        self.close_to(0)
        return "".join(self.out)

    @property
    def inside(self):
        return self.open[-1][0] if self.open else ""

    def text(self, html):
        if html:
            self.words.append(unescape(html))

    def start(self, tag, attributes):
        self.write_words()
        if tag == "br":
            self.start_break()
        elif tag in INLINE:
            self.start_inline(tag, attributes_of(tag, attributes))
        elif tag in TAGS:
            self.start_block(tag, attributes_of(tag, attributes))

    def start_break(self):
        around = parts_below(self.inside)
        if self.fits(len(around) + 1) and not self.full:
            self.begin(*around)
            self.out.append("<br>")
            self.count("br")
        else:
            self.words.append(" ")

    def start_inline(self, tag, attributes):
        self.leave_parts()
        around = parts_below(self.inside)
        known = tag in (other for other, _place in self.open)
        if self.inlines >= MOST_INLINES:
            self.excess.add("inlines")
            self.refused[tag] += 1
        elif known or (tag == "a" and "href" not in attributes) or not self.fits(len(around) + 1):
            self.refused[tag] += 1
        else:
            self.begin(*around, tag, **attributes)

    def start_block(self, tag, attributes):
        if self.full:
            self.close_to(0)
            self.refuse(tag)
            return
        while self.inside in TEXTUAL:
            self.close_to(len(self.open) - 1)
        if tag == "h3" and not self.headed:
            tag = "h2"
        place, missing = self.holders(tag)
        if place is not None:
            self.close_to(place + 1)
        around = [] if place is not None else parts_below(self.inside)
        if self.fits(len(around) + len(missing) + 1 + len(parts_below(tag))):
            self.begin(*around, *missing, tag, **attributes)
        else:
            self.refuse(tag)

    def refuse(self, tag):
        self.refused[tag] += 1
        self.words.append(" ")

    def leave_parts(self):
        """Closes open lists and tables if no element may be added. Words continue below them."""
        if self.full and self.inside in PARTS:
            self.close_to(0)

    def holders(self, tag):
        """Returns the index of the nearest parent for `tag` or None, and the tags to add."""
        missing = []
        while tag in HOLDERS:
            place = self.place_of(HOLDERS[tag])
            if place is not None:
                return place, missing
            tag = HOLDERS[tag][0]
            missing.insert(0, tag)
        return None, missing

    def end(self, tag):
        if tag == "h3" and self.place_of(["h3"]) is None:
            tag = "h2"
        place = self.place_of([tag])
        if self.refused[tag]:
            self.refused[tag] -= 1
        elif place is not None:
            self.close_to(place)
        elif tag == "p":
            self.words.append(" ")

    def place_of(self, tags):
        """Returns the index in self.open of the innermost of `tags` in the same table, or None."""
        for place in range(len(self.open) - 1, -1, -1):
            tag = self.open[place][0]
            if tag in tags:
                return place
            if tag == "table":
                return None
        return None

    def fits(self, depth):
        return len(self.open) + depth <= DEEPEST

    def begin(self, *tags, **attributes):
        """Writes the start tags `tags`, the last one with `attributes`."""
        for number, tag in enumerate(tags, 1):
            if self.full and tag not in INLINE:
                self.refuse(tag)
            else:
                self.begin_one(tag, attributes if number == len(tags) else {})

    def begin_one(self, tag, attributes):
        if tag in ("table", "tr"):
            self.rows = self.rows + 1 if tag == "tr" else 0
        if tag == "th":
            attributes.setdefault("scope", "col" if self.rows == 1 else "row")
        self.count(tag, attributes)
        pairs = "".join(f' {name}="{quoted(value)}"' for name, value in attributes.items())
        self.open.append((tag, len(self.out)))
        self.out.append(f"<{tag}{pairs}>")

    def count(self, tag, attributes=None):
        self.lines += tag in LINES
        self.inlines += tag in INLINE
        if tag in ("table", "tr", "td", "th"):
            self.count_in_table(tag, attributes)
        if self.lines > MOST_LINES:
            self.excess.add("lines")

    def count_in_table(self, tag, attributes):
        if tag == "table":
            self.grids.append(Grid())
        elif tag == "tr":
            self.grids[-1].row()
        else:
            self.lines += self.grids[-1].begins  # a row
            self.grids[-1].cell(*(int(attributes.get(name, 1)) for name in SPANS))
            squares = self.squares + sum(grid.squares for grid in self.grids)
            if self.grids[-1].widest > MOST_COLUMNS or squares > MOST_SQUARES:
                self.excess.add("table")

    def close_to(self, depth):
        self.write_words()
        while len(self.open) > depth:
            tag, place = self.open.pop()
            if tag == "table":
                self.squares += self.grids.pop().squares
            inner = "".join(self.out[place + 1 :])
            if tag in INLINE and not inner.strip():
                self.out[place:] = [inner]
            elif (tag in HEADINGS or tag in PARTS) and not inner.strip():
                self.out[place:] = []
            else:
                self.headed = self.headed or tag == "h2"
                self.out[place:] = [f"{self.out[place]}{inner}</{tag}>"]

    def write_words(self):
        words = strip_unprintable("".join(self.words)).replace(OVERLAY, "")
        self.words.clear()
        self.letters += len(words)
        if self.letters > MOST_TEXT:
            self.excess.add("text")
        words = self.with_breaks(words)
        if words.strip():
            self.leave_parts()
            self.says_something = True
            self.begin(*parts_below(self.inside))
        elif self.inside in PARTS:
            return
        self.out.append(escaped(words))

    def with_breaks(self, words):
        """Returns `words`. After MOST_BREAKING is exceeded, long words get MAY_BREAK marks."""
        self.breaking += sum(map(len, LONG_WORDS.findall(words))) * len(words)
        if self.breaking <= MOST_BREAKING:
            return words
        self.excess.add("word")
        return LONG_WORDS.sub(in_pieces, words)


def in_pieces(word):
    places = range(0, len(word[0]), PIECE)
    return MAY_BREAK.join(word[0][place : place + PIECE] for place in places)


def escaped(text):
    """Returns `text` escaped as nh3 and browsers escape it."""
    return escape(text, quote=False).replace("\xa0", "&nbsp;")


def quoted(text):
    return escaped(text).replace('"', "&quot;")
