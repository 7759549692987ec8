"""The page of a packet and its feeds, without JavaScript."""

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
    """Returns {code: note} of the notes that are not empty."""
    fields = parse_page(response).xpath("//*[@class='packet-note']/*[@name]")
    return {field.get("name").removeprefix("note-"): field.value for field in fields if field.value}


def press_button(client, response, name=None, value=None, **typed):
    """Sends the form of the page with its button `name`, after filling in `typed`."""
    form = parse_page(response).get_element_by_id("packet-form")
    sent = form_values(form, typed)
    if name:
        assert form.xpath(".//button[@name=$n][@value=$v][not(@disabled)]", n=name, v=value)
        sent[name] = value
    return client.get(form.get("action"), sent)


def form_values(form, typed):
    values = {key.replace("note_", "note-"): text for key, text in typed.items()}
    return dict(form.form_values()) | values


def press_leaving_button(client, response, words, **typed):
    """Sends the form with the button that has `words` and leads to another page."""
    page = parse_page(response)
    sent = form_values(page.get_element_by_id("packet-form"), typed)
    chosen = page.xpath("//select[@form='packet-form']")
    sent |= {field.name: typed.get(field.name, field.value) for field in chosen}
    [button] = page.xpath("//button[@form='packet-form'][normalize-space() = $words]", words=words)
    return client.get(button.get("formaction"), sent)


@pytest.fixture
def three_entries():
    return [
        make_tool("A poster", levels=[2, 3]),
        make_video("A video", seconds=89),
        make_course("A course", minutes_min=60, minutes_max=60),
    ]


@pytest.fixture
def packet_response(client, three_entries):
    return client.get(f"/packet/?items={codes_of(*three_entries)}&title=For+Monday")


def test_the_page_shows_the_items_title_and_notes_of_the_link(client, three_entries):
    note = f"note-{codes_of(three_entries[1])}"
    response = client.get(f"/packet/?items={codes_of(*three_entries)}&title=For+Monday&{note}=Loud")
    assert titles_in(response) == ["A poster", "A video", "A course"]
    page = parse_page(response)
    assert words_of(page.find(".//h1")) == "For Monday"
    assert words_of(page.find_class("lede")[0]) == "3 items, 1 hr 2 min"
    assert "no stated time" not in words_of(page)
    assert notes_in(response) == {codes_of(three_entries[1]): "Loud"}
    assert "Levels 2–3" in words_of(page.get_element_by_id(f"item-{codes_of(three_entries[0])}"))
    assert not response.cookies


def test_the_number_of_pages_of_a_file_is_shown(client):
    tool = make_tool()
    Rendition.objects.create(tool=tool, file=ContentFile(files.pdf(), "a.pdf"))
    assert "2 pages" in client.get(f"/packet/?items={codes_of(tool)}").content.decode()


def test_an_empty_packet_explains_its_use_and_its_limits(client):
    html = html_in(client.get("/packet/"))
    assert "This packet is empty." in html
    assert "up to 60 items. A note can have up to 200 characters" in html
    assert "a meeting, a huddle or a bulletin board" in html
    assert "noindex" not in html


def test_moving_and_removing_keep_the_typed_texts(client, packet_response, three_entries):
    poster, video, course = map(code_of, (resource.pk for resource in three_entries))
    response = press_button(
        client, packet_response, "down", poster, title="Tuesday", **{f"note_{video}": "Loud"}
    )
    assert titles_in(response) == ["A video", "A poster", "A course"]
    assert notices_in(response) == ["“A poster” is now number 2."]
    moved = parse_page(response).get_element_by_id(f"item-{poster}")
    assert "is now number 2" in words_of(moved)
    response = press_button(client, response, "up", course)
    response = press_button(client, response, "remove", poster)
    assert titles_in(response) == ["A video", "A course"]
    assert words_of(parse_page(response).find(".//h1")) == "Tuesday"
    assert notes_in(response) == {video: "Loud"}


def test_a_removed_item_is_put_back_with_its_note(client, packet_response, three_entries):
    code = codes_of(three_entries[0])
    response = press_button(client, packet_response, "remove", code, **{f"note_{code}": "First"})
    assert notices_in(response) == ["“A poster” was removed. Put it back"]
    assert (
        "#packet-changes" in parse_page(response).xpath("//button[@name='remove']/@formaction")[0]
    )
    assert "Put it back" in words_of(parse_page(response).get_element_by_id("packet-changes"))
    [back] = parse_page(response).xpath("//a[. = 'Put it back']/@href")
    response = client.get(back)
    assert titles_in(response) == ["A poster", "A video", "A course"]
    assert notes_in(response) == {code: "First"}


