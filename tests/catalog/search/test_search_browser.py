"""Searching and narrowing in a real browser, with JavaScript and without."""

import re

import feedparser
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.django_db

WORKSTATION = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True}
PLAIN = {"java_script_enabled": False}
DEVICES = {
    "workstation": WORKSTATION,
    "phone": PHONE,
    "workstation without JavaScript": WORKSTATION | PLAIN,
    "phone without JavaScript": PHONE | PLAIN,
}


@pytest.fixture
def device():
    return WORKSTATION


@pytest.fixture
def reader(browser, demo_site, device):
    """A page of the site on `device`. The console must stay empty."""
    context = browser.new_context(base_url=demo_site, **device)
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/topics/")
    yield page
    context.close()
    assert complaints == []


on_every_device = pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)
on_a_phone = pytest.mark.parametrize("device", [PHONE], ids=["phone"])
with_and_without_script = pytest.mark.parametrize(
    "device", [WORKSTATION, WORKSTATION | PLAIN], ids=["script", "no script"]
)


def search_box(page):
    return page.get_by_label("Search the catalog")


def wait_for_page(page, address):
    """Waits until the page whose address ends with the pattern `address` is loaded."""
    expect(page).to_have_url(re.compile(f"{address}$"))
    page.wait_for_load_state()


def search(page, words):
    search_box(page).fill(words)
    page.get_by_role("button", name="Search").click()
    wait_for_page(page, r"/search/\?q=.+")


def option(page, name):
    return page.get_by_role("checkbox", name=re.compile(f"^{name} "), include_hidden=True)


def tick(page, device, name):
    """Turns the filter `name` on, as a reader on `device` does."""
    folded = page.locator("#all-filters:not([open]) > summary")
    if folded.is_visible():
        folded.click()
    option(page, name).click()
    if device.items() >= PLAIN.items():
        page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name=f"Without {name}")).to_be_visible()
    expect(option(page, name)).to_be_checked()


def titles(page):
    return page.get_by_role("article").get_by_role("heading").all_inner_texts()


def announced(page):
    return page.locator("#announcement")


def type_words(page, words):
    search_box(page).press_sequentially(words)
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_visible()


def mark_loaded(page):
    """Marks the loaded page for assert_not_reloaded()."""
    page.evaluate("document.documentElement.dataset.loaded = 'once'")


def assert_not_reloaded(page):
    expect(page.locator("html[data-loaded=once]")).to_have_count(1)


@on_every_device
def test_a_search_can_be_narrowed_widened_followed_and_printed(reader, device):
    search(reader, "consensus")
    everything = titles(reader)
    tick(reader, device, "Courses")
    tick(reader, device, "Level 2")
    expect(reader).to_have_url(
        re.compile(r"/search/\?q=consensus&kind=course&level=2(&sort=best)?$")
    )
    count = reader.locator("#count")
    if device.items() >= PLAIN.items():
        expect(announced(reader)).to_be_empty()
    else:
        expect(announced(reader)).to_have_text(count.inner_text())
    expect(count).to_have_text(f"{len(titles(reader))} results")
    assert 0 < len(titles(reader)) < len(everything)

    reader.get_by_role("link", name="Without Courses").click()
    wait_for_page(reader, r"/search/\?q=consensus&level=2")
    expect(option(reader, "Level 2")).to_be_checked()
    expect(option(reader, "Courses")).not_to_be_checked()

    subscribe = reader.get_by_role("link", name=re.compile("^Follow by RSS"))
    answer = reader.request.get(subscribe.get_attribute("href"))
    feed = feedparser.parse(answer.text())
    assert not feed.bozo and "Level 2" in feed.feed.title
    assert sorted(entry.title for entry in feed.entries) == sorted(titles(reader))
    paper = reader.get_by_role("link", name="Print PDF").get_attribute("href")
    assert "q=consensus&level=2" in paper
    assert reader.request.get(paper).headers["content-type"] == "application/pdf"


