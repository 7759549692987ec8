import html
import tempfile
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.files.inspection import captions
from catalog.sandbox.exceptions import Refused

DEMO = Path(__file__).resolve().parents[3] / "editorial/demo/videos"
TIMES = "00:01.000 --> 00:03.500"
LONG = "x" * 61


def read(content, ending="vtt", **options):
    data = content if isinstance(content, bytes) else content.encode()
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return captions.read(file.name, ending, **options)


def refusal(content, ending="vtt", **options):
    """Returns (code, facts) of the refusal, or None if the file is accepted."""
    try:
        read(content, ending, **options)
    except Refused as refused:
        return refused.code, refused.facts


def text_of(*lines):
    return read("\n".join(["WEBVTT", "", TIMES, *lines]))["cues"][0][2]


def vtt_of(*lines):
    """Returns the text of one caption in the WebVTT that captions.read() writes."""
    return read("\n".join(["WEBVTT", "", TIMES, *lines]))["vtt"].split("\n", 3)[3].rstrip("\n")


def test_a_vtt_file_is_read_and_rewritten():
    result = read("WEBVTT\n\n1\n00:01.000 --> 00:03.500 align:start\n<i>Take</i> two.\nGo.\n")
    assert result == {
        "cues": [[1.0, 3.5, "Take two.\nGo."]],
        "vtt": "WEBVTT\n\n00:00:01.000 --> 00:00:03.500 align:start\n<i>Take</i> two.\nGo.\n",
    }


def test_srt_becomes_webvtt():
    srt = "\ufeff1\r\n00:00:01,000 --> 00:00:03,500\r\n{\\an8}<font color='red'>Take</font> two\r\n"
    srt += "\r\n1:00:04,000 --> 1:00:05,000 X1:5\r\n<I>5 < 6</I> & up\r\n\r\n3\r\n"
    assert read(srt, "srt") == {
        "cues": [[1.0, 3.5, "Take two"], [3604.0, 3605.0, "5 < 6 & up"]],
        "vtt": "WEBVTT\n\n00:00:01.000 --> 00:00:03.500\nTake two\n\n"
        "01:00:04.000 --> 01:00:05.000\n<i>5 &lt; 6</i> &amp; up\n",
    }


@pytest.mark.parametrize(
    "line, text, vtt",
    [
        ("<v Anna>Hi", "Anna: Hi", "<v Anna>Hi</v>"),
        ("<v.loud Dr. B &amp; C>Hi</v> all", "Dr. B & C: Hi all", "<v Dr. B &amp; C>Hi</v> all"),
        ("<v Anna>Hi<v Bob>Yes", "Anna: HiBob: Yes", "<v Anna>Hi</v><v Bob>Yes</v>"),
        ("<c.red>Red</c> <00:02.000>one", "Red one", "Red one"),
        ("<b><i>Bo</b>th</i>", "Both", "<b><i>Bo</i></b>th"),
        ("1 &lt; 2 &amp;&amp; R&D", "1 < 2 && R&D", "1 &lt; 2 &amp;&amp; R&amp;D"),
        ("<3 a <b", "<3 a <b", "&lt;3 a &lt;b"),
        ("a&#10;b&#0;&#x1f;\x07c", "a b\ufffdc", "a b\ufffdc"),
        ("&#99999999999999999999;", "&#99999999999999999999;", "&amp;#99999999999999999999;"),
        ("--&gt;", "-->", "--&gt;"),
    ],
)
def test_a_cue_has_plain_text_and_webvtt_keeps_the_tags(line, text, vtt):
    assert (text_of(line), vtt_of(line)) == (text, vtt)


def test_lines_with_nothing_but_tags_are_left_out():
    assert text_of("a", "<c></c>", "<i>b", "c</i>") == "a\nb\nc"
    assert vtt_of("a", "<c></c>", "<i>b", "c</i>") == "a\n<i>b\nc</i>"


def test_cue_settings_are_kept_and_the_rest_is_removed():
    vtt = "WEBVTT - for us\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nNOTE by Anna\n\nid\n"
    vtt += "00:01.000 --> 00:02.000 region:x line:10%,end onclick:1 position:50%\nHi"
    assert read(vtt)["vtt"] == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:10%,end position:50%\nHi\n"
    )


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.vtt")), ids=lambda path: path.stem)
def test_the_tracks_of_the_demo_are_accepted(path):
    slug, sort = f"{path.stem}.captions".split(".")[:2]
    videos = tomllib.loads((DEMO.parent / "videos.toml").read_text())["resource"]
    seconds = next(video["seconds"] for video in videos if video["slug"] == slug)
    assert captions.read(path, "vtt", seconds, sort)["cues"]


