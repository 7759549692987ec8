"""PDFs bound into another one with their pages as they are."""

import io
from contextlib import suppress

import pikepdf

from catalog.printing.render import tags
from catalog.sandbox.exceptions import Refused

# What of a page leads to a program, or elsewhere in its own file.
OF_ITS_FILE = ("/AA", "/B", "/Metadata", "/PieceInfo")
# Of what can be clicked: what leads somewhere, and marks that somebody made on the page.
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
# What a PDF that is not as it should be makes of being read.
ERRORS = (AttributeError, KeyError, TypeError, ValueError, IndexError, pikepdf.PdfError)


def read(path, most_pages):
    """What is to be known before a PDF is bound: {"pages": 4, "sizes": [[612, 792], …],
    "tagged": bool}. It is bound once for nothing, so that what cannot be is known.

    Raises Refused: encrypted, unreadable, too_long.
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
    """Width and height in points, as it is turned."""
    left, bottom, right, top = (float(side) for side in page.cropbox)
    wide, high = abs(right - left), abs(top - bottom)
    return [high, wide] if int(page.obj.get("/Rotate", 0)) % 180 else [wide, high]


def bind(path, files, marks, links, ours=None):
    """Puts the pages of other PDFs into the one at `path`, where each one of `files` says.

    files: [{"path": …, "at": number of its first page}], in this order; marks: [[title, number,
    level]], what the outline holds; links: {address: number of the page that it leads to here};
    ours(pdf): what is done at the end where all of them are made here, and known to be PDF/UA.
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
    """The items of an outline, each of level 1 below the one of level 0 before it."""
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
    """The pages of `other` from the place on; whether their structure came with them."""
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
    """Takes out of a page what starts a program or belonged to the file that it was in."""
    for name in OF_ITS_FILE:
        if name in page:
            del page[name]
    page["/Tabs"] = pikepdf.Name("/S")
    if "/Annots" in page:
        page["/Annots"] = pikepdf.Array(kept_notes(page))


def kept_notes(page):
    """The annotations of a page that stay: none that starts a program or is part of a form."""
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
    """Links of ours to an address that is a page of this PDF now lead there."""
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
    """Pages of others may lack tags, so the whole does not call itself PDF/UA."""
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        for name in ("pdfuaid:part", "pdfuaid:rev", "pdfuaid:amd"):
            if name in metadata:
                del metadata[name]
