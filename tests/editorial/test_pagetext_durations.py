import pytest

from editorial.pagetext.durations import read_duration, read_module


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("8 hours", 480),
        ("3 hrs.", 180),
        ("One hour", 60),
        ("1.5 hours", 90),
        ("1½ hours", 90),
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
        ("ten sessions to choose from, 20–60 minutes each", 20, 60),
        ("4- to 6-hour day", 240, 360),
        ("2 or 3 hours", 120, 180),
    ],
)
def test_a_range_has_no_exact_time(text, low, high):
    duration = read_duration([text])
    assert (duration.exact, duration.low, duration.high) == (None, low, high)


@pytest.mark.parametrize(
    "text",
    ["", "half day", "Full day", "2 days", "8 a.m. to 4:30 p.m.", "up to 2 hours", "0 hours"]
    + ["2 hours per session", "3 to 4 two-hour sessions", "8 hours per day for two days"]
    + ["8 hours, with a lunch of 30 minutes", "It depends", "60–30 minutes", "9" * 400],
)
def test_what_gives_no_sure_time_stays_unknown(text):
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
def test_one_time_per_delivery_mode_is_no_total(lines):
    duration = read_duration(lines)
    assert duration.by_mode == {"classroom": 90, "online": 30}
    assert (duration.exact, duration.low, duration.high) == (None, 30, 90)


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
