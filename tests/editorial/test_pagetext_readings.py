"""The small readings: each written text has one meaning."""

import doctest
import importlib
import pkgutil

import pytest

from editorial import pagetext
from editorial.pagetext.audiences import is_limit
from editorial.pagetext.credits import read_credit
from editorial.pagetext.delivery import read_modes, read_title_modes
from editorial.pagetext.formats import read_color_versions, read_formats
from editorial.pagetext.levels import read_audience_levels, read_levels
from editorial.pagetext.numbers import with_digits
from editorial.pagetext.running_times import read_seconds
from editorial.pagetext.sizes import read_pages, read_paper
from editorial.pagetext.titles import can_be_title, looks_like_title

MODULES = [module.name for module in pkgutil.iter_modules(pagetext.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_a_module_are_true(name):
    module = importlib.import_module(f"editorial.pagetext.{name}")
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("Level 1", (1,)),
        ("Level 2, 3", (2, 3)),
        ("Levels 1, 2", (1, 2)),
        ("Levels 1—5", (1, 2, 3, 4, 5)),
        ("levels 2 – 4", (2, 3, 4)),
        ("Levels 1 to 3", (1, 2, 3)),
        ("Levels 1 and 2", (1, 2)),
        ("Level 1, Level 3", (1, 3)),
        ("Levels 3, 4, and 5", (3, 4, 5)),
        ("Level Two", (2,)),
        ("Level 4 and up", (4, 5)),
        ("Level 3+", (3, 4, 5)),
        ("Level 2 and below", (1, 2)),
        ("2, 3", (2, 3)),
        ("All levels", (1, 2, 3, 4, 5)),
        ("Intended for teams at any level", (1, 2, 3, 4, 5)),
    ],
)
def test_levels_are_numbers_from_one_to_five(text, levels):
    assert read_levels(text) == levels


@pytest.mark.parametrize("text", ["", "Level 0", "Level 7", "Levels 1-7", "Level", "4 hours", "²"])
def test_text_without_a_level_gives_no_levels(text):
    assert read_levels(text) == ()


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("Level 2 and higher unit-based teams", (2, 3, 4, 5)),
        ("Co-leads of Level 1, 2 teams", (1, 2)),
        ("Unit-based teams at any level", (1, 2, 3, 4, 5)),
        ("Leaders at any level who decide", ()),
        ("Employees and managers at all levels", ()),
        ("Frontline employees", ()),
    ],
)
def test_an_audience_text_states_levels_of_teams_only(text, levels):
    assert read_audience_levels(text) == levels


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("PDF", ("PDF",)),
        ("PDF and PPT slide", ("PDF", "PPT")),
        ("PNG/TIF/EPS/JPG", ("PNG", "TIF", "EPS", "JPG")),
        ("PowerPoint", ("PPT",)),
        ("PPT, PPTX", ("PPT",)),
        ("Excel", ("XLS",)),
        ("JPEG", ("JPG",)),
        ("MP4", ("MP4",)),
        ("wall chart", ()),
        ("", ()),
        *[(text, ("DOC",)) for text in ("Word doc", "DOC", "Word Document", "MS Word", ".docx")],
    ],
)
def test_each_format_has_one_name(text, formats):
    assert read_formats(text) == formats


def test_color_versions_are_read_from_the_text():
    assert read_color_versions("PDF (color and black-and-white)") == ("color", "black and white")
    assert read_color_versions("PDF in B&W") == ("black and white",)
    assert read_color_versions("PDF") == ()


