"""Readers fill, order, annotate and share a packet in a real browser, by keyboard."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.courses.test_path_browser import tab_to

pytestmark = pytest.mark.django_db

WORKSTATION = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True}


@pytest.fixture
def open_reader(browser, demo_site):
    """Opens browsers that share nothing. Fails if their consoles show anything."""
    contexts, complaints = [], []

    def open_reader(**options):
        contexts.append(browser.new_context(base_url=demo_site, **(WORKSTATION | options)))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_reader
    assert [context.cookies() for context in contexts if context.cookies()] == []
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def reader(open_reader):
    return open_reader()


def titles_on(page):
    return page.locator(".packet-items h3").all_inner_texts()


def button_of(page, title):
    card = page.locator("article", has=page.get_by_role("link", name=title, exact=True))
    return card.locator(".packet-button")


def packet_link(page):
    return page.locator("#packet-link")


def wait_for_packet(page, query):
    """Waits until the address is a packet with `query`, a regular expression."""
    expect(page).to_have_url(re.compile(rf"/packet/\?{query}$"))
    page.wait_for_load_state()


FIRST, SECOND = "Plan-Do-Study-Act Worksheet", "Icebreaker: Huddle Starter Cards"


def fill_packet(page):
    """Adds two entries from a listing. Returns the query of the packet."""
    page.goto("/tools/")
    for title in (FIRST, SECOND):
        button_of(page, title).click()
    packet_link(page).click()
    wait_for_packet(page, r"items=\w+\.\w+")
    return page.url.partition("?")[2]


def test_entries_are_added_and_removed_by_keyboard(reader):
    reader.goto("/tools/")
    tab_to(reader, f"e.matches('button.packet-button') && e.innerText.includes('{FIRST}')")
    button = button_of(reader, FIRST)
    expect(button).to_have_attribute("aria-pressed", "false")
    reader.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button.locator(".words")).to_have_text("In packet")
    expect(packet_link(reader)).to_have_text("Packet (1)")
    expect(reader.locator("#announcement")).to_have_text("The packet has 1 item.")
    reader.keyboard.press("Space")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(packet_link(reader)).to_have_text("Packet")
    expect(reader.locator("#announcement")).to_have_text("The packet is empty.")


def test_the_packet_stays_on_other_pages_and_filtered_lists(reader):
    fill_packet(reader)
    reader.goto("/tools/")
    reader.get_by_label("Level 2").check()
    expect(reader).to_have_url(re.compile("level=2"))
    expect(button_of(reader, FIRST)).to_have_attribute("aria-pressed", "true")
    reader.goto("/tools/plan-do-study-act-worksheet/")
    button = reader.locator(".detail-head .packet-button")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(packet_link(reader)).to_have_text("Packet (1)")


def test_the_page_without_a_query_opens_the_saved_packet(reader):
    query = fill_packet(reader)
    reader.goto("/topics/")
    reader.goto("/packet/")
    wait_for_packet(reader, re.escape(query))
    assert titles_on(reader) == [FIRST, SECOND]


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("size", [WORKSTATION, PHONE], ids=["workstation", "phone"])
def test_a_packet_is_filled_ordered_and_annotated_by_keyboard(open_reader, scripted, size):
    page = open_reader(java_script_enabled=scripted, **size)
    page.goto("/packet/")
    tab_to(page, "e.id === 'packet-words'")
    page.keyboard.type("huddle")
    page.keyboard.press("Enter")
    expect(page.locator("#search-results")).to_contain_text("“huddle”")
    for total in (1, 2, 3):
        tab_to(page, "e.name === 'add'")
        page.keyboard.press("Enter")
        expect(page.locator(".packet-item")).to_have_count(total)
        expect(page.locator("#search-results")).to_be_focused()
    first, second, third = titles_on(page)
    tab_to(page, f"e.name === 'up' && e.textContent.includes('{third}')")
    for place in (2, 1):
        page.keyboard.press("Enter")
        expect(page.locator(".done")).to_have_text(f"“{third}” is now number {place}.")
        expect(page.locator(".packet-actions :focus")).to_contain_text(third)
    assert titles_on(page) == [third, first, second]
    tab_to(page, f"e.matches('.packet-note textarea') && e.labels[0].innerText.includes('{first}')")
    page.keyboard.type("Read it aloud")
    page.keyboard.press("Enter")
    if not scripted:
        page.keyboard.type("twice")
        page.get_by_role("button", name="Update title and notes").press("Enter")
    expect(page).to_have_url(re.compile(r"Read\+it\+aloud"))
    said = "Read it aloud" if scripted else "Read it aloud twice"
    expect(page.get_by_label(f"Note – {first}")).to_have_value(said)
    page.get_by_label("Title of the packet").fill("For Monday")
    page.get_by_role("button", name=f"Remove – {second}").press("Enter")
    expect(page.locator("h1")).to_have_text("For Monday")
    assert titles_on(page) == [third, first]
    expect(page.get_by_role("link", name="Put it back")).to_be_in_viewport()
    expect(page.locator("#packet-changes")).to_be_focused()
    if scripted:
        expect(packet_link(page)).to_have_text("Packet (2)")
        expect(page.locator("#shared-packet")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_a_script_the_link_on_a_card_starts_a_packet(open_reader):
    page = open_reader(java_script_enabled=False)
    page.goto("/tools/")
    button_of(page, FIRST).click()
    expect(page).to_have_url(re.compile(r"/packet/\?add=\w+$"))
    assert titles_on(page) == [FIRST]
    expect(page.locator("#copy, #print, #shared-packet").first).to_be_hidden()
    assert page.locator("button[hidden]:visible").count() == 0


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no script"])
def test_a_second_browser_gets_the_whole_packet_from_the_link(reader, open_reader, scripted):
    fill_packet(reader)
    reader.get_by_label(f"Note – {FIRST}").fill("Bring “cards” & pens")
    reader.get_by_label("Title of the packet").fill("For Monday’s huddle")
    reader.get_by_role("button", name="Update title and notes").click()
    expect(reader.locator("h1")).to_have_text("For Monday’s huddle")
    link = reader.get_by_label("Link to this packet").input_value()
    path = link[link.index("/packet/") :]
    assert reader.url.endswith(path)
    other = open_reader(java_script_enabled=scripted)
    other.goto(path)
    expect(other.locator("h1")).to_have_text("For Monday’s huddle")
    assert titles_on(other) == [FIRST, SECOND]
    expect(other.get_by_label(f"Note – {FIRST}")).to_have_value("Bring “cards” & pens")


def test_the_link_the_code_and_the_print_update_while_typing(reader):
    fill_packet(reader)
    code = reader.locator("#packet-code svg").inner_html()
    reader.get_by_label("Title of the packet").fill("For Monday")
    reader.get_by_label(f"Note – {FIRST}").fill("Bring the cards")
    expect(reader.locator("h1")).to_have_text("For Monday")
    wait_for_packet(reader, r"items=\w+\.\w+&title=For\+Monday&note-\w+=Bring\+the\+cards")
    expect(reader.get_by_label(f"Note – {FIRST}")).to_be_focused()
    link = reader.get_by_label("Link to this packet").input_value()
    assert link.endswith("/packet/" + reader.evaluate("location.search"))
    assert reader.locator("#packet-code svg").inner_html() != code
    assert "Bring+the+cards" in reader.locator("#packet-rss").get_attribute("href")
    assert reader.evaluate("localStorage.packet") == reader.evaluate("location.search")
    reader.goto("/topics/")
    packet_link(reader).click()
    expect(reader.get_by_label(f"Note – {FIRST}")).to_have_value("Bring the cards")


def test_typing_into_the_packet_of_somebody_else_does_not_change_mine(reader, open_reader):
    theirs = fill_packet(open_reader())
    reader.goto(f"/packet/?{theirs}")
    reader.get_by_label("Title of the packet").fill("For Monday")
    expect(reader.locator("h1")).to_have_text("For Monday")
    assert reader.evaluate("localStorage.packet ?? null") is None
    reader.get_by_role("button", name="Make this my packet").click()
    assert "For+Monday" in reader.evaluate("localStorage.packet")


@pytest.mark.parametrize("width", [320, 360])
def test_a_long_title_breaks(open_reader, width):
    page = open_reader(viewport={"width": width, "height": 640})
    query = fill_packet(page)
    page.goto(f"/packet/?{query}&title={'x' * 100}")
    assert page.evaluate("document.documentElement.scrollWidth") == width


TARGETS = ":is(a, button, input, textarea, select, summary)"
SMALL = f"""() => [...document.querySelectorAll("main {TARGETS}")]
    .filter((e) => e.checkVisibility() && !e.closest(".breadcrumbs"))
    .map((e) => [e.innerText || e.name, e.getBoundingClientRect().height])
    .filter(([words, height]) => height && height < 44)"""


def test_every_target_is_large_enough_for_a_finger(open_reader):
    page = open_reader(**PHONE)
    query = fill_packet(page)
    page.goto(f"/packet/?{query}&q=huddle")
    page.locator(".print-choice summary").click()
    assert page.evaluate(SMALL) == []
    page.get_by_role("button", name=f"Remove – {FIRST}").click()
    expect(page.get_by_role("link", name="Put it back")).to_be_visible()
    assert page.evaluate(SMALL) == []
    page.goto("/tools/")
    sizes = page.locator(".packet-button").evaluate_all("all => all.map((e) => e.offsetHeight)")
    assert min(sizes) >= 44


class TestAPacketOfSomebodyElse:
    @pytest.fixture
    def theirs(self, open_reader):
        return f"/packet/?{fill_packet(open_reader())}"

    def test_a_reader_without_a_packet_can_save_it_at_once(self, reader, theirs):
        reader.goto(theirs)
        expect(packet_link(reader)).to_have_text("Packet")
        expect(reader.get_by_role("link", name="Open my packet")).to_be_hidden()
        reader.get_by_role("button", name="Make this my packet").click()
        expect(packet_link(reader)).to_have_text("Packet (2)")
        expect(reader.locator("#shared-packet")).to_be_hidden()
        expect(reader.locator("#announcement")).to_have_text("This is now your packet.")
        reader.reload()
        expect(reader.locator("#shared-packet")).to_be_hidden()

    def test_it_replaces_my_packet_only_after_i_confirm(self, reader, theirs):
        reader.goto("/videos/")
        reader.locator("article .packet-button").first.click()
        mine = reader.evaluate("localStorage.packet")
        reader.goto(theirs)
        expect(packet_link(reader)).to_have_text("Packet (1)")
        asked = []
        reader.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        reader.get_by_role("button", name="Make this my packet").click()
        assert asked == ["Replace your packet of 1 item with this one?"]
        assert reader.evaluate("localStorage.packet") == mine
        reader.once("dialog", lambda dialog: dialog.accept())
        reader.get_by_role("button", name="Make this my packet").click()
        expect(packet_link(reader)).to_have_text("Packet (2)")

    def test_it_can_be_changed_without_changing_mine(self, reader, theirs):
        reader.goto("/videos/")
        reader.locator("article .packet-button").first.click()
        mine = reader.evaluate("localStorage.packet")
        reader.goto(theirs)
        reader.get_by_role("button", name=f"Remove – {FIRST}").click()
        expect(reader.locator(".done")).to_contain_text("was removed")
        assert titles_on(reader) == [SECOND]
        assert reader.evaluate("localStorage.packet") == mine
        expect(reader.locator("#shared-packet")).to_be_visible()
        reader.get_by_role("link", name="Open my packet").click()
        wait_for_packet(reader, re.escape(mine.removeprefix("?")))
        expect(reader.locator("#shared-packet")).to_be_hidden()


def test_a_removed_item_is_put_back_into_my_packet(reader):
    fill_packet(reader)
    reader.get_by_role("button", name=f"Remove – {FIRST}").click()
    expect(packet_link(reader)).to_have_text("Packet (1)")
    reader.get_by_role("link", name="Put it back").click()
    expect(packet_link(reader)).to_have_text("Packet (2)")
    assert titles_on(reader) == [FIRST, SECOND]
    expect(reader.locator("#shared-packet")).to_be_hidden()


def test_an_old_state_of_my_packet_does_not_count_as_mine(reader):
    before = fill_packet(reader)
    reader.get_by_role("button", name=f"Remove – {FIRST}").click()
    expect(packet_link(reader)).to_have_text("Packet (1)")
    reader.goto(f"/packet/?{before}")
    expect(reader.locator("#shared-packet")).to_be_visible()
    expect(packet_link(reader)).to_have_text("Packet (1)")


def test_a_full_packet_takes_no_more_and_says_so(reader):
    reader.goto("/tools/")
    full = ".".join(f"zz{number:02}" for number in range(60))
    reader.evaluate(f"localStorage.packet = '?items={full}'")
    reader.reload()
    button_of(reader, FIRST).click()
    reader.wait_for_url("**/packet/**")
    sentence = "The link has 61 items. A packet holds up to 60 items, so we kept only the first 60."
    expect(reader.locator(".notice", has_text=sentence)).to_be_visible()


def test_two_windows_show_the_same_packet(reader):
    reader.goto("/tools/")
    other = reader.context.new_page()
    other.goto("/tools/")
    button_of(reader, FIRST).click()
    expect(packet_link(other)).to_have_text("Packet (1)")
    expect(button_of(other, FIRST)).to_have_attribute("aria-pressed", "true")


def test_the_link_is_copied(reader):
    reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
    fill_packet(reader)
    reader.get_by_role("button", name="Copy the link").click()
    expect(reader.locator("#copy")).to_have_text("Link copied.")
    link = reader.get_by_label("Link to this packet").input_value()
    assert reader.evaluate("navigator.clipboard.readText()") == link


def test_the_list_prints_with_short_addresses_and_notes(reader):
    fill_packet(reader)
    reader.get_by_label(f"Note – {FIRST}").fill("Bring the cards")
    reader.get_by_role("button", name="Update title and notes").click()
    expect(reader.get_by_label(f"Note – {FIRST}")).to_have_value("Bring the cards")
    reader.wait_for_load_state()
    reader.emulate_media(media="print")
    paper = reader.locator("main").inner_text()
    assert "Bring the cards" in paper and "/r/" in paper and FIRST in paper
    assert "Printed on" in paper and "hand it on" not in paper.lower()
    assert "Move up" not in paper and "Remove" not in paper and "Add items" not in paper


@pytest.mark.parametrize("size", [WORKSTATION, PHONE], ids=["workstation", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_the_script_makes(open_reader, size, scheme):
    page, axe = open_reader(color_scheme=scheme, **size), Axe()
    fill_packet(page)
    page.get_by_role("button", name=f"Remove – {FIRST}").click()
    expect(packet_link(page)).to_have_text("Packet (1)")
    found = [axe.run(page).response["violations"]]
    for path in ("/tools/", "/tools/huddle-starter-cards/"):
        page.goto(path)
        expect(page.locator(".packet-button[aria-pressed=true]").first).to_be_visible()
        found.append(axe.run(page).response["violations"])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert found == [[], [], []]