def test_a_suggestion_is_picked_with_the_keyboard(reader):
    type_words(reader, "consensus")
    title = "Consensus Decision Making Continuum"
    place = [text.startswith(title) for text in reader.get_by_role("option").all_inner_texts()]
    for _ in range(place.index(True) + 1):
        reader.keyboard.press("ArrowDown")
    expect(reader.get_by_role("option", selected=True)).to_have_text(f"{title} Tool")
    reader.keyboard.press("Enter")
    expect(reader.get_by_role("heading", level=1)).to_have_text(title)


def test_the_keyboard_moves_through_suggestions_and_closes_them(reader):
    expect(search_box(reader)).to_have_attribute("aria-expanded", "false")
    type_words(reader, "cons")
    options = reader.get_by_role("option")
    field = reader.get_by_role("combobox", name="Search the catalog", expanded=True)
    expect(field).to_have_attribute("aria-controls", "suggestions")
    expect(announced(reader)).to_have_text(f"{options.count()} suggestions")
    active = "aria-activedescendant"
    assert field.get_attribute(active) is None
    reader.keyboard.press("ArrowDown")
    expect(field).to_have_attribute(active, options.first.get_attribute("id"))
    reader.keyboard.press("ArrowUp")
    expect(field).to_have_attribute(active, options.last.get_attribute("id"))
    reader.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(reader.get_by_role("option", selected=True)).to_have_count(1)
    reader.keyboard.press("Home")
    assert field.get_attribute(active) is None
    assert field.evaluate("field => field.selectionStart") == 0
    reader.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(search_box(reader)).to_have_value("cons")
    expect(search_box(reader)).to_be_focused()
    reader.keyboard.press("ArrowUp")
    expect(field).to_have_attribute(active, options.last.get_attribute("id"))
    reader.keyboard.press("Tab")
    expect(options).to_have_count(0)
    expect(reader.get_by_role("button", name="Search")).to_be_focused()
    reader.keyboard.press("Shift+Tab")
    reader.keyboard.press("Escape")
    expect(search_box(reader)).to_have_value("")


def test_enter_without_a_suggestion_searches(reader):
    type_words(reader, "consensus")
    reader.keyboard.press("Enter")
    wait_for_page(reader, r"/search/\?q=consensus")
    expect(reader.get_by_role("listbox")).to_have_count(0)


@on_a_phone
def test_a_suggestion_can_be_tapped_on_a_phone(reader):
    type_words(reader, "consensus")
    assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert Axe().run(reader).response["violations"] == []
    chosen = reader.get_by_role("option", name="Consensus Decision Making Topic")
    chosen.tap()
    wait_for_page(reader, "/topics/consensus-decision-making/")


def test_late_suggestions_for_older_words_are_dropped(reader):
    held = []
    reader.route(re.compile("suggestions/.q=hud$"), lambda route: held.append(route))
    with reader.expect_request(re.compile("q=hud$")):
        search_box(reader).press_sequentially("hud")
    type_words(reader, "dle")
    held[0].fulfill(json={"suggestions": [{"title": "Late", "sort": "", "address": "/"}]})
    expect(reader.get_by_role("option").last).to_have_text("Search for “huddle” ")
    expect(reader.get_by_role("option", name="Late")).to_have_count(0)


def test_back_and_forward_restore_results_and_filters(reader):
    reader.goto("/topics/lmp-processes/")
    mark_loaded(reader)
    whole = titles(reader)
    option(reader, "Tools").click()
    wait_for_page(reader, r"\?kind=tool")
    expect(reader).to_have_title(re.compile("^LMP Processes · Tools"))
    tools = titles(reader)
    reader.get_by_label("Order").select_option("By title")
    wait_for_page(reader, r"\?kind=tool&sort=title")
    assert titles(reader) == sorted(tools)
    reader.go_back()
    expect(reader.get_by_label("Order")).to_have_value("newest")
    assert titles(reader) == tools
    reader.go_back()
    expect(option(reader, "Tools")).not_to_be_checked()
    assert titles(reader) == whole
    reader.go_forward()
    expect(option(reader, "Tools")).to_be_checked()
    assert titles(reader) == tools
    assert_not_reloaded(reader)
    links = 'link[rel="canonical"], link[rel="alternate"]'
    addresses = reader.locator(links).evaluate_all("all => all.map(link => link.href)")
    assert len(addresses) == 4 and all(a.endswith("?kind=tool") for a in addresses)


