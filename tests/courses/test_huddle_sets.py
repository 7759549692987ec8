from datetime import date
from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from courses.huddle_sets import (
    FIRST_MONDAY,
    WEEK,
    iso_week,
    make_packs,
    monday_of,
    pack_of_week,
    sort_for_team,
)

ITEMS = st.dictionaries(st.integers(1, 500), st.integers(1, 70), max_size=40)
MINUTES = st.sampled_from([5, 10, 15, 20, 30, 45, 60])
TEAMS = st.text(max_size=12)
MONDAYS = st.integers(-60, 40_000).map(lambda weeks: FIRST_MONDAY + weeks * WEEK)


@given(ITEMS, MINUTES, TEAMS)
def test_no_pack_takes_longer_than_the_minutes(items, minutes, team):
    for pack in make_packs(items.items(), minutes, team):
        assert 0 < sum(items[pk] for pk in pack) <= minutes
        assert len(pack) == len(set(pack))


@given(ITEMS, MINUTES, TEAMS)
def test_every_item_that_fits_is_in_a_pack(items, minutes, team):
    packed = {pk for pack in make_packs(items.items(), minutes, team) for pk in pack}
    assert packed == {pk for pk, needed in items.items() if needed <= minutes}


@given(ITEMS, MINUTES, TEAMS)
def test_all_packs_are_different_sets(items, minutes, team):
    packs = make_packs(items.items(), minutes, team)
    assert len({frozenset(pack) for pack in packs}) == len(packs)


@given(ITEMS, MINUTES, TEAMS)
def test_no_item_that_would_fit_is_left_out_of_the_last_pack(items, minutes, team):
    packs = make_packs(items.items(), minutes, team)
    if packs:
        left = minutes - sum(items[pk] for pk in packs[-1])
        assert all(needed > left for pk, needed in items.items() if pk not in packs[-1])


@given(ITEMS, MINUTES, TEAMS)
def test_only_the_last_pack_has_items_of_other_packs(items, minutes, team):
    before_the_last = [pk for pack in make_packs(items.items(), minutes, team)[:-1] for pk in pack]
    assert len(before_the_last) == len(set(before_the_last))


@given(ITEMS, MINUTES, TEAMS, MONDAYS)
def test_a_week_differs_from_the_next_when_there_are_two_packs(items, minutes, team, monday):
    packs = make_packs(items.items(), minutes, team)
    one, next_one = (set(pack_of_week(packs, day)) for day in (monday, monday + WEEK))
    assert (one != next_one) == (len(packs) > 1)


@given(ITEMS, MINUTES, TEAMS, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(items, minutes, team, random):
    shuffled = list(items.items())
    random.shuffle(shuffled)
    assert make_packs(shuffled, minutes, team) == make_packs(items.items(), minutes, team)


def test_another_team_has_another_order():
    items = [(pk, 5) for pk in range(30)]
    orders = {tuple(sort_for_team(f"{number} West", items)) for number in range(20)}
    assert len(orders) == 20


def test_capitals_in_a_team_code_do_not_matter():
    items = [(pk, 5) for pk in range(30)]
    assert sort_for_team("4 WEST", items) == sort_for_team("4 west", items)


def test_all_packs_are_used_before_one_is_repeated():
    packs = make_packs([(pk, 10) for pk in range(7)], 10, "")
    shown = [pack_of_week(packs, FIRST_MONDAY + number * WEEK) for number in range(7)]
    assert sorted(shown) == sorted(packs)


def test_the_packs_continue_in_order_over_a_new_year():
    packs = make_packs([(pk, 10) for pk in range(5)], 10, "")
    last, first = monday_of("2026-W53"), monday_of("2027-W01")
    assert first - last == WEEK
    place = packs.index(pack_of_week(packs, last))
    assert packs.index(pack_of_week(packs, first)) == (place + 1) % 5


@given(MONDAYS.filter(lambda day: day.year > 2000))
def test_a_written_week_reads_back_as_the_same_monday(monday):
    assert monday_of(iso_week(monday)) == monday


def test_other_texts_are_not_a_week():
    for text in ("", "2026", "2026-W00", "2026-W54", "2025-W53", "2026-W4", "٢٠٢٦-W48", "0001-W01"):
        assert monday_of(text) is None
    assert monday_of("2026-W48") == date(2026, 11, 23)


def test_five_thousand_items_take_less_than_half_a_second():
    items = [(pk, pk % 60 + 1) for pk in range(5000)]
    times = []
    for number in range(3):
        start = perf_counter()
        packs = make_packs(items, 60, f"{number} West")
        times.append(perf_counter() - start)
    assert len(packs) > 1000
    assert min(times) < 0.5  # about 0.05 s, with room for a busy machine
