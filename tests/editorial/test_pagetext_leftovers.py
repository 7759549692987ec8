"""Text of a record that belongs to no field gets a note."""

import pytest

from editorial.pagetext import read_page

TOOL = "Format:\nPDF\n\nBest used:\nHang it over the oven.\n\n"
LEFTOVER = "“{}” is below “{}” but belongs to no field."


def portal_course(times, requirements="LMP Orientation"):
    return (
        "Baking Days\n\nCourse description\n\nLearn.\n\nPath to Performance\n\nLevels 1, 2\n\n\n"
        f"{times}\n\nLearning outcomes\n\n  • Knead\n\nCourse requirements\n\n{requirements}\n"
    )


def read_one(text):
    (record,) = read_page(text).records
    return record


def sentences(text):
    return [(note.line, note.sentence) for note in read_page(text).attention]


def test_times_of_modes_under_the_levels_are_read():
    text = portal_course("90 minutes (classroom), 30 minutes (online)")
    course = read_one(text)
    assert course.durations_by_mode == {"classroom": 90, "online": 30}
    assert (course.level_text, course.delivery) == ("Levels 1, 2", ("classroom", "online"))
    assert sentences(text) == []


@pytest.mark.parametrize(
    "times",
    [
        "half-day",
        "Full day",
        "8 hours (7.5 hours virtual)",
        "90 to 120 minutes (virtual); 2 hours (consultant delivery)",
        "Varies; contact your trainer",
    ],
)
def test_an_unreadable_time_under_the_levels_is_kept_and_gets_a_note(times):
    course = read_one(portal_course(times))
    assert (course.duration_text, course.minutes_max, course.levels) == (times, None, (1, 2))
    assert sentences(portal_course(times)) == [
        (7, f"We could not read “Path to Performance: {times}”.")
    ]


def test_modes_beside_a_time_under_the_levels_are_read():
    course = read_one(portal_course("Classroom\n\nFull day (8 hours)\nwith lunch"))
    assert course.duration_text == "Classroom\nFull day (8 hours)\nwith lunch"
    assert (course.duration_minutes, course.delivery) == (480, ("classroom",))


def test_a_mode_alone_under_the_levels_is_the_delivery():
    course = read_one(portal_course("Classroom, virtual"))
    assert (course.delivery, course.duration_text) == (("classroom", "virtual"), None)


def test_a_level_and_a_time_on_one_line_are_both_read():
    text = portal_course("").replace("Levels 1, 2", "Levels 1, 2; 4 hours")
    assert (read_one(text).levels, read_one(text).duration_minutes) == ((1, 2), 240)


def test_a_video_with_an_unreadable_running_time_is_kept_and_gets_a_note():
    text = "Videos\n\nBread Rises\n\n(1:29)\n\nHow.\n\nSalt Melts\n\n(2:3)\n\nWhy.\n"
    salt = read_page(text).records[1]
    assert (salt.title, salt.body, salt.duration_seconds) == ("Salt Melts", "Why.", None)
    assert sentences(text) == [(11, "We could not read “(running time): (2:3)”.")]


def test_titles_after_a_gap_under_a_label_get_a_note():
    text = f"TOOLS\n\nOven Card\n\n{TOOL}Related tools:\n\nFlour\nSalt\n\nBread Card\n\n{TOOL}"
    assert [(record.title, record.related) for record in read_page(text).records] == [
        ("Oven Card", ()),
        ("Bread Card", ()),
    ]
    assert sentences(text) == [(13, LEFTOVER.format("Flour", "Oven Card"))]


@pytest.mark.parametrize("end", ["Subscribe to RSS - Bread", "Pages\n1\n2"])
def test_a_title_between_a_label_and_the_end_of_the_page_is_related(end):
    text = f"TOOLS\n\nOven Card\n\n{TOOL}You may also be interested in:\n\nSalt Guide\n\n{end}\n"
    assert read_one(text).related == ("Salt Guide",)


def test_a_text_between_a_label_and_the_end_of_the_page_is_not_related():
    text = f"TOOLS\n\nOven Card\n\n{TOOL}Related tools:\n\nA Day\n\nIt was dark.\n\nPages\n"
    assert read_one(text).related == ()
    assert sentences(text) == [(13, LEFTOVER.format("A Day", "Oven Card"))]


def test_many_lines_in_no_field_get_one_note():
    text = f"TOOLS\n\nOven Card\n\n{TOOL}A Long Day\n\n" + "Bakers rose.\n\n" * 20
    assert sentences(text) == [(11, LEFTOVER.format("A Long Day", "Oven Card"))]


def test_the_editors_own_words_and_repeated_credits_get_no_note():
    dump = "Submitted by Ada Poe on Wed, 01/10/2018 - 17:05\nNotes\nAsk Bo\n\nHeadline\nOven Card\n"
    assert sentences(f"Bread\n\nOven Card\n{dump}{TOOL}") == []
    credit = "Produced by Ada Poe and Bo Day"
    assert sentences(f"Videos\n\nBread Rises\n\n(1:29)\n\nHow.\n\n{credit}\n{credit}\n") == []


def test_names_between_commas_get_a_note():
    text = portal_course("4 hours", "Effective Meetings, Bread Literacy")
    assert sentences(text) == [
        (18, "“Effective Meetings, Bread Literacy” may name one course or several.")
    ]
