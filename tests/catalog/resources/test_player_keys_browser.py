"""The keys that control the video player, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.catalog.resources.player_page import (
    button,
    expect_playing,
    expect_time,
    field,
    mode,
    second,
    watch,
)

pytestmark = pytest.mark.django_db


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_keys_control_the_video(reader):
    video = watch(reader)
    press(reader, "k")
    expect_playing(video)
    press(reader, " ")
    expect(video).to_have_js_property("paused", True)
    press(reader, "5")
    expect_time(video, 60)
    press(reader, "l")
    expect_time(video, 70)
    press(reader, "j", "j")
    expect_time(video, 50)
    press(reader, "ArrowRight")
    expect_time(video, 55)
    press(reader, "ArrowLeft", "ArrowLeft")
    expect_time(video, 45)
    press(reader, "m")
    expect(video).to_have_js_property("muted", True)
    press(reader, "c")
    assert mode(video, "captions") == "disabled"
    press(reader, ">", ">")
    expect(video).to_have_js_property("playbackRate", 1.5)
    press(reader, "<")
    expect(video).to_have_js_property("playbackRate", 1.25)
    expect(reader.locator("#announcement")).to_have_text("1.25×")
    press(reader, "f")
    reader.wait_for_function("() => document.fullscreenElement?.matches('video')")
    press(reader, "f")
    reader.wait_for_function("() => !document.fullscreenElement")


def test_browser_shortcuts_and_typing_do_not_control_the_video(reader):
    video = watch(reader)
    press(reader, "Control+c", "Alt+m", "Shift+K")
    field(reader).press_sequentially("mk 5")
    expect(field(reader)).to_have_value("mk 5")
    expect(video).to_have_js_property("muted", False)
    expect(video).to_have_js_property("paused", True)
    assert (second(video), mode(video, "captions")) == (0, "showing")


def test_the_space_bar_presses_the_focused_button(reader):
    video = watch(reader)
    button(reader, "Captions").focus()
    press(reader, " ")
    expect(video).to_have_js_property("paused", True)
    assert mode(video, "captions") == "disabled"
    press(reader, "k")
    expect_playing(video)


def test_keys_in_the_focused_player_work_only_once(reader):
    video = watch(reader)
    video.focus()
    press(reader, " ")
    expect_playing(video)
    press(reader, "k")
    expect(video).to_have_js_property("paused", True)


def test_the_space_bar_scrolls_if_the_video_is_out_of_view(reader):
    video = watch(reader)
    reader.evaluate("scrollTo(0, 1200)")
    press(reader, " ")
    reader.wait_for_function("() => scrollY > 1300")
    expect(video).to_have_js_property("paused", True)


def test_the_page_explains_the_keys_and_can_switch_them_off(reader):
    video = watch(reader)
    expect(reader.get_by_text("Play or pause")).to_be_hidden()
    button(reader, "Keyboard").click()
    expect(button(reader, "Keyboard")).to_have_attribute("aria-expanded", "true")
    expect(reader.get_by_text("Play or pause")).to_be_visible()
    reader.get_by_label("Use these keys on this page").uncheck()
    button(reader, "Keyboard").focus()
    press(reader, "m")
    reader.wait_for_timeout(100)
    expect(video).to_have_js_property("muted", False)
