"""An IdSet behaves like a set of Python."""

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from catalog.lib import id_sets
from catalog.lib.id_sets import IdSet, Order, Ranked, by_count

ids = st.sets(st.integers(0, 3000))


@given(ids)
def test_a_set_becomes_bytes_and_comes_back_the_same(members):
    assert list(IdSet(members)) == sorted(members)
    assert IdSet.from_bytes(IdSet(members).to_bytes()) == IdSet(members)


@given(ids, ids)
def test_two_sets_combine_as_python_sets_do(one, other):
    a, b = IdSet(one), IdSet(other)
    assert list(a & b) == sorted(one & other)
    assert list(a | b) == sorted(one | other)
    assert list(a - b) == sorted(one - other)
    assert list(a ^ b) == sorted(one ^ other)


@given(ids, ids)
def test_equal_sets_are_equal_and_hash_alike(one, other):
    assert (IdSet(one) == IdSet(other)) == (one == other)
    assert hash(IdSet(one)) == hash(IdSet(list(one)))


@given(ids, st.integers(0, 4000))
def test_a_set_knows_its_members_and_its_size(members, number):
    assert (number in IdSet(members)) == (number in members)
    assert len(IdSet(members)) == len(members) and bool(IdSet(members)) == bool(members)


@given(st.lists(ids, max_size=5))
def test_by_count_says_what_is_in_how_many_sets(sets):
    numbers = set().union(*sets)
    for place, members in enumerate(by_count(map(IdSet, sets))):
        least = len(sets) - place
        assert set(members) == {n for n in numbers if sum(n in group for group in sets) >= least}


@given(
    st.lists(st.integers(1, 300), unique=True),
    ids,
    st.none() | st.integers(0, 40),
    st.sampled_from([1, 7, 2048]),
)
def test_picked_ids_keep_the_order_and_are_the_first(order, members, most, part):
    picked = [n for n in order if n in members][:most]
    for sparse in (1, 10**9):  # few members are found in another way than many
        with patch.object(id_sets, "PART", part), patch.object(id_sets, "SPARSE", sparse):
            assert Order(order).pick(IdSet(members), most) == picked


@given(st.lists(st.integers(1, 60), unique=True), st.lists(st.sets(st.integers(1, 60)), max_size=4))
def test_any_slice_of_ranked_ids_equals_that_of_a_stable_sort(order, tiers):
    ranked = Ranked(IdSet(order), map(IdSet, tiers), Order(order))
    by_first = sorted(
        order, key=lambda n: next((i for i, tier in enumerate(tiers) if n in tier), len(tiers))
    )
    assert len(ranked) == len(order)
    assert list(ranked) == by_first
    for start in range(0, len(order), 7):
        assert ranked[start : start + 10] == by_first[start : start + 10]
