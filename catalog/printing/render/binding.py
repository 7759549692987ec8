"""Binds PDFs into another PDF. Their pages stay as they are."""

import io
from contextlib import suppress

import pikepdf

from catalog.printing.render import tags
from catalog.sandbox.exceptions import Refused

# Entries of a page that start a program, or that belong to the file the page was in.
OF_ITS_FILE = ("/AA", "/B", "/Metadata", "/PieceInfo")
# Actions of links that may stay, and annotations that may stay: links, and marks on the page.
LEADS = ("/URI", "/GoTo")
NOTES = (
    "/Link",
    "/Text",
    "/FreeText",
    "/Line",
    "/Square",
    "/Circle",
    "/Polygon",
    "/PolyLine",
    "/Ink",
)
NOTES += ("/Highlight", "/Underline", "/Squiggly", "/StrikeOut", "/Stamp", "/Caret")
# The errors that a malformed PDF may raise when it is read.
ERRORS = (AttributeError, KeyError, TypeError, ValueError, IndexError, pikepdf.PdfError)


def read(path, most_pages):
    """Returns what a packet needs to know of a PDF before it binds it.

    It is {"pages": 4, "sizes": [[612, 792], …] in points, "tagged": bool}. The PDF is bound once
    as a trial, which finds files that cannot be bound. Raises Refused with the code "encrypted",
    "unreadable" or "too_long".
    """
    with opened(path) as pdf:
        count = len(pdf.pages)
        if count > most_pages:
            raise Refused("too_long", pages=count)
        trial = pikepdf.new()
        tags.begin(trial)
        tagged = insert(trial, pdf, 0)
        trial.save(io.BytesIO())
        return {"pages": count, "sizes": [size(page) for page in trial.pages], "tagged": tagged}


def opened(path):
    try:
        pdf = pikepdf.open(path)
    except pikepdf.PasswordError as error:
        raise Refused("encrypted") from error
    except (pikepdf.PdfError, OSError, ValueError) as error:
        raise Refused("unreadable") from error
    if pdf.is_encrypted:
        raise Refused("encrypted")
    return pdf


def size(page):
    """Returns [width, height] of a page in points, after its rotation."""
    left, bottom, right, top = (float(side) for side in page.cropbox)
    wide, high = abs(right - left), abs(top - bottom)
    return [high, wide] if int(page.obj.get("/Rotate", 0)) % 180 else [wide, high]


def bind(path, files, marks, links, ours=None):
    """Inserts the pages of other PDFs into the PDF at `path`.

    `files` is [{"path": …, "at": the number of its first page}], in page order. `marks` is
    [[title, page number, level]], the outline. `links` is {address: number of the page that it
    leads to in this PDF}. Pass `ours(pdf)` only if the catalog made all of the files, so that they
    are known to be PDF/UA: it is called at the end.
    """
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for file in files:
            with pikepdf.open(file["path"]) as other:
                insert(pdf, other, file["at"] - 1)
        lead(pdf, links)
        with pdf.open_outline() as outline:
            outline.root[:] = nested(marks)
        if ours:
            ours(pdf)
        elif files:
            disclaim(pdf)
        pdf.save(path)


def nested(marks):
    """Returns the items of an outline. An item of level 1 is a child of the last one of level 0."""
    items = []
    for title, number, level in marks:
        item = pikepdf.OutlineItem(title, number - 1)
        if level and items:
            items[-1].children.append(item)
            items[-1].is_closed = True
        else:
            items.append(item)
    return items


def insert(pdf, other, place):
    """Inserts the pages of `other` at `place`, counted from 0.

    Returns whether their structure tags came with them.
    """
    count = len(other.pages)
    for number, page in enumerate(other.pages):
        pdf.pages.insert(place + number, page)
    pages = [page.obj for page in list(pdf.pages)[place : place + count]]
    for page in pages:
        clean(page)
    with suppress(*ERRORS):
        if tags.has_tags(other):
            tags.take_along(pdf, other, place, count)
            return True
    for page in pages:
        without_structure(page)
    return False


def clean(page):
    """Removes from a page what starts a program or belonged to the file it was in."""
    for name in OF_ITS_FILE:
        if name in page:
            del page[name]
    page["/Tabs"] = pikepdf.Name("/S")
    if "/Annots" in page:
        page["/Annots"] = pikepdf.Array(kept_notes(page))


def kept_notes(page):
    """Yields the annotations of a page that stay. None starts a program or is part of a form."""
    for note in page["/Annots"]:
        with suppress(*ERRORS):
            if note.get("/Subtype") not in NOTES:
                continue
            if note.get("/A", {}).get("/S", LEADS[0]) not in LEADS:
                continue
            for thing, names in ((note, ("/AA", "/Parent")), (note.get("/A", {}), ("/Next",))):
                for name in names:
                    if name in thing:
                        del thing[name]
            yield note


def without_structure(page):
    for thing in [page, *page.get("/Annots", [])]:
        for name in ("/StructParents", "/StructParent"):
            if name in thing:
                del thing[name]


def lead(pdf, links):
    """Makes links to an address of a page in this PDF lead to that page. See bind()."""
    if not links:
        return
    for page in pdf.pages:
        for note in page.obj.get("/Annots", []):
            action = note.get("/A", {})
            number = links.get(str(action.get("/URI", "")))
            if number:
                target = pdf.pages[number - 1].obj
                there = pikepdf.Array([target, pikepdf.Name("/Fit")])
                note["/A"] = pikepdf.Dictionary(S=pikepdf.Name("/GoTo"), D=there)


def disclaim(pdf):
    """Removes the claim to be PDF/UA, because pages from other sources may lack tags."""
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        for name in ("pdfuaid:part", "pdfuaid:rev", "pdfuaid:amd"):
            if name in metadata:
                del metadata[name]
