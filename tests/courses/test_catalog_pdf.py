"""The catalog PDF: cover, contents, the path, chapters by topic, and indexes."""

import io
import re
import time
from datetime import timedelta

import pikepdf
import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from catalog.models import Job, Tool, Topic
from catalog.printing import limits, store, workers
from courses import catalog_pdf
from tests.makers import days_ago, make_course, make_tool, make_topic, make_video, run_jobs
from tests.pdfs import pdf_content, pdf_ua_errors, response_bytes

pytestmark = pytest.mark.django_db
ADDRESS = "/catalog.pdf"


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.PDF_ROOT = tmp_path / "prints"
    settings.SITE_URL = "https://catalog.example.org"


@pytest.fixture
def index():
    """A topic with a subtopic, and one entry without a topic."""
    make_course("Zeal", topics=["Teams"], levels=[2], audiences=["Sponsors"])
    make_tool("Ask why", topics=["Teams", "Listening"], audiences=["Co-leads"])
    make_video("Cake", topics=["Listening"])
    make_tool("Alone")
    Topic.objects.filter(name="Listening").update(parent=Topic.objects.get(name="Teams"))


def read_book(client, query=""):
    assert client.get(ADDRESS + query).status_code == 202
    run_jobs(Job.Task.PRINT)
    return client.get(ADDRESS + query)


def outline(response):
    with pypdfium2.PdfDocument(response_bytes(response)) as document:
        return [(mark.level, mark.get_title(), mark.get_dest().get_index() + 1)
                for mark in document.get_toc()]  # fmt: skip


def test_the_catalog_pdf_has_a_title_a_count_and_page_numbers(client, index):
    found = pdf_content(read_book(client))
    assert "The whole catalog" in found.pages[0] and "4 entries" in found.pages[0]
    assert all(f"Page {number} of {len(found.pages)}" in " ".join(text.split())
               for number, text in enumerate(found.pages, 1))  # fmt: skip


def test_it_conforms_to_pdf_ua(client, index):
    for query in ("", "?paper=a4&text=large&ink=saving"):
        assert pdf_ua_errors(read_book(client, query)) == []


def test_each_entry_appears_once_in_the_first_of_its_chapters(client, index):
    marks = outline(read_book(client))
    assert [title for level, title, _page in marks if level == 0] == [
        "The whole catalog", "Contents", "Path to Performance", "Teams", "Listening",
        "Without a topic", "Index of titles", "Index of audiences",
    ]  # fmt: skip
    inside = [title for level, title, _page in marks if level == 1]
    assert inside == ["Ask why", "Zeal", "Cake", "Alone"]


def test_a_topic_links_to_its_entries_in_other_chapters(client, index):
    response = read_book(client)
    short = f"catalog.example.org{Tool.objects.get(title='Ask why').get_short_url()}"
    words = f"Also on this topic, in other parts of this PDF: Ask why (Teams, {short})"
    assert words in pdf_content(response).text
    pages = {title: page for _level, title, page in outline(response)}
    assert pages["Ask why"] in jumps(response, pages["Listening"])


def jumps(response, number):
    """The numbers of the pages that the links of this page lead to."""
    with pikepdf.open(io.BytesIO(response_bytes(response))) as document:
        numbers = {page.obj.objgen: number for number, page in enumerate(document.pages, 1)}
        notes = [note.A for note in document.pages[number - 1].obj.Annots]
        return [numbers[action.D[0].objgen] for action in notes if action.S == "/GoTo"]


def test_a_subtopic_is_part_of_the_chapter_of_its_parent(client, index):
    response = read_book(client)
    pages = {title: page for _level, title, page in outline(response)}
    assert pages["Teams"] == pages["Zeal"] == pages["Listening"] == pages["Cake"]
    assert pages["Without a topic"] == pages["Teams"] + 1


