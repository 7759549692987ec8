"""The bytes of small real files, as people upload them."""

import io
import random
import zipfile
import zlib
from functools import cache
from pathlib import Path

import pypdfium2
from docx import Document
from PIL import ExifTags, Image
from pptx import Presentation
from weasyprint import HTML

from catalog.files.inspection import documents

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
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>",
        b"<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>",
        more=b"/Encrypt 4 0 R/ID[<00><00>]",
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


def old_office(ending="doc", *more):
    """The beginning of an OLE file, and how its list names its parts: what it is, and `more`."""
    names = [documents.OLD_OFFICE[ending][0], *more]
    return documents.OLE + bytes(600) + b"".join(map(documents.ole_entry, names))


def box(kind, content=b""):
    return (len(content) + 8).to_bytes(4, "big") + kind + content


FILM = Path(__file__).resolve().parents[1] / "editorial/demo/videos/what-consensus-is.mp4"


@cache
def mp4():
    """A real film of 45 seconds."""
    return FILM.read_bytes()


def boxes():
    """The boxes of an MP4 video, without pictures."""
    return box(b"ftyp", b"isom\x00\x00\x02\x00") + box(b"moov", b"x" * 40) + box(b"mdat", b"x" * 80)


def chunk(kind, content=b""):
    """Of a PNG file."""
    check = zlib.crc32(kind + content).to_bytes(4, "big")
    return len(content).to_bytes(4, "big") + kind + content + check


def png_head(width, height):
    """A PNG that says how large it is and holds no pixels."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x01\x00\x00\x00\x00"
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(b"")), chunk(b"IEND"))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def photo(format="JPEG", size=(80, 60), orientation=6, **options):
    """As a phone takes it: red above, blue below; with the place and a word in its notes."""
    notes = Image.Exif()
    if orientation:
        notes[ExifTags.Base.Orientation] = orientation
    notes[ExifTags.Base.ImageDescription] = "Secret garden"
    notes.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    taken = Image.new("RGB", size, "blue")
    taken.paste("red", (0, 0, size[0], size[1] // 2))
    data = io.BytesIO()
    taken.save(data, format, exif=notes, **options)
    return data.getvalue()


def moving(format="GIF", frames=3, size=(40, 30), **options):
    pictures = [Image.new("RGB", size, (60 * number, 90, 0)) for number in range(frames)]
    data = io.BytesIO()
    pictures[0].save(
        data, format, save_all=True, append_images=pictures[1:], duration=80, **options
    )
    return data.getvalue()


def pdf_of(*parts, more=b"", loops=False):
    """A PDF of objects from number 1 on, the first of which is the catalog.

    `more` goes into its trailer; where it `loops`, its table of objects names itself as the former.
    """
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    more += b"/Prev %d" % len(out) if loops else b""
    trailer = b"trailer\n<</Size %d/Root 1 0 R%s>>\n" % (len(parts) + 1, more)
    return out + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(out)


def looping_pdf(count=3):
    """Its table of objects names itself as the one before, its pages hold those they are in."""
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Parent 3 0 R/Kids[3 0 R 3 0 R]/Count %d>>" % count,
        b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R 3 0 R]/Count %d>>" % count,
        loops=True,
    )


def tagged_pdf(title="Five Whys", language="en-US", text="Ask why, five times."):
    html = f"<html lang={language}><title>{title}</title><h1>{title}</h1><p>{text}"
    return HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")


def deck(text="Huddle", notes="Speak slowly"):
    """A slide with `text`, a group with “inside”, a table with “cell”, and speaker notes."""
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    slide.shapes.add_textbox(0, 0, 100, 100).text_frame.text = text
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, 100, 100).text_frame.text = "inside"
    slide.shapes.add_table(1, 1, 0, 0, 100, 100).table.cell(0, 0).text = "cell"
    slide.notes_slide.notes_text_frame.text = notes
    data = io.BytesIO()
    made.save(data)
    return data.getvalue()


def docx(*paragraphs, cell="In a cell"):
    """`paragraphs`, then a table, then “The end”."""
    made = Document()
    for text in paragraphs:
        made.add_paragraph(text)
    made.add_table(1, 1).cell(0, 0).text = cell
    made.add_paragraph("The end")
    data = io.BytesIO()
    made.save(data)
    return data.getvalue()


def bomb():
    """A deck of 1.3 MB that unpacks to 300 MB."""
    data = io.BytesIO(office("ppt"))
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as parts:
        for number in range(5):
            parts.writestr(f"ppt/media/{number}.png", b"\x00" * 60_000_000)
    return data.getvalue()


def slow_pdf(lines=15_000):
    """One whose only page takes seconds to draw: thousands of dashed lines."""
    at = random.Random(1).randrange
    drawn = b"[1 1] 0 d 0.2 w\n" + b"".join(
        b"%d %d m %d %d l S\n" % (at(600), at(700), at(600), at(700)) for _line in range(lines)
    )
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<<>>>>"
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
    )
