"""What cards and pages take from the index is what the database says."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Resource, Tool
from catalog.search.cards import as_page, cards_of
from tests.makers import days_ago, make_course, make_tool

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries():
    tool = make_tool(
        "Poster",
        levels=[3, 1],
        audiences=["Sponsors", "Co-leads"],
        dimensions=["Leadership"],
        regions=["Hawaii"],
        published=days_ago(1),
    )
    course = make_course("LMPO", audiences=["Managers"], published=days_ago(2))
    course.deliveries.create(mode="virtual")
    course.deliveries.create(mode="classroom")
    return [course, tool]


def facts_of(resource):
    return resource.level_numbers, resource.audience_names, resource.delivery_names


def test_cards_have_the_terms_of_their_entries_in_order(entries):
    cards = cards_of([entry.pk for entry in entries])
    rows = [Resource.objects.get(pk=entry.pk) for entry in entries]
    assert cards == rows
    assert list(map(facts_of, cards)) == list(map(facts_of, rows))
    assert cards[0].delivery_names == ["Classroom", "Virtual"]
    assert cards[1].level_numbers == [1, 3]


def test_cards_show_a_change_at_once(entries):
    _course, tool = entries
    tool.levels.set([5])
    [card] = cards_of([tool.pk])
    assert card.level_numbers == [5]


def test_cards_take_two_queries_beside_the_index(entries):
    ids = [entry.pk for entry in entries]
    cards_of(ids)
    with CaptureQueriesContext(connection) as queries:
        list(map(facts_of, cards_of(ids)))
    rows = [query for query in queries if "catalog_indexpart" not in query["sql"]]
    assert len(rows) == 2


def test_a_page_has_the_terms_of_its_entry(entries):
    page, row = as_page(Tool.objects.for_page().get()), Tool.objects.get()
    for name in ("level_numbers", "audience_terms", "dimension_terms", "region_terms"):
        assert getattr(page, name) == getattr(row, name)
        assert getattr(page, name)


def test_the_page_of_a_draft_has_its_terms(entries):
    draft = make_tool("Draft", levels=[2], audiences=["Sponsors"], published=None)
    page = as_page(Tool.objects.for_page().get(pk=draft.pk))
    assert page.level_numbers == [2]
    assert [str(audience) for audience in page.audience_terms] == ["Sponsors"]
