"""For any text, the page reader does not crash, is fast and returns clean records."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from editorial.pagetext import read_page
from editorial.pagetext.text import clean

MEGABYTE = 1_000_000
LINES = [
    "TOOLS", "Videos", "Help Video", "Title of a Thing", "A sentence that ends.", "(1:29)", "()",
    "Loading the player...", "Format:", "Format: PDF", "PDF", "Size: 2 pages", "Best used: Daily.",
    "Intended audience:", "Level 2 and higher teams", "Related tools:", "Use with:", "Deck:",
    "Story body part 1:", "Course Title", "Course description", "Path to Performance", "Level 3",
    "Duration", "Two 2-hour modules (4 hours total)", "90 minutes (online)", "Who should attend",
    "Course requirements", "Requires basic knowledge of:", "LMPO", "Learning outcomes", "  • One",
    "Course outline", "Module 1: First", "Running Time", "Long Teaser", "Request Number",
    "Submitted by Ada on Wed, 01/10/2018 - 17:05", "A Title Ada Poe Tue, 01/30/2018 - 17:48",
    "Headline", "not migrated", "Produced by Ada Poe", "You may also be interested in Bread",
    "(2:3)", "half-day (classroom)", "Recommended: Lean, LMPO", "Full day plus 1 hour",
    "Pages", "Subscribe to RSS - Bread", "URL: http://example.org/topic/bread", "Home", "", "\f",
]  # fmt: skip
LEAKS = ["story body part", "loading the player", "request number", "submitted by", "not migrated"]

anything = st.text(alphabet=st.characters(exclude_categories=[]))
pages = st.lists(st.one_of(st.sampled_from(LINES), anything), max_size=40).map("\n".join)
shuffled = st.lists(st.sampled_from(LINES), max_size=40).map("\n".join)


@st.composite
def mangled_lines(draw):
    """A line of a template with a part removed and any text inserted."""
    line = draw(st.sampled_from(LINES))
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(line))] * 2)))
    return line[:start] + draw(anything) + line[end:]


def assert_valid(page):
    assert page.records or len(page.attention) == 1
    assert all(note.line >= 1 and note.sentence for note in page.attention)
    for record in page.records:
        assert record.title is None or record.title.strip()
        assert set(record.levels) <= {1, 2, 3, 4, 5}
        numbers = [record.duration_minutes, record.minutes_min, record.minutes_max]
        numbers += [record.pages, record.duration_seconds, *record.durations_by_mode.values()]
        assert all(number is None or number > 0 for number in numbers)
        json.dumps(record.as_json(), ensure_ascii=False).encode("utf-8")


@given(anything)
def test_the_reader_accepts_every_text(text):
    assert_valid(read_page(text))


@settings(max_examples=300)
@given(pages)
def test_the_reader_accepts_every_mixture_of_template_lines(text):
    assert_valid(read_page(text))


@given(st.lists(mangled_lines(), max_size=30).map("\n".join))
def test_the_reader_accepts_every_mangled_label(text):
    assert_valid(read_page(text))


@settings(max_examples=300)
@given(shuffled)
def test_records_have_no_leaked_labels_and_no_editors_fields(text):
    values = json.dumps([record.as_json() for record in read_page(text).records]).casefold()
    assert [leak for leak in LEAKS if leak in values] == []


@given(pages)
def test_line_ends_and_a_byte_order_mark_change_nothing(text):
    text = clean(text)
    assert read_page("\ufeff" + text.replace("\n", "\r\n")) == read_page(text)


@given(anything)
def test_cleaning_removes_control_characters_and_surrogates(text):
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert all(char == "\n" or ord(char) >= 32 for char in cleaned)
    assert not set("\x7f\x85\u2028\ufeff\ufffe\uffff\xa0") & set(cleaned)
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "1",
        "1-",
        " ",
        "(",
        "()",
        "\n",
        "\r",
        "x\n",
        "\u00a0\n",
        "•",
        "Format:",
        ":",
        "_",
        "\ud800",
    ]
    + [f"{line}\n" for line in LINES]
    + [f"Course description\nx\n{label}\n" for label in ("Duration", "Path to Performance")]
    + ["Level 1\n1 hour\n", "TOOLS\nTitle\n", "Format: PDF\n\n", "(1:29)\nWords.\n\n"],
)
def test_reading_time_of_any_text_grows_in_proportion_to_its_length(piece):
    assert_linear_time(lambda length: piece * (length // len(piece)))


@pytest.mark.parametrize(
    ("label", "piece"),
    [
        ("Duration: ", "1 module 2 hours each "),
        ("Duration: ", "between 1 "),
        ("Path to Performance: ", "Level 1, 2 and "),
        ("Size: ", '8.5" x '),
        ("Size: ", "1 page "),
        ("Format: ", "black and "),
        ("Best used: ", "You may also be interested in "),
        ("Who should attend: ", "Following this course, attend "),
        ("Course requirements: ", "Requires knowledge of "),
        ("Course requirements: ", "Good Bread, "),
        ("Duration: ", "half-day (classroom), "),
        ("Path to Performance: ", "Full day plus 1 hour "),
        ("Path to Performance: ", "Full day\n\nLevel 1\n\n"),
        ("Enrollment: x\nCourse Title: x\n", "Left Over\n\n"),
        ("Learning outcomes: ", "("),
        ("Course Title: ", "Word (classroom "),
        ("Story body part 1: ", "story body part "),
    ],
)
def test_reading_time_of_one_label_grows_in_proportion_to_its_length(label, piece):
    head = f"Course description\nx\nFormat: PDF\n{label}"
    assert_linear_time(lambda length: head + piece * (length // len(piece)))


def assert_linear_time(text_of):
    """A text four times as long may take ten times as long, but not sixteen times."""
    few, many = (seconds_to_read(text_of(length)) for length in (MEGABYTE // 4, MEGABYTE))
    assert many < 10 * max(few, 0.1)


def seconds_to_read(text):
    started = time.process_time()
    read_page(text)
    return time.process_time() - started


def test_a_page_that_is_too_long_is_read_in_part_and_gets_a_note():
    page = read_page("TOOLS\n\nOven Card\n\nFormat: PDF\n\n" + "x\n" * 10_000)
    assert [record.title for record in page.records] == ["Oven Card"]
    assert "too long" in page.attention[0].sentence
