"""The forms for synonyms and promoted results refuse what would harm a search check."""

import pytest
from django.contrib.admin.models import DELETION, LogEntry

from catalog.models import BestBet, JudgedQuery, Synonym
from tests.admin import (
    add_url,
    admin_url,
    errors_in,
    form_data,
    list_url,
    messages_in,
    parse_page,
    sign_in,
    submit_form,
)
from tests.catalog.admin.consensus_tools import HARM, make_checked_tools, make_four_tools
from tests.makers import make_tool

pytestmark = pytest.mark.django_db


@pytest.fixture
def publisher(client):
    sign_in(client, "pat", "Publishers")
    return client


def test_a_refused_form_says_why_and_keeps_what_was_typed(editor):
    tools = make_checked_tools()
    page = add_url(BestBet)
    response = submit_form(editor, page, words="consensus", resource=str(tools[3].pk))
    assert errors_in(response) == [HARM]
    assert form_data(response)["words"] == ["consensus"]
    assert form_data(response)["resource"] == [str(tools[3].pk)]
    assert messages_in(response) == []
    assert not BestBet.objects.exists()


def test_a_refused_change_leaves_the_row_as_it_was(editor):
    tools = make_checked_tools()
    bet = BestBet.objects.create(words="consensus", resource=tools[2])
    response = submit_form(editor, admin_url(bet), resource=str(tools[3].pk))
    assert errors_in(response) == [HARM]
    bet.refresh_from_db()
    assert bet.resource_id == tools[2].pk


def test_a_refused_synonym_is_not_saved(editor):
    make_checked_tools()
    make_tool("Pact")
    response = submit_form(editor, add_url(Synonym), term="consensus", meaning="pact")
    assert errors_in(response) == [HARM]
    assert not Synonym.objects.filter(meaning="pact").exists()


def test_a_harmless_change_is_saved(editor):
    tools = make_checked_tools()
    assert errors_in(submit_form(editor, add_url(Synonym), term="accord", meaning="pact")) == []
    words = {"words": "consensus", "resource": str(tools[2].pk)}
    assert errors_in(submit_form(editor, add_url(BestBet), **words)) == []
    bet = BestBet.objects.get()
    assert errors_in(submit_form(editor, admin_url(bet), words="Consensuses")) == []
    assert BestBet.objects.get().stems == "consensus"


def test_the_same_promoted_result_twice_is_a_form_error(editor):
    tool = make_tool("Consensus")
    BestBet.objects.create(words="consensus", resource=tool)
    response = submit_form(editor, add_url(BestBet), words="Consensuses!", resource=str(tool.pk))
    assert errors_in(response) == ["It already comes first for these words."]
    assert BestBet.objects.count() == 1


def make_needed_bet():
    """Makes a promoted result that a search check needs: without it, its result is fourth."""
    tools = make_four_tools()
    JudgedQuery.objects.create(words="consensus", resource=tools[3])
    return BestBet.objects.create(words="consensus", resource=tools[3])


REFUSED = (
    "Nothing was deleted. “consensus” would show “Consensus Four” at place 4. "
    "A search check needs it in the first three."
)


def test_a_refused_deletion_keeps_the_row(publisher):
    bet = make_needed_bet()
    response = publisher.post(admin_url(bet, "delete"), {"post": "yes"}, follow=True)
    assert messages_in(response) == [REFUSED]
    assert BestBet.objects.filter(pk=bet.pk).exists()
    assert not LogEntry.objects.filter(action_flag=DELETION).exists()


def test_a_refused_deletion_from_the_list_keeps_all_rows(publisher):
    needed = make_needed_bet()
    other = BestBet.objects.create(words="other", resource=needed.resource)
    chosen = {"action": "delete_selected", "_selected_action": [needed.pk, other.pk], "post": "yes"}
    response = publisher.post(list_url(BestBet), chosen, follow=True)
    assert messages_in(response) == [REFUSED]
    assert BestBet.objects.count() == 2
    assert not LogEntry.objects.filter(action_flag=DELETION).exists()


def test_a_harmless_row_is_deleted(publisher):
    make_needed_bet()
    one, two = (Synonym.objects.create(term="accord", meaning=word) for word in ("pact", "treaty"))
    publisher.post(admin_url(one, "delete"), {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [two.pk], "post": "yes"}
    publisher.post(list_url(Synonym), chosen)
    assert not Synonym.objects.filter(term="accord").exists()


def test_editors_change_the_vocabulary_and_only_publishers_delete_it(editor):
    synonym = Synonym.objects.first()
    assert errors_in(submit_form(editor, admin_url(synonym), meaning="something else")) == []
    assert Synonym.objects.get(pk=synonym.pk).meaning == "something else"
    assert editor.post(admin_url(synonym, "delete"), {"post": "yes"}).status_code == 403
    sign_in(editor, "pat", "Publishers")
    editor.post(admin_url(synonym, "delete"), {"post": "yes"})
    assert not Synonym.objects.filter(pk=synonym.pk).exists()


def test_the_list_of_search_checks_shows_their_places(editor):
    tools = make_four_tools()
    draft = make_tool("Consensus Draft", published=False)
    for resource in (tools[1], tools[3], draft):
        JudgedQuery.objects.create(words="consensus", resource=resource)
    JudgedQuery.objects.create(words="huddle", resource=tools[0])
    page = parse_page(editor.get(list_url(JudgedQuery)))
    cells = page.xpath("//td[contains(@class, 'field-place')]")
    assert [cell.text_content() for cell in cells] == ["2", "4", "not public", "not found"]
    wrong = page.xpath("//strong[@class='wrong-rank']")
    assert [mark.text_content() for mark in wrong] == ["4", "not found"]
