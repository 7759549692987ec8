"""The bytes of small real files, as people upload them."""

import io
import zipfile

import pypdfium2
from PIL import Image
from pptx import Presentation

CAPTIONS = "WEBVTT\n\n00:01.000 --> 00:03.500\nTake two minutes.\n\n00:04.000 --> 00:05.000\nGo.\n"
LETTER = (612, 792)


def picture(format="PNG", size=(40, 30)):
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, format)
    return data.getvalue()


def pdf(pages=2, size=LETTER):
    data = io.BytesIO()
    with pypdfium2.PdfDocument.new() as document:
        for _page in range(pages):
            document.new_page(*size)
        document.save(data)
    return data.getvalue()


def locked_pdf():
    """One that opens with a password only: what it is encrypted with fits no empty password."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>",
        b"<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>"
    start = b"startxref\n%d\n%%%%EOF\n" % len(out)
    return (
        out + b"xref\n0 5\n0000000000 65535 f \n" + table + b"trailer\n" + trailer + b"\n" + start
    )


def pptx(slides=3):
    data = io.BytesIO()
    deck = Presentation()
    for _slide in range(slides):
        deck.slides.add_slide(deck.slide_layouts[6])
    deck.save(data)
    return data.getvalue()


def office(folder="word", **more):
    """A zip in the shape of an Office file; `more` adds parts: {name: bytes}."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
        parts.writestr(f"{folder}/main.xml", "<x/>")
        for name, content in more.items():
            parts.writestr(name, content)
    return data.getvalue()


def box(kind, content=b""):
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def mp4():
    """The boxes of an MP4 video, without pictures."""
    return box(b"ftyp", b"isom\x00\x00\x02\x00") + box(b"moov", b"x" * 40) + box(b"mdat", b"x" * 80)
