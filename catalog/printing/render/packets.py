"""Makes the PDF of a packet: a front page with the contents, then sheets and uploaded PDFs."""

from catalog.printing.render import binding, layout
from catalog.printing.render.layout import VARIANT, MissingCharacters, without


def make(path, document):
    """Writes the packet to `path`. Returns {"pages": how many}.

    `document` also has "parts", each {"html": a sheet} or {"file": path, "pages": 4}. Each part has
    a "title" and a "link", the address with which the contents leads to it.
    """
    with MissingCharacters() as missing:
        made = write(path, document)
        if missing.found:
            parts = [part | plain(part, missing.found) for part in document["parts"]]
            document = document | plain(document, missing.found) | {"parts": parts}
            made = write(path, document)
    return made


def plain(part, characters):
    return {"html": without(part["html"], characters)} if "html" in part else {}


def write(path, document):
    front = layout.laid_out(layout.parsed(document), document)
    first = len(front.pages) + 1
    sheets, places, files, number = [], {}, [], first
    for part in document["parts"]:
        places[part["link"]] = number
        if "html" in part:
            pages = sheet(part, document, number)
            sheets += pages
            number += len(pages)
        else:
            files.append({"path": part["file"], "at": number})
            number += part["pages"]
    layout.write_numbers(front.pages, places)
    front.copy(front.pages + sheets).write_pdf(path, pdf_variant=VARIANT)
    marks = [[document["contents"], 1, 0]]
    marks += [[part["title"], places[part["link"]], 0] for part in document["parts"]]
    binding.bind(path, files, marks, places)
    return {"pages": number - 1}


def sheet(part, document, number):
    """Returns the pages of a sheet. `number` is the page number of the first one in the packet."""
    source = layout.parsed(document | {"html": part["html"]})
    begin = f"@page :first {{ counter-reset: page {number} }}"
    return layout.fitted(source, document, begin).pages
