"""The print options on a phone, by keyboard and in dark mode."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_print_options_open_on_a_phone_and_by_keyboard(demo_site, browser, scheme):
    size = {"width": 320, "height": 800}
    context = browser.new_context(viewport=size, color_scheme=scheme)
    page = context.new_page()
    for path in ("/tools/huddle-starter-cards/", "/courses/", "/path/plan/?from=1&to=2"):
        page.goto(demo_site + path)
        page.get_by_text("Print options").focus()
        page.keyboard.press("Enter")
        page.locator("select[name=paper]").select_option("a4")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert Axe().run(page).response["violations"] == []
    context.close()
