"""Checks documents against their ending, and reads pages, paper, title, texts and first page."""

import mmap
import re
import zipfile
from contextlib import closing, contextmanager
from ctypes import c_ushort, create_string_buffer
from io import BytesIO
from itertools import islice, pairwise
from pathlib import Path

import pypdfium2
from docx import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from lxml import etree
from pptx import Presentation
from pypdfium2 import raw

from catalog.files.inspection import images
from catalog.files.inspection.images import refusing
from catalog.sandbox.exceptions import Refused

MEGABYTE = 1024 * 1024
MAX_PAGES = 5000
MAX_PARTS = 10_000  # files within an Office file
MAX_UNPACKED = 500 * MEGABYTE
MAX_PART = 100 * MEGABYTE
MAX_XML = 20 * MEGABYTE  # of an XML part, whose tree takes many times its size
UNCHECKED_SIZE = 10 * MEGABYTE  # below this, any compression ratio is fine
MAX_RATIO = 100
MAX_TITLE = 300
MAX_PAPER = 60  # characters; only absurdly large pages need more
PASSAGE_LENGTH = 1500  # characters

OFFICE = {"pptx": "ppt/", "docx": "word/", "xlsx": "xl/"}
# The parts of an OLE file. If none of them is there, the ending is wrong.
OLD_OFFICE = {
    "doc": ["WordDocument"],
    "ppt": ["PowerPoint Document"],
    "xls": ["Workbook", "Book"],
}
TIFFS = ("tif", "tiff")
TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")  # + is BigTIFF
ENDINGS = ("pdf", *OFFICE, *OLD_OFFICE, *images.FORMATS, *TIFFS)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MACROS = re.compile(rb"macroenabled|vbaproject|macrosheet", re.IGNORECASE)
COMPRESSION_TYPES = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

PAPERS = {
    (612, 792): "8.5 × 11 in",
    (612, 1008): "8.5 × 14 in",
    (792, 1224): "11 × 17 in",
    (595, 842): "A4",
    (842, 1191): "A3",
}
POINTS = 72  # per inch
TWIPS = 20  # per point, in Word

# A hyphen at the end of a line, which PDFium may write as a mark of its own. Before a small letter
# it usually only breaks the word. Otherwise it belongs to the word.
BREAKS = re.compile(r"[-‐]\r?\n(?=[a-z])")
HYPHENS = re.compile("[\x02\ufffe](?=[A-Z0-9])")
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def read(path, ending):
    """Returns the facts of a document, after checking that it opens as its ending says.

    {"pages": count or None, "paper": in words or "", "sizes": the first 20 different sizes as
    [width, height] in points, "title", "language", "accessibility_issues": which of "title",
    "language" and "tags" a PDF does not have}

    Raises Refused: not_pdf, pdf_cut, pdf_locked, pdf_unreadable, pdf_too_many_pages (most),
    holds_more, office_locked, office_unreadable, office_other_kind, office_macros, office_bomb,
    not_office, and the codes of images.read().
    """
    blank = {
        "pages": None,
        "paper": "",
        "sizes": [],
        "title": "",
        "language": "",
        "accessibility_issues": [],
    }
    return blank | (READERS[ending](path, ending) or {})


def texts(path, ending, most_places=400, most_text=400_000):
    """Returns [[number, text]]: pages of a PDF, slides of a deck, or passages of a Word file.

    Numbers start at 1. Other documents have no texts. Raises Refused: unreadable, pdf_locked,
    office_bomb.
    """
    with refusing("unreadable"):
        places = islice(TEXTS.get(ending, no_result)(path), most_places)
        return list(limit_texts(most_text, places))


def preview(path, ending, out, width=800):
    """Writes the first page as WebP to `out`, at most `width` by twice `width` pixels large.

    Returns {"width", "height"} in pixels, or None if there is nothing to show. Raises Refused:
    unreadable, pdf_locked, office_bomb, picture_too_many_pixels.
    """
    with refusing("unreadable"):
        picture = PREVIEWS.get(ending, no_result)(path, (width, 2 * width))
        if picture:
            picture.save(out, "WEBP", quality=80, method=4)
    return {"width": picture.width, "height": picture.height} if picture else None


def paper_name(width, height):
    """Returns the name that a print shop has for a page of `width` by `height` points.

    >>> paper_name(612.0, 792.0), paper_name(595.3, 841.9), paper_name(960, 540)
    ('8.5 × 11 in', 'A4', '13.33 × 7.5 in')
    """
    short, long = sorted((width, height))
    for (across, down), name in PAPERS.items():
        if abs(short - across) < 3 and abs(long - down) < 3:
            return name
    return f"{round(width / POINTS, 2):g} × {round(height / POINTS, 2):g} in"


def paper_names(sizes):
    """Names the papers of `sizes` (width and height in points), in their order.

    >>> paper_names([(612, 792), (792, 612), (1224, 792), (595, 842), (842, 1191)])
    '8.5 × 11 in, 11 × 17 in and others'
    """
    names = list(dict.fromkeys(paper_name(*size) for size in sizes))
    return " and ".join(names) if len(names) < 3 else f"{names[0]}, {names[1]} and others"


