"""The text inside files: captions by their second, PDFs by their page, decks by their slide."""

import logging
import re
from contextlib import closing
from itertools import islice

import pypdfium2
import webvtt
from pptx import Presentation

from catalog.models import FileText, Passage
from catalog.text import clean_line
from catalog.uploads import PDFIUM, ending
from catalog.words import stems_in, words_in

MOST_PLACES = 400  # pages, slides or, tenfold, captions of one file
MOST_TEXT = 400_000  # characters of one file: some 150 printed pages

# A hyphen at the end of a line, for which PDFium has a mark of its own: before a small letter it
# most often only breaks the word (clean_line() takes the mark out), else it belongs to it.
BREAKS = re.compile(r"[-‐]\r?\n(?=[a-z])")
HYPHENS = re.compile("[\x02\ufffe](?=[A-Z0-9])")

logger = logging.getLogger(__name__)


def read_anew(resources):
    """Keeps the texts of the files of `resources`, reading those that are new.

    What is of no file any more goes. A file that cannot be read has no text: that is no reason to
    refuse an entry.
    """
    known = {}
    for source in FileText.objects.filter(resource__in=[resource.pk for resource in resources]):
        known.setdefault(source.resource_id, {})[source.name] = source.pk
    for resource in resources:
        wanted = {file.name: file for file in resource.text_files() if ending(file) in READERS}
        there = known.get(resource.pk, {})
        if gone := [pk for name, pk in there.items() if name not in wanted]:
            FileText.objects.filter(pk__in=gone).delete()
        for name in wanted.keys() - there:
            keep(resource, wanted[name])


def keep(resource, file):
    source = FileText.objects.create(resource_id=resource.pk, name=file.name)
    Passage.objects.bulk_create(
        Passage(source=source, place=place, text=text, stems=f" {' '.join(stems_in(text))} ")
        for place, text in passages_of(file)
    )


def words_by_resource(ids):
    """{resource id: [the words of each passage of its files]}"""
    read = {}
    rows = Passage.objects.filter(source__resource__in=ids)
    for pk, text in rows.values_list("source__resource", "text"):
        read.setdefault(pk, []).append(words_in(text))
    return read


def passages_of(file):
    """(place, text) of each caption, page or slide that says something, up to MOST_TEXT."""
    passages, length = [], 0
    for place, text in places_of(file):
        text = clean_line(text)[: MOST_TEXT - length]
        length += len(text)
        if text:
            passages.append((place, text))
    return passages


def places_of(file):
    try:
        with file.storage.open(file.name) as content:
            return list(READERS[ending(file)](content))
    # The readers raise whatever a damaged file makes go wrong in them.
    except Exception as error:
        logger.warning("No text was read from %s: %s", file.name, error)
        return []


def captions(content):
    text = content.read().decode("utf-8-sig")
    for caption in islice(webvtt.from_string(text), 10 * MOST_PLACES):
        yield int(caption.start_in_seconds), caption.text


def pdf_pages(content):
    with PDFIUM, closing(pypdfium2.PdfDocument(content)) as pdf:
        for number in range(min(len(pdf), MOST_PLACES)):
            with closing(pdf[number]) as page, closing(page.get_textpage()) as text:
                yield number + 1, HYPHENS.sub("-", BREAKS.sub("", text.get_text_bounded()))


def slides(content):
    for number, slide in enumerate(islice(Presentation(content).slides, MOST_PLACES), 1):
        yield number, "\n".join(texts_of(slide.shapes))


def texts_of(shapes):
    for shape in shapes:
        if hasattr(shape, "shapes"):  # a group
            yield from texts_of(shape.shapes)
        elif shape.has_text_frame:
            yield shape.text_frame.text
        elif shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)


READERS = {"vtt": captions, "pdf": pdf_pages, "pptx": slides}
