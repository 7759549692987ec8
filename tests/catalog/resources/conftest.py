import pytest

from tests.catalog.resources.player_page import WORKSTATION


@pytest.fixture
def device():
    return WORKSTATION


@pytest.fixture
def reader(browser, demo_site, device):
    """A page of the site on `device`. A message in its console fails the test."""
    context = browser.new_context(base_url=demo_site, **device)
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []
