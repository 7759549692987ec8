"""Documents of every kind are read or refused, whatever is in them."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.files.inspection import documents, office
from catalog.sandbox.exceptions import Refused
from tests import files
from tests.catalog.files.documents import (
    DOCX,
    FOLDER,
    PDF,
    PNG,
    PPTX,
    TAGGED,
    facts,
    make_preview,
    refusal,
    texts,
)

DEMO = Path(__file__).resolve().parents[3] / "editorial" / "demo"
OLE = office.OLE + b"\x00" * 600


@pytest.mark.parametrize(
    "path", sorted([*DEMO.glob("pdfs/*.pdf"), *DEMO.glob("decks/*.pptx")]), ids=lambda p: p.name
)
def test_every_document_of_the_demo_is_accepted_and_lacks_nothing(path):
    read = documents.read(str(path), path.suffix[1:])
    assert read["pages"] and not read["accessibility_issues"]
    assert documents.texts(str(path), path.suffix[1:])


@pytest.mark.parametrize(
    "content, ending",
    [
        (PDF, "pdf"),
        (PPTX, "pptx"),
        (DOCX, "docx"),
        (files.office("xl"), "xlsx"),
        *((files.ole_office(ending), ending) for ending in office.OLD_OFFICE),
        (PNG, "png"),
        (files.photo(), "jpg"),
        (files.photo(), "jpeg"),
        (files.image("WEBP"), "webp"),
        (files.animated_image(), "gif"),
        (files.image("TIFF"), "tif"),
        (b"MM\0+" + b"\0" * 40, "tiff"),
    ],
)
def test_a_good_file_is_accepted(content, ending):
    assert facts(content, ending).keys() == facts(PDF, "pdf").keys()


@pytest.mark.parametrize(
    "content, ending, code",
    [
        (b"<html><script>alert(1)</script>", "pdf", "not_pdf"),
        (b"<html>" + PDF, "pdf", "not_pdf"),
        (PDF[:-60], "pdf", "pdf_cut"),
        (PDF + b"\0" * 5000, "pdf", "pdf_cut"),
        (b"%PDF-1.7\nnothing in it\n%%EOF", "pdf", "pdf_unreadable"),
        (files.pdf(0), "pdf", "pdf_unreadable"),
        (files.encrypted_pdf(), "pdf", "pdf_locked"),
        (PDF + files.office(), "pdf", "holds_more"),
        (OLE, "docx", "office_locked"),
        (PPTX, "docx", "office_other_kind"),
        (b"nothing", "docx", "office_unreadable"),
        (b"#!/bin/sh\n" + DOCX, "docx", "office_unreadable"),
        (PPTX[:5000], "pptx", "office_unreadable"),
        (PPTX[:3000] + b"\x00" * 400 + PPTX[3400:], "pptx", "office_unreadable"),
        (PPTX, "ppt", "not_office"),
        (PNG, "jpg", "picture_unreadable"),
        (files.png_header(12_000, 12_000), "png", "picture_too_many_pixels"),
        (PNG + files.office(), "png", "picture_with_more"),
        (PNG, "tif", "picture_unreadable"),
    ],
)
def test_a_bad_document_is_refused_with_its_code(content, ending, code):
    assert refusal(content, ending) == code


@pytest.mark.parametrize("ending", documents.ENDINGS)
def test_an_empty_file_is_refused(ending):
    assert refusal(b"", ending)


# Texts


def test_reading_stops_at_the_limits():
    content = files.docx(*["x" * 2000] * 5)
    assert [len(text) for _, text in texts(content, "docx", most_text=5000)] == [2000, 2000, 1000]
    assert len(texts(content, "docx", most_places=2)) == 2
    assert texts(files.pdf(3), "pdf", most_places=2) == []


def test_other_documents_have_no_texts():
    for content, ending in [
        (PNG, "png"),
        (files.ole_office(), "doc"),
        (files.office("xl"), "xlsx"),
    ]:
        assert texts(content, ending) == []


def test_an_unreadable_document_is_refused():
    for ending in ("pdf", "pptx", "docx"):
        assert refusal(b"nothing", ending, documents.texts) == "unreadable"


# Previews


def test_the_preview_of_an_image_is_turned_upright():
    assert make_preview(files.photo(size=(80, 60)), "jpg", width=30).size == (30, 40)
    assert make_preview(files.photo(size=(80, 60)), "jpg").size == (60, 80)
    assert make_preview(files.animated_image(), "gif").n_frames == 1


def test_other_documents_have_no_preview():
    word, sheet = files.ole_office(), files.office("xl")
    for content, ending in [(word, "doc"), (sheet, "xlsx"), (b"II*\0", "tif")]:
        assert make_preview(content, ending) is None


# Random and damaged files


def call_everything(content, ending):
    """Calls every function on `content`. Each returns or raises Refused."""
    path = Path(FOLDER.name) / f"any.{ending}"
    path.write_bytes(content)
    for function, options in (
        (documents.read, ()),
        (documents.texts, ()),
        (documents.preview, (f"{path}.out", 40)),
    ):
        try:
            function(str(path), ending, *options)
        except Refused as refused:
            assert refused.code


STARTS = [b"", b"%PDF-1.7\n", b"PK\x03\x04", office.OLE, PDF, files.office("word")]


@given(st.binary(max_size=200), st.sampled_from(STARTS), st.sampled_from([b"", b"%%EOF"]))
@settings(max_examples=50, deadline=None)
def test_any_bytes_under_any_ending_are_read_or_refused(middle, head, tail):
    for ending in documents.ENDINGS:
        call_everything(head + middle + tail, ending)


GOOD = [
    (TAGGED, "pdf"),
    (files.looping_pdf(), "pdf"),
    (files.encrypted_pdf(), "pdf"),
    (PPTX, "pptx"),
    (DOCX, "docx"),
    (files.office("xl"), "xlsx"),
]


@given(st.sampled_from(GOOD), st.data())
@settings(max_examples=100, deadline=None)
def test_altered_documents_are_read_or_refused(document, data):
    content, ending = bytearray(document[0]), document[1]
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=6)):
        content[place] = data.draw(st.integers(0, 255))
    call_everything(bytes(content), ending)
    call_everything(bytes(content[: data.draw(st.integers(0, len(content)))]), ending)
