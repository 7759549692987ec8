"""Cuts texts to the limits of printed documents, see limits.py."""

import re
from itertools import count

from catalog.lib.richtext.writer import sanitize
from catalog.printing import limits

PIECE = re.compile(r"<(/?)([a-z0-9]+)([^>]*)>|[^<]+")
LETTER = r"(?:&[^;\s]{1,10};|[^\s&])"
LONG = re.compile(rf"{LETTER}{{{limits.LONG_WORD},{limits.MAX_WORD}}}")
INLINE, CELLS = ("a", "em", "strong"), ("td", "th")


def cut_body(html):
    """Returns (`html`, sanitized and cut to the limits; whether something was cut off)."""
    cutter = HtmlCutter()
    short = cutter.cut(sanitize(html[: limits.MAX_HTML]))
    return short, cutter.has_cut or len(html) > limits.MAX_HTML


def break_long_words(text, end, counter):
    """Returns `text` with `end` after its long words, except the first few (see `counter`)."""
    return LONG.sub(lambda word: word[0] + end * (next(counter) > limits.MAX_LONG_WORDS), text)


def cut_lines(text):
    """Returns (the lines of `text`, cut to the limits; whether something was cut off)."""
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    short = "\n".join(lines[: limits.MAX_LINES])[: limits.MAX_PLAIN_LETTERS]
    shown = break_long_words(short, "\n", count(1)).splitlines()
    return shown, sum(map(len, shown)) < sum(map(len, lines))


def cut_speech(paragraphs, transcript):
    """Returns what a sheet shows of a video's words: paragraphs of its captions, or its transcript.

    Each paragraph is (start, time, cues), each cue (start, end, text).
    """
    letters, parts, shown = 0, 0, []
    for start, time, cues in paragraphs:
        letters += sum(len(text) for _start, _end, text in cues)
        parts += 1 + len(cues) / limits.CUES_PER_PART
        if letters > limits.MAX_LETTERS or parts > limits.MAX_SPOKEN_PARTS:
            break
        shown.append((start, time, cues))
    lines = transcript[: limits.MAX_LETTERS].split("\n")
    short = "\n".join(lines[: limits.MAX_SPOKEN_PARTS])
    return {
        "paragraphs": shown,
        "transcript": break_long_words(short, "\n", count(1)),
        "transcript_goes_on": len(shown) < len(paragraphs) or len(short) < len(transcript),
    }


def cut_fields(resource):
    """Cuts the short texts of a row to what its form allows. Do not save the row after that."""
    for field in resource._meta.concrete_fields:
        text, most = getattr(resource, field.attname), field.max_length
        is_short_field = most and most <= limits.MAX_SHORT_FIELD and isinstance(text, str)
        if is_short_field and len(text) > most:
            setattr(resource, field.attname, f"{text[: most - 1]}…")
    return resource


class HtmlCutter:
    """Copies sanitized HTML, which is well formed, up to the limits."""

    def __init__(self):
        self.out, self.open = [], []
        self.letters, self.elements = limits.MAX_LETTERS, limits.MAX_ELEMENTS
        self.long_words, self.without_space = count(1), 0
        self.columns = []  # the number of columns of each open row
        self.skipped = 0  # open tags of a cell that is left out, including its own
        self.has_cut = False

    def cut(self, html):
        for piece in PIECE.finditer(html):
            if self.letters <= 0 or self.elements <= 0:
                self.has_cut = True
                break
            closing, tag, attributes = piece.groups()
            if tag is None:
                self.add_text(piece[0])
            elif closing:
                self.end_tag(piece[0], tag)
            else:
                self.begin_tag(piece[0], tag, attributes)
        return "".join(self.out) + "".join(f"</{tag}>" for tag in reversed(self.open))

    def add_text(self, html):
        if not self.skipped:
            shown = re.sub(r"&[^;]*$", "", html[: self.letters])
            self.out.append(break_long_words(shown, "<br>", self.long_words))
            self.has_cut = self.has_cut or len(html) > self.letters
            self.letters -= len(html)
            self.without_space = 0 if " " in html else self.without_space + len(html)

    def begin_tag(self, html, tag, attributes):
        if self.skipped or (tag in CELLS and not self.has_room(attributes)):
            self.skipped += tag != "br"
            self.has_cut = True
            return
        if tag not in INLINE:
            self.without_space = 0
        elif self.without_space > limits.MAX_WITHOUT_SPACE:
            self.out.append("<br>")
            self.without_space = 0
        self.out.append(html)
        self.elements -= limits.INLINE_COST if tag in INLINE else 1
        if tag != "br":
            self.open.append(tag)
        if tag == "tr":
            self.columns.append(0)

    def end_tag(self, html, tag):
        if self.skipped:
            self.skipped -= 1
            return
        self.out.append(html)
        self.open.pop()
        if tag == "tr":
            self.columns.pop()

    def has_room(self, attributes):
        """Counts one more cell. Returns whether its row has room for it."""
        spans = re.search(r'colspan="(\d+)"', attributes)
        self.columns[-1] += int(spans[1]) if spans else 1
        return self.columns[-1] <= limits.MAX_COLUMNS