def test_the_header_of_a_page_names_its_first_topic(client):
    for number in range(14):
        make_tool(f"Tool {number}", topics=["Teams"], audiences=["Sponsors"], summary="Say. " * 60)
    for number in range(6):
        make_tool(f"Other {number}", topics=["Listening"], summary="Say. " * 60)
    Topic.objects.filter(name="Listening").update(parent=Topic.objects.get(name="Teams"))
    response = read_book(client)
    found = pdf_content(response)
    page = {title: page for _level, title, page in outline(response)}["Listening"]
    assert heads(found)[page - 1] == "Teams"
    assert heads(found)[page] == "Teams: Listening"


def heads(found):
    """The header of each page. It is drawn right before the footer."""
    texts = [text.partition("\r\ncatalog.example.org/\r\n")[0] for text in found.pages]
    return [text.splitlines()[-1] for text in texts]


def test_the_header_in_the_index_of_audiences_names_the_audience(client):
    for number in range(200):
        make_tool(f"Tool {number}", audiences=["Sponsors"])
    assert heads(pdf_content(read_book(client)))[-1] == "Index of audiences: Sponsors"


def test_the_contents_gives_the_number_of_entries_of_each_chapter(client, index):
    contents = " ".join(pdf_content(read_book(client)).pages[0].split())
    assert "Teams 2 entries 3" in contents and "Without a topic 1 entry 4" in contents


def test_no_text_is_smaller_than_8_and_a_half_points(client, index):
    assert pdf_content(read_book(client)).smallest_pt >= 8.5


def numbers_in(text, titles):
    words, count = " ".join(text.split()), r"(?:\d+ entr(?:y|ies) )?"
    return {title: int(re.search(rf"{title},? {count}(\d+)\b", words)[1]) for title in titles}


def test_the_contents_and_the_index_give_the_right_page_numbers(client, index):
    response = read_book(client)
    pages = {title: page for _level, title, page in outline(response)}
    found = pdf_content(response)
    chapters = ["Path to Performance", "Teams", "Listening", "Without a topic", "Index of titles"]
    assert numbers_in(found.pages[0], chapters) == {title: pages[title] for title in chapters}
    titles = ["Alone", "Ask why", "Cake", "Zeal"]
    index = found.pages[pages["Index of titles"] - 1]
    assert numbers_in(index, titles) == {title: pages[title] for title in titles}


def test_page_numbers_are_right_in_a_long_catalog(client):
    for number in range(130):
        make_tool(f"Tool {number:03}", topics=[f"Topic {number % 3}"], summary="Say it. " * 20)
    response = read_book(client)
    pages = {title: page for _level, title, page in outline(response)}
    found = pdf_content(response)
    assert len(found.pages) > 15
    index = " ".join(found.pages[pages["Index of titles"] - 1 :])
    wanted = [f"Tool {number:03}" for number in range(0, 130, 13)]
    assert numbers_in(index, wanted) == {title: pages[title] for title in wanted}


def test_each_later_page_of_a_chapter_repeats_its_title(client):
    for number in range(30):
        make_tool(f"Tool {number}", topics=["Listening"])
    response = read_book(client)
    begins = {title: page for _level, title, page in outline(response)}["Listening"]
    assert "Listening" in pdf_content(response).pages[begins]


def test_the_code_leads_to_the_changes_and_to_a_new_pdf(client, index, monkeypatch):
    coded = []
    monkeypatch.setattr(catalog_pdf, "qr_image", lambda address: coded.append(address) or "")
    read_book(client)
    make_tool("Another")
    living = coded[0].removeprefix("https://catalog.example.org")
    words = client.get(living).content.decode()
    assert "Added to this list:" in words or "New:" in words
    assert '<a class="button" href="/catalog.pdf"' in words


def test_the_contents_links_to_chapters_and_indexes(client, index):
    response = read_book(client)
    pages = {title: page for _level, title, page in outline(response)}
    chapters = ["Path to Performance", "Teams", "Listening", "Without a topic"]
    indexes = ["Index of titles", "Index of audiences"]
    assert jumps(response, 1) == [pages[title] for title in chapters + indexes]


@pytest.fixture
def made(monkeypatch):
    """A list of the documents that are sent to the PDF processes."""
    made, asked = [], workers.run_worker

    def noted(document, path, number):
        made.append(document)
        return asked(document, path, number)

    monkeypatch.setattr(workers, "run_worker", noted)
    return made


