"""What may be uploaded: an allow-list of endings, each held against what the file really is."""

import functools
import re
import threading
import zipfile
from contextlib import closing
from pathlib import PurePosixPath

import pypdfium2
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from PIL import Image
from pypdfium2.raw import FPDF_ERR_PASSWORD

MEGABYTE = 1024 * 1024
LARGEST = {
    "image": 20 * MEGABYTE,
    "captions": 2 * MEGABYTE,
    "document": 100 * MEGABYTE,
    "video": 2048 * MEGABYTE,
}
LARGEST_UNPACKED = 500 * MEGABYTE
MOST_PARTS = 10_000  # files within an Office file

IMAGES = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
PICTURES = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "tif": "TIFF", "tiff": "TIFF"}
# In million pixels. A phone's photo has 12 to 50; what must be unpacked whole takes 4 bytes each.
LARGEST_PICTURE = {"JPEG": 60, "PNG": 60, "WEBP": 40, "TIFF": 40}
OFFICE = {"pptx": "ppt/", "docx": "word/", "xlsx": "xl/"}
OLD_OFFICE = ("ppt", "doc", "xls")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

TIME = r"(?:(\d{2,4}):)?([0-5]\d):([0-5]\d\.\d{3})"
CUE = re.compile(rf"{TIME}[ \t]+-->[ \t]+{TIME}(?:[ \t]|$)")

PAPERS = {
    (612, 792): "8.5 × 11 in",
    (612, 1008): "8.5 × 14 in",
    (792, 1224): "11 × 17 in",
    (595, 842): "A4",
    (842, 1191): "A3",
}
POINTS = 72  # to an inch

PDFIUM = threading.Lock()  # the library has one state for all threads


def file_place(instance, filename):
    """Where a file is kept below MEDIA_ROOT: by kind and unchanging id, under a plain name."""
    resource = getattr(instance, "tool", instance)
    path = PurePosixPath(filename)
    stem = slugify(path.stem)[:80].strip("-_") or resource.kind
    return f"{resource.kind}s/{resource.uid}/{stem}.{slugify(path.suffix)}"


def ending(file):
    return PurePosixPath(file.name or "").suffix.lower().lstrip(".")


def refuse(file, sentence, **facts):
    name = PurePosixPath(file.name or "").name
    shown = name if len(name) <= 60 else f"{name[:40]}…{name[-15:]}"
    raise ValidationError(sentence, code="bad_file", params={"file": shown} | facts)


def of_new_files(check):
    """`check`, passing the files that are in place: they were checked when they came."""

    @functools.wraps(check)
    def checked(file):
        if not getattr(file, "_committed", False):
            check(file)

    return checked


@of_new_files
def check_image(file):
    """Raises ValidationError unless `file` is a JPEG, PNG or WebP picture that opens."""
    check_ending(file, IMAGES)
    check_size(file, "image")
    check_picture(file, IMAGES[ending(file)])


@of_new_files
def check_video(file):
    """Raises ValidationError unless `file` is an MP4 or WebM video that came whole."""
    check_ending(file, ("mp4", "webm"))
    check_size(file, "video")
    head = first_bytes(file, 64)
    known = head[4:8] == b"ftyp" if ending(file) == "mp4" else is_webm(head)
    if not known:
        refuse(file, _("“%(file)s” is not a video in the format that its ending says."))
    if ending(file) == "mp4" and not {b"moov", b"mdat"} <= set(whole_boxes(file)):
        refuse(file, _("“%(file)s” is cut off; the video would not play."))


