"""The video player and its transcript in a real browser, with and without JavaScript."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.catalog.resources.player_page import (
    VIDEO_PATH,
    WORKSTATION,
    button,
    chapter_now,
    cue,
    expect_in_the_box,
    expect_playing,
    expect_time,
    field,
    find_in_transcript,
    hits,
    mode,
    second,
    seek,
    spoken_now,
    watch,
)

pytestmark = pytest.mark.django_db

PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True}
PLAIN = {"java_script_enabled": False}
CALM = {"reduced_motion": "reduce"}


def on(*devices):
    return pytest.mark.parametrize("device", devices)


with_and_without_script = pytest.mark.parametrize(
    "device", [WORKSTATION, WORKSTATION | PLAIN], ids=["script", "no script"]
)


def test_the_transcript_follows_the_playing_video(reader):
    video = watch(reader)
    expect(spoken_now(reader)).to_have_count(0)
    video.evaluate("video => { video.muted = true; video.play() }")
    expect(spoken_now(reader)).to_have_text("Find better solutions.")
    expect(chapter_now(reader)).to_have_text("0:00 Put the rope down")
    expect(spoken_now(reader)).to_contain_text("two people want different things")
    expect(spoken_now(reader)).to_have_count(1)


def test_the_transcript_and_the_chapters_follow_a_seek(reader):
    video = watch(reader)
    seek(video, 63)
    expect(spoken_now(reader)).to_contain_text("Say what the problem is")
    expect(chapter_now(reader)).to_contain_text("The four steps")
    seek(video, 0)
    expect(chapter_now(reader)).to_have_count(0)
    expect(spoken_now(reader)).to_have_count(0)


@with_and_without_script
def test_an_address_with_a_second_opens_the_paused_video_there(reader):
    reader.goto(VIDEO_PATH + "?t=31#player")
    video = reader.locator("video")
    expect(video).to_have_js_property("currentTime", 31)
    expect(video).to_have_js_property("paused", True)
    expect(video).to_be_in_viewport()


def test_the_sentence_at_the_second_in_the_address_is_marked(reader):
    watch(reader, "?t=31")
    expect(spoken_now(reader)).to_contain_text("If they bargain over positions")
    expect_in_the_box(spoken_now(reader))


def test_the_button_switches_captions_off_and_on(reader):
    video = watch(reader)
    switch = button(reader, "Captions")
    expect(switch).to_have_attribute("aria-pressed", "true")
    assert mode(video, "captions") == "showing"
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert mode(video, "captions") == "disabled"
    expect(reader.locator("#announcement")).to_have_text("Captions off")
    switch.click()
    assert mode(video, "captions") == "showing"


def set_captions(video, mode):
    video.evaluate("(video, mode) => { video.textTracks[0].mode = mode }", mode)


def silence(video):
    video.evaluate("video => { video.muted = true }")


def test_captions_show_when_the_sound_is_off(reader):
    # Switches the captions off before the page's script runs, like the settings of some browsers.
    reader.add_init_script(
        "document.addEventListener('readystatechange', () => document.querySelectorAll('track')"
        ".forEach(track => { track.default = false; track.track.mode = 'disabled' }))"
    )
    video = watch(reader)
    expect(button(reader, "Captions")).to_have_attribute("aria-pressed", "false")
    silence(video)
    expect(button(reader, "Captions")).to_have_attribute("aria-pressed", "true")
    assert mode(video, "captions") == "showing"


@pytest.mark.parametrize("by", ["the switch", "the browser's own menu"])
def test_captions_that_a_reader_switched_off_stay_off(reader, by):
    video = watch(reader)
    if by == "the switch":
        button(reader, "Captions").click()
    else:
        set_captions(video, "disabled")
    expect(button(reader, "Captions")).to_have_attribute("aria-pressed", "false")
    silence(video)
    expect(video).to_have_js_property("muted", True)
    reader.wait_for_timeout(100)
    assert mode(video, "captions") == "disabled"


def test_descriptions_are_shown_below_the_video(reader):
    video = watch(reader)
    text = reader.locator(".description-text")
    expect(text).to_be_hidden()
    button(reader, "Descriptions").click()
    seek(video, 27)
    expect(text).to_contain_text("ours for report, ours to huddle")
    expect(text).to_have_attribute("role", "status")
    button(reader, "Descriptions").click()
    expect(text).to_be_hidden()


def test_a_video_without_descriptions_has_no_button_for_them(reader):
    reader.goto("/videos/three-slow-breaths/")
    expect(button(reader, "Captions")).to_be_visible()
    expect(button(reader, "Descriptions")).to_have_count(0)
    expect(reader.locator(".chapters")).to_have_count(0)


def test_readers_choose_the_speed_on_the_page_or_in_the_browsers_menu(reader):
    video = watch(reader)
    speed = reader.get_by_label("Speed")
    speed.select_option("1.5")
    expect(video).to_have_js_property("playbackRate", 1.5)
    video.evaluate("video => { video.playbackRate = 0.25 }")
    expect(speed).to_have_value("0.25")


def test_a_chapter_plays_without_reloading_the_page(reader):
    video = watch(reader)
    reader.evaluate("document.documentElement.dataset.loaded = 'once'")
    reader.get_by_role("link", name="The four steps").click()
    expect_time(video, 60.815)
    expect_playing(video)
    expect(chapter_now(reader)).to_contain_text("The four steps")
    expect(reader.locator("html[data-loaded=once]")).to_have_count(1)
    expect(reader).to_have_url(re.compile(f"{VIDEO_PATH}$"))


def test_a_click_on_a_sentence_plays_it(reader):
    video = watch(reader)
    cue(reader, "They choose wheels").click()
    expect_time(video, 94.161)
    expect_playing(video)
    expect(spoken_now(reader)).to_have_text("They choose wheels.")
    expect(video).to_be_in_viewport()


def test_enter_on_the_time_of_a_paragraph_plays_it(reader):
    video = watch(reader)
    link = reader.get_by_role("link", name="Play from 1:18")
    link.focus()
    reader.keyboard.press("Enter")
    expect_time(video, 78.4)
    expect_playing(video)
    expect(link).to_be_focused()


def test_selecting_a_sentence_does_not_play_it(reader):
    video = watch(reader)
    words = cue(reader, "Why does it matter to you?")
    words.scroll_into_view_if_needed()
    box = words.bounding_box()
    middle = box["y"] + box["height"] / 2
    reader.mouse.move(box["x"] + 5, middle)
    reader.mouse.down()
    reader.mouse.move(box["x"] + 90, middle, steps=5)
    reader.mouse.up()
    assert reader.evaluate("getSelection().toString()")
    assert second(video) == 0
    expect(video).to_have_js_property("paused", True)


def scrolled(page):
    return page.evaluate("document.querySelector('.transcript-text').scrollTop")


@on(PHONE)
def test_the_transcript_scrolls_in_its_box_and_the_page_does_not(reader):
    video = watch(reader)
    seek(video, 116)
    reader.wait_for_function("() => document.querySelector('.transcript-text').scrollTop > 300")
    assert reader.evaluate("scrollY") == 0


@on(PHONE)
def test_the_transcript_stops_following_after_a_reader_scrolls(reader):
    video = watch(reader)
    seek(video, 30)
    reader.locator(".transcript-text").scroll_into_view_if_needed()
    reader.locator(".transcript-text").dispatch_event("wheel")
    before = scrolled(reader)
    seek(video, 116)
    expect(spoken_now(reader)).to_contain_text("start with one word")
    reader.wait_for_timeout(300)
    assert scrolled(reader) == before


@on(PHONE | CALM)
def test_with_reduced_motion_the_transcript_does_not_scroll(reader):
    seek(watch(reader), 116)
    expect(spoken_now(reader)).to_contain_text("start with one word")
    reader.wait_for_timeout(300)
    assert scrolled(reader) == 0


def test_a_search_finds_words_across_two_captions(reader):
    watch(reader)
    find_in_transcript(reader, "  STEPS. one   say")
    expect(reader.locator(".find output")).to_have_text("1 of 1")
    assert " ".join(hits(reader).all_inner_texts()) == "steps. One. Say"
    expect(reader.locator("mark.current")).to_have_count(2)


def test_readers_step_through_the_matches_and_play_one(reader):
    video = watch(reader)
    find_in_transcript(reader, "wheels")
    place = reader.locator(".find output")
    expect(place).to_have_text("1 of 2")
    expect_in_the_box(reader.locator("mark.current"))
    button(reader, "Next").click()
    expect(place).to_have_text("2 of 2")
    button(reader, "Next").click()
    expect(place).to_have_text("1 of 2")
    button(reader, "Previous").click()
    field(reader).press("Shift+Enter")
    expect(place).to_have_text("1 of 2")
    field(reader).press("Enter")
    expect(place).to_have_text("2 of 2")
    button(reader, "Play from 1:34").click()
    expect_time(video, 94.161)
    expect_playing(video)


def test_a_search_without_matches_leaves_the_transcript_unmarked(reader):
    watch(reader)
    text = reader.locator(".transcript-text").inner_text()
    find_in_transcript(reader, "position")
    expect(hits(reader)).not_to_have_count(0)
    field(reader).fill("xyzzy (")
    expect(reader.locator(".find output")).to_have_text("No matches")
    expect(hits(reader)).to_have_count(0)
    assert reader.locator(".transcript-text").inner_text() == text
    field(reader).fill("")
    expect(reader.locator(".find output")).to_be_empty()


@on(WORKSTATION | {"permissions": ["clipboard-read", "clipboard-write"]})
def test_a_button_copies_a_link_to_the_current_second(reader, demo_site):
    video = watch(reader)
    seek(video, 47.8)
    button(reader, "Copy link at this time").click()
    expect(reader.locator("#announcement")).to_have_text("Link copied. It starts at 0:47.")
    link = reader.evaluate("navigator.clipboard.readText()")
    assert link == f"{demo_site}{VIDEO_PATH}?t=47#player"


def test_without_a_clipboard_the_link_is_shown_for_copying(reader):
    reader.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    seek(watch(reader), 47.8)
    button(reader, "Copy link at this time").click()
    link = reader.get_by_label("Link at this time", exact=True)
    expect(link).to_be_focused()
    assert parse_qs(urlsplit(link.input_value()).query) == {"t": ["47"]}
    assert reader.evaluate("getSelection().toString()") == link.input_value()
    expect(reader.locator("#announcement")).to_have_text("Copy the link from the box.")


def test_picture_in_picture_is_offered_if_the_browser_has_it(reader):
    watch(reader)
    offered = reader.evaluate("document.pictureInPictureEnabled")
    expect(button(reader, "Picture in picture")).to_have_count(int(offered))


@on(WORKSTATION | PLAIN)
def test_everything_is_available_without_javascript(reader):
    reader.goto(VIDEO_PATH)
    expect(reader.locator("video[controls]")).to_be_visible()
    expect(reader.get_by_text("Night shift needs quiet, so")).to_be_visible()
    expect(reader.get_by_role("button", name="Captions")).to_have_count(0)
    expect(field(reader)).to_have_count(0)
    video = reader.locator("video")
    for link, start in (("1:00 The four steps", 60), ("Play from 1:18", 78)):
        reader.get_by_role("link", name=link).click()
        expect(video).to_have_js_property("currentTime", start)
        expect(video).to_be_in_viewport()
    for name in ("Download the video", "Download the transcript", "Download the captions"):
        address = reader.get_by_role("link", name=name).get_attribute("href")
        assert reader.request.get(address).ok


def test_with_the_browsers_save_data_setting_the_video_does_not_preload(reader):
    reader.add_init_script(
        "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
    )
    reader.goto(VIDEO_PATH)
    expect(reader.locator("video")).to_have_attribute("preload", "none")
    expect(reader.locator("#transcript + #player")).to_have_count(1)
    video = reader.locator("video")
    cue(reader, "They choose wheels").click()
    expect_time(video, 94.161)
    expect_playing(video)
    expect(video).to_be_in_viewport()


@on(WORKSTATION | {"extra_http_headers": {"Save-Data": "on"}})
def test_with_a_save_data_header_the_transcript_is_first_and_the_video_plays(reader):
    requested = []
    reader.on("request", lambda request: requested.append(request.url))
    reader.goto(VIDEO_PATH)
    expect(reader.locator("#transcript + #player")).to_have_count(1)
    assert not [url for url in requested if url.endswith(".mp4")]
    reader.get_by_role("link", name="1:25 Back to the room").click()
    expect_time(reader.locator("video"), 85.18)


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_with_everything_open(browser, demo_site, width, scheme):
    view = {"width": width, "height": 900}
    context = browser.new_context(viewport=view, color_scheme=scheme, base_url=demo_site)
    page = context.new_page()
    video = watch(page, "?t=47")
    button(page, "Descriptions").click()
    button(page, "Keyboard").click()
    find_in_transcript(page, "board")
    seek(video, 28)
    expect(spoken_now(page)).to_contain_text("Each is holding")
    violations = Axe().run(page).response["violations"]
    assert [(violation["id"], violation["nodes"]) for violation in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_the_printed_page_has_the_transcript_and_no_controls(reader):
    watch(reader)
    reader.emulate_media(media="print")
    for part in ("video", ".player-controls", ".find", ".below-transcript"):
        expect(reader.locator(part)).to_be_hidden()
    box = reader.locator(".transcript-text")
    assert box.evaluate("box => box.scrollHeight <= box.clientHeight")
    expect(box).to_contain_text("They choose wheels.")


def test_the_player_loads_nothing_from_other_sites_and_stores_nothing(reader, demo_site):
    requested = []
    reader.on("request", lambda request: requested.append(request.url))
    watch(reader)
    button(reader, "Captions").click()
    reader.get_by_label("Speed").select_option("2")
    assert all(url.startswith(demo_site) for url in requested)
    assert reader.context.cookies() == []
    assert reader.evaluate("localStorage.length + sessionStorage.length") == 0
