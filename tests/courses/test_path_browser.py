"""The path in a real browser. The team check is done on a phone with the keyboard only."""

import re

import pytest

from courses.models import Criterion

pytestmark = pytest.mark.django_db

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def phone(browser):
    context = browser.new_context(viewport=PHONE)
    yield context.new_page()
    context.close()


@pytest.fixture
def plain(browser):
    """A phone whose browser does not run scripts."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    yield context.new_page()
    context.close()


def all_but_one_up_to_level_2():
    *criteria, _last = Criterion.objects.filter(level__lte=2)
    return criteria


def tab_to(page, found, most=200):
    """Presses Tab until `found` is true: a JavaScript condition on the focused element `e`."""
    for _n in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"(e => Boolean({found}))(document.activeElement)"):
            return
    raise AssertionError(f"No Tab leads to: {found}")


def tick_by_keyboard(page, criteria):
    for criterion in criteria:
        tab_to(page, f"e.name === 'met' && e.value === '{criterion.pk}'")
        page.keyboard.press("Space")


def test_a_team_check_works_on_a_phone_with_the_keyboard(demo_site, phone):
    phone.goto(f"{demo_site}/path/check/")
    tick_by_keyboard(phone, all_but_one_up_to_level_2())
    team_level = phone.locator("#team-level")
    team_level.filter(has_text="Level 1, one step from Level 2").wait_for()
    assert re.search(r"/path/check/\?check=\w+$", phone.url)
    assert phone.locator("#next-steps + ol > li").count() == 1
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    tab_to(phone, "e.textContent === 'See the plan'")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/path/plan/?check=*")
    assert "Plan: Level 1, one step from Level 2" in phone.locator("h1").inner_text()


def test_a_team_check_works_without_scripts(demo_site, plain):
    plain.goto(f"{demo_site}/path/check/")
    tick_by_keyboard(plain, all_but_one_up_to_level_2())
    plain.locator("#answers button").press("Enter")
    plain.wait_for_url("**/path/check/?check=*")
    assert plain.locator("#team-level").inner_text() == "Level 1, one step from Level 2"
    assert plain.locator("input[name=met]:checked").count() == len(all_but_one_up_to_level_2())


def test_a_saved_check_can_be_continued_in_the_same_browser(demo_site, phone):
    phone.goto(f"{demo_site}/path/check/")
    assert not phone.locator("#resume").is_visible()
    phone.locator("input[name=met]").first.check()
    phone.wait_for_url("**/path/check/?check=*")
    saved_url = phone.url
    phone.goto(f"{demo_site}/path/check/")
    phone.locator("#resume a").click()
    phone.wait_for_url(saved_url)
    assert phone.locator("input[name=met]:checked").count() == 1


def test_a_check_is_shared_by_its_link_alone(demo_site, phone, browser):
    phone.goto(f"{demo_site}/path/check/")
    phone.locator("input[name=met]").nth(2).check()
    phone.wait_for_url("**/path/check/?check=*")
    context = browser.new_context()
    other = context.new_page()
    other.goto(phone.url)
    assert other.locator("input[name=met]").nth(2).is_checked()
    assert context.cookies() == []
    context.close()


def test_a_sponsor_makes_a_plan_and_checks_off_a_course(demo_site, phone):
    phone.goto(f"{demo_site}/path/plan/")
    phone.get_by_label("Our team is at").select_option("1")
    phone.get_by_label("and wants to be at").select_option("2")
    phone.get_by_label("Sponsors", exact=True).check()
    phone.get_by_role("button", name="Make the plan").click()
    titles = phone.locator(".plan-step h2")
    assert titles.all_inner_texts()[:2] == ["LMP Orientation", "Effective Sponsorship (classroom)"]
    before = titles.count()
    phone.get_by_label("Already done: LMP Orientation").check()
    phone.get_by_role("button", name="Update the plan").last.click()
    phone.wait_for_url("**done=lmp-orientation**")
    assert titles.count() == before - 1
    assert "with no stated duration" not in phone.locator(".total").inner_text()


def test_the_map_of_a_course_links_to_the_courses_before_it(demo_site, phone):
    phone.goto(f"{demo_site}/courses/team-leadership-for-co-leads/")
    assert not phone.locator(".map-columns").is_visible()
    phone.locator(".map-rail a", has_text="Co-Lead Workshop").click()
    phone.wait_for_url("**/courses/co-lead-workshop/")


def test_the_map_has_columns_on_a_wide_screen(demo_site, page):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{demo_site}/courses/team-leadership-for-co-leads/")
    assert page.locator(".map-columns").is_visible()
    assert not page.locator(".map-rail").is_visible()
