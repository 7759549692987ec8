import pytest

from editorial.pagetext.follow_ups import read_next_courses, split_interest
from editorial.pagetext.requirements import Requirement, read_requirements

LMPO = "Labor Management Partnership Orientation (LMPO)"


@pytest.mark.parametrize(
    ("line", "text", "type"),
    [
        (LMPO, LMPO, "course"),
        ("LMP orientation", "LMP orientation", "course"),
        ("Effective Meetings (classroom)", "Effective Meetings (classroom)", "course"),
        ("Participants must have completed LMP Orientation.", "LMP Orientation", "course"),
        ("Completion of the Effective Meetings course", "Effective Meetings", "course"),
        ("Requires basic knowledge of: Lean (L)", "Lean (L)", "knowledge"),
        ("Co-leads attend the day together", "Co-leads attend the day together", "condition"),
        ("Belong to a union", "Belong to a union", "eligibility"),
        ("Must be a steward.", "Must be a steward.", "eligibility"),
    ],
)
def test_a_requirement_has_one_of_five_types(line, text, type):
    assert read_requirements([line]) == (Requirement(text, type),)


@pytest.mark.parametrize(
    "line",
    [
        "It is recommended participants have finished the basics for level 1 teams.",
        "Participants should have led a meeting.",
        "Effective Meetings is helpful.",
    ],
)
def test_a_recommendation_is_advice_and_not_a_prerequisite(line):
    (advice,) = read_requirements([line])
    assert (advice.text, advice.type, advice.necessity) == (line, "advice", "recommended")
    assert not advice.is_prerequisite


def test_text_after_a_knowledge_lead_in_is_knowledge():
    entries = read_requirements([LMPO, "Requires basic knowledge of:", "Lean (L)", "Kaizen"])
    assert [entry.type for entry in entries] == ["course", "knowledge", "knowledge"]
    assert all(entry.is_prerequisite for entry in entries)


def test_each_entry_of_a_recommended_list_is_recommended():
    entries = read_requirements(["Recommended:", "Effective Meetings"])
    assert entries == (Requirement("Effective Meetings", "course", "recommended"),)


def test_a_lead_in_on_the_same_line_sets_the_necessity():
    assert read_requirements(["Recommended: LMP Orientation"]) == (
        Requirement("LMP Orientation", "course", "recommended"),
    )
    assert read_requirements(["Required: Lean Basics"]) == (Requirement("Lean Basics", "course"),)


def test_a_course_to_complete_within_some_time_is_a_required_course():
    line = "Must have completed Bread-Based Problem Solving within the last 12 months"
    assert read_requirements([line]) == (Requirement("Bread-Based Problem Solving", "course"),)


def test_names_between_commas_are_not_one_course():
    line = "Effective Meetings, Bread Literacy"
    assert read_requirements([line]) == (Requirement(line, "condition"),)


def test_names_between_commas_are_separate_if_one_is_the_orientation():
    entries = read_requirements(["LMP Orientation, Effective Meetings"])
    assert [(entry.text, entry.type) for entry in entries] == [
        ("LMP Orientation", "course"),
        ("Effective Meetings", "course"),
    ]


def test_two_courses_in_one_line_are_two_requirements():
    entries = read_requirements([f"{LMPO} and Lean Basics (LB)"])
    assert [entry.text for entry in entries] == [LMPO, "Lean Basics (LB)"]


@pytest.mark.parametrize(
    "lines",
    [[], [""], ["None"], ["N/A"], ["There are no prerequisites for this course."]]
    + [["Requires basic knowledge of:"]],
)
def test_a_text_that_names_nothing_has_no_requirements(lines):
    assert read_requirements(lines) == ()


def test_the_next_course_is_the_one_that_the_text_recommends():
    text = (
        "For bakers. Following this course, bakers are encouraged to attend the advanced course, "
    )
    assert read_next_courses(text + "Ovens for Bakers.") == ("Ovens for Bakers",)
    assert read_next_courses("Bakers may have attended Ovens for Bakers.") == ()


def test_titles_of_other_interest_are_split_from_the_text():
    text = "On the wall. You might also be interested in: Poster: Lift Smart."
    assert split_interest(text) == ("On the wall.", ("Poster: Lift Smart",))
    assert split_interest("On the wall.") == ("On the wall.", ())
