"""Checks captions, chapters and descriptions in WebVTT or SRT, and rewrites them as plain WebVTT.

A cue is [begin, end, text]: times in seconds, and text without tags.
https://www.w3.org/TR/webvtt1/
"""

import html
import re
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from catalog.sandbox.exceptions import Refused

MAX_CUES = 20_000
MAX_LINES = {"captions": 3, "chapters": 1}  # per cue, by sort
MAX_LINE_LENGTH = {"captions": 60, "chapters": 80}  # in characters
PAUSE_S = 2  # seconds of silence that begin a new paragraph
LONG_PARAGRAPH = 300  # characters

LINE_END = re.compile(r"\r\n|\r|\n")
HEADER = re.compile(r"WEBVTT(?: |$)")
OTHER_BLOCK = re.compile(r"(?:NOTE|STYLE|REGION)(?: |$)")
# Reads more than the standard allows (a comma, hours with one digit). The output is standard.
TIME = r"(?:([0-9]{1,4}):)?([0-5][0-9]):([0-5][0-9])[.,]([0-9]{3})"
TIMES = re.compile(rf" *{TIME} *--> *{TIME}(?: (.*))?")
PERCENT = r"[0-9]{1,3}(?:\.[0-9]{1,3})?%"
SETTING = re.compile(
    r"vertical:(?:rl|lr)|align:(?:start|center|end|left|right)"
    rf"|line:(?:-?[0-9]{{1,3}}|{PERCENT})(?:,(?:start|center|end))?"
    rf"|position:{PERCENT}(?:,(?:line-left|center|line-right))?|size:{PERCENT}"
)
# No match of one of these patterns can begin inside another, so each takes linear time.
TAG = re.compile(r"(</?(?:[A-Za-z]+(?:[./ ][^<>]*)?)?>|<[0-9:.]+>)")
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
OVERRIDE = re.compile(r"\{\\[^{}]*\}")  # {\an8}, with which SRT moves a caption
SPACES = re.compile(r" {2,}")
KEPT_TAGS = ("v", "i", "b", "u")

INVISIBLE = dict.fromkeys([*range(32), *range(127, 160), 0xFEFF])
INVISIBLE |= dict.fromkeys([*b"\t\n\f\r", 0x2028, 0x2029], " ")
INVISIBLE_BUT_LINE_ENDS = {code: INVISIBLE[code] for code in INVISIBLE.keys() - {10, 13}}


class Cue(NamedTuple):
    line: int  # number of the line with its times
    begin: int  # milliseconds
    end: int
    settings: str
    vtt: str
    text: str
    shown: list  # (line number, text without speakers' names)


def read(path, ending, seconds=None, sort="captions"):
    """Reads a "vtt" or "srt" file. Returns {"cues": [cues], "vtt": the same cues as WebVTT}.

    `seconds` is the length of the video; `sort` is "captions", "chapters" or "descriptions".
    Raises Refused with the number of the line that is wrong.
    """
    lines = LINE_END.split(decode(Path(path).read_bytes()).translate(INVISIBLE_BUT_LINE_ENDS))
    blocks = split_blocks(lines)
    if ending == "vtt":
        check_header(*next(blocks, (1, [""])))
    if not any("-->" in line for line in lines):
        raise Refused("captions_none")
    cues = check_cues((parse_cue(*block, ending) for block in blocks), seconds, sort)
    return {
        "cues": [[cue.begin / 1000, cue.end / 1000, cue.text] for cue in cues],
        "vtt": "\n\n".join(["WEBVTT", *map(format_cue, cues)]) + "\n",
    }


def paragraphs(cues):
    """Groups the cues into lists, one for each paragraph of a transcript.

    A paragraph ends at a pause. A long one also ends at the end of a sentence.
    """
    groups, length, last = [], 0, None
    for cue in cues:
        if last is None or is_pause(last, cue) or length > LONG_PARAGRAPH and ends_sentence(last):
            groups.append([])
            length = 0
        groups[-1].append(cue)
        length, last = length + len(cue[2]), cue
    return groups


def is_pause(last, cue):
    return round(cue[0] - last[1], 3) > PAUSE_S


def ends_sentence(cue):
    return cue[2].rstrip("\"'”’»)]").endswith((".", "!", "?", "…", "。", "！", "？"))


def format_transcript(cues):
    """Returns the transcript as text, with a blank line between paragraphs.

    >>> format_transcript([[0.0, 1.0, "Take\\ntwo."], [1.5, 2.0, "Go."], [9.0, 9.5, "Thanks."]])
    'Take two. Go.\\n\\nThanks.'
    """
    groups = paragraphs(cues)
    return "\n\n".join(" ".join(cue[2].replace("\n", " ") for cue in group) for group in groups)


