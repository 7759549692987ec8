"""How much of a text paper takes: rows of the database may have come past the forms' limits."""

import re
from itertools import count

from catalog.lib.richtext.writer import sanitize

MOST_LETTERS = 100_000  # of a body, or of what is said in a film: 30 pages
MOST_HTML = 4 * MOST_LETTERS
MOST_PLAIN, MOST_LINES = 10_000, 200  # of a text of lines
SHORT = 1_000  # letters that a form takes of a text that is no long one
MOST_SPOKEN = 2_000  # paragraphs or lines of what is said in a film
MOST_ELEMENTS = 4_000  # each takes about 1 ms
MOST_COLUMNS = 20  # of a table: more are too narrow to hold a word
# A paragraph of words that fill a line each takes a time that grows with its square, so after a few
# of them each ends its line.
LONG_WORD, LONGEST_WORD = 60, 500  # letters
MOST_LONG_WORDS = 20
MOST_WITHOUT_SPACE = 40  # letters, each piece in a tag of its own: these do not break by themselves
PIECE = re.compile(r"<(/?)([a-z0-9]+)([^>]*)>|[^<]+")
LETTER = r"(?:&[^;\s]{1,10};|[^\s&])"
LONG = re.compile(rf"{LETTER}{{{LONG_WORD},{LONGEST_WORD}}}")
INLINE, COST_INLINE = ("a", "em", "strong"), 3  # many in one paragraph take long
CELLS = ("td", "th")
CUES_AS_ELEMENT = 10  # words that are said one after the other are one text


def body(html):
    """(`html`, clean and no longer than paper takes; whether something was cut off)"""
    cutter = Cutter()
    short = cutter.cut(sanitize(html[:MOST_HTML]))
    return short, cutter.has_cut or len(html) > MOST_HTML


def parted(text, end, numbers):
    """`text` with `end` after its long words, but for the first few as `numbers` counts them."""
    return LONG.sub(lambda word: word[0] + end * (next(numbers) > MOST_LONG_WORDS), text)


def lines(text):
    """(what `text` says, line by line, as much as paper takes; whether some was cut off)"""
    all_of_it = [line for line in map(str.strip, text.splitlines()) if line]
    shown = parted("\n".join(all_of_it[:MOST_LINES])[:MOST_PLAIN], "\n", count(1)).splitlines()
    return shown, sum(map(len, shown)) < sum(map(len, all_of_it))


def spoken(paragraphs, transcript):
    """What a sheet shows of a film's words: the paragraphs of its captions, else its transcript."""
    letters, elements, shown = 0, 0, []
    for begin, time, cues in paragraphs:
        letters += sum(len(text) for _begin, _end, text in cues)
        elements += 1 + len(cues) / CUES_AS_ELEMENT
        if letters > MOST_LETTERS or elements > MOST_SPOKEN:
            break
        shown.append((begin, time, cues))
    words = first_lines(transcript, MOST_LETTERS, MOST_SPOKEN)
    return {
        "paragraphs": shown,
        "transcript": parted(words, "\n", count(1)),
        "transcript_goes_on": len(shown) < len(paragraphs) or len(words) < len(transcript),
    }


def first_lines(text, letters, lines):
    """The beginning of a text, no longer than that."""
    kept = text[:letters].split("\n")
    return "\n".join(kept[:lines])


def shorten(resource):
    """Cuts the short texts of a row to what its form takes; for print, it is not to be saved."""
    for field in resource._meta.concrete_fields:
        text, most = getattr(resource, field.attname), field.max_length
        if most and most <= SHORT and isinstance(text, str) and len(text) > most:
            setattr(resource, field.attname, f"{text[: most - 1]}…")
    return resource


class Cutter:
    """Copies sanitised HTML, which is well formed, up to the limits above."""

    def __init__(self):
        self.out, self.open = [], []
        self.letters, self.elements = MOST_LETTERS, MOST_ELEMENTS
        self.long_words, self.without_space = count(1), 0
        self.columns = []  # how many each open row has
        self.left_out = 0  # how many tags are open inside a cell that is left out, with its own
        self.has_cut = False

    def cut(self, html):
        for piece in PIECE.finditer(html):
            if self.letters <= 0 or self.elements <= 0:
                self.has_cut = True
                break
            closing, tag, attributes = piece.groups()
            if tag is None:
                self.text(piece[0])
            elif closing:
                self.end(piece[0], tag)
            else:
                self.begin(piece[0], tag, attributes)
        return "".join(self.out) + "".join(f"</{tag}>" for tag in reversed(self.open))

    def text(self, html):
        if not self.left_out:
            shown = re.sub(r"&[^;]*$", "", html[: self.letters])
            self.out.append(parted(shown, "<br>", self.long_words))
            self.has_cut = self.has_cut or len(html) > self.letters
            self.letters -= len(html)
            self.without_space = 0 if " " in html else self.without_space + len(html)

    def begin(self, html, tag, attributes):
        if self.left_out or (tag in CELLS and not self.has_room(attributes)):
            self.left_out += tag != "br"
            self.has_cut = True
            return
        if tag not in INLINE:
            self.without_space = 0
        elif self.without_space > MOST_WITHOUT_SPACE:
            self.out.append("<br>")
            self.without_space = 0
        self.out.append(html)
        self.elements -= COST_INLINE if tag in INLINE else 1
        if tag != "br":
            self.open.append(tag)
        if tag == "tr":
            self.columns.append(0)

    def end(self, html, tag):
        if self.left_out:
            self.left_out -= 1
            return
        self.out.append(html)
        self.open.pop()
        if tag == "tr":
            self.columns.pop()

    def has_room(self, attributes):
        """Whether its row takes one more cell, which is counted then."""
        spans = re.search(r'colspan="(\d+)"', attributes)
        self.columns[-1] += int(spans[1]) if spans else 1
        return self.columns[-1] <= MOST_COLUMNS
