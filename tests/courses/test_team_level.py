import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.team_level import DamagedCode, answers_in, code_of, find_standing

DIMENSIONS = "abcdefg"
CELLS = {
    (dimension, level): [10 * level + place]
    for level in range(1, 6)
    for place, dimension in enumerate(DIMENSIONS)
}
ALL = {criterion for criteria in CELLS.values() for criterion in criteria}
ANSWERS = st.sets(st.sampled_from(sorted(ALL)))


def of_levels(*levels):
    return {criterion for criterion in ALL if criterion // 10 in levels}


@given(st.sets(st.integers(1, 500)))
def test_a_code_gives_back_the_same_answers(answers):
    assert answers_in(code_of(answers)) == answers
    assert answers_in(code_of(answers).upper()) == answers


@given(st.sets(st.integers(1, 80), min_size=1), st.integers(0, 200), st.sampled_from("a7q"))
def test_a_code_with_another_letter_is_damaged_or_the_same(answers, place, letter):
    code = code_of(answers)
    place %= len(code)
    changed = code[:place] + letter + code[place + 1 :]
    with contextlib.suppress(DamagedCode):
        assert answers_in(changed) == answers


@pytest.mark.parametrize("code", ["!", "a", "zz", "aaaa", "🙂", "a" * 2000, "bkqu", "ßßßß", "=="])
def test_a_text_that_is_not_a_code_is_damaged(code):
    with pytest.raises(DamagedCode):
        answers_in(code)


@given(ANSWERS)
def test_the_level_of_a_team_is_that_of_its_weakest_dimension(met):
    found = find_standing(CELLS, met)
    assert found.level == min(found.dimensions.values())
    assert len(found.open) == len(of_levels(found.next_level) - met)


@given(ANSWERS, st.sampled_from(sorted(ALL)))
def test_one_more_answer_never_lowers_the_level(met, more):
    assert find_standing(CELLS, met | {more}).level >= find_standing(CELLS, met).level


def test_without_answers_a_team_is_before_level_1():
    found = find_standing(CELLS, set())
    assert (found.level, found.next_level, len(found.open)) == (0, 1, 7)


def test_all_of_level_1_and_all_but_one_of_level_2_is_one_step_from_level_2():
    found = find_standing(CELLS, of_levels(1, 2) - {23})
    assert (found.level, found.next_level, found.open) == (1, 2, (23,))


def test_higher_levels_do_not_make_up_for_a_lower_level_that_is_not_met():
    assert find_standing(CELLS, of_levels(1, 3, 4, 5)).level == 1


def test_the_top_level_has_no_next_level():
    found = find_standing(CELLS, ALL)
    assert (found.level, found.next_level, found.open) == (5, None, ())


def test_a_level_without_criteria_is_not_reached():
    few = {cell: criteria for cell, criteria in CELLS.items() if cell[1] < 4}
    assert find_standing(few, ALL).level == 3
    assert find_standing({}, set()).level == 0
