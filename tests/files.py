"""Makes the bytes of small real files, like those that people upload."""

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

from catalog.files.inspection.office import OLD_OFFICE, OLE, ole_entry

CAPTIONS = "WEBVTT\n\n00:01.000 --> 00:03.500\nTake two minutes.\n\n00:04.000 --> 00:05.000\nGo.\n"
LETTER_PT = (612, 792)


def image(format="PNG", size=(40, 30)):
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, format)
    return data.getvalue()


def pdf(pages=2, size=LETTER_PT):
    data = io.BytesIO()
    with pypdfium2.PdfDocument.new() as document:
        for _page in range(pages):
            document.new_page(*size)
        document.save(data)
    return data.getvalue()


def encrypted_pdf():
    """A PDF that opens only with a password: its encryption keys do not fit an empty one."""
    return pdf_from_objects(
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


def ole_office(ending="doc", *more):
    """The start of an OLE file and its directory, which names the main part and `more` parts."""
    names = [OLD_OFFICE[ending][0], *more]
    return OLE + bytes(600) + b"".join(map(ole_entry, names))


def mp4_box(kind, content=b""):
    return (len(content) + 8).to_bytes(4, "big") + kind + content


VIDEO_PATH = Path(__file__).resolve().parents[1] / "editorial/demo/videos/what-consensus-is.mp4"


@cache
def mp4():
    """A real video of 45 seconds."""
    return VIDEO_PATH.read_bytes()


def mp4_boxes():
    """The outer boxes of an MP4 file that contains no images."""
    return (
        mp4_box(b"ftyp", b"isom\x00\x00\x02\x00")
        + mp4_box(b"moov", b"x" * 40)
        + mp4_box(b"mdat", b"x" * 80)
    )


def png_chunk(kind, content=b""):
    """A chunk of a PNG file, with its checksum."""
    check = zlib.crc32(kind + content).to_bytes(4, "big")
    return len(content).to_bytes(4, "big") + kind + content + check


def png_header(width, height):
    """A PNG whose header states a size and that contains no pixels."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x01\x00\x00\x00\x00"
    parts = (png_chunk(b"IHDR", head), png_chunk(b"IDAT", zlib.compress(b"")), png_chunk(b"IEND"))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def photo(format="JPEG", size=(80, 60), orientation=6, **options):
    """A photo like a phone's: red above, blue below, with a location and a description in EXIF."""
    exif = Image.Exif()
    if orientation:
        exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.ImageDescription] = "Secret garden"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    pixels = Image.new("RGB", size, "blue")
    pixels.paste("red", (0, 0, size[0], size[1] // 2))
    data = io.BytesIO()
    pixels.save(data, format, exif=exif, **options)
    return data.getvalue()


def animated_image(format="GIF", frames=3, size=(40, 30), **options):
    images = [Image.new("RGB", size, (60 * number, 90, 0)) for number in range(frames)]
    data = io.BytesIO()
    images[0].save(data, format, save_all=True, append_images=images[1:], duration=80, **options)
    return data.getvalue()


def pdf_from_objects(*parts, more=b"", loops=False):
    """A PDF of the objects `parts`, numbered from 1; the first is the PDF's catalog.

    `more` goes into its trailer. If it `loops`, its cross-reference table names itself as the
    previous table.
    """
    out, offsets = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    table += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    more += b"/Prev %d" % len(out) if loops else b""
    trailer = b"trailer\n<</Size %d/Root 1 0 R%s>>\n" % (len(parts) + 1, more)
    return out + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(out)


def looping_pdf(count=3):
    """A PDF whose cross-reference table points to itself and whose pages contain their parents."""
    return pdf_from_objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Parent 3 0 R/Kids[3 0 R 3 0 R]/Count %d>>" % count,
        b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R 3 0 R]/Count %d>>" % count,
        loops=True,
    )


def tagged_pdf(title="Five Whys", language="en-US", text="Ask why, five times."):
    html = f"<html lang={language}><title>{title}</title><h1>{title}</h1><p>{text}"
    return HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")


def pptx_with_text(text="Huddle", notes="Speak slowly"):
    """A slide with `text`, a group with “inside”, a table with “cell”, and speaker notes."""
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    slide.shapes.add_textbox(0, 0, 100, 100).text_frame.text = text
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, 100, 100).text_frame.text = "inside"
    slide.shapes.add_table(1, 1, 0, 0, 100, 100).table.cell(0, 0).text = "cell"
    slide.notes_slide.notes_text_frame.text = notes
    data = io.BytesIO()
    deck.save(data)
    return data.getvalue()


def docx(*paragraphs, cell="In a cell"):
    """`paragraphs`, then a table, then “The end”."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.add_table(1, 1).cell(0, 0).text = cell
    document.add_paragraph("The end")
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def zip_bomb():
    """A deck of 1.3 MB that unpacks to 300 MB."""
    data = io.BytesIO(office("ppt"))
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as parts:
        for number in range(5):
            parts.writestr(f"ppt/media/{number}.png", b"\x00" * 60_000_000)
    return data.getvalue()


def slow_pdf(lines=15_000):
    """A PDF whose only page takes seconds to draw: thousands of dashed lines."""
    random_below = random.Random(1).randrange
    drawing = b"[1 1] 0 d 0.2 w\n" + b"".join(
        b"%d %d m %d %d l S\n" % tuple(map(random_below, (600, 700, 600, 700)))
        for _line in range(lines)
    )
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<<>>>>"
    return pdf_from_objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawing), drawing),
    )
