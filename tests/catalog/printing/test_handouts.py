"""The handout of a listing: which view it is, what is on which page, each entry with its facts."""

import re

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from catalog.lib.qr import qr_image
from catalog.printing import handouts, limits
from tests.makers import days_ago, make_course, make_tool, make_topic, make_video
from tests.pdfs import pdf_content, pdf_ua_errors

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(settings):
    settings.SITE_URL = "https://catalog.example.org"


def words_of(client, path):
    return pdf_content(client.get(path)).text


def in_order(words, *parts):
    places = [words.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


def test_a_listing_prints_each_with_its_facts(client):
    tool = make_tool(levels=[2, 3], topics=["LMP Processes"], title="Waste Walk", format_text="PDF")
    make_video("Cake", seconds=89, levels=[1], topics=["LMP Processes"], audience_text="All")
    make_topic().save()
    found = pdf_content(client.get("/topics/lmp-processes.pdf"))
    for words in (
        "LMP Processes",
        "2 results",
        "Waste Walk",
        "Cake",
        "1:29",
        "Levels 2–3",
        "For: All",
    ):
        assert words in found.text
    assert f"https://catalog.example.org{tool.get_absolute_url()}" in found.links
    assert f"catalog.example.org{tool.get_short_url()}" in found.text


def test_a_listing_prints_what_its_filters_show(client):
    make_tool("Waste Walk", levels=[2])
    make_video("Cake", levels=[2])
    make_tool("Icebreaker", levels=[5])
    found = pdf_content(client.get("/new.pdf?kind=tool&level=2"))
    assert found.title.startswith("New in the catalog · Tools · Level 2 –")
    assert "Waste Walk" in found.text
    assert "Cake" not in found.text
    assert "Icebreaker" not in found.text
    assert "catalog.example.org/new/?kind=tool&level=2" in found.text


def test_an_empty_listing_says_so(client):
    make_topic("Leadership")
    found = pdf_content(client.get("/topics/leadership.pdf"))
    assert "Nothing has been published here yet." in found.text
    assert "0 results" not in found.text


def test_a_search_that_finds_nothing_says_so(client):
    make_tool("Waste Walk", levels=[1])
    found = pdf_content(client.get("/search.pdf?q=zzzzqqq"))
    assert "No results for “zzzzqqq”" in found.text
    found = pdf_content(client.get("/search.pdf?q=waste&level=2"))
    assert "No results for “waste” with these filters" in found.text
    assert "published" not in found.text


def test_a_long_listing_prints_the_first_and_says_how_many_there_are(client, monkeypatch):
    monkeypatch.setattr(limits, "MAX_HANDOUT_ENTRIES", 3)
    for number in range(5):
        make_tool(f"Tool number {number}", published=days_ago(number + 1))
    found = pdf_content(client.get("/tools.pdf"))
    assert "The first 3 of 5" in found.text
    assert "Tool number 2" in found.text
    assert "Tool number 3" not in found.text


def test_a_listing_holds_only_what_is_published(client):
    make_tool("Waste Walk")
    make_tool("Draft", published=False)
    make_tool("Tomorrow", published=days_ago(-1))
    words = pdf_content(client.get("/tools.pdf")).text
    assert "Waste Walk" in words
    assert "Draft" not in words
    assert "Tomorrow" not in words


def test_it_says_which_view_it_is_and_of_which_day(client, monkeypatch):
    addresses = []
    monkeypatch.setattr(handouts, "qr_image", lambda it: addresses.append(it) or qr_image(it))
    make_tool("Waste Walk", levels=[2])
    found = pdf_content(client.get("/new.pdf?kind=tool&level=2"))
    day = timezone.localdate()
    assert in_order(found.text, "New in the catalog", "1 result", "only: Tools, Level 2")
    printed = f"Printed from this list on {date_format(day, 'F j, Y')}."
    assert f"{printed} See the newest version:" in found.text
    living = "https://catalog.example.org/new/?kind=tool&level=2"
    assert len(addresses) == 1 and addresses[0].startswith(f"{living}&list={day:%Y%m%d}-")
    assert living in found.links
    assert [width >= 20 for width in found.qr_widths_mm] == [True]


def test_the_address_of_a_printed_list_leads_to_the_list(client):
    make_tool("Waste Walk")
    assert "Waste Walk" in client.get("/tools/?list=20261127").content.decode()


def test_entries_stand_by_kind(client):
    make_course("Facilitation")
    make_tool("Waste Walk")
    make_video("Cake")
    words = words_of(client, "/new.pdf")
    assert in_order(words, "Videos", "Cake", "Tools", "Waste Walk", "Courses", "Facilitation")


def test_entries_of_one_kind_stand_by_level_each_once(client):
    make_course("Third", levels=[3], published=days_ago(1))
    make_course("None", published=days_ago(2))
    make_course("Second and third", levels=[2, 3], published=days_ago(3))
    words = words_of(client, "/courses.pdf")
    parts = ["Level 2 · Foundational", "Second and third", "Level 3 · Transitional", "Third"]
    assert in_order(words, *parts, "For any level, or none is named", "None")
    assert words.count("Second and third") == 1


def test_all_kinds_stand_by_level_where_that_is_asked_for(client):
    make_tool("Waste Walk", levels=[4])
    make_video("Cake", levels=[1])
    words = words_of(client, "/new.pdf?group=level")
    assert in_order(words, "Level 1 · ", "Cake", "Level 4 · ", "Waste Walk")


def test_a_view_of_some_levels_has_no_other_level_as_a_heading(client):
    make_course("From one to three", levels=[1, 2, 3])
    assert "Level 2 · " in words_of(client, "/courses.pdf?level=2&level=3")
    assert "Level 1 · " not in words_of(client, "/courses.pdf?level=2&level=3")
    make_tool("Waste Walk", levels=[1, 2])
    assert in_order(words_of(client, "/levels/2.pdf?group=level"), "Tools", "Courses")


def test_what_belongs_together_is_written_out_with_short_addresses(client):
    first, course = make_course("Orientation"), make_course("Workshop")
    course.requirements.create(named_course=first)
    course.requirements.create(text="Goals", type="knowledge", necessity="recommended")
    course.related.add(make_tool("Planning Sheet"), make_tool("Secret", published=False))
    words = words_of(client, "/courses.pdf")
    assert f"Required: Orientation catalog.example.org{first.get_short_url()}" in words
    assert "Recommended: Goals" in words
    assert re.search(r"Goes with: Planning Sheet catalog\.example\.org/r/\w+", words)
    assert "Secret" not in words


def make_many(count, words="Words that fill a page. "):
    for number in range(count):
        make_tool(f"Tool number {number}", summary=words * 18, published=days_ago(number + 1))


def test_a_few_entries_need_no_contents(client):
    make_many(7)
    assert "Contents" not in words_of(client, "/tools.pdf")


def test_the_contents_says_on_which_page_each_entry_is(client):
    make_many(12)
    found = pdf_content(client.get("/tools.pdf"))
    said = dict(re.findall(r"(Tool number \d+) (\d)", found.pages[0].replace("\r\n", " ")))
    assert len(said) == 12
    assert len(set(said.values())) > 1
    for title, number in said.items():
        assert re.search(rf"{title}\s+Words", found.pages[int(number) - 1])


def test_a_handout_of_every_kind_can_be_read_by_everyone(client):
    make_many(9)
    course = make_course("Workshop", levels=[2], audiences=["Co-leads"], only_for=["Sponsors"])
    course.requirements.create(text="Orientation")
    course.related.add(make_video("Cake", levels=[1], seconds=89))
    for path in ("/new.pdf", "/new.pdf?group=level&text=large", "/topics/roles.pdf"):
        make_topic("Roles")
        assert pdf_ua_errors(client.get(path)) == []
