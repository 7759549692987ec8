"""PDFs of others, bound into one of ours with their pages as they are."""

import io
from contextlib import suppress

import pikepdf

from catalog.apart.refused import Refused

POINTS = 72
# What of a page leads out of its own file: into the structure of the whole, or to a program.
OF_ITS_FILE = ("/StructParents", "/AA", "/B", "/Metadata", "/PieceInfo")
ACTS = ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/ResetForm")


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
        for page in pdf.pages:
            trial.pages.append(page)
        clean(trial)
        trial.save(io.BytesIO())
        sizes = [size(page) for page in trial.pages]
        return {"pages": count, "sizes": sizes, "tagged": is_tagged(pdf)}


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


def is_tagged(pdf):
    root = pdf.Root
    marked = root.get("/MarkInfo", {})
    return "/StructTreeRoot" in root and "/Lang" in root and bool(marked.get("/Marked", False))


def bind(path, files, marks, links):
    """Puts pages of others into the PDF of ours at `path`, where each one of `files` says.

    files: [{"path": …, "at": number of its first page}], in this order; marks: [[title, number]],
    what the outline holds; links: {address: number of the page that it leads to here}.
    """
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for file in files:
            insert(pdf, file)
        lead(pdf, links)
        with pdf.open_outline() as outline:
            outline.root[:] = [pikepdf.OutlineItem(title, number - 1) for title, number in marks]
        if files:
            disclaim(pdf)
        pdf.save(path)


def insert(pdf, file):
    with pikepdf.open(file["path"]) as other:
        place = file["at"] - 1
        for number, page in enumerate(other.pages):
            pdf.pages.insert(place + number, page)
        count = len(other.pages)
    clean(pdf, place, place + count)


def clean(pdf, start=0, end=None):
    """Takes out of pages what belonged to the file that they were in."""
    for page in list(pdf.pages)[start:end]:
        for name in OF_ITS_FILE:
            if name in page.obj:
                del page.obj[name]
        page.obj["/Tabs"] = pikepdf.Name("/S")
        if "/Annots" in page.obj:
            page.obj["/Annots"] = pikepdf.Array(kept_notes(page))


def kept_notes(page):
    """The annotations of a page that stay: none that starts a program or is part of a form."""
    for note in page.obj["/Annots"]:
        with suppress(AttributeError, KeyError, TypeError, ValueError):
            action = note.get("/A", {})
            if note.get("/Subtype") == "/Widget" or action.get("/S") in ACTS:
                continue
            for name in ("/StructParent", "/AA", "/Parent"):
                if name in note:
                    del note[name]
            yield note


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
