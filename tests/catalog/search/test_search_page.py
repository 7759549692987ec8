"""The search page: the right result first, from few, odd and misspelled words."""

import feedparser
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from catalog.models import BestBet, Synonym
from tests.makers import days_ago, make_course, make_tool, make_topic, make_video
from tests.pages import html_in

pytestmark = pytest.mark.django_db
SEARCH = "/search/"


def results(client, q, **filters):
    response = client.get(SEARCH, {"q": q} | filters)
    assert response.status_code == 200
    return [resource.title for resource in response.context["page"]]


def page(client, q, **filters):
    return html_in(client.get(SEARCH, {"q": q} | filters))


class TestWhatIsFound:
    @pytest.mark.parametrize(
        ("written", "searched"),
        [
            ({"title": "Effective Stakeholding"}, "stakeholder"),
            ({"summary": "Meet in two minutes"}, "meeting minute"),
            ({"body": "<p>Wash your <b>hands</b></p>"}, "hand washing"),
            ({"tags": ["kaizen"]}, "kaizen"),
            ({"topics": ["Total Health"]}, "total health"),
            ({"audiences": ["Stewards"]}, "steward"),
            ({"audience_text": "For night shifts"}, "night shift"),
            ({"levels": [2]}, "level 2 tool"),
            ({"title": "Café für alle"}, "cafe fur"),
            ({"title": "Rapid Improvement Model Plus"}, "RIM+"),
            ({"title": "Unit-Based Teams"}, "UBT"),
            ({"title": "UBT basics"}, "unit based team"),
        ],
    )
    def test_a_tool_is_found_by_its_texts_and_labels(self, client, written, searched):
        make_tool(**{"title": "Sheet"} | written)
        make_tool("Another")
        assert results(client, searched) == [written.get("title", "Sheet")]

    def test_all_words_must_be_there_but_not_in_one_place(self, client):
        make_tool("Huddle board", summary="For stewards")
        make_tool("Huddle cards")
        assert results(client, "steward huddle") == ["Huddle board"]

    def test_quoted_words_must_follow_each_other(self, client):
        make_tool("A small test of change")
        make_tool("A test, be it small")
        assert results(client, '"small test"') == ["A small test of change"]
        assert len(results(client, "small test")) == 2

    def test_courses_are_found_by_outcomes_other_names_and_modules(self, client):
        course = make_course("Workshop", outcomes="Listen well", other_names="LWX")
        course.modules.create(title="Silence")
        for words in ("listening", "lwx", "silence"):
            assert results(client, words) == ["Workshop"]

    def test_drafts_withdrawn_and_scheduled_entries_are_not_found(self, client):
        make_tool("Secret plan", published=False)
        make_tool("Old plan", published=days_ago(9), unpublished_at=days_ago(1))
        make_tool("Plan to come", published=days_ago(-1))
        assert results(client, "plan") == []

    def test_an_editor_s_synonym_works_at_once_and_both_ways(self, client):
        make_tool("Safety huddle")
        make_tool("Standup")
        Synonym.objects.create(term="standup", meaning="safety huddle")
        assert sorted(results(client, "standup")) == ["Safety huddle", "Standup"]
        assert sorted(results(client, "safety huddles")) == ["Safety huddle", "Standup"]


class TestWhatComesFirst:
    def test_the_closest_titles_are_first_then_labels_then_the_rest(self, client):
        make_tool("Everything else", body="<p>About consensus.</p>", published=days_ago(1))
        make_tool("Labelled", tags=["consensus"], published=days_ago(2))
        make_tool("Reaching consensus with people", published=days_ago(3))
        make_tool("What consensus is", published=days_ago(4))
        assert results(client, "consensus") == [
            "What consensus is",
            "Reaching consensus with people",
            "Labelled",
            "Everything else",
        ]

    def test_of_equals_the_newest_is_first(self, client):
        for title, days in (("One goal", 3), ("Two goal", 1), ("Six goal", 2)):
            make_tool(title, published=days_ago(days))
        assert results(client, "goal") == ["Two goal", "Six goal", "One goal"]

    def test_the_delivery_in_brackets_does_not_count_for_the_length_of_a_title(self, client):
        make_course("Consensus Building Basics (classroom, online, virtual)", published=days_ago(2))
        make_course("Consensus Building Basics Today", published=days_ago(1))
        assert results(client, "consensus")[0].startswith("Consensus Building Basics (")

    def test_a_promoted_result_is_first_for_its_exact_words_even_if_it_lacks_them(self, client):
        make_tool("Consensus")
        bet = make_tool("Start here")
        BestBet.objects.create(words="Consensus", resource=bet)
        assert results(client, "consensus") == ["Start here", "Consensus"]
        assert results(client, "consensus here") == []

    def test_results_can_be_in_another_order(self, client):
        make_tool("Zeal and goal", minutes_min=5, minutes_max=5, published=days_ago(2))
        make_tool("A goal", minutes_min=50, minutes_max=50, published=days_ago(1))
        assert results(client, "goal", sort="time") == ["Zeal and goal", "A goal"]
        assert results(client, "goal", sort="title") == ["A goal", "Zeal and goal"]
        assert 'rel="canonical"' in page(client, "goal", sort="title")
        assert "sort=title" in page(client, "goal", sort="title")
        assert "sort=" not in page(client, "goal", sort="best").split("</head>")[0]


