"""Each PDF button has a form with print options, which also works without JavaScript."""

import pytest
from lxml import html

from tests.makers import make_course, make_tool, make_topic, make_video
from tests.pdfs import pdf_content

pytestmark = pytest.mark.django_db
LARGE_A4 = {"paper": "a4", "text": "large", "ink": "saving"}


def print_form_on(client, path):
    """Returns the address of the print form on a page, and the values that it sends by default."""
    forms = html.fromstring(client.get(path).content).xpath("//details[@class='print-choice']/form")
    return forms[0].get("action"), dict(forms[0].form_values())


def print_with(client, path, **values):
    action, first = print_form_on(client, path)
    return client.get(action, first | values)


def test_every_page_with_a_pdf_has_print_options(client):
    make_topic("Roles")
    resources = [make_tool(), make_video(), make_course(levels=[1, 2])]
    paths = [resource.get_absolute_url() for resource in resources]
    paths += ["/new/", "/tools/", "/topics/roles/", "/levels/2/", "/search/?q=consensus"]
    paths += ["/path/leadership/", "/path/plan/?to=2", "/path/check/", "/path/?check=bkquu"]
    for path in paths:
        assert print_with(client, path)["Content-Type"] == "application/pdf", path


def test_the_choice_of_grouping_appears_only_if_both_are_possible(client):
    for make in (make_tool, make_video):
        make(levels=[2], topics=["Roles"])
    offered = {
        path: "group" in print_form_on(client, path)[1]
        for path in ("/new/", "/topics/roles/", "/tools/", "/levels/2/", "/search/?q=nothing")
    }
    assert [path for path in offered if offered[path]] == ["/new/", "/topics/roles/"]


def test_the_pdf_has_the_chosen_options(client):
    tool = make_tool("Waste Walk")
    pdf = pdf_content(print_with(client, tool.get_absolute_url(), **LARGE_A4))
    assert [round(length) for length in pdf.size] == [595, 842]
    assert pdf.smallest_pt >= 16


def test_the_default_options_give_the_same_pdf_as_the_button(client):
    tool = make_tool("Waste Walk")
    tags = [
        response["ETag"]
        for response in (
            client.get(tool.get_pdf_url()),
            print_with(client, tool.get_absolute_url()),
        )
    ]
    assert tags[0] == tags[1]


def test_a_printed_list_keeps_its_filters_and_order(client):
    make_tool("Waste Walk", levels=[2])
    make_tool("Icebreaker", levels=[5])
    action, values = print_form_on(client, "/search/?q=waste+%26+walk&level=2&sort=title")
    assert (action, values["q"], values["level"]) == ("/search.pdf", "waste & walk", "2")
    words = pdf_content(print_with(client, "/tools/?level=2", text="large")).text
    assert "Waste Walk" in words
    assert "Icebreaker" not in words


def test_a_list_can_be_grouped_by_level(client):
    make_tool("Waste Walk", levels=[4])
    make_video("Cake", levels=[1])
    words = pdf_content(print_with(client, "/new/", group="level")).text
    assert "Level 1 · Pre-team climate" in words


def test_a_printed_plan_keeps_its_query(client):
    make_course("Workshop", levels=[2])
    action, values = print_form_on(client, "/path/plan/?from=1&to=2")
    assert action == "/path/plan.pdf"
    assert (values["from"], values["to"]) == ("1", "2")
