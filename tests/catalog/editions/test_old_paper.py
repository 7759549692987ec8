"""Paper that hangs on a wall keeps answering: the former names of parameters mean the same."""

import pytest

from tests.admin import parse_page
from tests.makers import make_course, make_tool

DAY = "20260102"


def main_of(response):
    assert response.status_code == 200
    return " ".join(parse_page(response).xpath("//main")[0].text_content().split())


@pytest.fixture
def addresses(db):
    tool, course = make_tool("Huddle Cards"), make_course("Sponsoring")
    code = tool.get_short_url().rpartition("/")[2]
    return {
        "entry": (f"{tool.get_absolute_url()}?edition=1", f"{tool.get_absolute_url()}?print=1"),
        "listing": (f"/tools/?list={DAY}", f"/tools/?printed={DAY}"),
        "catalog": (f"/new/?of=book&list={DAY}", f"/new/?of=book&printed={DAY}"),
        "packet": (f"/packet/?items={code}&list={DAY}", f"/packet/?items={code}&printed={DAY}"),
        "plan": (
            f"/path/plan/?want={course.slug}&list={DAY}",
            f"/path/plan/?want={course.slug}&printed={DAY}",
        ),
    }


@pytest.mark.parametrize("page", ["entry", "listing", "catalog", "packet", "plan"])
def test_a_code_under_its_former_name_gives_the_same_notice(client, addresses, page):
    present, former = (main_of(client.get(address)) for address in addresses[page])
    plain = main_of(client.get(addresses[page][0].partition("?")[0]))
    assert present == former != plain
    assert "print" in former


def test_the_former_address_of_a_print_still_leads_to_its_page(client, db):
    tool = make_tool("Huddle Cards")
    address = client.get(f"{tool.get_short_url()}/1").headers["Location"]
    assert address == f"{tool.get_absolute_url()}?edition=1"
