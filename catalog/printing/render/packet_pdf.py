"""Makes the PDF of a packet: a front page with the contents, then sheets and uploaded PDFs."""

from catalog.printing.render import layout, uploaded_pdfs
from catalog.printing.render.layout import VARIANT, MissingCharacters, replace_characters


def make(path, document):
    """Writes the packet to `path`. Returns {"pages": how many}.

    `document` also has "parts", each {"html": a sheet} or {"file": path, "pages": 4}. Each part has
    a "title" and a "link", the address with which the contents leads to it.
    """
    with MissingCharacters() as missing:
        facts = write_pdf(path, document)
        if missing.characters:
            parts = [part | replace_missing(part, missing.characters) for part in document["parts"]]
            document = document | replace_missing(document, missing.characters) | {"parts": parts}
            facts = write_pdf(path, document)
    return facts


def replace_missing(part, characters):
    return {"html": replace_characters(part["html"], characters)} if "html" in part else {}


def write_pdf(path, document):
    front = layout.lay_out(layout.parse_document(document), document)
    first = len(front.pages) + 1
    sheets, places, files, number = [], {}, [], first
    for part in document["parts"]:
        places[part["link"]] = number
        if "html" in part:
            pages = lay_out_sheet(part, document, number)
            sheets += pages
            number += len(pages)
        else:
            files.append({"path": part["file"], "at": number})
            number += part["pages"]
    layout.write_page_numbers(front.pages, places)
    front.copy(front.pages + sheets).write_pdf(path, pdf_variant=VARIANT)
    marks = [[document["contents"], 1, 0]]
    marks += [[part["title"], places[part["link"]], 0] for part in document["parts"]]
    uploaded_pdfs.bind(path, files, marks, places)
    return {"pages": number - 1}


def lay_out_sheet(part, document, number):
    """Returns the pages of a sheet. `number` is the page number of the first one in the packet."""
    source = layout.parse_document(document | {"html": part["html"]})
    begin = f"@page :first {{ counter-reset: page {number} }}"
    return layout.lay_out_to_fit(source, document, begin).pages