def clock(seconds):
    """Returns a time as minutes and seconds, with hours only if there are any.

    >>> clock(7), clock(89), clock(3723)
    ('0:07', '1:29', '1:02:03')
    """
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def decode(data):
    # UTF-8 text has no NUL; UTF-16 has one next to every Latin letter.
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data:
        raise Refused("captions_utf16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("captions_not_utf8") from error


def split_blocks(lines):
    """Yields (number of the first line, lines) for each run of lines between blank ones."""
    number = 1
    for filled, run in groupby(lines, key=lambda line: bool(line.strip())):
        run = list(run)
        if filled:
            yield number, run
        number += len(run)


def check_header(number, block):
    if number != 1 or not HEADER.match(block[0]):
        raise Refused("captions_no_header")
    index = times_index(block)
    if index is not None:
        refuse_inner_times(number, block, index)


def times_index(lines):
    return next((index for index, line in enumerate(lines) if "-->" in line), None)


def refuse_inner_times(number, block, index):
    """Raises Refused for times inside a block: no blank line is before them or their number."""
    parse_times(number + index, block[index])
    numbered = index > 0 and block[index - 1].strip().isdecimal()
    raise Refused("captions_no_blank", line=number + index - numbered)


def parse_cue(number, block, ending):
    """Returns the cue of a block; None for a comment, a style or a stray number."""
    index = times_index(block)
    if index is None or (index == 1 and ending == "srt" and not block[0].strip().isdecimal()):
        return check_other_block(number, block, ending)
    next_index = times_index(block[index + 1 :])
    if index > 1 or next_index is not None:
        refuse_inner_times(number, block, index if index > 1 else index + 1 + next_index)
    times = parse_times(number + index, block[index])
    texts = parse_texts(number + index + 1, block[index + 1 :], ending)
    return Cue(number + index, *times, *texts)


def check_other_block(number, block, ending):
    is_stray_number = len(block) == 1 and block[0].strip().isdecimal()
    if not (is_stray_number if ending == "srt" else OTHER_BLOCK.match(block[0])):
        raise Refused("captions_no_time", line=number)


def parse_times(number, line):
    """Returns (begin, end, settings) of a time line; times in milliseconds."""
    match = TIMES.fullmatch(line)
    if not match:
        raise Refused("captions_time", line=number)
    valid_settings = filter(SETTING.fullmatch, (match[9] or "").split())
    settings = " ".join({word.partition(":")[0]: word for word in valid_settings}.values())
    return milliseconds(*match.groups()[:4]), milliseconds(*match.groups()[4:8]), settings


def milliseconds(hours, minutes, seconds, fraction):
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction)


def parse_texts(number, lines, ending):
    """Returns the text of a cue as (WebVTT, plain text, lines as shown).

    `number` is the number of the first line. Lines that hold nothing but tags are left out.
    """
    if ending == "srt":
        lines = [OVERRIDE.sub("", line) for line in lines]
    tags = TagWriter()
    read = [tags.convert_line(line) for line in lines]
    vtt = "\n".join(line for line, _plain, _shown in read if line) + tags.close_all()
    text = "\n".join(line for _vtt, line, _shown in read if line)
    return vtt, text, [(number + row, line[2]) for row, line in enumerate(read) if line[2]]


class TagWriter:
    """Rewrites the tags of one cue: each tag that is kept is opened only once and closed."""

    def __init__(self):
        self.open = []

    def convert_line(self, line):
        """Returns the next line as (WebVTT, plain text, text as shown)."""
        vtt, plain, shown = [], [], []
        for index, piece in enumerate(TAG.split(line)):
            tag, name = self.convert_tag(piece) if index % 2 else ("", "")
            text = "" if index % 2 else unescape(piece)
            vtt.append(tag or html.escape(text, quote=False))
            plain.append(name or text)
            shown.append(text)
        return tuple(SPACES.sub(" ", "".join(pieces)).strip() for pieces in (vtt, plain, shown))

    def convert_tag(self, tag):
        """Returns (the tag to keep or "", the speaker that it names, as plain text)."""
        name, _space, more = tag[1:-1].partition(" ")
        kind = name.strip("/").partition(".")[0].lower()
        if kind not in KEPT_TAGS or tag.endswith("/>"):
            return "", ""
        if name.startswith("/"):
            return self.close(kind), ""
        return self.open_voice(more) if kind == "v" else (self.open_tag(kind), "")

    def open_voice(self, more):
        name = " ".join(unescape(more).split()).strip(": ")
        if not name:
            return "", ""
        closing = self.close("v")
        self.open.append("v")
        return f"{closing}<v {html.escape(name, quote=False)}>", f"{name}: "

    def open_tag(self, kind):
        if kind in self.open:
            return ""
        self.open.append(kind)
        return f"<{kind}>"

    def close(self, kind):
        closing = ""
        while kind in self.open:
            closing += f"</{self.open.pop()}>"
        return closing

    def close_all(self):
        return "".join(map(self.close, self.open[:1]))


def unescape(text):
    return ENTITY.sub(lambda match: html.unescape(match[0]).translate(INVISIBLE), text)


def check_cues(cues, seconds, sort):
    """Checks each cue, also against the one before. Returns them in a list, without None."""
    checked = []
    for cue in filter(None, cues):
        check_times(cue, checked[-1].begin if checked else 0, seconds)
        check_text(cue, MAX_LINE_LENGTH.get(sort), MAX_LINES.get(sort))
        checked.append(cue)
        if len(checked) > MAX_CUES:
            raise Refused("captions_many", most=MAX_CUES)
    return checked


def check_times(cue, last, seconds):
    if cue.end <= cue.begin or cue.begin < last:
        raise Refused("captions_order", line=cue.line)
    if seconds and cue.end > (seconds + 1) * 1000:
        raise Refused("captions_beyond", line=cue.line, video=clock(seconds))


def check_text(cue, max_length, max_lines):
    if not cue.shown:
        raise Refused("captions_empty", line=cue.line)
    if max_lines and len(cue.shown) > max_lines:
        raise Refused("captions_lines", line=cue.line, most=max_lines)
    for number, line in cue.shown:
        if max_length and len(line) > max_length:
            raise Refused("captions_long", line=number, length=len(line), most=max_length)


def format_cue(cue):
    times = f"{format_time(cue.begin)} --> {format_time(cue.end)} {cue.settings}".rstrip()
    return f"{times}\n{cue.vtt}"


def format_time(milliseconds):
    """Returns milliseconds as a WebVTT time.

    >>> format_time(3_723_004)
    '01:02:03.004'
    """
    seconds, fraction = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{fraction:03}"
