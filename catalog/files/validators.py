"""Says what may be uploaded: an allow-list of endings, each checked against the file's content.

catalog.files.inspection reads the content in a sandbox process. The sentences are here.
"""

import functools
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.db.models.fields.files import FieldFile
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from catalog.sandbox.client import ask
from catalog.sandbox.exceptions import Refused

MEGABYTE = 1024 * 1024
MAX_BYTES = {
    "image": 20 * MEGABYTE,
    "captions": 2 * MEGABYTE,
    "document": 100 * MEGABYTE,
    "video": 2048 * MEGABYTE,
}
IMAGES = ("jpg", "jpeg", "png", "webp", "gif")
VIDEOS = ("mp4", "webm")
CAPTIONS = ("vtt", "srt")
DOCUMENTS = ("pdf", "pptx", "docx", "xlsx", "ppt", "doc", "xls", *IMAGES, "tif", "tiff")
# Refused before the real ending, because a careless server or reader takes it for the ending.
MISLEADING_ENDINGS = frozenset(
    re.findall(r"\w+", "bat cgi cmd com dll exe htm html jar js jsp lnk mht php ps1 py scr sh svg")
)

SENTENCES = {
    "ending": _("“%(file)s” cannot be uploaded. Choose a file that ends in: %(endings)s."),
    "two_endings": _(
        "“%(file)s” has two endings, .%(inner)s and .%(outer)s. Rename it to have one."
    ),
    "no_content": _("“%(file)s” is empty."),
    "too_large": _("“%(file)s” is larger than %(megabytes)s MB."),
    "too_slow": _("“%(file)s” takes too long to read. It may be damaged."),
    "too_much": _("“%(file)s” takes too much memory to read. It may be damaged."),
    "unreadable": _("“%(file)s” cannot be read. It may be damaged."),
    "not_pdf": _("“%(file)s” is not a PDF."),
    "pdf_cut": _("“%(file)s” is not complete. Save or download it again."),
    "pdf_locked": _("“%(file)s” is locked with a password. Save it without one."),
    "pdf_too_many_pages": _(
        "“%(file)s” has more than %(most)s pages. Split it into smaller files."
    ),
    "pdf_unreadable": _("“%(file)s” does not open as a PDF. It may be damaged."),
    "holds_more": _("“%(file)s” has extra data after its end. Open it and save it again."),
    "not_office": _("“%(file)s” is not an Office file."),
    "office_locked": _(
        "“%(file)s” has a password or an old format. Save it as a new file without a password."
    ),
    "office_unreadable": _("“%(file)s” does not open as an Office file. It may be damaged."),
    "office_other_kind": _(
        "“%(file)s” is not the kind of Office file that its ending says. Save it again."
    ),
    "office_macros": _("“%(file)s” contains macros. Save it without them."),
    "office_bomb": _("“%(file)s” is far too large when it is unpacked. It may be damaged."),
    "picture_unreadable": _("“%(file)s” does not open as a picture. It may be damaged."),
    "picture_too_many_pixels": _(
        "“%(file)s” has more than %(most)s million pixels. Make it smaller."
    ),
    "picture_moves_too_much": _(
        "“%(file)s” has more than %(most)s million pixels in all its frames. "
        "Make it smaller or shorter."
    ),
    "picture_with_more": _(
        "“%(file)s” has extra data after the picture. Open it and save it again."
    ),
    "video_other_format": _(
        "“%(file)s” is not a video in the format that its ending says. Export it as MP4."
    ),
    "video_cut_off": _("“%(file)s” is not complete. Save or download the video again."),
    "video_no_picture": _("“%(file)s” has no moving picture in it."),
    "video_no_length": _("“%(file)s” does not say how long the video is. Convert it to MP4."),
    "video_unreadable": _("“%(file)s” cannot be read as a video. It may be damaged."),
    "captions_utf16": _("“%(file)s” is saved as UTF-16 text. Save it as UTF-8."),
    "captions_not_utf8": _("“%(file)s” is not saved as UTF-8 text. Save it as UTF-8."),
    "captions_no_header": _("“%(file)s” is not WebVTT. Its first line must say WEBVTT."),
    "captions_none": _("“%(file)s” has no captions."),
    "captions_time": _("“%(file)s”: write line %(line)s like this: 00:01:05.000 --> 00:01:08.500."),
    "captions_order": _("“%(file)s”: the times in line %(line)s are out of order."),
    "captions_beyond": _(
        "“%(file)s”: the times in line %(line)s go past the end of the video, at %(video)s."
    ),
    "captions_long": _(
        "“%(file)s”: line %(line)s has %(length)s characters. Shorten it to %(most)s or fewer."
    ),
    "captions_lines": _(
        "“%(file)s”: the text after line %(line)s has too many lines. The limit is %(most)s. "
        "Shorten it or split it."
    ),
    "captions_empty": _("“%(file)s”: no text follows the times in line %(line)s."),
    "captions_no_blank": _("“%(file)s”: add a blank line before line %(line)s."),
    "captions_no_time": _("“%(file)s”: the text in line %(line)s has no times before it."),
    "captions_many": _("“%(file)s” has more than %(most)s captions."),
}


