"""The handout of a listing: its filters, its contents, and the facts of each entry."""

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
def site_settings(settings):
    settings.SITE_URL = "https://catalog.example.org"


def words_of(client, path):
    return pdf_content(client.get(path)).text


def are_in_order(words, *parts):
    places = [words.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


def test_a_listing_prints_each_entry_with_its_facts(client):
    tool = make_tool(levels=[2, 3], topics=["LMP Processes"], title="Waste Walk", format_text="PDF")
    make_video("Cake", seconds=89, levels=[1], topics=["LMP Processes"], audience_text="All")
    make_topic().save()
    pdf = pdf_content(client.get("/topics/lmp-processes.pdf"))
    for words in (
        "LMP Processes",
        "2 results",
        "Waste Walk",
        "Cake",
        "1:29",
        "Levels 2–3",
        "For: All",
    ):
        assert words in pdf.text
    assert f"https://catalog.example.org{tool.get_absolute_url()}" in pdf.links
    assert f"catalog.example.org{tool.get_short_url()}" in pdf.text


def test_a_listing_prints_the_entries_that_pass_its_filters(client):
    make_tool("Waste Walk", levels=[2])
    make_video("Cake", levels=[2])
    make_tool("Icebreaker", levels=[5])
    pdf = pdf_content(client.get("/new.pdf?kind=tool&level=2"))
    assert pdf.title.startswith("New in the catalog · Tools · Level 2 –")
    assert "Waste Walk" in pdf.text
    assert "Cake" not in pdf.text
    assert "Icebreaker" not in pdf.text
    assert "catalog.example.org/new/?kind=tool&level=2" in pdf.text


def test_an_empty_listing_says_so(client):
    make_topic("Leadership")
    pdf = pdf_content(client.get("/topics/leadership.pdf"))
    assert "Nothing has been published here yet." in pdf.text
    assert "0 results" not in pdf.text


def test_a_search_that_finds_nothing_says_so(client):
    make_tool("Waste Walk", levels=[1])
    pdf = pdf_content(client.get("/search.pdf?q=zzzzqqq"))
    assert "No results for “zzzzqqq”" in pdf.text
    pdf = pdf_content(client.get("/search.pdf?q=waste&level=2"))
    assert "No results for “waste” with these filters" in pdf.text
    assert "published" not in pdf.text


def test_a_long_listing_prints_the_first_entries_and_the_total(client, monkeypatch):
    monkeypatch.setattr(limits, "MAX_HANDOUT_ENTRIES", 3)
    for number in range(5):
        make_tool(f"Tool number {number}", published=days_ago(number + 1))
    pdf = pdf_content(client.get("/tools.pdf"))
    assert "The first 3 of 5" in pdf.text
    assert "Tool number 2" in pdf.text
    assert "Tool number 3" not in pdf.text


def test_a_listing_prints_only_published_entries(client):
    make_tool("Waste Walk")
    make_tool("Draft", published=False)
    make_tool("Tomorrow", published=days_ago(-1))
    words = pdf_content(client.get("/tools.pdf")).text
    assert "Waste Walk" in words
    assert "Draft" not in words
    assert "Tomorrow" not in words


def test_a_handout_shows_its_filters_and_its_day(client, monkeypatch):
    addresses = []
    monkeypatch.setattr(
        handouts, "qr_image", lambda address: addresses.append(address) or qr_image(address)
    )
    make_tool("Waste Walk", levels=[2])
    pdf = pdf_content(client.get("/new.pdf?kind=tool&level=2"))
    day = timezone.localdate()
    assert are_in_order(pdf.text, "New in the catalog", "1 result", "only: Tools, Level 2")
    printed = f"Printed from this list on {date_format(day, 'F j, Y')}."
    assert f"{printed} See the newest version:" in pdf.text
    page_address = "https://catalog.example.org/new/?kind=tool&level=2"
    assert len(addresses) == 1 and addresses[0].startswith(f"{page_address}&list={day:%Y%m%d}-")
    assert page_address in pdf.links
    assert [width >= 20 for width in pdf.qr_widths_mm] == [True]


def test_the_address_of_a_printed_list_leads_to_the_list(client):
    make_tool("Waste Walk")
    assert "Waste Walk" in client.get("/tools/?list=20261127").content.decode()


def test_entries_are_grouped_by_kind(client):
    make_course("Facilitation")
    make_tool("Waste Walk")
    make_video("Cake")
    words = words_of(client, "/new.pdf")
    assert are_in_order(words, "Videos", "Cake", "Tools", "Waste Walk", "Courses", "Facilitation")


def test_entries_of_one_kind_are_grouped_by_level_each_once(client):
    make_course("Third", levels=[3], published=days_ago(1))
    make_course("None", published=days_ago(2))
    make_course("Second and third", levels=[2, 3], published=days_ago(3))
    words = words_of(client, "/courses.pdf")
    parts = ["Level 2 · Foundational", "Second and third", "Level 3 · Transitional", "Third"]
    assert are_in_order(words, *parts, "Any level, or none listed", "None")
    assert words.count("Second and third") == 1


def test_all_kinds_are_grouped_by_level_on_request(client):
    make_tool("Waste Walk", levels=[4])
    make_video("Cake", levels=[1])
    words = words_of(client, "/new.pdf?group=level")
    assert are_in_order(words, "Level 1 · ", "Cake", "Level 4 · ", "Waste Walk")


def test_a_listing_filtered_by_levels_has_no_other_level_as_a_heading(client):
    make_course("From one to three", levels=[1, 2, 3])
    assert "Level 2 · " in words_of(client, "/courses.pdf?level=2&level=3")
    assert "Level 1 · " not in words_of(client, "/courses.pdf?level=2&level=3")
    make_tool("Waste Walk", levels=[1, 2])
    assert are_in_order(words_of(client, "/levels/2.pdf?group=level"), "Tools", "Courses")


def test_requirements_and_related_entries_are_printed_with_short_addresses(client):
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


def test_the_contents_shows_the_page_of_each_entry(client):
    make_many(12)
    pdf = pdf_content(client.get("/tools.pdf"))
    page_numbers = dict(re.findall(r"(Tool number \d+) (\d)", pdf.pages[0].replace("\r\n", " ")))
    assert len(page_numbers) == 12
    assert len(set(page_numbers.values())) > 1
    for title, number in page_numbers.items():
        assert re.search(rf"{title}\s+Words", pdf.pages[int(number) - 1])


def test_handouts_of_all_kinds_are_accessible(client):
    make_many(9)
    course = make_course("Workshop", levels=[2], audiences=["Co-leads"], only_for=["Sponsors"])
    course.requirements.create(text="Orientation")
    course.related.add(make_video("Cake", levels=[1], seconds=89))
    for path in ("/new.pdf", "/new.pdf?group=level&text=large", "/topics/roles.pdf"):
        make_topic("Roles")
        assert pdf_ua_errors(client.get(path)) == []