# PDF


def read_pdf(path, _ending):
    check_pdf_ends(path)
    with refusing("pdf_unreadable"), closing(open_pdf(path)) as pdf:
        if len(pdf) > MAX_PAGES:
            raise Refused("pdf_too_many_pages", most=MAX_PAGES)
        return {"pages": len(pdf)} | size_facts(page_sizes(pdf)) | pdf_metadata(pdf)


def check_pdf_ends(path):
    with open(path, "rb") as file:
        if file.read(5) != b"%PDF-":
            raise Refused("not_pdf")
        file.seek(max(0, Path(path).stat().st_size - 4096))
        if b"%%EOF" not in file.read():
            raise Refused("pdf_cut")
    if zipfile.is_zipfile(path):
        raise Refused("holds_more")


def open_pdf(path):
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise Refused("pdf_locked") from error
        raise


def page_sizes(pdf):
    """Yields the size of each page that has one. The first page must have one."""
    yield pdf.get_page_size(0)
    for index in range(1, len(pdf)):
        try:
            yield pdf.get_page_size(index)
        except pypdfium2.PdfiumError:
            continue


def size_facts(sizes):
    sizes = list(dict.fromkeys(tuple(round(side, 1) for side in size) for size in sizes))
    return {"paper": paper_names(sizes)[:MAX_PAPER], "sizes": [list(size) for size in sizes[:20]]}


def pdf_metadata(pdf):
    title = pdf_text(lambda *buffer: raw.FPDF_GetMetaText(pdf, b"Title", *buffer))
    language = pdf_text(lambda *buffer: raw.FPDFCatalog_GetLanguage(pdf, *buffer), c_ushort)
    values = {"title": title, "language": language, "tags": raw.FPDFCatalog_IsTagged(pdf)}
    issues = [name for name, value in values.items() if not value]
    return {"title": title, "language": language, "accessibility_issues": issues}


def pdf_text(ask, unit=None):
    """Returns the text that PDFium writes as UTF-16 into a buffer.

    `ask(buffer, bytes)` is the PDFium call; `unit` is the type of the buffer's items.
    """
    length = ask(None, 0)
    buffer = create_string_buffer(length + 2)
    ask((unit * (length // 2 + 1)).from_buffer(buffer) if unit else buffer, length)
    text = buffer.raw[:length].decode("utf-16-le", "ignore").partition("\0")[0]
    return " ".join(text.split())[:MAX_TITLE]


def pdf_texts(path):
    with closing(open_pdf(path)) as pdf:
        for index in range(len(pdf)):
            yield HYPHENS.sub("-", BREAKS.sub("", page_text(pdf, index)))


def page_text(pdf, index):
    try:
        with closing(pdf[index]) as page, closing(page.get_textpage()) as text:
            return text.get_text_bounded()
    except pypdfium2.PdfiumError:
        if index == 0:
            raise
        return ""


def pdf_preview(path, box):
    with closing(open_pdf(path)) as pdf, closing(pdf[0]) as page:
        scale = min(most / side for most, side in zip(box, page.get_size(), strict=True))
        picture = page.render(scale=scale).to_pil().convert("RGB")
        return picture.crop((0, 0, min(picture.width, box[0]), min(picture.height, box[1])))


# Office


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
        return OFFICE_FACTS.get(ending, no_result)(parts)


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
            picture = still_image(BytesIO(parts.read(name)), "JPEG", box)
        except (OSError, ValueError, SyntaxError, Refused):
            return None
    flat = all(low == high for low, high in picture.getextrema())
    return None if flat else picture


# Other formats


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


def read_picture(path, ending):
    images.read(path, ending)


def read_tiff(path, _ending):
    with open(path, "rb") as file:
        if not file.read(4).startswith(TIFF_STARTS):
            raise Refused("picture_unreadable")


def picture_preview(ending):
    return lambda path, box: still_image(path, images.FORMATS[ending], box)


def still_image(source, kind, box):
    with images.open_image(source, kind) as picture:
        return images.still_image(picture, box)


def limit_texts(most_text, places):
    length = 0
    for number, text in enumerate(places, 1):
        text = text[: most_text - length]
        length += len(text)
        if text.strip():
            yield [number, text]
        if length >= most_text:
            return


def no_result(*_args):
    return ()


OFFICE_FACTS = {"pptx": deck_facts, "docx": word_facts}
READERS = (
    {"pdf": read_pdf}
    | dict.fromkeys(OFFICE, read_office)
    | dict.fromkeys(OLD_OFFICE, read_old_office)
    | dict.fromkeys(images.FORMATS, read_picture)
    | dict.fromkeys(TIFFS, read_tiff)
)
TEXTS = {"pdf": pdf_texts, "pptx": deck_texts, "docx": document_texts}
PREVIEWS = (
    {"pdf": pdf_preview}
    | dict.fromkeys(OFFICE, office_preview)
    | {ending: picture_preview(ending) for ending in images.FORMATS}
)
