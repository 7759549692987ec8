"""Sets as numbers behave like Python's sets."""

from hypothesis import given
from hypothesis import strategies as st

from catalog.lib import id_sets

ids = st.sets(st.integers(1, 3000))


@given(ids)
def test_a_set_becomes_bits_or_bytes_and_comes_back_the_same(members):
    assert id_sets.ids_of(id_sets.bits_of(members)) == sorted(members)
    assert id_sets.from_bytes(id_sets.to_bytes(id_sets.bits_of(members))) == id_sets.bits_of(
        members
    )


@given(ids, ids)
def test_and_or_and_counting_work_as_with_sets(one, other):
    a, b = id_sets.bits_of(one), id_sets.bits_of(other)
    assert id_sets.ids_of(a & b) == sorted(one & other)
    assert id_sets.ids_of(a & ~b) == sorted(one - other)
    assert (a | b).bit_count() == len(one | other)


@given(st.lists(st.integers(1, 300), unique=True), ids)
def test_picked_ids_keep_the_order(order, members):
    assert id_sets.Order(order).pick(id_sets.bits_of(members)) == [n for n in order if n in members]


@given(st.lists(st.integers(1, 60), unique=True), st.lists(st.sets(st.integers(1, 60)), max_size=4))
def test_any_slice_of_ranked_ids_equals_that_of_a_stable_sort(order, tiers):
    ranked = id_sets.Ranked(
        id_sets.bits_of(order), map(id_sets.bits_of, tiers), id_sets.Order(order)
    )
    by_first = sorted(
        order, key=lambda n: next((i for i, tier in enumerate(tiers) if n in tier), len(tiers))
    )
    assert len(ranked) == len(order)
    assert list(ranked) == by_first
    for start in range(0, len(order), 7):
        assert ranked[start : start + 10] == by_first[start : start + 10]