class TestForgiveness:
    @pytest.mark.parametrize(
        "typed", ["consensis", "consenssus", "conssnsus", "cosnensus", "onsensus"]
    )
    def test_one_typo_is_forgiven_and_the_page_says_so(self, client, typed):
        make_tool("Consensus")
        assert results(client, typed) == ["Consensus"]
        assert f"No results for “{typed}”. Showing results for “consensus”." in page(client, typed)

    def test_two_typos_get_a_suggestion(self, client):
        make_tool("Consensus")
        assert results(client, "konsensis") == []
        assert 'href="/search/?q=consensus"' in page(client, "konsensis")

    def test_a_typo_in_a_short_word_is_not_forgiven(self, client):
        make_tool("Team")
        assert results(client, "taem") == []

    def test_the_beginning_of_a_word_finds_the_word(self, client):
        make_tool("Consensus")
        assert results(client, "consen") == ["Consensus"]

    def test_a_typo_beside_a_synonym_does_not_change_the_synonym(self, client):
        make_tool("UBT charter")
        assert results(client, "unit based team chartre") == ["UBT charter"]

    def test_words_of_drafts_do_not_hide_words_of_public_entries(self, client):
        for letter in "abcdef":
            make_tool(f"cona{letter}", published=False)
        make_tool("Conversations")
        assert results(client, "con") == ["Conversations"]

    def test_only_the_unknown_word_is_replaced(self, client):
        make_tool("Consensus cards")
        make_tool("Consensus")
        assert results(client, "consensis cards") == ["Consensus cards"]


class TestNothingFound:
    def test_the_page_offers_fewer_words_topics_and_new_entries(self, client):
        make_tool("Huddle", topics=["Communication"])
        html = page(client, "huddle walrus")
        assert "No results for “huddle walrus”" in html
        assert 'href="/search/?q=huddle"' in html
        assert 'href="/topics/communication/"' in html
        assert 'href="/new/"' in html

    def test_the_page_offers_the_search_without_filters(self, client):
        make_tool("Huddle")
        html = page(client, "huddle", level=5)
        assert "There is 1 result without the filters" in html

    def test_the_page_offers_new_entries_even_if_the_catalog_is_empty(self, client):
        assert "See what is new" in page(client, "huddle")


def test_pages_of_the_site_are_found_too(client):
    make_topic("Total Health")
    make_tool("Sheet", topics=["Total Health"])
    make_tool("Another", levels=[2])
    assert '<a href="/topics/total-health/">' in page(client, "total health")
    assert '<a href="/levels/2/">' in page(client, "foundational")


def test_a_search_without_words_shows_the_whole_catalog(client):
    make_tool("Sheet")
    response = client.get(SEARCH)
    assert [r.title for r in response.context["page"]] == ["Sheet"]
    assert "<h1>Everything in the catalog</h1>" in response.content.decode()


def test_title_feed_and_pdf_match_the_search_and_its_filters(client):
    make_course("Consensus", levels=[2], audiences=["Co-leads"], published=days_ago(2))
    make_course("Consensus again", levels=[2], audiences=["Co-leads"], published=days_ago(1))
    make_course("Consensus at last", levels=[3], audiences=["Co-leads"])
    query = "?q=consensus&kind=course&level=2&audience=co-leads"
    html = client.get(SEARCH + query).content.decode()
    title = "Results for “consensus” · Courses · Level 2 · Co-leads"
    assert f"<title>{title} – Partnership Catalog</title>" in html
    assert f'href="/search/feed/{query}"'.replace("&", "&amp;") in html
    feed = feedparser.parse(client.get(f"/search/feed/{query}").content)
    assert feed.feed.title.startswith(title)
    assert [entry.title for entry in feed.entries] == ["Consensus again", "Consensus"]
    assert client.get(f"/search.pdf{query}")["Content-Type"] == "application/pdf"


