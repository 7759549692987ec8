"""Makes documents without uploaded PDFs: sheets, handouts, plans, parts of the catalog PDF."""

from catalog.printing.render import layout
from catalog.printing.render.layout import VARIANT, MissingCharacters, without


def make(path, document):
    """Writes the document to `path` as PDF/UA-1.

    Returns {"pages": how many, "places": {id: number of the page that has it}}.
    """
    with MissingCharacters() as missing:
        made = write(path, document)
        if missing.found:
            document = document | {"html": without(document["html"], missing.found)}
            made = write(path, document)
    return {"pages": len(made.pages), "places": layout.places(made.pages)}


def write(path, document):
    if document.get("fit"):
        made = layout.fitted(layout.parsed(document), document)
    else:
        made = layout.numbered(document)
    made.write_pdf(path, pdf_variant=VARIANT)
    return made