def test_the_focus_stays_on_the_filter_and_groups_stay_open_or_closed(reader):
    reader.goto("/topics/lmp-processes/")
    for group in ("Path level", "Delivery"):  # this closes one and opens the other
        reader.locator("summary", has_text=group).click()
    option(reader, "Classroom").focus()
    reader.keyboard.press("Space")
    wait_for_page(reader, r"\?delivery=classroom")
    expect(option(reader, "Classroom")).to_be_focused()
    expect(option(reader, "Level 1")).to_be_hidden()
    expect(reader.get_by_role("button", name="Show")).to_be_hidden()
    reader.keyboard.press("Space")
    wait_for_page(reader, "/lmp-processes/")
    expect(option(reader, "Classroom")).to_be_focused()


def test_filters_in_quick_succession_are_one_step_in_the_history(reader):
    reader.goto("/topics/lmp-processes/")
    boxes = "document.querySelectorAll('[name=kind][value=course], [name=level][value=\"2\"]')"
    reader.evaluate(f"{boxes}.forEach(box => box.click())")
    wait_for_page(reader, r"\?kind=course&level=2")
    expect(reader.locator("#browse[aria-busy]")).to_have_count(0)
    reader.go_back()
    wait_for_page(reader, "/lmp-processes/")
    expect(option(reader, "Courses")).not_to_be_checked()


def test_the_next_page_loads_without_leaving_the_page(reader):
    reader.goto("/tools/")
    mark_loaded(reader)
    first = titles(reader)
    reader.get_by_role("navigation", name="Pages").get_by_role("link", name="Page 2").click()
    wait_for_page(reader, r"/tools/\?page=2")
    expect(reader.locator("#count")).to_be_focused()
    expect(reader.locator("#count")).to_be_in_viewport()
    assert not set(first) & set(titles(reader))
    assert_not_reloaded(reader)


def test_an_answer_that_is_not_a_list_is_opened_as_a_page(reader):
    reader.goto("/tools/")
    mark_loaded(reader)

    def answer(route):
        if route.request.resource_type == "fetch":
            route.fulfill(json={})
        else:
            route.continue_()

    reader.route(re.compile("level=2"), answer)
    option(reader, "Level 2").click()
    wait_for_page(reader, r"/tools/\?level=2")
    expect(reader.locator("html[data-loaded]")).to_have_count(0)
    expect(option(reader, "Level 2")).to_be_checked()


@with_and_without_script
def test_a_word_that_is_only_spoken_leads_to_its_second(reader):
    search(reader, "bargain")
    expect(reader.get_by_role("article")).to_have_count(1)
    reader.get_by_role("link", name="At 0:31").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Find Better Solutions")
    player = reader.locator("video")
    expect(player).to_be_in_viewport()
    expect(player).to_have_js_property("currentTime", 31)


@with_and_without_script
def test_a_word_that_is_only_in_a_pdf_leads_to_its_page(reader):
    search(reader, "census")
    place = reader.get_by_role("article").get_by_role("link", name="Page 3 of the PDF")
    address, page = place.get_attribute("href").split("#")
    assert page == "page=3"
    answer = reader.request.get(address)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")


@with_and_without_script
def test_a_search_without_results_offers_other_searches(reader):
    search(reader, "consensus grumpy")
    expect(reader.locator("#count")).to_have_text("0 results")
    reader.get_by_role("link", name=re.compile("^consensus")).click()
    wait_for_page(reader, r"/search/\?q=consensus")
    expect(reader.get_by_role("heading", level=1)).to_have_text("Results for “consensus”")
    expect(search_box(reader)).to_have_value("consensus")
    expect(reader.get_by_role("article")).not_to_have_count(0)


def test_a_printed_page_leaves_out_controls_that_need_a_screen(reader):
    reader.goto("/search/?q=consensus&level=2")
    reader.emulate_media(media="print")
    for part in (".search", ".filters", ".order"):
        expect(reader.locator(part)).to_be_hidden()
    expect(reader.locator("#count")).to_be_visible()
