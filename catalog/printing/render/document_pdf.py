"""Makes documents without uploaded PDFs: sheets, handouts, plans, parts of the catalog PDF."""

from catalog.printing.render import layout
from catalog.printing.render.layout import VARIANT, MissingCharacters, replace_characters


def make(path, document):
    """Writes the document to `path` as PDF/UA-1.

    Returns {"pages": how many, "places": {id: number of the page that has it}}.
    """
    with MissingCharacters() as missing:
        rendered = write_pdf(path, document)
        if missing.characters:
            document = document | {"html": replace_characters(document["html"], missing.characters)}
            rendered = write_pdf(path, document)
    return {"pages": len(rendered.pages), "places": layout.find_places(rendered.pages)}


def write_pdf(path, document):
    if document.get("fit"):
        rendered = layout.lay_out_to_fit(layout.parse_document(document), document)
    else:
        rendered = layout.lay_out_with_page_numbers(document)
    rendered.write_pdf(path, pdf_variant=VARIANT)
    return rendered
