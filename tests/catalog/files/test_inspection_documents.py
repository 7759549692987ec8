import io
import re
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from catalog.files.inspection import documents, office
from catalog.sandbox.exceptions import Refused
from tests import files

DEMO = Path(__file__).resolve().parents[3] / "editorial" / "demo"
FOLDER = tempfile.TemporaryDirectory()  # deleted after the tests
OLE = office.OLE + b"\x00" * 600
PDF, TAGGED, PPTX, PNG = files.pdf(), files.tagged_pdf(), files.pptx_with_text(), files.image()
DOCX = files.docx("Welcome", "Second line")
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>"
CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"


def write_file(content, ending):
    """Writes `content` to a new file and returns its path."""
    path = Path(tempfile.mkdtemp(dir=FOLDER.name)) / f"a.{ending}"
    path.write_bytes(content)
    return str(path)


def facts(content, ending, *names):
    read = documents.read(write_file(content, ending), ending)
    return tuple(read[name] for name in names) if names else read


def refusal(content, ending, function=documents.read):
    with pytest.raises(Refused) as caught:
        function(write_file(content, ending), ending)
    return caught.value.code


def texts(content, ending, **most):
    return documents.texts(write_file(content, ending), ending, **most)


def make_preview(content, ending, **options):
    """Returns the image of the first page, or None."""
    path = write_file(content, ending)
    size = documents.preview(path, ending, f"{path}.webp", **options)
    picture = Image.open(f"{path}.webp") if size else None
    assert not size or size == {"width": picture.width, "height": picture.height}
    return picture


def alter_part(content, name, change):
    """Returns the Office file `content` with change(part) instead of the part `name`."""
    data = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(data, "w") as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return data.getvalue()


def test_the_facts_of_a_pdf_are_read():
    assert facts(TAGGED, "pdf") == {
        "pages": 1,
        "paper": "A4",
        "sizes": [[595.3, 841.9]],
        "title": "Five Whys",
        "language": "en-US",
        "accessibility_issues": [],
    }


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


# PDF


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


def preview_at(path, ending):
    return documents.preview(path, ending, f"{path}.webp")


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


# Office


def test_a_deck_counts_only_the_slides_that_it_shows():
    """The file may still hold a slide that was removed from the deck."""
    deck = files.pptx(3)
    assert facts(deck, "pptx", "pages", "paper") == (3, "")
    fewer = alter_part(
        deck, "ppt/presentation.xml", lambda old: re.sub(b"<p:sldId [^>]*>", b"", old, count=1)
    )
    assert facts(fewer, "pptx", "pages") == (2,)


def test_a_word_file_has_the_pages_that_word_counted():
    assert facts(DOCX, "docx", "pages", "paper") == (1, "8.5 × 11 in")
    for count, pages in [(b"12", 12), (b"0", None), (b"many", None), (b"9" * 20, None)]:
        content = alter_part(
            DOCX,
            "docProps/app.xml",
            lambda old, count=count: old.replace(b">1</Pages", b">%s</Pages" % count),
        )
        assert facts(content, "docx", "pages") == (pages,)


def test_the_paper_of_a_word_file_is_read():
    content = alter_part(DOCX, "word/document.xml", lambda old: old.replace(b"12240", b"11906"))
    content = alter_part(content, "word/document.xml", lambda old: old.replace(b"15840", b"16838"))
    assert facts(content, "docx", "paper") == ("A4",)
    content = alter_part(content, "word/document.xml", lambda old: old.replace(b"11906", b"wide"))
    assert facts(content, "docx", "paper", "sizes") == ("", [])


def test_an_office_file_without_properties_is_read():
    assert facts(files.office("word"), "docx", "pages", "paper") == (None, "")
    assert facts(files.office("xl"), "xlsx", "pages", "paper") == (None, "")


@pytest.mark.parametrize(
    "content",
    [
        files.office("word", **{"word/vbaProject.bin": b"x"}),
        files.office("word", **{"word/VBAPROJECT.BIN": b"x"}),
        alter_part(DOCX, "[Content_Types].xml", lambda old: old.replace(
            b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            MACROS.encode())),
        alter_part(DOCX, "[Content_Types].xml", lambda old: old.decode().replace("UTF-8", "UTF-16")
            .replace("image/jpeg", MACROS).encode("utf-16")),
    ],
)  # fmt: skip
def test_an_office_file_with_macros_is_refused(content):
    assert refusal(content, "docx") == "office_macros"


@pytest.mark.parametrize("name", ["Macros", "_VBA_PROJECT", "_VBA_PROJECT_CUR"])
def test_an_old_office_file_with_macros_is_refused(name):
    entry = name.encode("utf-16-le").ljust(64, b"\0") + bytes([2 * len(name) + 2, 0, 1, 1])
    assert refusal(files.ole_office() + entry, "doc") == "office_macros"


