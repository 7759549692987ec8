"""The admin works in a real browser, and the site's content policy blocks nothing of it."""

import re

import pytest
from playwright.sync_api import expect

from catalog.models import Topic, Video
from courses.models import Course
from tests.admin import PASSWORD, add_url, admin_url, list_url, make_person
from tests.makers import make_course, make_tool, make_topic, make_video

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def console_errors(page):
    """The errors and warnings in the browser's console."""
    errors = []
    page.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors


@pytest.fixture
def open_page(page, live_server, console_errors):
    """A function that opens a page of the admin, signed in. Fails on errors and warnings."""
    make_person("root", is_superuser=True)

    def go(path):
        page.goto(live_server.url + path)
        return page

    log_in(go("/admin/login/?next=/admin/"))
    yield go
    assert console_errors == []


def log_in(page):
    page.get_by_label("Username").fill("root")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_load_state()


def editor(page):
    area = page.locator(".field-body .prose-editor > .ProseMirror")
    expect(area).to_be_visible()
    return area


def button(page, title):
    return page.locator(f".field-body .prose-menubar__button[title='{title}']").first


def save(page, name="Save and continue editing"):
    page.get_by_role("button", name=name).first.click()
    page.wait_for_load_state()


def test_every_page_keeps_the_policy_and_fits_a_phone(open_page, page):
    course, topic = make_course(tags=["a"], topics=["Roles"]), make_topic("Alone")
    course.requirements.create(text="Not Yet Made")
    tool = make_tool()
    tool.renditions.create(format="WEB", address="https://example.org/")
    page.set_viewport_size({"width": 360, "height": 740})
    paths = ["/admin/", "/admin/catalog/", "/admin/password_change/", "/admin/auth/user/add/"]
    paths += ["/admin/auth/user/", "/admin/auth/group/add/", "/admin/catalog/resource/"]
    paths += ["/admin/catalog/sitesettings/1/change/", "/admin/catalog/topic/add/?_popup=1"]
    for row in (course, tool, make_video(), topic):
        roles = ("change", "delete", "history")
        paths += [list_url(type(row)), add_url(type(row)), *(admin_url(row, r) for r in roles)]
    for path in paths:
        open_page(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_rich_text_can_be_written_saved_and_opened_again(open_page, page):
    open_page(add_url(Video))
    page.locator("#id_title").fill("The Huddle")
    editor(page).click()
    page.keyboard.type("Two minutes")
    page.keyboard.press("Control+Alt+2")
    page.keyboard.press("Enter")
    page.keyboard.type("Stand ")
    button(page, "bold").click()
    page.keyboard.type("up")
    button(page, "bold").click()
    page.keyboard.type(" now")
    page.keyboard.press("Enter")
    page.keyboard.type("say it")
    button(page, "unordered list").click()
    expect(editor(page).locator("ul li")).to_have_text("say it")
    save(page)
    html = "<h2>Two minutes</h2><p>Stand <strong>up</strong> now</p><ul><li><p>say it</p></li></ul>"
    assert Video.objects.get().body == html
    expect(editor(page).locator("h2")).to_have_text("Two minutes")
    link_paragraph(page, "Stand", "www.example.org/a?b=1&c=2")
    save(page)
    link = '<a href="https://www.example.org/a?b=1&amp;c=2">Stand</a>'
    assert Video.objects.get().body == html.replace("Stand", link)


SELECT_START = """(line, count) => {
    const range = document.createRange();
    range.setStart(line.firstChild, 0);
    range.setEnd(line.firstChild, count);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""


def link_paragraph(page, words, address):
    """Turns `words`, at the start of the first paragraph, into a link to `address`."""
    editor(page).focus()
    editor(page).locator("> p").first.evaluate(SELECT_START, len(words))
    expect(button(page, "insert link")).not_to_have_class(re.compile("disabled"))
    button(page, "insert link").click()
    dialog = page.locator("dialog.prose-editor-dialog")
    dialog.locator("input").first.fill(address)
    dialog.get_by_role("button", name="Update").click()
    expect(editor(page).locator("a")).to_have_text(words)


def test_a_table_can_be_inserted_in_the_text(open_page, page):
    open_page(admin_url(make_video(body="<p>Before</p>")))
    editor(page).click()
    button(page, "Insert table").click()
    page.locator("dialog.prose-editor-dialog").get_by_role("button", name="Insert Table").click()
    expect(editor(page).locator("td")).to_have_count(9)
    page.keyboard.type("Monday")
    button(page, "Toggle header cell").click()
    expect(editor(page).locator("th")).to_have_text("Monday")
    save(page)
    assert '<th scope="col"><p>Monday</p></th>' in Video.objects.get().body


def test_a_course_can_be_saved_after_an_error(open_page, page):
    make_topic("Roles")
    make_course("LMP Orientation")
    open_page(add_url(Course))
    page.locator("#id_title").fill("Co-Lead Workshop")
    editor(page).click()
    page.keyboard.type("Plan together.")
    choose(page, ".field-topics .select2-selection", "rol", "Roles")
    page.get_by_text("Add another Requirement").click()
    choose(
        page, "#requirements-0 .select2-selection", "orient", "LMP Orientation (Course, published)"
    )
    page.get_by_text("Add another Module").click()
    page.locator("#id_modules-0-title").fill("Morning")
    page.locator("#id_modules-0-minutes").fill("0")
    save(page)
    expect(page.locator(".field-errors")).to_have_text(
        "Minutes: Write 1 or more. Leave it empty if you do not know."
    )
    expect(editor(page)).to_have_text("Plan together.")
    page.get_by_role("link", name="Minutes").click()
    page.locator("#id_modules-0-minutes").fill("240")
    save(page)
    course = Course.objects.get(title="Co-Lead Workshop")
    assert course.body == "<p>Plan together.</p>"
    assert [topic.name for topic in course.topics.all()] == ["Roles"]
    assert course.requirements.get().named_course.title == "LMP Orientation"
    assert course.modules.get().minutes == 240


def choose(page, selection, typed, option):
    page.locator(selection).click()
    page.keyboard.type(typed)
    page.locator(".select2-results__option").get_by_text(option, exact=True).click()


def test_a_topic_can_be_added_from_the_form_of_a_video(open_page, page):
    open_page(add_url(Video))
    with page.expect_popup() as opened:
        page.locator("#add_id_topics").click()
    popup = opened.value
    popup.get_by_label("Name").fill("New Topic")
    with popup.expect_event("close"):
        popup.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".field-topics .select2-selection__choice")).to_contain_text("New Topic")
    assert Topic.objects.get().name == "New Topic"


def test_a_date_can_be_picked_and_tags_are_suggested(open_page, page):
    make_tool(tags=["huddles", "team work"])
    open_page(add_url(Video))
    page.locator(".field-published_at a", has_text="Today").click()
    page.locator(".field-published_at a", has_text="Now").click()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", page.locator("#id_published_at_0").input_value())
    tags = page.get_by_label("Tags")
    tags.press_sequentially("huddles, t")
    options = page.locator("#id_tags_known option").evaluate_all("all => all.map(o => o.value)")
    assert options == ["huddles, huddles", "huddles, team work"]


def test_an_editor_who_is_logged_out_while_writing_loses_nothing(open_page, page, console_errors):
    open_page(add_url(Video))
    page.locator("#id_title").fill("The Huddle")
    editor(page).click()
    page.keyboard.type("Half a page")
    page.context.clear_cookies(name="sessionid")
    save(page)
    assert console_errors.pop().startswith(
        "Failed to load resource: the server responded with a status of 403"
    )
    log_in(page)
    page.get_by_role("button", name="Save my text").click()
    page.wait_for_load_state()
    assert Video.objects.get().body == "<p>Half a page</p>"
