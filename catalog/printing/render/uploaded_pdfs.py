"""Binds PDFs into another PDF. Their pages stay as they are."""

import io
from contextlib import suppress

import pikepdf

from catalog.printing.render import tags
from catalog.sandbox.exceptions import Refused

# Entries of a page that start a program, or that belong to the file the page was in.
REMOVED_ENTRIES = ("/AA", "/B", "/Metadata", "/PieceInfo")
# The actions of links that may stay, and the annotations that may stay: links, and marks on a page.
ALLOWED_ACTIONS = ("/URI", "/GoTo")
ALLOWED_ANNOTATIONS = (
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
ALLOWED_ANNOTATIONS += ("/Highlight", "/Underline", "/Squiggly", "/StrikeOut", "/Stamp", "/Caret")
# The errors that a malformed PDF may raise when it is read.
MALFORMED_ERRORS = (AttributeError, KeyError, TypeError, ValueError, IndexError, pikepdf.PdfError)


def read(path, most_pages):
    """Returns what a packet needs to know of a PDF before it binds it.

    It is {"pages": 4, "sizes": [[612, 792], …] in points, "tagged": bool}. The PDF is bound once
    as a trial, which finds files that cannot be bound. Raises Refused with the code "encrypted",
    "unreadable" or "too_long".
    """
    with open_pdf(path) as pdf:
        count = len(pdf.pages)
        if count > most_pages:
            raise Refused("too_long", pages=count)
        trial = pikepdf.new()
        tags.add_empty_structure(trial)
        tagged = insert_pages(trial, pdf, 0)
        trial.save(io.BytesIO())
        return {
            "pages": count,
            "sizes": [page_size(page) for page in trial.pages],
            "tagged": tagged,
        }


def open_pdf(path):
    try:
        pdf = pikepdf.open(path)
    except pikepdf.PasswordError as error:
        raise Refused("encrypted") from error
    except (pikepdf.PdfError, OSError, ValueError) as error:
        raise Refused("unreadable") from error
    if pdf.is_encrypted:
        raise Refused("encrypted")
    return pdf


def page_size(page):
    """Returns [width, height] of a page in points, after its rotation."""
    left, bottom, right, top = (float(side) for side in page.cropbox)
    width, height = abs(right - left), abs(top - bottom)
    return [height, width] if int(page.obj.get("/Rotate", 0)) % 180 else [width, height]


def bind(path, files, marks, links, finish=None):
    """Inserts the pages of other PDFs into the PDF at `path`.

    `files` is [{"path": …, "at": the number of its first page}], in page order. `marks` is
    [[title, page number, level]], the outline. `links` is {address: number of the page that it
    leads to in this PDF}. Pass `finish(pdf)` only if the catalog made all of the files, so that
    they are known to be PDF/UA: it is called at the end.
    """
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for file in files:
            with pikepdf.open(file["path"]) as other:
                insert_pages(pdf, other, file["at"] - 1)
        make_links_internal(pdf, links)
        with pdf.open_outline() as outline:
            outline.root[:] = outline_items(marks)
        if finish:
            finish(pdf)
        elif files:
            remove_pdf_ua_claim(pdf)
        pdf.save(path)


def outline_items(marks):
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


def insert_pages(pdf, other, index):
    """Inserts the pages of `other` at `index`, counted from 0.

    Returns whether their structure tags came with them.
    """
    count = len(other.pages)
    for number, page in enumerate(other.pages):
        pdf.pages.insert(index + number, page)
    pages = [page.obj for page in list(pdf.pages)[index : index + count]]
    for page in pages:
        clean_page(page)
    with suppress(*MALFORMED_ERRORS):
        if tags.has_tags(other):
            tags.copy_structure(pdf, other, index, count)
            return True
    for page in pages:
        remove_structure(page)
    return False


def clean_page(page):
    """Removes from a page what starts a program or belonged to the file it was in."""
    for name in REMOVED_ENTRIES:
        if name in page:
            del page[name]
    page["/Tabs"] = pikepdf.Name("/S")
    if "/Annots" in page:
        page["/Annots"] = pikepdf.Array(allowed_annotations(page))


def allowed_annotations(page):
    """Yields the annotations of a page that stay. None starts a program or is part of a form."""
    for annotation in page["/Annots"]:
        with suppress(*MALFORMED_ERRORS):
            if annotation.get("/Subtype") not in ALLOWED_ANNOTATIONS:
                continue
            if annotation.get("/A", {}).get("/S", ALLOWED_ACTIONS[0]) not in ALLOWED_ACTIONS:
                continue
            action = annotation.get("/A", {})
            for dictionary, names in ((annotation, ("/AA", "/Parent")), (action, ("/Next",))):
                for name in names:
                    if name in dictionary:
                        del dictionary[name]
            yield annotation


def remove_structure(page):
    for dictionary in [page, *page.get("/Annots", [])]:
        for name in ("/StructParents", "/StructParent"):
            if name in dictionary:
                del dictionary[name]


def make_links_internal(pdf, links):
    """Makes links to an address of a page in this PDF lead to that page. See bind()."""
    if not links:
        return
    for page in pdf.pages:
        for annotation in page.obj.get("/Annots", []):
            action = annotation.get("/A", {})
            number = links.get(str(action.get("/URI", "")))
            if number:
                target = pdf.pages[number - 1].obj
                destination = pikepdf.Array([target, pikepdf.Name("/Fit")])
                annotation["/A"] = pikepdf.Dictionary(S=pikepdf.Name("/GoTo"), D=destination)


def remove_pdf_ua_claim(pdf):
    """Removes the claim to be PDF/UA, because pages from other sources may lack tags."""
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        for name in ("pdfuaid:part", "pdfuaid:rev", "pdfuaid:amd"):
            if name in metadata:
                del metadata[name]