@pytest.mark.parametrize(
    "content, ending, refused",
    [
        ("WEBVTT\n\n".encode("utf-16"), "vtt", ("captions_utf16", {})),
        ("WEBVTT\n\n".encode("utf-16-le"), "vtt", ("captions_utf16", {})),
        ("1\n\xe4".encode("latin-1"), "srt", ("captions_not_utf8", {})),
        ("", "vtt", ("captions_no_header", {})),
        (f"\nWEBVTT\n\n{TIMES}\nHi", "vtt", ("captions_no_header", {})),
        (f"WEBVTTX\n\n{TIMES}\nHi", "vtt", ("captions_no_header", {})),
        ("WEBVTT\n\nHi", "vtt", ("captions_none", {})),
        ("", "srt", ("captions_none", {})),
        (f"WEBVTT\n{TIMES}\nHi", "vtt", ("captions_no_blank", {"line": 2})),
        (f"WEBVTT\n\n\n{TIMES}\nHi\n{TIMES}", "vtt", ("captions_no_blank", {"line": 6})),
        (f"1\n{TIMES}\nHi\n2\n{TIMES}", "srt", ("captions_no_blank", {"line": 4})),
        (f"WEBVTT\n\n{TIMES}\nHi\n\nyou", "vtt", ("captions_no_time", {"line": 6})),
        (f"1\n{TIMES}\nHi\n\nyou\n{TIMES}", "srt", ("captions_no_time", {"line": 5})),
        ("WEBVTT\n\n0:1.0 --> 0:2.0\nHi", "vtt", ("captions_time", {"line": 3})),
        (f"WEBVTT\n\n{TIMES}\nGo --> on", "vtt", ("captions_time", {"line": 4})),
        ("WEBVTT\n\n00:02.000 --> 00:02.000\nHi", "vtt", ("captions_order", {"line": 3})),
        (
            f"WEBVTT\n\n{TIMES}\nHi\n\nNOTE\n\nb\n00:00.999 --> 00:09.000\nHi",
            "vtt",
            ("captions_order", {"line": 9}),
        ),
        (f"WEBVTT\n\n{TIMES}\n<i></i>", "vtt", ("captions_empty", {"line": 3})),
        (f"WEBVTT\n\n{TIMES}\n<v Anna>", "vtt", ("captions_empty", {"line": 3})),
        (
            f"WEBVTT\n\n{TIMES}\nHi\n<i>{LONG}</i>",
            "vtt",
            ("captions_long", {"line": 5, "length": 61, "most": 60}),
        ),
        (f"WEBVTT\n\n{TIMES}\na\nb\nc\nd", "vtt", ("captions_lines", {"line": 3, "most": 3})),
    ],
)
def test_an_error_is_refused_with_its_line_number(content, ending, refused):
    assert refusal(content, ending) == refused


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n"])
def test_each_kind_of_line_end_counts_as_one_line(line_end):
    vtt = f"WEBVTT\n\n{TIMES}\nHi\n\n{TIMES}\n{LONG}".replace("\n", line_end)
    assert refusal(vtt) == ("captions_long", {"line": 7, "length": 61, "most": 60})


def test_tags_and_speaker_names_do_not_count_toward_the_line_length():
    assert text_of(f"<v Anna><i>{'&amp;' * 60}</i>") == "Anna: " + "&" * 60


def test_a_cue_may_end_one_second_after_the_video():
    vtt = "WEBVTT\n\n01:25.000 --> 01:30.000\nBye"
    assert refusal(vtt, seconds=89) is None
    assert refusal(vtt, seconds=88) == ("captions_beyond", {"line": 3, "video": "1:28"})


def test_a_chapter_is_one_line_of_at_most_80_characters():
    vtt = f"WEBVTT\n\n{TIMES}\n"
    assert refusal(vtt + "x" * 80, sort="chapters") is None
    assert refusal(vtt + "x" * 81, sort="chapters")[1] == {"line": 4, "length": 81, "most": 80}
    assert refusal(vtt + "a\nb", sort="chapters") == ("captions_lines", {"line": 3, "most": 1})


