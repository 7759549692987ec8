import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.lib.durations import minutes_in_short, minutes_in_words
from editorial.pagetext.durations import Duration, read_duration, read_module
from editorial.pagetext.text import clean
from editorial.pagetext.times import mentions_time


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("8 hours", 480),
        ("3 hrs.", 180),
        ("One hour", 60),
        ("1.5 hours", 90),
        ("1½ hours", 90),
        ("1.5 h", 90),
        ("1.5 hr", 90),
        ("2 h", 120),
        ("2h", 120),
        ("1 h 30", 90),
        ("1 h 05", 65),
        ("1 h 30 min", 90),
        ("1h 30min", 90),
        ("1 hr 30 min", 90),
        ("1 hr. 30 min.", 90),
        ("1 h 30 (classroom)", 90),
        ("2 modules, 2 h each", 240),
        ("1 hour and 30 minutes", 90),
        ("an hour and a half", 90),
        ("45-minute", 45),
        ("about 90 minutes", 90),
        ("Two 2-hour modules (4 hours total)", 240),
        ("Two two-hour modules (four hours total)", 240),
        ("Two 4-hour modules", 480),
        ("4 modules, 1 hour each", 240),
        ("4 modules, approximately 1 hour each", 240),
        ("Two sessions of three hours each", 360),
        ("Three 90-minute sessions via WebEx", 270),
        ("Full day (8 hours)", 480),
        ("8 hours (two 4-hour sessions)", 480),
        ("4 hours (classroom, virtual)", 240),
        ("6 hours total over 3 sessions", 360),
        ("Two (2) hours", 120),
    ],
)
def test_an_exact_time_is_one_number_of_minutes(text, minutes):
    duration = read_duration([text])
    assert (duration.exact, duration.low, duration.high) == (minutes, minutes, minutes)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Usually 30 minutes to 60 minutes. Can be shortened.", 30, 60),
        ("30–60 minutes", 30, 60),
        ("45 minutes to 1 hour", 45, 60),
        ("1 to 1.5 hours", 60, 90),
        ("4–5 h", 240, 300),
        ("4–5 hr", 240, 300),
        ("1 h–1 h 30", 60, 90),
        ("44 h 30–46 h", 2670, 2760),
        ("44 hr 30 min–46 hr", 2670, 2760),
        ("44 hr 30 min – 46 hr 5 min", 2670, 2765),
        ("30 min–4 hr", 30, 240),
        ("1 hour 30 minutes to 2 hours", 90, 120),
        ("between 1 hr 30 min and 2 hr", 90, 120),
        ("ten sessions to choose from, 20–60 minutes each", 20, 60),
        ("4- to 6-hour day", 240, 360),
        ("2 or 3 hours", 120, 180),
    ],
)
def test_a_range_has_no_exact_time(text, low, high):
    duration = read_duration([text])
    assert (duration.exact, duration.low, duration.high) == (None, low, high)


LENGTHS = st.integers(1, 120) | st.integers(1, 9999 * 60)


