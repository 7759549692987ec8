"""Binds the catalog PDF from parts that were laid out one by one.

So a process has only one chapter in memory, several processes make chapters at once, and a chapter
that did not change is not made again.
"""

import io
import shutil
from functools import partial

import pikepdf

from catalog.printing.render import layout, uploaded_pdfs
from catalog.printing.render.layout import MissingCharacters, replace_characters

ARTIFACT = b"/Artifact <</Type /Pagination>> BDC q %s Do Q EMC"


def make(path, document):
    """Writes the catalog PDF to `path`. Returns {"pages": how many}.

    `document` is {"files": [{"file": path, "pages": how many, "link": the address that leads to its
    first page, "places": {fragment of an address: page in this file}}], "marks": [[title, page,
    level]], "foot": a document with the footer}.
    """
    with MissingCharacters() as missing:
        facts = write_pdf(path, document)
        if missing.characters:
            footer = document["foot"]
            footer = footer | {"html": replace_characters(footer["html"], missing.characters)}
            facts = write_pdf(path, document | {"foot": footer})
    return facts


def write_pdf(path, document):
    first, *others = document["files"]
    shutil.copyfile(first["file"], path)
    files, links, number = [], {}, first["pages"] + 1
    for other in others:
        files.append({"path": other["file"], "at": number})
        links[other["link"]] = number
        start = other["link"].partition("#")[0]
        links |= {f"{start}#{name}": number + page - 1 for name, page in other["places"].items()}
        number += other["pages"]
    finish = partial(draw_footers, document=document["foot"])
    uploaded_pdfs.bind(path, files, document["marks"], links, finish)
    return {"pages": number - 1}


def draw_footers(pdf, document):
    """Draws the date and "Page 3 of 200" on each page, as artifacts outside the text."""
    wide = [size[0] > size[1] for size in map(uploaded_pdfs.page_size, pdf.pages)]
    with pikepdf.open(io.BytesIO(render_footers(document, wide))) as footers:
        for page, footer in zip(pdf.pages, footers.pages, strict=True):
            draw_footer(pdf, page, footer)


def render_footers(document, wide):
    """Returns the bytes of a PDF without tags whose pages hold only their footer.

    `wide` says for each page whether it is landscape.
    """
    empty = "".join(f'<p class="{"wide" if w else "tall"}"></p>' for w in wide)
    html = document["html"].replace("</body>", f"{empty}</body>")
    style = ".wide, .tall { break-after: page; height: 1mm } .tall:last-child { break-after: auto }"
    source = layout.parse_document(document | {"html": html})
    return layout.lay_out(source, document, style, tagged=False).write_pdf()


def draw_footer(pdf, page, footer):
    drawing = pdf.copy_foreign(footer.as_form_xobject())
    name = page.add_resource(drawing, pikepdf.Name.XObject)
    page.contents_add(b"q", prepend=True)
    page.contents_add(b"Q " + ARTIFACT % str(name).encode())