def test_a_description_may_be_long():
    assert refusal(f"WEBVTT\n\n{TIMES}\n" + f"{LONG}\n" * 9, sort="descriptions") is None


def test_a_file_may_hold_20_000_cues():
    cue = f"\n\n{TIMES}\nHi"
    assert len(read("WEBVTT" + cue * 20_000)["cues"]) == 20_000
    assert refusal("WEBVTT" + cue * 20_001) == ("captions_many", {"most": 20_000})


words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=6)
lines = st.lists(words, min_size=1, max_size=4).map(" ".join)
texts = st.lists(lines, min_size=1, max_size=3).map("\n".join)
spans = st.tuples(st.integers(0, 10_000_000), st.integers(1, 10_000), texts)


def format_time(milliseconds, point):
    seconds, fraction = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{fraction:03}"


def build_file(cues, point):
    """Returns the cues as SRT, or as WebVTT without its header."""
    return "\n\n".join(
        f"{number}\n{format_time(begin, point)} --> {format_time(begin + length, point)}\n"
        + html.escape(text).replace("{", "&#123;")
        for number, (begin, length, text) in enumerate(cues, 1)
    )


@given(st.lists(spans, min_size=1, max_size=5).map(lambda cues: sorted(cues)))
@settings(max_examples=100, deadline=None)
def test_written_cues_read_back_the_same(cues):
    expected = [[begin / 1000, (begin + length) / 1000, text] for begin, length, text in cues]
    from_vtt = read("WEBVTT\n\n" + build_file(cues, "."))
    assert from_vtt["cues"] == expected
    assert read(from_vtt["vtt"]) == from_vtt
    assert read(build_file(cues, ","), "srt") == from_vtt


PIECES = "<i> </i> <b> </b> <v_Anna> <v </v> <c.x> &amp; &#10; &lt; < > & / a - --> {\\an8} NOTE 1"
pieces = st.sampled_from([*PIECES.split(), TIMES, " ", "\n", "\n\n", "\t", "\x00", "\u2028", "ä"])
wild = st.lists(st.one_of(pieces, st.text(max_size=3)), max_size=25).map("".join)


@given(wild, st.sampled_from(["", "WEBVTT\n", f"WEBVTT\n\n{TIMES}\nHi "]))
@settings(max_examples=200, deadline=None)
def test_any_text_is_refused_or_reads_back_the_same(text, start):
    content = (start + text).replace("_", " ").encode(errors="replace")
    for ending in ("vtt", "srt"):
        if refusal(content, ending, sort="descriptions") is None:
            result = read(content, ending, sort="descriptions")
            assert read(result["vtt"], sort="descriptions") == result


@given(st.binary(max_size=100))
@settings(max_examples=100, deadline=None)
def test_no_bytes_crash_the_reader(data):
    for ending in ("vtt", "srt"):
        refusal(data, ending)
        refusal(b"WEBVTT\n\n" + data, ending)


HOSTILE = [
    "<",
    "<v ",
    "<i>",
    "</i>",
    "<i></b>",
    "<a/",
    "&#",
    "{\\",
    " ",
    "\r",
    "-->",
    "1:",
    "a\n",
    ".'",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_reading_many_repeated_pieces_takes_linear_time(piece):
    text = f"WEBVTT\n\n{TIMES}\n" + piece * (300_000 // len(piece))
    begin = time.process_time()
    for ending, content in [("vtt", text), ("srt", text[8:]), ("vtt", text.replace("\n", " "))]:
        refusal(content, ending, sort="descriptions")
    assert time.process_time() - begin < 5


def test_a_paragraph_ends_at_a_pause():
    cues = [[0, 1, "a"], [3, 4, "b"], [6.1, 7, "c"]]
    assert captions.paragraphs(cues) == [cues[:2], cues[2:]]


def test_a_long_paragraph_ends_at_the_end_of_a_sentence():
    cues = [[0, 1, "x" * 301], [1, 2, "He said: “Go.”"], [2, 3, "Then he went."], [3, 4, "So."]]
    assert captions.paragraphs(cues) == [cues[:2], cues[2:]]


def test_no_cues_make_no_paragraphs():
    assert captions.paragraphs([]) == []
    assert captions.format_transcript([]) == ""
