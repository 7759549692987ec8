"""Reads any HTML in one pass and writes the allowed parts."""

import re
from collections import Counter
from html import escape, unescape

from catalog.lib.richtext.policy import (
    BREAK_EVERY,
    CLEANER,
    HEADINGS,
    HIDDEN,
    INLINE,
    LINES,
    LONG_WORDS,
    MAX_BREAKING,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_DEPTH,
    MAX_INLINES,
    MAX_LINES,
    MAX_TEXT,
    MAY_BREAK,
    OVERLAY,
    PARENTS,
    PARTS,
    RENAMED,
    SPANS,
    TAGS,
    TEXTUAL,
    TOKEN,
    read_attributes,
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
            place = find_end(re.compile("-->"), html, place - 2)
        elif tag in HIDDEN and not closing:
            place = find_end(re.compile(f"</{tag}[^<>]*>", re.IGNORECASE), html, place)
        elif closing:
            writer.end(RENAMED.get(tag, tag))
        elif tag:
            writer.start(RENAMED.get(tag, tag), attributes)
    writer.text(html[place:])


def find_end(pattern, html, place):
    match = pattern.search(html, place)
    return match.end() if match else len(html)


def required_parts(tag):
    """Returns the elements that text in `tag` needs: "table" → ["tbody", "tr", "td"], "p" → []."""
    parts = []
    while tag := PARTS.get(tag):
        parts.append(tag)
    return parts


class Grid:
    """Counts the rows and the widest row of a table while the table is written."""

    def __init__(self):
        self.rows = self.columns = self.widest = 0
        self.spanning = []  # [rows to come, columns] of the cells that span rows to come
        self.row_pending = False

    def add_row(self):
        # A row counts from its first cell on, because an empty row is removed.
        self.row_pending = True

    def add_cell(self, colspan, rowspan):
        if self.row_pending:
            self.rows, self.row_pending = self.rows + 1, False
            self.spanning = [[rows - 1, columns] for rows, columns in self.spanning if rows > 1]
            self.columns = sum(columns for _rows, columns in self.spanning)
        self.columns += colspan
        self.widest = max(self.widest, self.columns)
        self.spanning.append([rowspan, colspan])

    @property
    def cells(self):
        return self.rows * self.widest


class Writer:
    """Writes allowed elements, each where it may be, nested at most MAX_DEPTH levels.

    A subheading before any heading becomes a heading, so that the page skips no level. `excess`
    has the names of the exceeded limits: see SENTENCES. After the limit of lines or tables is
    exceeded, only words and inline elements are written, one after the other.
    """

    def __init__(self):
        self.out, self.words = [], []
        self.open = []  # the open tags, each with the index in self.out where it begins
        self.refused = Counter()  # omitted start tags, whose end tags must be omitted too
        self.has_heading = self.says_something = False
        self.rows = 0
        self.excess = set()
        self.letters = self.lines = self.inlines = self.cells = self.breaking = 0
        self.grids = []  # of the open tables; self.cells counts the closed ones

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
            self.start_inline(tag, read_attributes(tag, attributes))
        elif tag in TAGS:
            self.start_block(tag, read_attributes(tag, attributes))

    def start_break(self):
        around = required_parts(self.inside)
        if self.fits(len(around) + 1) and not self.full:
            self.begin(*around)
            self.out.append("<br>")
            self.count("br")
        else:
            self.words.append(" ")

    def start_inline(self, tag, attributes):
        self.leave_parts()
        around = required_parts(self.inside)
        is_open = tag in (other for other, _place in self.open)
        if self.inlines >= MAX_INLINES:
            self.excess.add("inlines")
            self.refused[tag] += 1
        elif is_open or (tag == "a" and "href" not in attributes) or not self.fits(len(around) + 1):
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
        if tag == "h3" and not self.has_heading:
            tag = "h2"
        place, missing = self.find_parent(tag)
        if place is not None:
            self.close_to(place + 1)
        around = [] if place is not None else required_parts(self.inside)
        if self.fits(len(around) + len(missing) + 1 + len(required_parts(tag))):
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

    def find_parent(self, tag):
        """Returns the index of the nearest parent for `tag` or None, and the tags to add."""
        missing = []
        while tag in PARENTS:
            place = self.index_of(PARENTS[tag])
            if place is not None:
                return place, missing
            tag = PARENTS[tag][0]
            missing.insert(0, tag)
        return None, missing

    def end(self, tag):
        if tag == "h3" and self.index_of(["h3"]) is None:
            tag = "h2"
        place = self.index_of([tag])
        if self.refused[tag]:
            self.refused[tag] -= 1
        elif place is not None:
            self.close_to(place)
        elif tag == "p":
            self.words.append(" ")

    def index_of(self, tags):
        """Returns the index in self.open of the innermost of `tags` in the same table, or None."""
        for place in range(len(self.open) - 1, -1, -1):
            tag = self.open[place][0]
            if tag in tags:
                return place
            if tag == "table":
                return None
        return None

    def fits(self, depth):
        return len(self.open) + depth <= MAX_DEPTH

    def begin(self, *tags, **attributes):
        """Writes the start tags `tags`, the last one with `attributes`."""
        for number, tag in enumerate(tags, 1):
            if self.full and tag not in INLINE:
                self.refuse(tag)
            else:
                self.begin_element(tag, attributes if number == len(tags) else {})

    def begin_element(self, tag, attributes):
        if tag in ("table", "tr"):
            self.rows = self.rows + 1 if tag == "tr" else 0
        if tag == "th":
            attributes.setdefault("scope", "col" if self.rows == 1 else "row")
        self.count(tag, attributes)
        pairs = "".join(
            f' {name}="{escape_attribute(value)}"' for name, value in attributes.items()
        )
        self.open.append((tag, len(self.out)))
        self.out.append(f"<{tag}{pairs}>")

    def count(self, tag, attributes=None):
        self.lines += tag in LINES
        self.inlines += tag in INLINE
        if tag in ("table", "tr", "td", "th"):
            self.count_in_table(tag, attributes)
        if self.lines > MAX_LINES:
            self.excess.add("lines")

    def count_in_table(self, tag, attributes):
        if tag == "table":
            self.grids.append(Grid())
        elif tag == "tr":
            self.grids[-1].add_row()
        else:
            self.lines += self.grids[-1].row_pending  # a row
            self.grids[-1].add_cell(*(int(attributes.get(name, 1)) for name in SPANS))
            cells = self.cells + sum(grid.cells for grid in self.grids)
            if self.grids[-1].widest > MAX_COLUMNS or cells > MAX_CELLS:
                self.excess.add("table")

    def close_to(self, depth):
        self.write_words()
        while len(self.open) > depth:
            tag, place = self.open.pop()
            if tag == "table":
                self.cells += self.grids.pop().cells
            inner = "".join(self.out[place + 1 :])
            if tag in INLINE and not inner.strip():
                self.out[place:] = [inner]
            elif (tag in HEADINGS or tag in PARTS) and not inner.strip():
                self.out[place:] = []
            else:
                self.has_heading = self.has_heading or tag == "h2"
                self.out[place:] = [f"{self.out[place]}{inner}</{tag}>"]

    def write_words(self):
        words = strip_unprintable("".join(self.words)).replace(OVERLAY, "")
        self.words.clear()
        self.letters += len(words)
        if self.letters > MAX_TEXT:
            self.excess.add("text")
        words = self.with_breaks(words)
        if words.strip():
            self.leave_parts()
            self.says_something = True
            self.begin(*required_parts(self.inside))
        elif self.inside in PARTS:
            return
        self.out.append(escape_text(words))

    def with_breaks(self, words):
        """Returns `words`. After MAX_BREAKING is exceeded, long words get MAY_BREAK marks."""
        self.breaking += sum(map(len, LONG_WORDS.findall(words))) * len(words)
        if self.breaking <= MAX_BREAKING:
            return words
        self.excess.add("word")
        return LONG_WORDS.sub(with_marks, words)


def with_marks(match):
    word = match[0]
    starts = range(0, len(word), BREAK_EVERY)
    return MAY_BREAK.join(word[start : start + BREAK_EVERY] for start in starts)


def escape_text(text):
    """Returns `text` escaped as nh3 and browsers escape it."""
    return escape(text, quote=False).replace("\xa0", "&nbsp;")


def escape_attribute(text):
    return escape_text(text).replace('"', "&quot;")