@pytest.mark.parametrize(
    ("text", "pages", "paper"),
    [
        ('8.5" x 11"', None, "8.5 x 11 in"),
        ("8.5” x 11”", None, "8.5 x 11 in"),
        ('8½" x 11"', None, "8.5 x 11 in"),
        ('One page, 8.5" x 11"', 1, "8.5 x 11 in"),
        ('18 pages; 8.5" x 11"', 18, "8.5 x 11 in"),
        ('8.5" x 11" (2 pages)', 2, "8.5 x 11 in"),
        ("8.5” x 11” (two-sided)", None, "8.5 x 11 in"),
        ("One two-sided page", 1, None),
        ("6 pages", 6, None),
        ("1 slide", 1, None),
        ("Two-page flier, 11x17", 2, "11 x 17 in"),
        ("16 pages; print on 8.5” x 14” and trim to 8” x 10.5”", 16, "8.5 x 14 in"),
        ("8.5-by-11 flier", None, "8.5 x 11 in"),
        ("3.5 by 2 inches", None, "3.5 x 2 in"),
        ("21 x 29.7 cm", None, "21 x 29.7 cm"),
        ("Tabloid", None, "11 x 17 in"),
        ("A4", None, "A4"),
        ("1024 x 768 pixels", None, None),
        ("2 pages and 3 pages", None, None),
        ("0 pages", None, None),
        ("Poster", None, None),
    ],
)
def test_a_size_states_a_page_count_and_a_paper_size(text, pages, paper):
    assert (read_pages(text), read_paper(text)) == (pages, paper)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("(1:29)", 89),
        ("3:07", 187),
        ("1:02:03", 3723),
        ("(:45)", 45),
        ("()", None),
        ("(0:00)", None),
        ("1:75", None),
        ("soon", None),
    ],
)
def test_a_running_time_is_seconds_and_never_zero(text, seconds):
    assert read_seconds(text) == seconds


@pytest.mark.parametrize(
    ("title", "modes"),
    [
        ("Effective Meetings (classroom)", ("classroom",)),
        ("Effective Meetings (classroom, online)", ("classroom", "online")),
        ("Co-Lead Workshop (for consultant delivery via WebEx)", ("consultant", "virtual")),
        ("Co-Lead Workshop for WebEx/Consultant Delivery", ("virtual", "consultant")),
        ("Leading Virtual Teams", ()),
        ("Basics (for virtual teams)", ()),
        ("Sponsor Training (classroom, 2.5 hours)", ("classroom",)),
        ("Basics (for virtual teams; in the classroom)", ("classroom",)),
        ("Interest-Based Problem Solving (IBPS)", ()),
    ],
)
def test_a_titles_brackets_state_the_delivery(title, modes):
    assert read_title_modes(title) == modes


def test_delivery_modes_are_read_anywhere_in_a_duration():
    assert read_modes("90 minutes in person or 30 minutes online") == ("classroom", "online")


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("For labor participants only.", True),
        ("Co-leads only", True),
        ("Limited to stewards", True),
        ("Intended for labor participants", False),
        ("Not only for co-leads", False),
    ],
)
def test_only_limits_an_audience_and_for_does_not(text, limit):
    assert is_limit(text) is limit


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        ("Produced by Ada Poe and Bo Day", ("Produced by", ("Ada Poe", "Bo Day"))),
        ("Animation by Studio.TV", ("Animation by", ("Studio.TV",))),
        ("Filmed and edited by A, B, and C", ("Filmed and edited by", ("A", "B", "C"))),
        ("Stand by your team", None),
    ],
)
def test_a_credit_is_a_role_and_names(line, credit):
    assert read_credit(line) == credit


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("An hour and a half", "1.5 hours"),
        ("half an hour", "30 minutes"),
        ("1½ or 2 1/2 hours", "1.5 or 2.5 hours"),
        ("someone at tennis", "someone at tennis"),
    ],
)
def test_numbers_in_words_become_digits(text, digits):
    assert with_digits(text) == digits


@pytest.mark.parametrize(
    ("line", "possible", "likely"),
    [
        ("Get Up—Get Moving", True, True),
        ("10 Tips for Better Meetings", True, True),
        ("Where do we start?", True, False),
        ("This video shows how to find the tools you need", True, False),
        ("Need a poster? Do not know where to start? Watch this short video.", False, False),
        ("June 1, 2016", False, False),
        ("Resources include:", False, False),
        ("—", False, False),
        ("word " * 60, False, False),
    ],
)
def test_a_title_differs_from_a_sentence(line, possible, likely):
    assert (can_be_title(line), looks_like_title(line)) == (possible, likely)