@pytest.mark.parametrize(
    "typed",
    [
        '"',
        '""',
        "a AND",
        "-a",
        "NOT team",
        "team*",
        "100%",
        "%00",
        "\x00team",
        "x" * 10_000,
        "word " * 1000,
        '"' + "a b " * 300,
        "🎉🎉",
        "فريق",
        "团队 会议",
        "\ud800",
        "';DROP TABLE catalog_resource;--",
        "a:b & c | !d <-> (e)",
        "\\'\\",
        "NEAR(a b)",
        "½ ² ﬁ İ ß",
    ],
)
def test_any_words_get_a_normal_page(client, typed):
    make_tool("Team")
    sent = typed.encode("utf-8", "surrogatepass")
    for path in (SEARCH, "/search/suggestions/", "/search/feed/", "/tools/"):
        assert client.get(path, {"q": sent}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "q=team&level=7",
        "q=team&page=abc",
        "q=team&page=-1",
        "q=team&" + "level=2&" * 50,
        "&" * 99,
        "q=a&q=team&sort=x",
    ],
)
def test_invalid_parameters_change_nothing(client, query):
    make_tool("Team", levels=[2])
    response = client.get(f"{SEARCH}?{query}")
    assert [r.title for r in response.context["page"]] == ["Team"]


def test_only_the_first_words_of_very_many_count(client):
    make_tool("Team")
    with CaptureQueriesContext(connection) as asked:
        client.get(SEARCH, {"q": " ".join(f"word{n}" for n in range(1000))})
    assert len(asked) < 200


def test_a_browser_can_search_the_site(client):
    tree = etree.fromstring(client.get("/opensearch.xml").content)
    name = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert tree.tag == f"{name}OpenSearchDescription"
    [page] = [url for url in tree.iter(f"{name}Url") if url.get("type") == "text/html"]
    assert page.get("template") == "http://127.0.0.1:8000/search/?q={searchTerms}"
    assert len(tree.findtext(f"{name}ShortName")) <= 16
    home = client.get("/").content.decode()
    assert 'type="application/opensearchdescription+xml"' in home


class TestSuggestions:
    def ask(self, client, q):
        return client.get("/search/suggestions/", {"q": q}).json()["suggestions"]

    def test_suggestions_are_titles_with_their_kind_then_pages_then_the_search(self, client):
        make_video("What consensus is")
        make_tool("Draft consensus", published=False)
        make_tool("Cards", topics=["Consensus Decision Making"])
        assert [(s["title"], s["sort"], s["address"]) for s in self.ask(client, "consen")] == [
            ("What consensus is", "Video", "/videos/what-consensus-is/"),
            ("Consensus Decision Making", "Topic", "/topics/consensus-decision-making/"),
            ("Search for “consen”", "", "/search/?q=consen"),
        ]

    def test_every_word_may_be_unfinished(self, client):
        make_tool("Small tests of change")
        assert self.ask(client, "chan sm")[0]["title"] == "Small tests of change"

    def test_suggestions_match_unstemmed_words(self, client):
        make_course("Effective Stakeholding")
        assert self.ask(client, "stakeholdi")[0]["title"] == "Effective Stakeholding"

    def test_drafts_hide_no_public_title_and_their_topics_are_not_suggested(
        self, client, monkeypatch
    ):
        monkeypatch.setattr("catalog.search.suggestions.MAX_TITLE_HITS", 2)
        make_tool("Newsletter")
        for number in range(3):
            make_tool(f"Newsletter draft {number}", published=False, topics=["News to come"])
        found = [suggestion["title"] for suggestion in self.ask(client, "news")]
        assert found == ["Newsletter", "Search for “news”"]

    @pytest.mark.parametrize("typed", ["", "c", " ", "!", '"'])
    def test_too_few_letters_get_no_suggestions(self, client, typed):
        make_tool("Consensus")
        assert self.ask(client, typed) == []
