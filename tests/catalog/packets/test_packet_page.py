"""The page of a packet and its feeds, as a browser without a script sees them."""

from urllib.parse import parse_qs, urlsplit

import feedparser
import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from catalog.models import Rendition
from catalog.packets.link import code_of
from catalog.packets.views import paper_address
from tests import files
from tests.admin import parse_page
from tests.catalog.packets.test_packet_link import codes_of
from tests.courses.test_path_page import words_of
from tests.makers import days_ago, make_course, make_tool, make_video
from tests.pages import html_in

pytestmark = pytest.mark.django_db


def titles_in(response):
    return [
        words_of(title) for title in parse_page(response).xpath("//ol[@class='packet-items']//h3")
    ]


def notices_in(response):
    found = parse_page(response).xpath("//*[@role='status']")
    return [words for words in map(words_of, found) if words]


def notes_in(response):
    """{code: note} of those that say something."""
    fields = parse_page(response).xpath("//*[@class='packet-note']/*[@name]")
    return {field.get("name").removeprefix("note-"): field.value for field in fields if field.value}


def press(client, response, name=None, value=None, **typed):
    """Sends the form of the page as its button `name` does, with what was `typed` into it."""
    form = parse_page(response).get_element_by_id("packet-form")
    sent = filled(form, typed)
    if name:
        assert form.xpath(".//button[@name=$n][@value=$v][not(@disabled)]", n=name, v=value)
        sent[name] = value
    return client.get(form.get("action"), sent)


def filled(form, typed):
    values = {key.replace("note_", "note-"): text for key, text in typed.items()}
    return dict(form.form_values()) | values


def leave(client, response, words, **typed):
    """Sends the form as the button with `words` does that leads out of the page."""
    page = parse_page(response)
    sent = filled(page.get_element_by_id("packet-form"), typed)
    chosen = page.xpath("//select[@form='packet-form']")
    sent |= {one.name: typed.get(one.name, one.value) for one in chosen}
    [button] = page.xpath("//button[@form='packet-form'][normalize-space() = $words]", words=words)
    return client.get(button.get("formaction"), sent)


@pytest.fixture
def three():
    return [
        make_tool("A poster", levels=[2, 3]),
        make_video("A film", seconds=89),
        make_course("A course", minutes_min=60, minutes_max=60),
    ]


@pytest.fixture
def opened(client, three):
    return client.get(f"/packet/?items={codes_of(*three)}&title=For+Monday")


def test_it_shows_what_the_link_says(client, three):
    note = f"note-{codes_of(three[1])}"
    response = client.get(f"/packet/?items={codes_of(*three)}&title=For+Monday&{note}=Loud")
    assert titles_in(response) == ["A poster", "A film", "A course"]
    page = parse_page(response)
    assert words_of(page.find(".//h1")) == "For Monday"
    assert words_of(page.find_class("lede")[0]) == "3 items, 1 hr 2 min"
    assert "no stated time" not in words_of(page)
    assert notes_in(response) == {codes_of(three[1]): "Loud"}
    assert "Levels 2–3" in words_of(page.get_element_by_id(f"item-{codes_of(three[0])}"))
    assert not response.cookies


def test_pages_of_a_file_are_named(client):
    tool = make_tool()
    Rendition.objects.create(tool=tool, file=ContentFile(files.pdf(), "a.pdf"))
    assert "2 pages" in client.get(f"/packet/?items={codes_of(tool)}").content.decode()


def test_an_empty_one_says_what_it_is_for_and_what_its_limits_are(client):
    html = html_in(client.get("/packet/"))
    assert "This packet is empty." in html
    assert "up to 60 items. A note can have up to 200 characters" in html
    assert "a meeting, a huddle or a bulletin board" in html
    assert "noindex" not in html


def test_moving_and_removing_keep_what_was_typed(client, opened, three):
    poster, film, course = map(code_of, (resource.pk for resource in three))
    response = press(client, opened, "down", poster, title="Tuesday", **{f"note_{film}": "Loud"})
    assert titles_in(response) == ["A film", "A poster", "A course"]
    assert notices_in(response) == ["“A poster” is now number 2."]
    moved = parse_page(response).get_element_by_id(f"item-{poster}")
    assert "is now number 2" in words_of(moved)
    response = press(client, response, "up", course)
    response = press(client, response, "remove", poster)
    assert titles_in(response) == ["A film", "A course"]
    assert words_of(parse_page(response).find(".//h1")) == "Tuesday"
    assert notes_in(response) == {film: "Loud"}


def test_what_was_taken_out_is_put_back_with_its_note(client, opened, three):
    code = codes_of(three[0])
    response = press(client, opened, "remove", code, **{f"note_{code}": "First"})
    assert notices_in(response) == ["“A poster” was removed. Put it back"]
    assert (
        "#packet-changes" in parse_page(response).xpath("//button[@name='remove']/@formaction")[0]
    )
    assert "Put it back" in words_of(parse_page(response).get_element_by_id("packet-changes"))
    [back] = parse_page(response).xpath("//a[. = 'Put it back']/@href")
    response = client.get(back)
    assert titles_in(response) == ["A poster", "A film", "A course"]
    assert notes_in(response) == {code: "First"}


