"""The main tasks of readers in a real browser."""

import re

import pypdfium2
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["phone without JavaScript", "workstation"])
def reader(request, browser, demo_site):
    """The home page on the named device."""
    if request.param == "workstation":
        options = {"viewport": {"width": 1280, "height": 900}}
    else:
        options = {"viewport": {"width": 320, "height": 640}, "java_script_enabled": False}
    context = browser.new_context(base_url=demo_site, **options)
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


def choose_filter(reader, name):
    """Checks a filter. Without JavaScript, it also opens Filters and presses the Show button."""
    show = reader.get_by_role("button", name="Show")
    option = reader.get_by_role("checkbox", name=re.compile(rf"^{name} \("), include_hidden=True)
    if not option.is_visible():
        reader.locator("#all-filters > summary").click()
    option.check()
    if show.is_visible():
        show.click()


def test_readers_find_a_poster_for_the_huddle_and_print_it(reader, client):
    reader.get_by_role("navigation", name="Main").get_by_role("link", name="Topics").click()
    reader.get_by_role("link", name="LMP Processes", exact=True).first.click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("LMP Processes")
    choose_filter(reader, "Tools")
    expect(reader).to_have_url(re.compile(r"kind=tool(&sort=newest)?$"))
    reader.get_by_role("link", name="Consensus Decision Making Continuum", exact=True).click()
    download = reader.get_by_role("link", name=re.compile("^Download PDF")).first
    pdf = client.get(download.get_attribute("href"))
    assert b"".join(pdf.streaming_content).startswith(b"%PDF-")
    sheet = client.get(reader.get_by_role("link", name="Print an info sheet").get_attribute("href"))
    assert "Consensus" in pypdfium2.PdfDocument(sheet.getvalue())[0].get_textpage().get_text_range()


def test_readers_see_a_required_course_and_open_it(reader):
    reader.get_by_role("navigation", name="Main").get_by_role("link", name="Courses").click()
    reader.get_by_role("link", name="Effective Sponsorship").first.click()
    requirement = reader.get_by_role("definition").get_by_role("link", name=re.compile("LMPO"))
    requirement.click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("LMP Orientation")
    expect(reader.get_by_role("list", name="What comes before this course")).to_be_visible()


def test_readers_remove_a_filter(reader):
    reader.goto("/tools/?level=2")
    reader.get_by_role("link", name=re.compile("Without Level 2")).click()
    expect(reader).to_have_url(re.compile("/tools/$"))


def test_readers_page_through_a_long_list(reader):
    reader.goto("/tools/")
    reader.get_by_role("link", name="Next").click()
    expect(reader.get_by_role("link", name="Page 2")).to_have_attribute("aria-current", "page")
    expect(reader.get_by_role("article").first).to_be_visible()


def test_readers_reach_a_course_with_the_keyboard_alone(page, demo_site):
    page.goto(demo_site + "/courses/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    title = page.get_by_role("article").first.get_by_role("link")
    for _ in range(40):
        page.keyboard.press("Tab")
        if title.evaluate("link => link === document.activeElement"):
            break
    expect(title).to_be_focused()
    name = title.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_a_video_plays_with_its_captions(page, demo_site):
    page.goto(demo_site + "/videos/cook-up-a-small-test-of-change/")
    player = page.locator("video")
    player.evaluate("video => { video.muted = true; return video.play() }")
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.3")
    assert round(player.evaluate("video => video.duration")) == 89
    cues = player.evaluate("video => video.textTracks[0].cues.length")
    assert cues > 5
    assert player.evaluate("video => video.textTracks[0].mode") == "showing"


def test_a_reader_can_start_a_video_in_the_middle(page, demo_site):
    page.goto(demo_site + "/videos/cook-up-a-small-test-of-change/")
    page.wait_for_function("() => document.querySelector('video').readyState > 0")
    page.locator("video").evaluate("video => { video.currentTime = 60 }")
    page.wait_for_function("() => !document.querySelector('video').seeking")
    assert page.locator("video").evaluate("video => video.currentTime") == pytest.approx(60, abs=1)


def test_a_printed_page_leaves_out_what_only_a_screen_can_use(page, demo_site):
    page.goto(demo_site + "/topics/lmp-processes/")
    page.emulate_media(media="print")
    for part in (page.get_by_role("navigation").first, page.locator(".filters")):
        expect(part).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_sheet_of_a_video_starts_on_its_first_page(client, demo_site):
    sheet = pypdfium2.PdfDocument(
        client.get("/videos/cook-up-a-small-test-of-change.pdf").getvalue()
    )
    first = sheet[0].get_textpage().get_text_range()
    assert "Running time" in first and "What you will see" in first