def test_the_first_item_cannot_move_up_nor_the_last_one_down(packet_response, three_entries):
    buttons = parse_page(packet_response).xpath("//button[@disabled]/@id")
    assert buttons == [f"up-{codes_of(three_entries[0])}", f"down-{codes_of(three_entries[-1])}"]


def test_a_move_leads_back_to_its_own_button(packet_response, three_entries):
    page, ids = parse_page(packet_response), set(parse_page(packet_response).xpath("//@id"))
    places = [address.partition("#")[2] for address in page.xpath("//form//button/@formaction")]
    assert set(places) <= ids
    assert f"up-{codes_of(three_entries[2])}" in places


def test_a_search_finds_items_to_add(client, packet_response):
    guide = make_tool("Shift guide")
    response = press_button(client, packet_response, q="shift")
    assert "1 result for “shift”" in response.content.decode()
    response = press_button(client, response, "add", codes_of(guide))
    assert titles_in(response)[-1] == "Shift guide"
    assert words_of(parse_page(response).find_class("packet-results")[0]).endswith("In packet")


def test_a_search_that_finds_nothing_says_so(client, packet_response):
    response = press_button(client, packet_response, q="xyzzy")
    assert "0 results for “xyzzy”" in response.content.decode()
    assert len(titles_in(response)) == 3


@pytest.mark.parametrize(
    "address", ["/r/CODE", "testserver/r/CODE/1", "r/CODE", "http://testserver/tools/shift-guide/"]
)
def test_a_pasted_address_adds_its_entry(client, packet_response, address):
    guide = make_tool("Shift guide")
    response = press_button(client, packet_response, q=address.replace("CODE", codes_of(guide)))
    assert titles_in(response)[-1] == "Shift guide"
    assert "“Shift guide” is in the packet." in notices_in(response)
    assert parse_page(response).get_element_by_id("packet-words").get("value") == ""


def test_an_address_without_an_entry_gets_a_notice(client, packet_response):
    response = press_button(client, packet_response, q="https://elsewhere.example.org/<b>")
    sentence = "There is no video, tool or course at “https://elsewhere.example.org/<b>”."
    assert sentence in notices_in(response)


def make_withdrawn(title, instead=None):
    return make_tool(title, published=days_ago(9), unpublished_at=days_ago(2), replaced_by=instead)


def test_the_address_of_a_withdrawn_item_offers_its_replacement(
    client, packet_response, three_entries
):
    new = make_tool("New sheet")
    old = make_withdrawn("Old sheet", new)
    response = press_button(client, packet_response, q=f"testserver{old.get_short_url()}/1")
    notice = (
        "“Old sheet” was withdrawn from the catalog and left out. "
        "Use “New sheet” instead. Add it – New sheet"
    )
    assert notice in notices_in(response)
    assert titles_in(response) == [entry.title for entry in three_entries]
    response = press_button(client, response, "replace", codes_of(old, new))
    assert titles_in(response)[-1] == "New sheet"
    assert notices_in(response) == ["“New sheet” replaced “Old sheet” in the packet."]


def test_a_replacement_takes_the_position_and_the_note_of_the_item(client, three_entries):
    new = make_tool("New sheet")
    old = make_withdrawn("Old sheet", new)
    response = client.get(
        f"/packet/?items={codes_of(old, *three_entries)}&note-{codes_of(old)}=First"
    )
    response = press_button(client, response, "replace", codes_of(old, new))
    assert titles_in(response)[0] == "New sheet"
    assert notes_in(response) == {codes_of(new): "First"}


def test_a_packet_with_only_withdrawn_items_says_so(client):
    html = client.get(f"/packet/?items={codes_of(make_withdrawn('Old sheet'))}").content.decode()
    assert "Everything in this packet was withdrawn." in html
    assert "This packet is empty." not in html


def test_an_entry_is_added_by_a_link(client, three_entries):
    response = client.get("/tools/a-poster/")
    [link] = parse_page(response).xpath("//a[contains(@class, 'packet-button')]/@href")
    assert titles_in(client.get(link)) == ["A poster"]
    cards = parse_page(client.get("/new/")).xpath("//article//a[@class='packet-button']/@href")
    assert len(cards) == 3


def test_a_draft_cannot_be_added(admin_client):
    make_tool("Draft", published=False)
    assert "packet-button" not in admin_client.get("/tools/draft/").content.decode()


def test_the_link_to_share_is_the_whole_packet(client, packet_response, three_entries):
    [link] = parse_page(packet_response).xpath("//input[@id='packet-address']/@value")
    assert (
        link == f"http://127.0.0.1:8000/packet/?items={codes_of(*three_entries)}&title=For+Monday"
    )
    assert parse_page(packet_response).find_class("qr")