def write_before_2026_11_30(minutes):
    """The short form that the catalog wrote until November 30, 2026: "8 h", "1 h 05", "30 min"."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h" + (f" {rest:02}" if rest else "") if hours else f"{rest} min"


@given(LENGTHS, LENGTHS)
def test_every_time_that_the_catalog_writes_is_read_back(one, other):
    for low, high in (one, one), sorted((one, other)):
        old = "–".join(map(write_before_2026_11_30, dict.fromkeys((low, high))))
        for text in minutes_in_short(low, high), minutes_in_words(low, high), old:
            for written in text, text.replace(" ", "\xa0").replace("–", "\u2060–\u2060"):
                duration = read_duration([clean(written)])
                assert (duration.low, duration.high) == (low, high), written
                assert duration.exact == (low if low == high else None), written


@pytest.mark.parametrize(
    "text",
    ["", "half day", "Full day", "2 days", "8 a.m. to 4:30 p.m.", "up to 2 hours", "0 hours"]
    + ["2 hours per session", "3 to 4 two-hour sessions", "8 hours per day for two days"]
    + ["4-H", "1:30 h", "2 h 30 plus 1 h"]
    + ["8 hours, with a lunch of 30 minutes", "It depends", "60–30 minutes", "9" * 400],
)
def test_an_unclear_time_stays_unknown(text):
    duration = read_duration([text])
    assert (duration.exact, duration.low, duration.high) == (None, None, None)


@pytest.mark.parametrize(
    "lines",
    [
        ["90 minutes (classroom)", "30 minutes (online)"],
        ["90 minutes (classroom) or 30 minutes (online)"],
        ["Classroom: 90 minutes; online: 30 minutes"],
    ],
)
def test_one_time_per_delivery_mode_is_not_a_total(lines):
    duration = read_duration(lines)
    assert duration.by_mode == {"classroom": 90, "online": 30}
    assert (duration.exact, duration.low, duration.high) == (None, 30, 90)


@pytest.mark.parametrize(
    "text",
    [
        "half-day (classroom), 1.5 hours (WebEx)",
        "Half-day, or 90 minutes via WebEx",
        "Classroom: varies; online: 30 minutes",
        "half-day (classroom), 90 minutes (online), 2 hours (WebEx)",
        "8 hours (7.5 hours virtual)",
        "90 to 120 minutes (virtual); 2 hours (consultant delivery)",
    ],
)
def test_the_time_of_one_mode_is_not_the_time_of_all(text):
    assert read_duration([text]) == Duration()


def test_a_time_for_several_modes_is_the_time_of_all_of_them():
    assert read_duration(["4 hours, classroom or virtual"]).exact == 240


def test_a_half_day_beside_its_hours_means_the_hours():
    assert read_duration(["Half-day (4 hours)"]).exact == 240
    assert read_duration(["Half-day (8 hours)"]) == Duration()


@pytest.mark.parametrize(
    "text",
    [
        "Ten 20-minute sessions; choose three",
        "Ten 20-minute sessions to choose from",
        "20-minute sessions; choose three",
    ],
)
def test_sessions_to_choose_from_are_not_multiplied(text):
    assert read_duration([text]) == Duration()


@pytest.mark.parametrize("word", ["plus", "followed by", "and then", "+"])
def test_times_that_add_up_are_not_a_range(word):
    assert read_duration([f"30 minutes online {word} 2 hours in the classroom"]) == Duration()
    assert read_duration([f"30 minutes {word} homework"]) == Duration()


def test_a_stated_total_counts_more_than_its_parts():
    assert read_duration(["8 hours total (2 hours online plus 6 in the classroom)"]).exact == 480


def test_parts_count_only_for_their_mode():
    duration = read_duration(["Two 2-hour modules (classroom), 90 minutes (online)"])
    assert duration.by_mode == {"classroom": 240, "online": 90}


@pytest.mark.parametrize("text", ["up to 2 hours (classroom), 30 minutes (online)"])
def test_a_time_limit_is_not_the_time_of_a_mode(text):
    assert read_duration([text]) == Duration()


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("half-day", True),
        ("Two days", True),
        ("90 minutes (virtual)", True),
        ("up to 2 h", True),
        ("4-H", False),
        ("Varies; ask your trainer", True),
        ("Day-to-day baking", False),
        ("Levels 1, 2", False),
    ],
)
def test_a_time_that_cannot_be_read_is_noticed(text, hint):
    assert mentions_time(text) is hint


def test_modules_with_their_own_times_are_listed_and_not_summed():
    duration = read_duration(
        ["Each part runs between 45 and 55 minutes:", "Bread: Why It Rises (BWR), 45 minutes"]
        + ["Ovens (55 minutes)"]
    )
    assert duration.modules == (("Bread: Why It Rises (BWR)", 45), ("Ovens", 55))
    assert (duration.exact, duration.low, duration.high) == (None, None, None)


@pytest.mark.parametrize("line", ["45 minutes", "Ovens", "4 hours (2 hours each)", "20–60 minutes"])
def test_a_module_has_a_title_and_an_exact_time(line):
    assert read_module(line) is None
