"""The QR code of every PDF opens a page that says whether the print is current."""

import pytest
from django.conf import settings
from django.urls import get_resolver

from catalog.lib import qr
from catalog.models import Job
from tests.admin import parse_page
from tests.makers import make_course, make_tool, make_video, run_jobs

# {URL name: address} of each PDF. "%s" is the code of a tool.
PDFS = {
    "all-listing-pdf": "/new.pdf",
    "video-listing-pdf": "/videos.pdf",
    "tool-listing-pdf": "/tools.pdf",
    "course-listing-pdf": "/courses.pdf",
    "topic-listing-pdf": "/topics/teams.pdf",
    "audience-listing-pdf": "/audiences/sponsors.pdf",
    "region-listing-pdf": "/regions/hawaii.pdf",
    "search-listing-pdf": "/search.pdf?q=huddle",
    "tag-listing-pdf": "/tags/huddle.pdf",
    "level-listing-pdf": "/levels/2.pdf?kind=tool&sort=title",
    "dimension-listing-pdf": "/path/training.pdf",
    "cell-listing-pdf": "/path/training/level-2.pdf",
    "plan-pdf": "/path/plan.pdf?want=sponsoring",
    "packet-pdf": "/packet.pdf?items=%s&title=For+Monday",
    "catalog-pdf": "/catalog.pdf",
    "video-pdf": "/videos/a-video.pdf",
    "tool-pdf": "/tools/huddle-cards.pdf",
    "course-pdf": "/courses/sponsoring.pdf",
}
# The action plan prints the team's own answers, which no editor changes.
WITHOUT_NOTICE = {"action-sheet"}


@pytest.fixture
def tool(db):
    terms = {"topics": ["Teams"], "tags": ["huddle"], "audiences": ["Sponsors"], "levels": [2]}
    terms |= {"regions": ["Hawaii"], "dimensions": ["Training"]}
    make_video("A video", **terms)
    make_course("Sponsoring", **terms)
    return make_tool("Huddle cards", **terms)


@pytest.fixture
def printed_addresses(monkeypatch):
    """A list that gets the address in each QR code that is made for paper."""
    addresses, make_code = [], qr.make_code
    monkeypatch.setattr(
        qr, "make_code", lambda address: addresses.append(address) or make_code(address)
    )
    return addresses


def pdf_url_names(patterns, route=""):
    """Yields the name of each URL outside of the admin that ends in .pdf."""
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from pdf_url_names(pattern.url_patterns, here)
        elif here.endswith(".pdf") and not here.startswith("admin/"):
            yield pattern.name


def notices_on(client, address):
    response = client.get(address, follow=True)
    assert response.status_code == 200, address
    found = parse_page(response).xpath("//section[contains(@class, 'print-notice')]")
    return [" ".join(notice.text_content().split()) for notice in found]


def test_every_pdf_is_in_the_list_above():
    assert set(pdf_url_names(get_resolver().url_patterns)) == PDFS.keys() | WITHOUT_NOTICE


@pytest.mark.parametrize("name", PDFS)
def test_the_code_of_a_new_print_opens_a_page_that_calls_it_current(
    client, tool, printed_addresses, name
):
    response = client.get(PDFS[name].replace("%s", tool.get_short_url().rpartition("/")[2]))
    assert response.status_code in (200, 202)
    run_jobs(Job.Task.PRINT)
    address = printed_addresses[0].removeprefix(settings.SITE_URL)
    [notice] = notices_on(client, address)
    assert notice.startswith("Your print is current")
