"""PDFs are read page by page, and those that do not open are refused."""

import pytest

from catalog.files.inspection import documents
from catalog.sandbox.exceptions import Refused
from tests import files
from tests.catalog.files.documents import (
    PDF,
    TAGGED,
    facts,
    make_preview,
    preview_at,
    refusal,
    texts,
)

PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>"
CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"


def test_the_facts_of_a_pdf_are_read():
    assert facts(TAGGED, "pdf") == {
        "pages": 1,
        "paper": "A4",
        "sizes": [[595.3, 841.9]],
        "title": "Five Whys",
        "language": "en-US",
        "accessibility_issues": [],
    }


def test_a_pdf_without_title_language_and_tags_lacks_them():
    assert facts(PDF, "pdf", "title", "language", "accessibility_issues") == (
        "",
        "",
        ["title", "language", "tags"],
    )
    untitled = files.tagged_pdf(title=" ")
    assert facts(untitled, "pdf", "accessibility_issues") == (["title"],)


def test_a_title_may_be_in_any_script():
    title = "海報 – “Größe” 🙂"
    assert facts(files.tagged_pdf(title, "zh-Hant"), "pdf", "title", "language") == (
        title,
        "zh-Hant",
    )


@pytest.mark.parametrize(
    "sizes, paper",
    [
        ([(612, 792)], "8.5 × 11 in"),
        ([(612, 792), (792, 612)], "8.5 × 11 in"),
        ([(595.3, 841.9)], "A4"),
        ([(1440, 2160)], "20 × 30 in"),
        ([(792, 1224), (612, 792), (612, 792)], "11 × 17 in and 8.5 × 11 in"),
        ([(612, 792), (792, 1224), (595, 842)], "8.5 × 11 in, 11 × 17 in and others"),
    ],
)
def test_the_pages_and_paper_of_a_pdf_are_read(sizes, paper):
    pages = [
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %f %f]>>" % (width, height)
        for width, height in sizes
    ]
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 3 + len(pages)))
    tree = b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages))
    content = files.pdf_from_objects(CATALOG, tree, *pages)
    assert facts(content, "pdf", "pages", "paper") == (len(sizes), paper)


@pytest.mark.parametrize("count", [-1, 0, 1, 3, 5000, 2**31 - 1])
def test_a_pdf_whose_pages_form_a_loop_is_refused(count):
    content = files.looping_pdf(count)
    assert refusal(content, "pdf") == "pdf_unreadable"
    assert refusal(content, "pdf", documents.texts) == "unreadable"
    assert refusal(content, "pdf", preview_at) == "unreadable"


def test_a_pdf_whose_page_tree_is_its_own_parent_is_read():
    tree = b"<</Type/Pages/Kids[3 0 R]/Count 1/Parent 2 0 R>>"
    content = files.pdf_from_objects(CATALOG, tree, b"<</Type/Page/Parent 3 0 R>>")
    assert facts(content, "pdf", "pages") == (1,)
    assert texts(content, "pdf") == []


def test_a_pdf_with_too_many_pages_is_refused():
    with pytest.raises(Refused) as caught:
        facts(files.looping_pdf(5001), "pdf")
    assert (caught.value.code, caught.value.facts) == ("pdf_too_many_pages", {"most": 5000})


def test_missing_pages_of_a_pdf_have_no_text():
    tree = b"<</Type/Pages/Kids[3 0 R]/Count 4000>>"
    content = files.pdf_from_objects(CATALOG, tree, PAGE)
    assert facts(content, "pdf", "paper") == ("8.5 × 11 in",)
    assert texts(content, "pdf") == []


def test_the_text_of_a_pdf_is_read_page_by_page():
    content = files.tagged_pdf(text="One.<p style='break-before: page'>Two.")
    assert texts(content, "pdf") == [[1, "Five Whys\r\nOne."], [2, "Two."]]


@pytest.mark.parametrize(
    "size, pixels",
    [
        ((612, 792), (400, 518)),
        ((792, 612), (400, 310)),
        ((1, 10_000), (1, 800)),
        ((10_000, 1), (400, 1)),
        ((14_400, 14_400), (400, 400)),
        ((1, 1), (400, 400)),
    ],
)
def test_the_preview_of_a_pdf_is_its_first_page_on_white(size, pixels):
    picture = make_preview(files.pdf(2, size), "pdf", width=400)
    assert picture.size == pixels
    assert picture.getpixel((0, 0)) == (255, 255, 255)
