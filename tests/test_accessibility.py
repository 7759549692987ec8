"""axe-core and the Nu checker find no errors on any page type."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.template.loader import render_to_string

from tests.pages import page_addresses

pytestmark = pytest.mark.django_db


WIDTHS, SCHEMES = [1280, 320], ["light", "dark"]
RUN_AXE = """async () => {
  const { violations } = await axe.run({ resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}"""


@pytest.fixture(scope="module")
def problems(demo_site, browser, django_db_blocker):
    """{(width, scheme): {page type: problems}}. Each page is opened once and shown in each way."""
    looks = [(width, scheme) for width in WIDTHS for scheme in SCHEMES]
    found = {look: {} for look in looks}
    context = browser.new_context(reduced_motion="reduce")  # colors change at once
    page = context.new_page()
    with django_db_blocker.unblock():
        for name, path in page_addresses().items():
            show_as(page, *looks[0])
            page.goto(demo_site + path)
            page.evaluate(AXE_SCRIPT)
            for look in looks:
                show_as(page, *look)
                found[look][name] = problems_of(page)
    context.close()
    return found


def show_as(page, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)


def problems_of(page):
    problems = page.evaluate(RUN_AXE)
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        problems.append("wider than the window")
    return problems


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_no_violation_and_no_page_is_too_wide(problems, width, scheme):
    found = problems[width, scheme]
    assert found.keys() >= {"home", "packet", "video", "tool", "course"}
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
