"""Office files are read with their thumbnails, and macros and bombs are refused."""

import io
import re
import zipfile

import pytest

from catalog.files.inspection import documents, office
from tests import files
from tests.catalog.files.documents import (
    DOCX,
    PPTX,
    facts,
    make_preview,
    preview_at,
    refusal,
    texts,
)

MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"


def alter_part(content, name, change):
    """Returns the Office file `content` with change(part) instead of the part `name`."""
    data = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(data, "w") as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return data.getvalue()


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


def test_a_deck_is_read_with_its_groups_tables_and_notes():
    assert texts(PPTX, "pptx") == [[1, "Huddle\ninside\ncell\nSpeak slowly"]]


def test_a_word_file_is_read_with_its_tables_in_order():
    assert texts(DOCX, "docx") == [[1, "Welcome\nSecond line\nIn a cell\nThe end"]]


def test_a_long_word_file_is_read_in_passages():
    read = texts(files.docx(*["x" * 400] * 9), "docx")
    assert [(place, len(text)) for place, text in read] == [(1, 1603), (2, 1603), (3, 418)]


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