def file_place(instance, filename):
    """Returns the path of a file below MEDIA_ROOT: kind, permanent id, and a plain file name."""
    resource = getattr(instance, "tool", instance)
    path = PurePosixPath(filename)
    stem = slugify(path.stem)[:80].strip("-_") or resource.kind
    return f"{resource.kind}s/{resource.uid}/{stem}.{slugify(path.suffix)}"


def ending(file):
    return PurePosixPath(file.name or "").suffix.lower().lstrip(".")


def only_new_files(check):
    """Wraps `check` so that it skips stored files: they were checked when they were uploaded."""

    @functools.wraps(check)
    def check_if_new(file):
        if not getattr(file, "_committed", False):
            check(file)

    return check_if_new


@only_new_files
def check_image(file):
    """Raises ValidationError unless `file` is a JPEG, PNG, WebP or GIF picture that opens."""
    check_name_and_size(file, IMAGES, "image")
    facts_of(file, "images.read")


@only_new_files
def check_video(file):
    """Raises ValidationError unless `file` is a complete MP4 or WebM video."""
    check_name_and_size(file, VIDEOS, "video")
    facts_of(file, "video.read")


@only_new_files
def check_captions(file):
    """Raises ValidationError unless `file` is WebVTT or SRT with captions in order."""
    check_track(file, "captions")


@only_new_files
def check_chapters(file):
    """Raises ValidationError unless `file` is WebVTT or SRT with a line for each chapter."""
    check_track(file, "chapters")


@only_new_files
def check_descriptions(file):
    """Raises ValidationError unless `file` is WebVTT or SRT with descriptions of what is shown."""
    check_track(file, "descriptions")


def check_track(file, sort, seconds=None):
    """Returns what `captions.read()` reads in a new text track; raises ValidationError.

    `sort` is "captions", "chapters" or "descriptions"; `seconds` is the length of the video.
    """
    check_name_and_size(file, CAPTIONS, "captions")
    return facts_of(file, "captions.read", sort=sort, seconds=seconds)


@only_new_files
def check_document(file):
    """Raises ValidationError unless `file` is a PDF, Office file or picture that opens as such."""
    check_name_and_size(file, DOCUMENTS, "document")
    facts_of(file, "documents.read")


def check_name_and_size(file, endings, sort):
    """Checks the name and size of a file without reading it. Raises ValidationError."""
    outer, inner = ending(file), PurePosixPath(PurePosixPath(file.name or "").stem).suffix[1:]
    if outer not in endings:
        refuse(file, "ending", endings=", ".join(endings))
    if inner.lower() in MISLEADING_ENDINGS:
        refuse(file, "two_endings", inner=inner, outer=outer)
    if not file.size:
        refuse(file, "no_content")
    if file.size > MAX_BYTES[sort]:
        refuse(file, "too_large", megabytes=MAX_BYTES[sort] // MEGABYTE)


def facts_of(file, function, **options):
    """Returns what `function` of files.inspection ("documents.read") reads in `file`.

    Each file is read only once per question. Raises ValidationError.
    """
    content = file.file if isinstance(file, FieldFile) else file
    results = content.__dict__.setdefault("inspected", {})
    key = function, *options.values()
    if key not in results:
        results[key] = facts_or_error(file, function, **options)
    if isinstance(results[key], ValidationError):
        raise results[key]
    return results[key]


def facts_or_error(file, function, **options):
    try:
        return inspect_file(file, function, **options)
    except ValidationError as error:
        return error


def inspect_file(file, function, **options):
    try:
        with file_on_disk(file) as path:
            return ask(function, path, ending=ending(file), **options)
    except Refused as refused:
        refuse(file, refused.code, **refused.facts)


@contextmanager
def file_on_disk(file):
    """Yields a path to the content of `file`: an upload, the file of a field, or one in memory."""
    file.seek(0)
    content = file.file if isinstance(file, FieldFile) else file
    if hasattr(content, "temporary_file_path"):
        yield content.temporary_file_path()
    elif getattr(file, "_committed", False) and is_local(file.storage):
        yield file.path
    else:
        with tempfile.NamedTemporaryFile(suffix=f".{ending(file)}") as copy:
            shutil.copyfileobj(file, copy)
            copy.flush()
            yield copy.name
    file.seek(0)


def is_local(storage):
    try:
        return bool(storage.path("x"))
    except NotImplementedError:
        return False


@contextmanager
def stored_on_disk(storage, name):
    """Yields a path to the file `name` of `storage`: a temporary copy if the storage is remote.

    Raises FileNotFoundError if the file does not exist.
    """
    if not storage.exists(name):
        raise FileNotFoundError(name)
    if is_local(storage):
        yield storage.path(name)
        return
    with (
        storage.open(name) as content,
        tempfile.NamedTemporaryFile(suffix=PurePosixPath(name).suffix) as copy,
    ):
        shutil.copyfileobj(content, copy)
        copy.flush()
        yield copy.name


def refuse(file, code, **facts):
    raise ValidationError(
        SENTENCES[code], code=code, params={"file": display_name(file.name)} | facts
    )


def display_name(name):
    """Returns the last part of a file name, shortened to at most 60 characters for a sentence."""
    name = re.sub(r".*[/\\]", "", name or "")
    return name if len(name) <= 60 else f"{name[:40]}…{name[-15:]}"