@pytest.mark.parametrize("words", ["Download PDF", "Make this PDF"])
def test_the_pdf_has_the_typed_texts(client, packet_response, three_entries, words):
    code = codes_of(three_entries[1])
    typed = {"title": "Tuesday", f"note_{code}": "Loud & clear"}
    pdf = f"/packet.pdf?items={codes_of(*three_entries)}&title=Tuesday&note-{code}=Loud+%26+clear"
    assert press_leaving_button(client, packet_response, words, **typed).url == pdf
    assert (
        press_leaving_button(client, packet_response, words, paper="a4", **typed).url
        == f"{pdf}&paper=a4"
    )


def test_enter_in_a_field_searches_and_does_not_print(packet_response):
    buttons = "//form[@id='packet-form']//button | //button[@form='packet-form']"
    assert words_of(parse_page(packet_response).xpath(buttons)[0]) == "Find"


def test_without_a_script_the_page_explains_how_to_update_the_link(packet_response):
    notice = " ".join(map(words_of, parse_page(packet_response).xpath("//noscript")))
    assert "Choose “Update title and notes” to change the link, its code and the feed." in notice
    assert "“Add to packet” on another page starts a new packet." in notice


def test_a_print_of_the_page_has_its_day_and_a_code_that_checks_it(client, packet_response):
    context, today = packet_response.context, timezone.localdate()
    paper = parse_page(packet_response).get_element_by_id("packet-print-head")
    assert words_of(paper).startswith(f"Printed on {today:%B} {today.day}, {today.year}.")
    assert context["paper_qr"] in packet_response.content.decode()
    dated = paper_address(context["packet"])
    assert "Your print is current" in client.get(dated).content.decode()


def test_a_note_of_several_lines_becomes_one_line(client, packet_response, three_entries):
    code = codes_of(three_entries[0])
    response = press_button(client, packet_response, **{f"note_{code}": "Bring cards\r\nand pens"})
    assert notes_in(response) == {code: "Bring cards and pens"}


def test_the_page_says_if_the_link_is_too_long_for_a_code(client):
    tools = [make_tool(f"Tool {number}") for number in range(12)]
    query = f"items={codes_of(*tools)}"
    query += "".join(f"&note-{codes_of(tool)}={'long ' * 39}" for tool in tools)
    html = client.get(f"/packet/?{query}").content.decode()
    assert "This link is too long for a code that phones can scan." in html
    assert "some e-mail programs cut long links" in html


def test_withdrawn_items_can_be_removed_from_the_link(client, three_entries):
    old = make_tool("Old sheet", published=days_ago(9), unpublished_at=days_ago(2))
    response = client.get(f"/packet/?items={codes_of(old, *three_entries)}")
    assert "“Old sheet” was withdrawn from the catalog and left out." in notices_in(response)
    response = press_button(client, response, "remove", codes_of(old))
    [link] = parse_page(response).xpath("//input[@id='packet-address']/@value")
    assert parse_qs(urlsplit(link).query)["items"] == [codes_of(*three_entries)]


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


def test_titles_and_notes_are_escaped(client, three_entries):
    code = codes_of(three_entries[0])
    html = client.get(f"/packet/?items={code}&title=<b>&note-{code}=<u>").content.decode()
    assert "&lt;b&gt;" in html and "<b>" not in html.partition("<main")[2]
    assert "<u>" not in html


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_only_get_requests_are_allowed(client, method):
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

    def test_the_feed_has_an_entry_for_each_item(self, read, three_entries):
        found = read(f"items={codes_of(*three_entries)}&title=For+Monday")
        assert found.feed.title == "For Monday – Partnership Catalog"
        assert {entry.title for entry in found.entries} == {"A poster", "A video", "A course"}
        assert {entry.id for entry in found.entries} == {entry.uid.urn for entry in three_entries}

    def test_the_feed_says_when_an_item_was_withdrawn(self, read, three_entries):
        video = three_entries[1]
        video.unpublished_at = days_ago(0)
        video.save()
        entry = read(f"items={codes_of(*three_entries)}").entries[0]
        assert entry.title == "Withdrawn: A video"
        assert entry.link.startswith("http://127.0.0.1:8000/packet/?items=")

    def test_the_feed_does_not_mention_drafts(self, read):
        draft = make_tool("Secret", published=False)
        assert read(f"items={codes_of(draft)}").entries == []

    def test_a_new_file_that_followers_are_told_of_is_an_entry(self, read, three_entries):
        rendition = Rendition(tool=three_entries[0], file=ContentFile(files.pdf(), "a.pdf"))
        rendition.save(version={"notify_subscribers": True, "note": "Larger print."})
        found = read(f"items={codes_of(*three_entries)}")
        assert found.entries[0].title == "New version: A poster (PDF)"

    def test_the_page_announces_the_feed(self, client, packet_response):
        [rss] = parse_page(packet_response).xpath("//link[@type='application/rss+xml']/@href")
        assert feedparser.parse(client.get(rss).content).entries
