"""Sets as numbers do what Python's sets do."""

from hypothesis import given
from hypothesis import strategies as st

from catalog import bits

ids = st.sets(st.integers(1, 3000))


@given(ids)
def test_a_set_goes_in_and_comes_out(members):
    assert bits.ids_of(bits.bits_of(members)) == sorted(members)
    assert bits.from_bytes(bits.to_bytes(bits.bits_of(members))) == bits.bits_of(members)


@given(ids, ids)
def test_and_or_and_counting_are_those_of_sets(one, other):
    a, b = bits.bits_of(one), bits.bits_of(other)
    assert bits.ids_of(a & b) == sorted(one & other)
    assert bits.ids_of(a & ~b) == sorted(one - other)
    assert (a | b).bit_count() == len(one | other)


@given(st.lists(st.integers(1, 300), unique=True), ids)
def test_what_is_picked_keeps_the_order(order, members):
    assert bits.Order(order).pick(bits.bits_of(members)) == [n for n in order if n in members]


@given(st.lists(st.integers(1, 60), unique=True), st.lists(st.sets(st.integers(1, 60)), max_size=4))
def test_ranks_are_those_of_a_stable_sort_whatever_part_is_asked_for(order, tiers):
    ranked = bits.Ranked(bits.bits_of(order), map(bits.bits_of, tiers), bits.Order(order))
    by_first = sorted(
        order, key=lambda n: next((i for i, tier in enumerate(tiers) if n in tier), len(tiers))
    )
    assert len(ranked) == len(order)
    assert list(ranked) == by_first
    for start in range(0, len(order), 7):
        assert ranked[start : start + 10] == by_first[start : start + 10]