def links_of(documents):
    return {document["link"].partition("#")[2] for document in documents if "link" in document}


def test_only_changed_parts_are_made_again(client, index, made):
    read_book(client)
    topics = {topic.name: f"t{topic.pk}" for topic in Topic.objects.all()}
    assert links_of(made) == {"", "path", "rest", "titles", "audiences", topics["Teams"]}
    made.clear()
    make_video("Another", topics=["Listening"])
    response = read_book(client)
    assert "Another" in pdf_content(response).text and pdf_ua_errors(response) == []
    # The chapter, the contents, and each index whose page numbers change.
    assert links_of(made) - {"audiences"} == {"", "titles", topics["Teams"]}


def test_on_the_next_day_only_the_part_with_the_date_is_made_again(
    client, index, made, monkeypatch
):
    read_book(client)
    made.clear()
    day = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda: day)
    response = read_book(client)
    printed = f"Printed on {date_format(day, 'F j, Y')}"
    assert all(printed in " ".join(text.split()) for text in pdf_content(response).pages)
    assert links_of(made) == {""} and pdf_ua_errors(response) == []


def test_a_chapter_is_made_while_others_are_still_written(client, index, made, monkeypatch):
    marks = catalog_pdf.CatalogContents.outline

    def marks_later(self, title):
        until = time.monotonic() + 30
        while "path" not in links_of(made) and time.monotonic() < until:
            time.sleep(0.01)
        assert "path" in links_of(made)
        return marks(self, title)

    monkeypatch.setattr(catalog_pdf.CatalogContents, "outline", marks_later)
    assert pdf_content(read_book(client)).pages


def test_the_page_number_after_a_title_of_several_lines_is_right(client):
    make_tool("Ask why " * 20 + "1000", topics=["Teams"])
    index = pdf_content(read_book(client)).pages[-1]
    assert "Ask why 1000, 3" in " ".join(index.split())


def test_the_path_is_a_table_on_a_landscape_page(client, index):
    response = read_book(client)
    with pikepdf.open(io.BytesIO(response_bytes(response))) as document:
        left, bottom, right, top = document.pages[1].mediabox
    assert right - left > top - bottom
    assert (
        "Dimension" in pdf_content(response).pages[1]
        and "1 course" not in pdf_content(response).pages[0]
    )


def test_it_has_published_entries_only(client, index):
    make_tool("Draft", published=False)
    make_tool("Tomorrow", published=days_ago(-1), topics=["Teams"])
    text = pdf_content(read_book(client)).text
    assert "Draft" not in text and "Tomorrow" not in text


def test_an_empty_catalog_has_a_pdf_too(client):
    assert "0 entries" in pdf_content(read_book(client)).text


def test_a_catalog_over_the_limit_says_how_many_entries_it_shows(client, index, monkeypatch):
    monkeypatch.setattr(limits, "MAX_CATALOG_ENTRIES", 2)
    assert "2 entries (the newest of 4)" in pdf_content(read_book(client)).text


def test_the_number_of_queries_does_not_grow(index):
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            book_of_now()
        counts.append(len(queries))
        for number in range(6):
            make_course(f"More {number}", topics=["Teams"], levels=[1 + number % 5])
            make_topic(f"Topic {number}")
    assert counts[0] == counts[1]


def book_of_now():
    found = catalog_pdf.CatalogContents()
    return [
        (entry.title, list(entry.audiences.all()), entry.related_shown)
        for section in found.sections
        for entry in section.resources
    ] + [cells for _dimension, cells in found.path.rows()]


def test_a_catalog_pdf_and_its_chapters_never_wait_for_each_other(client, index, monkeypatch):
    """Both can need the same lock, because there are only a few thousand names of locks."""
    hashed = store.hash_of
    monkeypatch.setattr(store, "hash_of", lambda *facts: "aaa" + hashed(*facts)[3:])
    monkeypatch.setattr(workers, "LARGE_TIMEOUT_S", 20)
    assert pdf_ua_errors(read_book(client)) == []
