from datetime import date
from time import perf_counter

from hypothesis import given
from hypothesis import strategies as some

from courses.huddle_sets import (
    FIRST_MONDAY,
    WEEK,
    in_order_of,
    monday_of,
    of_week,
    packs,
    text_of,
)

ITEMS = some.dictionaries(some.integers(1, 500), some.integers(1, 70), max_size=40)
MINUTES = some.sampled_from([5, 10, 15, 20, 30, 45, 60])
TEAMS = some.text(max_size=12)
MONDAYS = some.integers(-60, 40_000).map(lambda weeks: FIRST_MONDAY + weeks * WEEK)


@given(ITEMS, MINUTES, TEAMS)
def test_no_pack_takes_longer_than_the_minutes(items, minutes, team):
    for pack in packs(items.items(), minutes, team):
        assert 0 < sum(items[pk] for pk in pack) <= minutes
        assert len(pack) == len(set(pack))


@given(ITEMS, MINUTES, TEAMS)
def test_every_item_that_fits_is_in_a_pack(items, minutes, team):
    found = {pk for pack in packs(items.items(), minutes, team) for pk in pack}
    assert found == {pk for pk, needed in items.items() if needed <= minutes}


@given(ITEMS, MINUTES, TEAMS)
def test_all_packs_are_different_sets(items, minutes, team):
    found = packs(items.items(), minutes, team)
    assert len({frozenset(pack) for pack in found}) == len(found)


@given(ITEMS, MINUTES, TEAMS)
def test_no_item_that_would_fit_is_left_out_of_the_last_pack(items, minutes, team):
    found = packs(items.items(), minutes, team)
    if found:
        left = minutes - sum(items[pk] for pk in found[-1])
        assert all(needed > left for pk, needed in items.items() if pk not in found[-1])


@given(ITEMS, MINUTES, TEAMS)
def test_only_the_last_pack_has_items_of_other_packs(items, minutes, team):
    before_the_last = [pk for pack in packs(items.items(), minutes, team)[:-1] for pk in pack]
    assert len(before_the_last) == len(set(before_the_last))


@given(ITEMS, MINUTES, TEAMS, MONDAYS)
def test_a_week_differs_from_the_next_when_there_are_two_packs(items, minutes, team, monday):
    found = packs(items.items(), minutes, team)
    one, next_one = (set(of_week(found, day)) for day in (monday, monday + WEEK))
    assert (one != next_one) == (len(found) > 1)


@given(ITEMS, MINUTES, TEAMS, some.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(items, minutes, team, random):
    shuffled = list(items.items())
    random.shuffle(shuffled)
    assert packs(shuffled, minutes, team) == packs(items.items(), minutes, team)


def test_another_team_has_another_order():
    items = [(pk, 5) for pk in range(30)]
    orders = {tuple(in_order_of(f"{number} West", items)) for number in range(20)}
    assert len(orders) == 20


def test_capitals_in_a_team_code_do_not_matter():
    items = [(pk, 5) for pk in range(30)]
    assert in_order_of("4 WEST", items) == in_order_of("4 west", items)


def test_all_packs_are_used_before_one_is_repeated():
    found = packs([(pk, 10) for pk in range(7)], 10, "")
    shown = [of_week(found, FIRST_MONDAY + number * WEEK) for number in range(7)]
    assert sorted(shown) == sorted(found)


def test_the_packs_continue_in_order_over_a_new_year():
    found = packs([(pk, 10) for pk in range(5)], 10, "")
    last, first = monday_of("2026-W53"), monday_of("2027-W01")
    assert first - last == WEEK
    assert found.index(of_week(found, first)) == (found.index(of_week(found, last)) + 1) % 5


@given(MONDAYS.filter(lambda day: day.year > 2000))
def test_a_written_week_reads_back_as_the_same_monday(monday):
    assert monday_of(text_of(monday)) == monday


def test_other_texts_are_not_a_week():
    for text in ("", "2026", "2026-W00", "2026-W54", "2025-W53", "2026-W4", "٢٠٢٦-W48", "0001-W01"):
        assert monday_of(text) is None
    assert monday_of("2026-W48") == date(2026, 11, 23)


def test_five_thousand_items_take_less_than_half_a_second():
    items = [(pk, pk % 60 + 1) for pk in range(5000)]
    times = []
    for number in range(3):
        begun = perf_counter()
        found = packs(items, 60, f"{number} West")
        times.append(perf_counter() - begun)
    assert len(found) > 1000
    assert min(times) < 0.5  # about 0.05 s, with room for a busy machine
