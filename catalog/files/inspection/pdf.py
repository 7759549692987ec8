"""Checks PDFs, and reads their pages, title, language, tags, texts and first page."""

import re
import zipfile
from contextlib import closing
from ctypes import c_ushort, create_string_buffer
from pathlib import Path

import pypdfium2
from pypdfium2 import raw

from catalog.files.inspection.images import refusing
from catalog.files.inspection.paper import size_facts
from catalog.sandbox.exceptions import Refused

MAX_PAGES = 5000
MAX_TITLE = 300
# A hyphen at the end of a line, which PDFium may write as a mark of its own. Before a small letter
# it usually only breaks the word. Otherwise it belongs to the word.
BREAKS = re.compile(r"[-‐]\r?\n(?=[a-z])")
HYPHENS = re.compile("[\x02\ufffe](?=[A-Z0-9])")


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
