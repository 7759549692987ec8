"""Old paper keeps working: the former name of a code gives the same notice as the new one."""

import pytest

from tests.admin import parse_page
from tests.makers import make_course, make_tool, make_video

DAY = "20260102"
# Every page that has a notice for its prints. "%s" is the code of a tool.
ENTRIES = ["/videos/a-video/", "/tools/huddle-cards/", "/courses/sponsoring/"]
LISTS = [
    "/tools/?",
    "/new/?of=catalog",
    "/new/?of=book",  # as paper said it before December 2026
    "/search/?q=huddle",
    "/topics/teams/?",
    "/tags/huddle/?",
    "/audiences/sponsors/?",
    "/levels/2/?",
    "/path/training/?",
    "/path/training/level-2/?",
    "/path/plan/?want=sponsoring",
    "/packet/?items=%s&title=For+Monday",
]
PAGES = [
    *((f"{path}?", "edition", "print", "1") for path in ENTRIES),
    *((path, "list", "printed", DAY) for path in LISTS),
]


@pytest.fixture
def tool(db):
    terms = {"topics": ["Teams"], "tags": ["huddle"], "audiences": ["Sponsors"]}
    terms |= {"levels": [2], "dimensions": ["Training"]}
    make_video("A video", **terms)
    make_course("Sponsoring", **terms)
    return make_tool("Huddle cards", **terms)


@pytest.fixture(params=PAGES, ids=lambda page: page[0].partition("?")[0])
def scanned(request, tool):
    """(address, new name of its code, former name, a code)"""
    path, *names_and_code = request.param
    return path.replace("%s", tool.get_short_url().rpartition("/")[2]), *names_and_code


def get_page(client, address, **codes):
    query = "".join(f"&{name}={code}" for name, code in codes.items())
    response = client.get(address + query)
    assert response.status_code == 200, address
    return parse_page(response)


def notices_in(page):
    found = page.xpath("//section[contains(@class, 'print-notice')]")
    return [" ".join(notice.text_content().split()) for notice in found]


def test_a_code_gives_the_same_notice_under_its_new_and_its_former_name(client, scanned):
    address, name, former_name, code = scanned
    [notice] = notices_in(get_page(client, address, **{name: code}))
    assert notices_in(get_page(client, address, **{former_name: code})) == [notice]
    assert notices_in(get_page(client, address)) == []


def test_the_new_name_wins_over_the_former_one(client, scanned):
    address, name, former_name, code = scanned
    [notice] = notices_in(get_page(client, address, **{name: code}))
    assert notices_in(get_page(client, address, **{former_name: "x", name: code})) == [notice]


def test_no_link_of_a_page_repeats_the_code(client, scanned):
    address, name, former_name, code = scanned
    plain = get_page(client, address)
    for parameter in (name, former_name):
        links = get_page(client, address, **{parameter: code}).xpath("//@href | //@action")
        assert not [link for link in links if f"{parameter}={code}" in link]
        assert set(plain.xpath("//@href | //@action")) <= set(links)


def test_a_packet_is_the_same_with_and_without_a_code(client, tool):
    address = f"/packet/?items={tool.get_short_url().rpartition('/')[2]}&title=For+Monday"
    fields = "//form[@id='packet-form']//*[@name]"
    plain, scanned = (
        [(field.get("name"), field.get("value"), field.text) for field in page.xpath(fields)]
        for page in (get_page(client, address), get_page(client, address, list=DAY))
    )
    assert plain and plain == scanned


def test_a_short_address_redirects_to_the_new_name(client, tool):
    response = client.get(f"{tool.get_short_url()}/1")
    assert response["Location"] == f"{tool.get_absolute_url()}?edition=1"
