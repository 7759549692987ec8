import pytest

from catalog.lib.durations import minutes_in_short, minutes_in_words


@pytest.mark.parametrize(
    ("least", "most", "words", "short"),
    [
        (None, None, "", ""),
        (1, 1, "1 minute", "1 min"),
        (45, 45, "45 minutes", "45 min"),
        (60, 60, "1 hour", "1 hr"),
        (90, 90, "1 hour 30 minutes", "1 hr 30 min"),
        (480, 480, "8 hours", "8 hr"),
        (30, 60, "30 to 60 minutes", "30–60 min"),
        (120, 240, "2 to 4 hours", "2–4 hr"),
        (60, 120, "1 to 2 hours", "1–2 hr"),
        (60, 90, "60 to 90 minutes", "60–90 min"),
        (30, 240, "30 minutes to 4 hours", "30 min–4 hr"),
        (150, 240, "2 hours 30 minutes to 4 hours", "2 hr 30 min–4 hr"),
        (2670, 2765, "44 hours 30 minutes to 46 hours 5 minutes", "44 hr 30 min–46 hr 5 min"),
    ],
)
def test_minutes_read_as_people_say_them(least, most, words, short):
    assert minutes_in_words(least, most) == words
    assert minutes_in_short(least, most) == short
