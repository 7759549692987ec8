"""What may be uploaded: an allow-list of endings, each held against what the file really is."""

import io
import zipfile
from pathlib import PurePosixPath

import pypdfium2
import webvtt
from django.core.exceptions import ValidationError
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _
from PIL import Image

MEGABYTE = 1024 * 1024
LARGEST = {"image": 20 * MEGABYTE, "document": 100 * MEGABYTE, "video": 2048 * MEGABYTE}
LARGEST_PICTURE = 60_000_000  # pixels: a phone's photo has 12 to 50 million

IMAGES = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
PICTURES = IMAGES | {"tif": "TIFF", "tiff": "TIFF"}
OFFICE = {"pptx": "ppt/", "docx": "word/", "xlsx": "xl/"}
OLD_OFFICE = ("ppt", "doc", "xls")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def file_place(instance, filename):
    """Where a file is kept below MEDIA_ROOT: by kind and unchanging id, under its own name."""
    resource = getattr(instance, "tool", instance)
    return f"{resource.kind}s/{resource.uid}/{get_valid_filename(filename)}"


def ending(file):
    return PurePosixPath(file.name or "").suffix.lower().lstrip(".")


def refuse(file, sentence, **facts):
    name = PurePosixPath(file.name or "").name
    raise ValidationError(sentence, code="bad_file", params={"file": name} | facts)


def check_image(file):
    """Raises ValidationError unless `file` is a JPEG, PNG or WebP picture that opens."""
    check_ending(file, IMAGES)
    check_size(file, "image")
    check_picture(file, IMAGES[ending(file)])


def check_video(file):
    check_ending(file, ("mp4", "webm"))
    check_size(file, "video")
    head = first_bytes(file, 12)
    known = head[4:8] == b"ftyp" if ending(file) == "mp4" else head[:4] == b"\x1aE\xdf\xa3"
    if not known:
        refuse(file, _("“%(file)s” is not a video in the format that its ending says."))


def check_captions(file):
    """Raises ValidationError unless `file` is WebVTT whose cues come in order, each of some length."""
    check_ending(file, ("vtt",))
    check_size(file, "image")
    try:
        text = whole(file).decode("utf-8-sig")
        cues = list(webvtt.from_buffer(io.StringIO(text)))
    except (UnicodeDecodeError, webvtt.errors.MalformedFileError, ValueError, IndexError):
        refuse(file, _("“%(file)s” is not a WebVTT file in UTF-8."))
    if not cues or len(cues) != text.count("-->"):
        refuse(file, _("“%(file)s” holds no captions, or some that cannot be read."))
    last = -1.0
    for number, cue in enumerate(cues, 1):
        if cue.start_time >= cue.end_time or cue.start_in_seconds < last:
            refuse(file, _("“%(file)s”: the times of caption %(cue)s are out of order."), cue=number)
        last = cue.start_in_seconds


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
        if first_bytes(file, 8) != OLE:
            refuse(file, _("“%(file)s” is not an Office file."))
    elif kind in PICTURES:
        check_picture(file, PICTURES[kind])


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
    file.seek(0)
    try:
        with Image.open(file, formats=[kind]) as picture:
            too_large = picture.width * picture.height > LARGEST_PICTURE
            if not too_large:
                picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        refuse(file, _("“%(file)s” does not open as a picture; it may be damaged."))
    finally:
        file.seek(0)
    if too_large:
        refuse(file, _("“%(file)s” has more than 60 million pixels."))


def check_pdf(file):
    if first_bytes(file, 5) != b"%PDF-":
        refuse(file, _("“%(file)s” is not a PDF."))
    try:
        pdf = pypdfium2.PdfDocument(whole(file))
        pages = len(pdf)
        pdf.close()
    except pypdfium2.PdfiumError:
        refuse(file, _("“%(file)s” does not open as a PDF; it may be damaged or locked."))
    if not pages:
        refuse(file, _("“%(file)s” has no pages."))


def check_office(file, folder):
    file.seek(0)
    try:
        names = zipfile.ZipFile(file).namelist()
    except zipfile.BadZipFile:
        refuse(file, _("“%(file)s” does not open as an Office file; it may be damaged."))
    finally:
        file.seek(0)
    if "[Content_Types].xml" not in names or not any(n.startswith(folder) for n in names):
        refuse(file, _("“%(file)s” is not the kind of Office file that its ending says."))
    if any(n.lower().endswith("vbaproject.bin") for n in names):
        refuse(file, _("“%(file)s” holds macros; save it without them."))


def first_bytes(file, count):
    file.seek(0)
    head = file.read(count)
    file.seek(0)
    return head


def whole(file):
    file.seek(0)
    data = file.read()
    file.seek(0)
    return data
