"""Addresses that mean the same share one answer. A parameter that nobody reads makes no other."""

import pytest
from django.db import connection
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from lmp_site.page_store.entries import Entry
from lmp_site.page_store.memory import Pages
from lmp_site.page_store.query import NotedQuery, read_pairs
from tests.makers import make_tool

# PostgreSQL tells others of a change when it is committed.
pytestmark = pytest.mark.django_db(transaction=connection.vendor == "postgresql")


@pytest.mark.parametrize(
    "query",
    [
        "utm_source=mail&utm_medium=feed",
        "fbclid=1",
        "level=1&kind=tool",
        "kind=tool&level=1",
        "&&kind=tool&x=&level=1",
        "kin%64=tool&level=%31",
        "%00kind=tool&level=1",
    ],
)
def test_addresses_that_mean_the_same_share_one_answer(site, query):
    make_tool("Poster", topics=["Roles"], levels=[1])
    start = "kind=tool&level=1" if "level" in query else ""
    first = site.get(f"/topics/roles/?{start}")
    assert first.status == 200
    second = site.get(f"/topics/roles/?{query}")
    assert second.body == first.body and len(site.made) == 1


def test_other_values_have_other_answers(site):
    make_tool("Poster", topics=["Roles"], levels=[1])
    bodies = {site.get(f"/topics/roles/?level={level}&x=1").body for level in (1, 2)}
    assert len(bodies) == len(site.made) == 2


def test_a_thousand_addresses_that_differ_in_nothing_make_one_entry(site):
    for number in range(1000):
        site.get(f"/tools/?utm_id={number}")
    memory = site.store.pages.memory
    assert len(site.made) == len(memory.new) + len(memory.used) == 1


@pytest.mark.parametrize(
    ("read", "names"),
    [
        (lambda query: query.get("a"), {"a"}),
        (lambda query: query.getlist("a") + query.getlist("x"), {"a", "x"}),
        (lambda query: query["a"], {"a"}),
        (lambda query: "z" in query, {"z"}),
        (lambda query: None, set()),
        (lambda query: bool(query), None),
        (lambda query: query.keys(), None),
        (lambda query: list(query), None),
        (lambda query: dict(query), None),
        (lambda query: query | {"b": 1}, None),
        (lambda query: query == {}, None),
        (lambda query: query.urlencode(), None),
        (lambda query: query.copy(), None),
        (lambda query: query.dict(), None),
        (lambda query: list(query.lists()), None),
        (lambda query: list(query.items()), None),
    ],
)
def test_a_query_notes_what_is_read(read, names):
    query = NotedQuery(QueryDict("a=1&a=2"))
    read(query)
    assert query.names == names


NAMES, VALUES = "abcd", "012"
queries = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES)), max_size=5)
# A view: None, or a name that it reads and what it does for each value, "" if there is none.
views = st.recursive(
    st.none(),
    lambda inner: st.tuples(
        st.sampled_from(NAMES), st.fixed_dictionaries(dict.fromkeys(["", *VALUES], inner))
    ),
    max_leaves=20,
)


def answer(view, query):
    """Returns what this view answers: all values that it reads on its way."""
    seen = []
    while view is not None:
        name, ways = view
        value = query.get(name, "")
        seen.append((name, value))
        view = ways[value]
    return repr(seen).encode()


@given(views, st.lists(queries, max_size=12))
def test_whatever_a_view_reads_each_query_gets_its_own_answer(view, asked):
    pages = Pages(1 << 20)
    for pairs in asked:
        text = "&".join(f"{name}={value}" for name, value in pairs)
        query = NotedQuery(QueryDict(text))
        right = answer(view, query)
        entry = pages.find("/", read_pairs(text), number=1)
        if entry is None:
            entry = Entry([], right, names=query.names)
            pages.put("/", read_pairs(text), entry, number=1)
        assert entry.body == right
