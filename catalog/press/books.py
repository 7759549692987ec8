"""A book: chapters that were laid out each for itself, between a front and a back that know where
things are. So no more than a chapter is in memory, several are made at once, and one that did not
change is there already.
"""

import io
from functools import partial

import pikepdf

from catalog.press import binding, layout
from catalog.press.layout import VARIANT, MissingCharacters, without

ARTIFACT = b"/Artifact <</Type /Pagination>> BDC q %s Do Q EMC"


def make(path, document):
    """Writes the book to `path`; {"pages": how many}.

    `document` has "html", its front, "back", and "chapters": [{"file", "pages", "places": {id: page
    of the chapter}, "link": the address by which the contents leads to it}]; "marks", what is in
    the outline: [[title, id, level]]; "numbers", what says the number of a page.
    """
    with MissingCharacters() as missing:
        made = write(path, document)
        if missing.found:
            html = {name: without(document[name], missing.found) for name in ("html", "back")}
            made = write(path, document | html)
    return made


def write(path, document):
    front = layout.laid_out(layout.parsed(document), document)
    back = layout.laid_out(layout.parsed(document | {"html": document["back"]}), document)
    places, files, links, number = layout.places(front.pages), [], {}, len(front.pages) + 1
    for chapter in document["chapters"]:
        here = {name: number - 1 + page for name, page in chapter["places"].items()}
        places |= here
        links[chapter["link"]] = number
        files.append({"path": chapter["file"], "at": number})
        number += chapter["pages"]
    places |= layout.places(back.pages, number)
    pages = front.pages + back.pages
    layout.write_numbers(pages, places)
    front.copy(pages).write_pdf(path, pdf_variant=VARIANT)
    marks = [[title, places[name], level] for title, name, level in document["marks"]]
    binding.bind(path, files, marks, links, ours=partial(number_pages, document=document))
    return {"pages": number - 1 + len(back.pages)}


def number_pages(pdf, document):
    """Writes "Page 3 of 200" on each page, as what belongs to the page and not to the text."""
    wide = [size[0] > size[1] for size in map(binding.size, pdf.pages)]
    with pikepdf.open(io.BytesIO(numbers(document, wide))) as drawn:
        for page, number in zip(pdf.pages, drawn.pages, strict=True):
            stamp(pdf, page, number)


def numbers(document, wide):
    """A PDF without tags that has nothing but the number of each page, where it stands."""
    empty = "".join(f'<p class="{"wide" if w else "tall"}"></p>' for w in wide)
    head, body, _rest = document["html"].partition("<body")
    html = f"{head}{body}>{document['numbers']}{empty}"
    style = ".wide, .tall { break-after: page; height: 1mm } .tall:last-child { break-after: auto }"
    source = layout.parsed(document | {"html": html})
    return layout.laid_out(source, document, style, tagged=False).write_pdf()


def stamp(pdf, page, number):
    drawing = pdf.copy_foreign(number.as_form_xobject())
    name = page.add_resource(drawing, pikepdf.Name.XObject)
    page.contents_add(b"q", prepend=True)
    page.contents_add(b"Q " + ARTIFACT % str(name).encode())