def test_an_old_office_file_may_mention_macros():
    facts(files.ole_office() + "Macros are fun".encode("utf-16-le") + b"\0" * 100, "doc")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    bomb = files.zip_bomb()
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    assert len(bomb) < 1_500_000
    assert refusal(bomb, "pptx") == "office_bomb"
    assert refusal(bomb, "pptx", documents.texts) == "office_bomb"
    assert refusal(bomb, "pptx", preview_at) == "office_bomb"


@pytest.mark.parametrize(
    "limit, most",
    [("MAX_PARTS", 2), ("MAX_UNPACKED", 1000), ("MAX_PART", 1000), ("UNCHECKED_SIZE", 0)],
)
def test_a_file_over_any_limit_is_refused(monkeypatch, limit, most):
    content = files.office("ppt", **{"ppt/media/a.png": b"\0" * 200_000})
    facts(content, "pptx")
    monkeypatch.setattr(office, limit, most)
    assert refusal(content, "pptx") == "office_bomb"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_with_the_same_name_are_refused():
    data = io.BytesIO(files.office("word"))
    with zipfile.ZipFile(data, "a") as parts:
        parts.writestr("word/main.xml", "<other/>")
    assert refusal(data.getvalue(), "docx") == "office_bomb"


def test_parts_that_overlap_are_refused():
    """All entries of the list point at the first part, which would be unpacked once per entry."""
    content = files.office("word", **{"word/a.xml": b"a" * 500})
    head, *entries = content.split(b"PK\x01\x02")
    entries = [entry[:38] + bytes(4) + entry[42:] for entry in entries]
    assert refusal(b"PK\x01\x02".join([head, *entries]), "docx") == "office_bomb"


def test_a_part_larger_than_its_listed_size_is_refused():
    content = files.office("word", **{"word/a.xml": b"\0" * 1_000_000})
    count = (1_000_000).to_bytes(4, "little")
    assert content.count(count) == 2
    assert refusal(content.replace(count, b"\x10\0\0\0"), "docx") == "office_unreadable"


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compression_methods_are_refused(packing):
    data = io.BytesIO(files.office("word"))
    with zipfile.ZipFile(data, "a", packing) as parts:
        parts.writestr("word/a.xml", "<x/>")
    assert refusal(data.getvalue(), "docx") == "office_unreadable"


def test_a_document_cannot_read_files_of_the_server():
    payload = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a><Pages>&b;</Pages></a>'
    content = alter_part(DOCX, "docProps/app.xml", lambda _: payload)
    assert facts(content, "docx", "pages") == (None,)


def test_entities_that_multiply_are_refused():
    lines = [b'<!ENTITY a0 "ha">']
    lines += [b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)]
    bomb = b"<!DOCTYPE a [%s]><a b='&a9;'/>" % b"".join(lines)
    content = alter_part(DOCX, "docProps/app.xml", lambda _: bomb)
    assert refusal(content, "docx") == "office_unreadable"


# Texts


def test_the_text_of_a_pdf_is_read_page_by_page():
    content = files.tagged_pdf(text="One.<p style='break-before: page'>Two.")
    assert texts(content, "pdf") == [[1, "Five Whys\r\nOne."], [2, "Two."]]


def test_a_deck_is_read_with_its_groups_tables_and_notes():
    assert texts(PPTX, "pptx") == [[1, "Huddle\ninside\ncell\nSpeak slowly"]]


def test_a_word_file_is_read_with_its_tables_in_order():
    assert texts(DOCX, "docx") == [[1, "Welcome\nSecond line\nIn a cell\nThe end"]]


def test_a_long_word_file_is_read_in_passages():
    read = texts(files.docx(*["x" * 400] * 9), "docx")
    assert [(place, len(text)) for place, text in read] == [(1, 1603), (2, 1603), (3, 418)]


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


def test_the_preview_of_an_image_is_turned_upright():
    assert make_preview(files.photo(size=(80, 60)), "jpg", width=30).size == (30, 40)
    assert make_preview(files.photo(size=(80, 60)), "jpg").size == (60, 80)
    assert make_preview(files.animated_image(), "gif").n_frames == 1


@pytest.mark.parametrize(
    "thumbnail, size",
    [
        (files.photo(size=(80, 60), orientation=1), (80, 60)),
        (files.image("JPEG"), None),  # one color, such as the empty slide of a template
        (b"no picture", None),
        (b"", None),
    ],
)
def test_the_preview_of_an_office_file_is_its_thumbnail(thumbnail, size):
    content = alter_part(PPTX, "docProps/thumbnail.jpeg", lambda _: thumbnail)
    picture = make_preview(content, "pptx")
    assert size == (picture.size if picture else None)


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
