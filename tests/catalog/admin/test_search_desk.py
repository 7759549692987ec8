"""The search desk shows what readers searched for and did not find, and helps with one click."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.listings.listing import search_listing
from catalog.models import BestBet, Resource, SearchCount, Synonym
from tests.admin import (
    add_url,
    admin_url,
    form_data,
    messages_in,
    parse_page,
    sign_in,
    sign_in_as_root,
)
from tests.catalog.admin.consensus_tools import HARM, make_checked_tools, make_four_tools
from tests.makers import make_tool

pytestmark = pytest.mark.django_db

DESK = "/admin/catalog/searchcount/"


def make_count(words, searches=1, clicks=0, results=0, day=0):
    return SearchCount.objects.create(
        day=timezone.localdate() - timedelta(days=day),
        words=words,
        searches=searches,
        clicks=clicks,
        results=results,
    )


def rows_in(response):
    """Returns [words, searches, clicks, results] of each row of the desk."""
    rows = parse_page(response).xpath("//main//tbody/tr[th]")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


def words_in(response):
    return [row[0] for row in rows_in(response)]


def buttons_in(response):
    """Returns {label of a button: (address of its form, {name: value} that it sends)}."""
    found = {}
    for button in parse_page(response).xpath("//main//form//button"):
        form = next(button.iterancestors("form"))
        sent = {field.get("name"): field.get("value") for field in form.xpath(".//input")}
        sent[button.get("name")] = button.get("value")
        found[" ".join(button.text_content().split())] = (form.get("action"), sent)
    return found


def links_in(response):
    return {
        link.text_content().strip(): link.get("href")
        for link in parse_page(response).xpath("//main//a")
    }


def click(client, label, desk=DESK):
    address, sent = buttons_in(client.get(desk))[label]
    return client.post(address, sent, follow=True)


def titles_found(words):
    ids = search_listing({"q": words}).ids
    return [resource.title for resource in Resource.objects.list_of(ids)]


def test_the_desk_shows_words_searches_clicks_and_results(editor):
    make_count("huddle", searches=3, clicks=1, results=5)
    assert rows_in(editor.get(DESK)) == [["huddle", "3", "1", "5"]]


def test_the_index_and_a_short_address_lead_to_the_desk(editor):
    links = parse_page(editor.get("/admin/")).xpath("//main//a/@href")
    assert DESK in links
    assert editor.get("/admin/search/", follow=True).redirect_chain == [(DESK, 302)]
    assert reverse("admin:search-desk") == "/admin/search/"


def test_searches_without_result_come_first_then_those_without_click_then_the_most_frequent(editor):
    make_count("found and opened", searches=90, clicks=9, results=3)
    make_count("opened once", searches=5, clicks=1, results=3)
    make_count("not opened", searches=7, results=3)
    make_count("not opened often", searches=8, results=3)
    make_count("nowhere", searches=1)
    make_count("nowhere often", searches=2)
    assert words_in(editor.get(DESK)) == [
        "nowhere often",
        "nowhere",
        "not opened often",
        "not opened",
        "found and opened",
        "opened once",
    ]


def test_the_days_of_the_same_words_are_one_row_with_the_latest_results(editor):
    make_count("huddle", searches=3, clicks=1, results=0, day=2)
    make_count("huddle", searches=4, clicks=2, results=6, day=1)
    make_count("huddle", searches=1, clicks=0, results=5, day=60)
    assert rows_in(editor.get(DESK)) == [["huddle", "8", "3", "6"]]


def test_searches_older_than_ninety_days_are_not_shown(editor):
    make_count("at the edge", searches=2, clicks=1, results=1, day=90)
    make_count("at the edge", searches=5, clicks=1, results=1, day=91)
    make_count("too old", day=91)
    assert rows_in(editor.get(DESK)) == [["at the edge", "2", "1", "1"]]


def test_the_page_says_what_is_kept(editor):
    text = parse_page(editor.get(DESK)).text_content()
    assert "We do not keep who searched" in text
    assert "We delete everything after 90 days." in text
    assert "Nobody has searched yet." in text


def test_words_link_to_their_results_and_columns_have_headers(editor):
    make_count("a & b", clicks=1, results=1)
    page = parse_page(editor.get(DESK))
    assert page.xpath("//main//tbody//th/a/@href") == ["/search/?q=a%20%26%20b"]
    assert page.xpath("//main//thead//th/@scope") == ["col"] * 4
    assert page.xpath("//main//tbody//th/@scope") == ["rowgroup"]


def test_a_page_has_fifty_rows(editor):
    for number in range(51):
        make_count(f"words {number:02}", clicks=1, results=1)
    first = editor.get(DESK)
    assert len(rows_in(first)) == 50
    assert links_in(first)["2"] == "?page=2"
    assert words_in(editor.get(f"{DESK}?page=2")) == ["words 50"]
    beyond = editor.get(f"{DESK}?page=99")
    assert words_in(beyond) == ["words 50"]
    assert "There is no page “99”." in beyond.content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 40, "%00", "1e3"])
def test_an_invalid_page_number_shows_the_first_page(editor, page):
    make_count("huddle")
    assert words_in(editor.get(f"{DESK}?page={page}")) == ["huddle"]


def test_good_searches_make_no_queries_of_their_own(editor):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert editor.get(DESK).status_code == 200
        return len(captured)

    for number in range(5):
        make_count(f"words {number}", clicks=1, results=1)
    queries()
    few = queries()
    for number in range(5, 10):
        make_count(f"words {number}", clicks=1, results=1)
    assert queries() == few


def test_one_click_makes_a_synonym_that_the_search_uses(editor):
    make_tool("Consensus")
    make_count("cnsensuss", searches=2)
    response = click(editor, "Same as “consensus” for “cnsensuss”")
    assert messages_in(response) == ["Search now treats “cnsensuss” and “consensus” as the same."]
    assert response.redirect_chain == [(DESK, 302)]
    assert Synonym.objects.get(term="cnsensuss").meaning == "consensus"
    assert titles_found("cnsensuss") == ["Consensus"]
    assert rows_in(response) == [["cnsensuss", "2", "0", "no result (now 1)"]]
    assert "Same as “consensus” for “cnsensuss”" not in buttons_in(response)


def test_a_synonym_is_proposed_for_the_unknown_one_of_several_words(editor):
    make_tool("Consensus in a Huddle")
    make_count("huddle cnsensuss")
    click(editor, "“cnsensuss” is the same as “consensus” for “huddle cnsensuss”")
    assert titles_found("huddle cnsensuss") == ["Consensus in a Huddle"]


def test_words_that_only_a_draft_has_are_not_proposed(editor):
    make_tool("Consensus", published=False)
    make_count("cnsensuss")
    response = editor.get(DESK)
    assert buttons_in(response) == {}
    assert links_in(response)["Synonym…"] == "/admin/catalog/synonym/add/?term=cnsensuss"


def test_one_click_promotes_a_result_and_it_comes_first(editor):
    tools = make_four_tools()
    make_count("consensus", searches=3, results=4)
    response = click(editor, "Put “Consensus Three” first for “consensus”")
    assert messages_in(response) == ["“Consensus Three” now comes first for “consensus”."]
    assert BestBet.objects.get().resource_id == tools[2].pk
    assert titles_found("consensus")[0] == "Consensus Three"
    assert "“Consensus Three” comes first." in parse_page(response).text_content()


def test_the_first_three_results_are_offered_and_no_more(editor):
    make_four_tools()
    make_count("consensus", results=4)
    assert list(buttons_in(editor.get(DESK))) == [
        f"Put “Consensus {number}” first for “consensus”" for number in ("One", "Two", "Three")
    ]


def test_a_second_promoted_result_for_the_same_words_is_refused(editor):
    tools = make_four_tools()
    make_count("consensus", results=4)
    address, sent = buttons_in(editor.get(DESK))["Put “Consensus Two” first for “consensus”"]
    BestBet.objects.create(words="Consensus", resource=tools[0])
    assert buttons_in(editor.get(DESK)) == {}
    response = editor.post(address, sent, follow=True)
    assert messages_in(response) == [
        "Nothing was changed. “Consensus One” already comes first for these words."
    ]
    assert BestBet.objects.count() == 1


def test_good_searches_show_their_first_results_on_their_own_page(editor):
    make_four_tools()
    make_count("consensus", clicks=2, results=4)
    make_count("other", clicks=2, results=4)
    assert buttons_in(editor.get(DESK)) == {}
    hrefs = parse_page(editor.get(DESK)).xpath("//main//a[.='First results']/@href")
    assert hrefs == ["?words=consensus", "?words=other"]
    alone = DESK + hrefs[0]
    assert words_in(editor.get(alone)) == ["consensus"]
    response = click(editor, "Put “Consensus Two” first for “consensus”", desk=alone)
    assert response.redirect_chain == [(alone, 302)]
    assert titles_found("consensus")[0] == "Consensus Two"


def test_the_add_forms_are_filled_in_with_the_words(editor):
    make_count("to & fro")
    links = links_in(editor.get(DESK))
    assert form_data(editor.get(links["Synonym…"]))["term"] == ["to & fro"]
    assert form_data(editor.get(links["Promoted result…"]))["words"] == ["to & fro"]


def test_a_click_is_logged_in_the_history(editor):
    make_tool("Consensus")
    make_count("cnsensuss")
    click(editor, "Same as “consensus” for “cnsensuss”")
    history = editor.get(admin_url(Synonym.objects.get(term="cnsensuss"), "history"))
    assert "Added." in history.content.decode()


def test_a_promoted_result_that_harms_a_search_check_is_refused_with_its_name(editor):
    tools = make_checked_tools()
    response = editor.post(
        reverse("admin:search-best-bet"),
        {"words": "consensus", "resource": tools[3].pk},
        follow=True,
    )
    assert messages_in(response) == [f"Nothing was changed. {HARM}"]
    assert not BestBet.objects.exists()


@pytest.mark.parametrize(
    ("role", "sent"),
    [
        ("search-synonym", {}),
        ("search-synonym", {"term": "UBT", "meaning": "unit-based team"}),
        ("search-synonym", {"term": "a" * 81, "meaning": "b"}),
        ("search-synonym", {"term": "!", "meaning": "b"}),
        ("search-synonym", {"term": "teams", "meaning": "team"}),
        ("search-best-bet", {"words": "x", "resource": "0"}),
        ("search-best-bet", {"words": "x", "resource": "9" * 30}),
        ("search-best-bet", {"words": "x", "resource": "<script>"}),
    ],
)
def test_invalid_values_get_an_error_and_change_nothing(editor, role, sent):
    before = Synonym.objects.count()
    response = editor.post(reverse(f"admin:{role}"), sent, follow=True)
    assert all(text.startswith("Nothing was changed.") for text in messages_in(response))
    assert messages_in(response) and "<script>" not in response.content.decode().split("<main")[1]
    assert (Synonym.objects.count(), BestBet.objects.count()) == (before, 0)


@pytest.mark.parametrize("role", ["search-synonym", "search-best-bet"])
def test_only_a_form_sent_from_the_site_changes_anything(editor, role):
    assert editor.get(reverse(f"admin:{role}")).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    sign_in_as_root(strict)
    assert strict.post(reverse(f"admin:{role}"), {"term": "a", "meaning": "b"}).status_code == 403
    assert not Synonym.objects.filter(term="a").exists()


def test_staff_who_may_only_view_see_no_buttons_and_cannot_forge_them(client):
    person = sign_in(client, "lou")
    tool = make_tool("Consensus")
    editors = Group.objects.get(name="Editors")
    person.user_permissions.add(editors.permissions.get(codename="view_searchcount"))
    make_count("cnsensuss")
    make_count("consensus", results=1)
    response = client.get(DESK)
    assert words_in(response) == ["cnsensuss", "consensus"]
    assert buttons_in(response) == {}
    assert set(links_in(response)) == {"cnsensuss", "consensus"}
    forged = [
        ("search-synonym", {"term": "a", "meaning": "b"}),
        ("search-best-bet", {"words": "consensus", "resource": tool.pk}),
    ]
    for role, sent in forged:
        assert client.post(reverse(f"admin:{role}"), sent).status_code == 403
    assert not (Synonym.objects.filter(term="a").exists() or BestBet.objects.exists())


def test_staff_without_permission_do_not_see_the_desk(client):
    sign_in(client, "lou")
    assert client.get(DESK).status_code == 403
    assert DESK not in client.get("/admin/").content.decode()


def test_nobody_can_change_counts(client):
    sign_in_as_root(client)
    row = make_count("huddle")
    assert client.get(add_url(SearchCount)).status_code == 403
    assert client.post(admin_url(row, "delete"), {"post": "yes"}).status_code == 403
    assert client.post(admin_url(row), {"words": "other"}).status_code == 403
    assert SearchCount.objects.get().words == "huddle"


HOSTILE = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)> ' &amp; &",
    "“quoted” {{ words }} {% now %}",
    "🎉 👩‍👩‍👧",
    "zero\u200bwidth ﷺ",
    "w" * 120,
    "%(words)s %s {0}",
    "../?q=1&page=2#x",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_shown_as_plain_text(editor, words):
    make_tool("Alert")
    make_count(words, searches=2)
    for address in (DESK, f"{DESK}?words={quote(words)}"):
        response = editor.get(address)
        page = parse_page(response)
        shown = page.xpath("//main//tbody//th/a")
        assert [link.text_content() for link in shown] == [words]
        assert page.xpath("//main//script | //main//img") == []
        assert editor.get(shown[0].get("href")).status_code == 200
        for label, href in links_in(response).items():
            if label in ("Synonym…", "Another synonym…"):
                assert form_data(editor.get(href))["term"] == [words]


def test_words_without_letters_offer_no_help(editor):
    make_count("🎉")
    assert set(links_in(editor.get(DESK))) == {"🎉"}