@of_new_files
def check_captions(file):
    """Raises ValidationError unless `file` is WebVTT with captions in order."""
    check_ending(file, ("vtt",))
    check_size(file, "captions")
    try:
        text = whole(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        refuse(file, _("“%(file)s” is not saved as UTF-8 text."))
    if not re.match(r"WEBVTT(\s|$)", text):
        refuse(file, _("“%(file)s” is not WebVTT: its first line has to say WEBVTT."))
    check_cues(file, re.split(r"\r\n|\r|\n", text))


@of_new_files
def check_document(file):
    """Raises ValidationError unless `file` is a PDF, Office file or picture that opens as such."""
    check_ending(file, ("pdf", *OFFICE, *OLD_OFFICE, *PICTURES))
    check_size(file, "document")
    kind = ending(file)
    if kind == "pdf":
        check_pdf(file)
    elif kind in OFFICE:
        check_office(file, OFFICE[kind])
    elif kind in OLD_OFFICE:
        check_old_office(file)
    else:
        check_picture(file, PICTURES[kind])


def document_facts(file):
    """(pages or None, paper or "") of a file that check_document passes; slides are pages."""
    if ending(file) == "pdf":
        with PDFIUM, closing(pypdfium2.PdfDocument(stream(file))) as pdf:
            return len(pdf), paper_name(*pdf.get_page_size(0))
    if ending(file) == "pptx":
        with zipfile.ZipFile(stream(file)) as parts:
            slides = [n for n in parts.namelist() if re.fullmatch(r"ppt/slides/slide\d+\.xml", n)]
        return len(slides) or None, ""
    return None, ""


def paper_name(width, height):
    """A page of `width` by `height` points in the words of a print shop.

    >>> paper_name(612.0, 792.0), paper_name(595.3, 841.9), paper_name(960, 540)
    ('8.5 × 11 in', 'A4', '13.33 × 7.5 in')
    """
    short, long = sorted((width, height))
    for (across, down), name in PAPERS.items():
        if abs(short - across) < 3 and abs(long - down) < 3:
            return name
    return f"{round(width / POINTS, 2):g} × {round(height / POINTS, 2):g} in"


def check_ending(file, allowed):
    if ending(file) not in allowed:
        refuse(
            file,
            _("“%(file)s” cannot be taken. Files may end in: %(endings)s."),
            endings=", ".join(allowed),
        )


def check_size(file, kind):
    if not file.size:
        refuse(file, _("“%(file)s” is empty."))
    if file.size > LARGEST[kind]:
        refuse(
            file,
            _("“%(file)s” is larger than %(megabytes)s MB."),
            megabytes=LARGEST[kind] // MEGABYTE,
        )


def check_picture(file, kind):
    most = LARGEST_PICTURE[kind]
    try:
        with Image.open(stream(file), formats=[kind]) as picture:
            fits = picture.width * picture.height <= most * 1_000_000
            if fits:
                read_picture(picture)
    except Image.DecompressionBombError:
        fits = False
    # Pillow's readers raise whatever goes wrong in them: OSError, SyntaxError, struct.error …
    except Exception:
        refuse(file, _("“%(file)s” does not open as a picture; it may be damaged."))
    finally:
        file.seek(0)
    if not fits:
        refuse(file, _("“%(file)s” has more than %(most)s million pixels."), most=most)


def read_picture(picture):
    """Reads it to its end, in as little memory as its format allows."""
    if picture.format == "PNG":
        picture.verify()
    else:
        picture.draft(None, (1, 1))
        picture.load()


def check_pdf(file):
    if first_bytes(file, 5) != b"%PDF-":
        refuse(file, _("“%(file)s” is not a PDF."))
    if b"%%EOF" not in last_bytes(file, 4096):
        refuse(file, _("“%(file)s” is cut off; save or download it again."))
    try:
        with PDFIUM, closing(pypdfium2.PdfDocument(stream(file))) as pdf:
            pdf.get_page_size(0)
    except pypdfium2.PdfiumError as error:
        if error.err_code == FPDF_ERR_PASSWORD:
            refuse(file, _("“%(file)s” is locked with a password; save it without one."))
        refuse(file, _("“%(file)s” does not open as a PDF; it may be damaged."))
    finally:
        file.seek(0)


def check_office(file, folder):
    if first_bytes(file, 8) == OLE:
        refuse(file, _("“%(file)s” is locked with a password or of an old format; save it anew."))
    try:
        with zipfile.ZipFile(stream(file)) as parts:
            check_parts(file, parts, folder)
            broken = parts.testzip()
    except ValidationError:
        raise
    # What is no whole zip raises BadZipFile, zlib.error, NotImplementedError and others.
    except Exception:
        broken = True
    finally:
        file.seek(0)
    if broken:
        refuse(file, _("“%(file)s” does not open as an Office file; it may be damaged."))


def check_parts(file, parts, folder):
    names = parts.namelist()
    if (
        sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED
        or len(names) > MOST_PARTS
    ):
        refuse(file, _("“%(file)s” unpacks to more than any real document holds."))
    if "[Content_Types].xml" not in names or not any(name.startswith(folder) for name in names):
        refuse(file, _("“%(file)s” is not the kind of Office file that its ending says."))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        refuse(file, _("“%(file)s” holds macros; save it without them."))


def check_old_office(file):
    if first_bytes(file, 8) != OLE:
        refuse(file, _("“%(file)s” is not an Office file."))


def check_cues(file, lines):
    last, count = 0.0, 0
    for number, line in enumerate(lines, 1):
        if "-->" not in line:
            continue
        begin, end = cue_times(file, number, line)
        if end <= begin or begin < last:
            refuse(file, _("“%(file)s”: the times in line %(line)s are out of order."), line=number)
        last, count = begin, count + 1
    if not count:
        refuse(file, _("“%(file)s” holds no captions."))


def cue_times(file, number, line):
    """The seconds at which the caption of `line` begins and ends."""
    found = CUE.match(line)
    if not found:
        refuse(
            file,
            _("“%(file)s”: line %(line)s should read like 00:01:05.000 --> 00:01:08.500."),
            line=number,
        )
    times = [float(text or 0) for text in found.groups()]
    return times[0] * 3600 + times[1] * 60 + times[2], times[3] * 3600 + times[4] * 60 + times[5]


def is_webm(head):
    return head[:4] == b"\x1aE\xdf\xa3" and b"webm" in head


def whole_boxes(file):
    """The types of the boxes that an MP4 file is made of, up to the first that is cut off."""
    place = 0
    for _number in range(100_000):
        file.seek(place)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = file.size - place
        if len(head) < 8 or length < 8 or place + length > file.size:
            break
        yield head[4:8]
        place += length
    file.seek(0)


def stream(file):
    """The open file of an upload or of a field, from its beginning, as libraries take it."""
    file.seek(0)
    return getattr(file, "file", file)


def first_bytes(file, count):
    file.seek(0)
    head = file.read(count)
    file.seek(0)
    return head


def last_bytes(file, count):
    file.seek(max(0, file.size - count))
    tail = file.read()
    file.seek(0)
    return tail


def whole(file):
    file.seek(0)
    data = file.read()
    file.seek(0)
    return data
