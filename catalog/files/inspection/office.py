"""Checks Office files, and reads their pages, paper, texts and thumbnail."""

import mmap
import re
import zipfile
from contextlib import contextmanager
from io import BytesIO
from itertools import islice, pairwise
from pathlib import Path

from docx import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from lxml import etree
from pptx import Presentation

from catalog.files.inspection.images import read_still, refusing
from catalog.files.inspection.paper import size_facts
from catalog.sandbox.exceptions import Refused

MEGABYTE = 1024 * 1024
MAX_PARTS = 10_000  # files within an Office file
MAX_UNPACKED = 500 * MEGABYTE
MAX_PART = 100 * MEGABYTE
MAX_XML = 20 * MEGABYTE  # of an XML part, whose tree takes many times its size
UNCHECKED_SIZE = 10 * MEGABYTE  # below this, any compression ratio is fine
MAX_RATIO = 100
PASSAGE_LENGTH = 1500  # characters
OFFICE = {"pptx": "ppt/", "docx": "word/", "xlsx": "xl/"}
# The parts of an OLE file. If none of them is there, the ending is wrong.
OLD_OFFICE = {
    "doc": ["WordDocument"],
    "ppt": ["PowerPoint Document"],
    "xls": ["Workbook", "Book"],
}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MACROS = re.compile(rb"macroenabled|vbaproject|macrosheet", re.IGNORECASE)
COMPRESSION_TYPES = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
TWIPS = 20  # per point, in Word
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def read_office(path, ending):
    with open(path, "rb") as file:
        start = file.read(8)
    if start == OLE:
        raise Refused("office_locked")
    if not start.startswith(b"PK\x03\x04"):  # zipfile would accept other bytes before it
        raise Refused("office_unreadable")
    with refusing("office_unreadable"), parts_of(path) as parts:
        check_kind(parts, OFFICE[ending])
        check_whole(parts)
        read_facts = FACTS.get(ending)
        return read_facts(parts) if read_facts else {}


@contextmanager
def parts_of(path):
    """Opens the zip of an Office file. Refuses one that unpacks to more than any real one."""
    check_count(path)
    with zipfile.ZipFile(path) as parts:
        check_sizes(parts, Path(path).stat().st_size)
        yield parts


