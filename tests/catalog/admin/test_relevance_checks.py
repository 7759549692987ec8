"""A search check keeps its result among the first three, whatever editors tell the search."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from catalog.admin.relevance_checks import place_of, refuse_harm
from catalog.models import BestBet, JudgedQuery, Resource, Synonym
from tests.makers import days_ago, make_tool

pytestmark = pytest.mark.django_db


def make_tools(*titles):
    """Makes tools with equally long titles, so that search finds them in order, newest first."""
    return [make_tool(title, published=days_ago(day)) for day, title in enumerate(titles, 1)]


@pytest.fixture
def tools():
    return make_tools("Consensus One", "Consensus Two", "Consensus Three", "Consensus Four")


def make_check(resource, words="consensus"):
    return JudgedQuery.objects.create(words=words, resource=resource)


def promote(resource, words="consensus"):
    with refuse_harm():
        BestBet.objects.create(words=words, resource=resource)


def test_places_count_from_one(tools):
    assert [place_of(make_check(tool)) for tool in tools] == [1, 2, 3, 4]


def test_a_resource_that_is_not_found_has_no_place(tools):
    draft = make_tool("Consensus Draft", published=False)
    assert place_of(make_check(draft)) is None
    assert place_of(make_check(tools[0], "huddle")) is None


def test_a_change_that_moves_the_result_to_third_place_is_kept(tools):
    make_check(tools[1])
    promote(tools[3])
    assert BestBet.objects.get().resource.title == "Consensus Four"


def test_a_change_that_moves_the_result_to_fourth_place_is_refused_and_undone(tools):
    make_check(tools[2])
    with pytest.raises(ValidationError) as raised:
        promote(tools[3])
    assert raised.value.messages == [
        "“consensus” would show “Consensus Three” at place 4. "
        "A search check needs it in the first three."
    ]
    assert not BestBet.objects.exists()


def test_the_error_names_every_harmed_check(tools):
    make_check(tools[2])
    make_check(tools[2], "consensuses")
    with pytest.raises(ValidationError) as raised:
        promote(tools[3])
    assert [sentence[:13] for sentence in raised.value.messages] == [
        "“consensus” w",
        "“consensuses”",
    ]


def test_a_harmful_synonym_is_refused_too(tools):
    make_tools("Agreement", "Pact", "Treaty")
    make_check(tools[0])
    with refuse_harm():
        Synonym.objects.create(term="consensus", meaning="agreement")
        Synonym.objects.create(term="consensus", meaning="pact")
    with pytest.raises(ValidationError, match="“Consensus One” at place 4"), refuse_harm():
        Synonym.objects.create(term="consensus", meaning="treaty")
    assert set(Synonym.objects.filter(term="consensus").values_list("meaning", flat=True)) == {
        "agreement",
        "pact",
    }


def test_the_error_says_that_a_result_would_no_longer_be_found():
    make_check(make_tools("Consensus")[0], "togetherness")
    synonym = Synonym.objects.create(term="togetherness", meaning="consensus")
    with pytest.raises(ValidationError) as raised, refuse_harm():
        synonym.delete()
    assert raised.value.messages == [
        "“togetherness” would no longer find “Consensus”. A search check needs it."
    ]
    assert Synonym.objects.filter(term="togetherness").exists()


def test_a_check_that_failed_before_refuses_nothing(tools):
    query = make_check(tools[3])
    promote(make_tool("Huddle"), words="consensus")
    assert (BestBet.objects.count(), place_of(query)) == (1, 5)


def test_a_check_of_an_unpublished_or_deleted_resource_refuses_nothing(tools):
    make_check(tools[2])
    Resource.objects.get(pk=tools[2].pk).delete()
    make_check(make_tool("Consensus Draft", published=False))
    promote(tools[3])
    assert BestBet.objects.exists()


def test_a_refused_change_is_undone_completely_and_older_rows_stay(tools):
    make_check(tools[2])
    Synonym.objects.create(term="before", meaning="earlier")
    with pytest.raises(ValidationError), refuse_harm():
        Synonym.objects.create(term="during", meaning="meanwhile")
        BestBet.objects.create(words="consensus", resource=tools[3])
    assert set(Synonym.objects.filter(term__in=["before", "during"])) == {
        Synonym.objects.get(term="before")
    }
    assert not connection.needs_rollback
    promote(tools[0])


def test_another_error_undoes_the_change_and_is_raised():
    with pytest.raises(ZeroDivisionError), refuse_harm():
        Synonym.objects.create(term="during", meaning="meanwhile")
        _ = 1 / 0
    assert not Synonym.objects.filter(term="during").exists()
