"""axe-core and the Nu checker find no errors on any page type."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string

from tests.pages import page_addresses

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_and_no_page_is_too_wide(demo_site, browser, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, axe = context.new_page(), Axe()
    found = {}
    for name, path in page_addresses().items():
        page.goto(demo_site + path)
        found[name] = [
            f"{violation['id']}: {node['html']}"
            for violation in axe.run(page).response["violations"]
            for node in violation["nodes"]
        ]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[name].append("wider than the window")
    context.close()
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_the_nu_checker_finds_no_error(demo_site, client, tmp_path, nu_errors):
    for name, path in page_addresses().items():
        (tmp_path / f"{name}.html").write_bytes(client.get(path).content)
    for name in ("400", "403", "500"):
        (tmp_path / f"{name}.html").write_bytes(render_to_string(f"{name}.html").encode())
    assert nu_errors(tmp_path) == []


def test_pages_load_nothing_from_other_sites_and_set_no_cookies(demo_site, browser):
    context = browser.new_context()
    page, requested, messages = context.new_page(), set(), []
    page.on("request", lambda request: requested.add(request.url.partition("?")[0]))
    page.on("console", lambda message: messages.append(message.text))
    for path in page_addresses().values():
        page.goto(demo_site + path)
    assert all(url.startswith(demo_site + "/") for url in requested)
    assert [text for text in messages if "Content Security Policy" in text] == []
    assert context.cookies() == []
    context.close()