def check_count(path):
    """Refuses too many parts before their list is read.

    Reading the list takes ten times its size in memory.
    """
    with (
        open(path, "rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        if any(islice(re.finditer(rb"PK\x01\x02", content), MAX_PARTS, None)):
            raise Refused("office_bomb")


def check_sizes(parts, size):
    """Checks the sizes in the list of parts.

    That is enough, because zipfile never reads more of a part than its listed size.
    """
    entries = parts.infolist()
    unpacked = sum(part.file_size for part in entries)
    if (
        unpacked > MAX_UNPACKED
        or unpacked > max(UNCHECKED_SIZE, MAX_RATIO * size)
        or any(part.file_size > MAX_PART for part in entries)
        or len({part.filename for part in entries}) < len(entries)
        or parts_overlap(entries, parts.start_dir)
    ):
        raise Refused("office_bomb")


def parts_overlap(entries, end):
    spans = sorted((part.header_offset, part.compress_size + 30) for part in entries)
    starts = [start for start, _ in spans] + [end]
    spaces = (after - start for start, after in pairwise(starts))
    return any(size > space for (_, size), space in zip(spans, spaces, strict=True))


def check_kind(parts, folder):
    names = parts.namelist()
    if "[Content_Types].xml" not in names or not any(name.startswith(folder) for name in names):
        raise Refused("office_other_kind")
    content_types = etree.tostring(tree_of(parts, "[Content_Types].xml"), encoding="utf-8")
    if MACROS.search(content_types) or any(
        name.lower().endswith("vbaproject.bin") for name in names
    ):
        raise Refused("office_macros")


def check_whole(parts):
    # With other compression methods, zipfile unpacks a whole part before it can stop.
    if (
        any(part.compress_type not in COMPRESSION_TYPES for part in parts.infolist())
        or parts.testzip()
    ):
        raise Refused("office_unreadable")


def tree_of(parts, name):
    """Returns the XML tree of a part, or None if it is missing or too large."""
    if name not in parts.namelist() or parts.getinfo(name).file_size > MAX_XML:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(parts.read(name), parser)


def deck_facts(parts):
    tree = tree_of(parts, "ppt/presentation.xml")
    return {"pages": len(tree.findall("{*}sldIdLst/{*}sldId")) or None} if tree is not None else {}


def word_facts(parts):
    return {"pages": word_page_count(parts)} | word_paper(parts)


def word_page_count(parts):
    """Returns the number of pages that Word counted when it saved the file, or None."""
    tree = tree_of(parts, "docProps/app.xml")
    pages = (tree.findtext("{*}Pages") if tree is not None else "") or ""
    return int(pages) if re.fullmatch("[1-9][0-9]{0,3}", pages, re.ASCII) else None


def word_paper(parts):
    tree = tree_of(parts, "word/document.xml")
    page = next(tree.iter(qn("w:pgSz")), None) if tree is not None else None
    sides = [page.get(qn(name), "") for name in ("w:w", "w:h")] if page is not None else []
    if not sides or not all(re.fullmatch("[1-9][0-9]{1,5}", side, re.ASCII) for side in sides):
        return {}
    return size_facts([[int(side) / TWIPS for side in sides]])


def deck_texts(path):
    with parts_of(path):
        deck = Presentation(path)
    for slide in deck.slides:
        lines = list(shape_texts(slide.shapes))
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            lines.append(slide.notes_slide.notes_text_frame.text)
        yield "\n".join(lines)


def shape_texts(shapes):
    for shape in shapes:
        if hasattr(shape, "shapes"):  # a group
            yield from shape_texts(shape.shapes)
        elif shape.has_text_frame:
            yield shape.text_frame.text
        elif shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)


def document_texts(path):
    """Yields the text in passages, because a Word file has no pages until it is printed."""
    with parts_of(path):
        body = Document(path).element.body
    lines, length = [], 0
    for line in paragraphs(body):
        lines.append(line)
        length += len(line)
        if length >= PASSAGE_LENGTH:
            yield "\n".join(lines)
            lines, length = [], 0
    if lines:
        yield "\n".join(lines)


def paragraphs(body):
    """Yields the text of each paragraph, also in tables, boxes and form fields.

    Skips the copies that Word saves for its older versions.
    """
    for element in body.iter(qn("w:p")):
        text = Paragraph(element, None).text
        if text.strip() and next(element.iterancestors(FALLBACK), None) is None:
            yield text


def office_preview(path, box):
    """Returns the thumbnail inside the file, or None if there is none or it is blank."""
    with parts_of(path) as parts:
        name = "docProps/thumbnail.jpeg"
        if name not in parts.namelist() or parts.getinfo(name).file_size > MAX_XML:
            return None
        try:
            picture = read_still(BytesIO(parts.read(name)), "JPEG", box)
        except (OSError, ValueError, SyntaxError, Refused):
            return None
    flat = all(low == high for low, high in picture.getextrema())
    return None if flat else picture


def read_old_office(path, ending):
    content = Path(path).read_bytes()
    if not content.startswith(OLE):
        raise Refused("not_office")
    if not any(ole_entry(name) in content for name in OLD_OFFICE[ending]):
        raise Refused("office_other_kind")
    if any(ole_entry(name) in content for name in ("Macros", "_VBA_PROJECT", "_VBA_PROJECT_CUR")):
        raise Refused("office_macros")


def ole_entry(name):
    """Returns `name` as an OLE directory entry starts: 64 bytes, then the length of the name."""
    encoded = f"{name}\0".encode("utf-16-le")
    return encoded.ljust(64, b"\0") + len(encoded).to_bytes(2, "little")


FACTS = {"pptx": deck_facts, "docx": word_facts}