def test_the_ends_cannot_be_moved_beyond(opened, three):
    buttons = parse_page(opened).xpath("//button[@disabled]/@id")
    assert buttons == [f"up-{codes_of(three[0])}", f"down-{codes_of(three[-1])}"]


def test_moves_lead_back_to_their_own_button(opened, three):
    page, ids = parse_page(opened), set(parse_page(opened).xpath("//@id"))
    places = [address.partition("#")[2] for address in page.xpath("//form//button/@formaction")]
    assert set(places) <= ids
    assert f"up-{codes_of(three[2])}" in places


def test_words_find_things_to_add(client, opened):
    guide = make_tool("Shift guide")
    response = press(client, opened, q="shift")
    assert "1 result for “shift”" in response.content.decode()
    response = press(client, response, "add", codes_of(guide))
    assert titles_in(response)[-1] == "Shift guide"
    assert words_of(parse_page(response).find_class("packet-results")[0]).endswith("In packet")


def test_a_search_that_finds_nothing_says_so(client, opened):
    response = press(client, opened, q="xyzzy")
    assert "0 results for “xyzzy”" in response.content.decode()
    assert len(titles_in(response)) == 3


@pytest.mark.parametrize(
    "address", ["/r/CODE", "testserver/r/CODE/1", "r/CODE", "http://testserver/tools/shift-guide/"]
)
def test_an_address_adds_what_is_there(client, opened, address):
    guide = make_tool("Shift guide")
    response = press(client, opened, q=address.replace("CODE", codes_of(guide)))
    assert titles_in(response)[-1] == "Shift guide"
    assert "“Shift guide” is in the packet." in notices_in(response)
    assert parse_page(response).get_element_by_id("packet-words").get("value") == ""


def test_an_address_with_nothing_there_is_said_to_be_none(client, opened):
    response = press(client, opened, q="https://elsewhere.example.org/<b>")
    sentence = "There is no video, tool or course at “https://elsewhere.example.org/<b>”."
    assert sentence in notices_in(response)


def make_withdrawn(title, instead=None):
    return make_tool(title, published=days_ago(9), unpublished_at=days_ago(2), replaced_by=instead)


def test_the_address_of_something_withdrawn_offers_what_takes_its_place(client, opened, three):
    new = make_tool("New sheet")
    old = make_withdrawn("Old sheet", new)
    response = press(client, opened, q=f"testserver{old.get_short_url()}/1")
    said = (
        "“Old sheet” was withdrawn from the catalog and left out. "
        "Use “New sheet” instead. Add it – New sheet"
    )
    assert said in notices_in(response)
    assert titles_in(response) == [one.title for one in three]
    response = press(client, response, "replace", codes_of(old, new))
    assert titles_in(response)[-1] == "New sheet"
    assert notices_in(response) == ["“New sheet” replaced “Old sheet” in the packet."]


def test_what_takes_the_place_of_an_item_comes_where_that_was(client, three):
    new = make_tool("New sheet")
    old = make_withdrawn("Old sheet", new)
    response = client.get(f"/packet/?items={codes_of(old, *three)}&note-{codes_of(old)}=First")
    response = press(client, response, "replace", codes_of(old, new))
    assert titles_in(response)[0] == "New sheet"
    assert notes_in(response) == {codes_of(new): "First"}


def test_a_packet_of_which_all_is_withdrawn_says_so(client):
    html = client.get(f"/packet/?items={codes_of(make_withdrawn('Old sheet'))}").content.decode()
    assert "Everything in this packet was withdrawn." in html
    assert "This packet is empty." not in html


def test_an_entry_is_added_by_a_link(client, three):
    response = client.get("/tools/a-poster/")
    [link] = parse_page(response).xpath("//a[contains(@class, 'packet-button')]/@href")
    assert titles_in(client.get(link)) == ["A poster"]
    cards = parse_page(client.get("/new/")).xpath("//article//a[@class='packet-button']/@href")
    assert len(cards) == 3


def test_a_draft_cannot_be_added(admin_client):
    make_tool("Draft", published=False)
    assert "packet-button" not in admin_client.get("/tools/draft/").content.decode()


def test_the_link_to_hand_on_is_the_whole_packet(client, opened, three):
    [link] = parse_page(opened).xpath("//input[@id='packet-address']/@value")
    assert link == f"http://127.0.0.1:8000/packet/?items={codes_of(*three)}&title=For+Monday"
    assert parse_page(opened).find_class("qr")


@pytest.mark.parametrize("words", ["Download PDF", "Make this PDF"])
def test_the_pdf_takes_along_what_is_typed(client, opened, three, words):
    code = codes_of(three[1])
    typed = {"title": "Tuesday", f"note_{code}": "Loud & clear"}
    pdf = f"/packet.pdf?items={codes_of(*three)}&title=Tuesday&note-{code}=Loud+%26+clear"
    assert leave(client, opened, words, **typed).url == pdf
    assert leave(client, opened, words, paper="a4", **typed).url == f"{pdf}&paper=a4"


def test_enter_in_a_field_finds_and_does_not_print(opened):
    buttons = "//form[@id='packet-form']//button | //button[@form='packet-form']"
    assert words_of(parse_page(opened).xpath(buttons)[0]) == "Find"


def test_without_a_script_it_says_what_does_not_know_of_what_is_typed(opened):
    said = " ".join(map(words_of, parse_page(opened).xpath("//noscript")))
    assert "Choose “Update title and notes” to change the link, its code and the feed." in said
    assert "“Add to packet” on another page starts a new packet." in said


def test_its_print_has_its_day_and_a_code_that_tells_whether_it_is_true(client, opened):
    context, today = opened.context, timezone.localdate()
    paper = parse_page(opened).get_element_by_id("packet-print-head")
    assert words_of(paper).startswith(f"Printed on {today:%B} {today.day}, {today.year}.")
    assert context["paper_qr"] in opened.content.decode()
    dated = paper_address(context["packet"])
    assert "Your print is current" in client.get(dated).content.decode()


def test_a_note_of_several_lines_becomes_one(client, opened, three):
    code = codes_of(three[0])
    response = press(client, opened, **{f"note_{code}": "Bring cards\r\nand pens"})
    assert notes_in(response) == {code: "Bring cards and pens"}


def test_a_link_too_long_for_a_code_says_so(client):
    tools = [make_tool(f"Tool {number}") for number in range(12)]
    query = f"items={codes_of(*tools)}"
    query += "".join(f"&note-{codes_of(tool)}={'long ' * 39}" for tool in tools)
    html = client.get(f"/packet/?{query}").content.decode()
    assert "This link is too long for a code that phones can scan." in html
    assert "some e-mail programs cut long links" in html


def test_what_was_withdrawn_can_be_taken_out_of_the_link(client, three):
    old = make_tool("Old sheet", published=days_ago(9), unpublished_at=days_ago(2))
    response = client.get(f"/packet/?items={codes_of(old, *three)}")
    assert "“Old sheet” was withdrawn from the catalog and left out." in notices_in(response)
    response = press(client, response, "remove", codes_of(old))
    [link] = parse_page(response).xpath("//input[@id='packet-address']/@value")
    assert parse_qs(urlsplit(link).query)["items"] == [codes_of(*three)]


@pytest.mark.parametrize(
    "query",
    [
        "items=%00%ff.²",
        "items=" + "z." * 3000,
        "items[]=2f",
        "add=..&up=&down=x&remove=,",
        "title=" + "%F0%9F%98%80" * 300,
        "note-=x&note-%3Cscript%3E=y",
        "q=%00&q=/%2e%2e/",
        "q=//[",
    ],
)
def test_tampered_links_are_still_pages(client, query):
    for path in ("/packet/", "/packet/feed/", "/packet/feed/atom/"):
        assert client.get(f"{path}?{query}").status_code == 200


def test_titles_and_notes_are_text(client, three):
    code = codes_of(three[0])
    html = client.get(f"/packet/?items={code}&title=<b>&note-{code}=<u>").content.decode()
    assert "&lt;b&gt;" in html and "<b>" not in html.partition("<main")[2]
    assert "<u>" not in html


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_readers_only_read(client, method):
    for path in ("/packet/", "/packet/feed/"):
        assert getattr(client, method)(path).status_code == 405


class TestFeed:
    @pytest.fixture(params=["feed/", "feed/atom/"])
    def read(self, request, client):
        def read(query):
            response = client.get(f"/packet/{request.param}?{query}")
            assert response.status_code == 200
            return feedparser.parse(response.content)

        return read

    def test_it_has_an_entry_for_each_item(self, read, three):
        found = read(f"items={codes_of(*three)}&title=For+Monday")
        assert found.feed.title == "For Monday – Partnership Catalog"
        assert {entry.title for entry in found.entries} == {"A poster", "A film", "A course"}
        assert {entry.id for entry in found.entries} == {one.uid.urn for one in three}

    def test_it_says_when_something_was_withdrawn(self, read, three):
        film = three[1]
        film.unpublished_at = days_ago(0)
        film.save()
        entry = read(f"items={codes_of(*three)}").entries[0]
        assert entry.title == "Withdrawn: A film"
        assert entry.link.startswith("http://127.0.0.1:8000/packet/?items=")

    def test_it_says_nothing_of_drafts(self, read):
        draft = make_tool("Secret", published=False)
        assert read(f"items={codes_of(draft)}").entries == []

    def test_a_new_file_that_matters_is_an_entry(self, read, three):
        rendition = Rendition(tool=three[0], file=ContentFile(files.pdf(), "a.pdf"))
        rendition.change = {"matters": True, "note": "Larger print."}
        rendition.save()
        found = read(f"items={codes_of(*three)}")
        assert found.entries[0].title == "New version: A poster (PDF)"

    def test_the_page_announces_it(self, client, opened):
        [rss] = parse_page(opened).xpath("//link[@type='application/rss+xml']/@href")
        assert feedparser.parse(client.get(rss).content).entries
