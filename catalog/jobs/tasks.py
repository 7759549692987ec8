"""The functions that do the work of each task."""

import tempfile
from functools import partial
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from catalog.files import transcoding
from catalog.files.images import make_sizes
from catalog.files.validators import ending, file_place, stored_on_disk
from catalog.models import Job, Rendition, RenditionVersion, Resource, Video
from catalog.printing.options import PrintOptions
from catalog.printing.orders import make_order
from catalog.printing.recipes import make_in_background
from catalog.printing.sheets import sheet_printable
from catalog.sandbox.client import ask
from catalog.search import file_passages
from catalog.search.indexing import update_index

PREVIEW_WIDTH = 800
READING_S = 60


def read_text(job, progress):
    """Saves the words of a PDF, deck or document for search, and a PDF's accessibility issues."""
    with stored_on_disk(default_storage, job.file) as path:
        kind = {"ending": ending(file_named(job.file))}
        places = ask("documents.texts", path, limit=READING_S, **kind)
        if Rendition.objects.filter(file=job.file, accessibility_issues__isnull=True).exists():
            issues = ask("documents.read", path, **kind)["accessibility_issues"]
            for model in (Rendition, RenditionVersion):
                unread = model.objects.filter(file=job.file, accessibility_issues__isnull=True)
                unread.update(accessibility_issues=issues)
    with transaction.atomic():
        file_passages.save_passages(job.resource_id, job.file, places)
        update_index([job.resource_id])


def make_preview(job, progress):
    renditions = Rendition.objects.select_related("tool").filter(file=job.file)
    with stored_on_disk(default_storage, job.file) as path, tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "preview.webp")
        kind, options = ending(file_named(job.file)), {"out": str(out), "width": PREVIEW_WIDTH}
        size = ask("documents.preview", path, ending=kind, limit=READING_S, **options)
        for rendition in renditions if size else ():
            keep_preview(rendition, out, size)
    reindex(job.resource_id)


def reindex(resource_id):
    """Renews the entry's sheet, which shows what the job made."""
    with transaction.atomic():
        update_index([resource_id])


def keep_preview(rendition, path, size):
    with path.open("rb") as content:
        name = default_storage.save(file_place(rendition, f"{rendition.name}-page.webp"), content)
    Rendition.objects.filter(pk=rendition.pk, file=rendition.file.name).update(
        preview=name, preview_width=size["width"], preview_height=size["height"]
    )


def make_image_sizes(job, progress):
    widths = make_sizes(default_storage, job.file)
    Resource.objects.filter(pk=job.resource_id, image=job.file).update(image_widths=widths)


def process_video(job, progress):
    """Reads the facts of a video file and, if ffmpeg is there, makes a still and a phone copy."""
    video = Video.objects.filter(pk=job.resource_id, file=job.file).first()
    if video is None:
        return
    with stored_on_disk(default_storage, job.file) as path:
        if not video.file_info:
            facts = ask("video.read", path, ending=ending(video.file))
            video.file_info = facts | {"bytes": default_storage.size(job.file)}
            Video.objects.filter(pk=video.pk).update(file_info=video.file_info)
        if transcoding.has_ffmpeg():
            make_poster(video, path)
            make_phone_copy(video, path, progress)


def make_poster(video, path):
    """Makes the image of a video without one. It repeats the video, so it needs no description."""
    without = Resource.objects.filter(pk=video.pk, image="", video__file=video.file.name)
    if not without.exists():
        return
    name = save_output(
        video,
        "poster.webp",
        partial(transcoding.make_poster, path, seconds=video.file_info["seconds"]),
    )
    with stored_on_disk(default_storage, name) as still:
        facts = ask("images.read", still, ending="webp")
    kept = without.update(
        image=name,
        image_width=facts["width"],
        image_height=facts["height"],
        image_widths=[],
        image_decorative=True,
    )
    if kept:
        same = Video.objects.filter(pk=video.pk, file=video.file.name)
        same.update(file_info=video.file_info | {"poster": name})
        reindex(video.pk)
        Job.objects.enqueue(video.pk, Job.Task.PICTURE, name)


def make_phone_copy(video, path, progress):
    if video.phone_file or not transcoding.needs_phone_copy(video.file_info):
        return
    make = partial(
        transcoding.make_phone_copy, path, seconds=video.file_info["seconds"], progress=progress
    )
    name = save_output(video, f"{Path(video.file.name).stem}-phone.mp4", make)
    Video.objects.filter(pk=video.pk, file=video.file.name).update(phone_file=name)


def save_output(resource, name, make):
    """Stores the file that `make(out=path)` writes. Returns its name in the storage."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, name)
        make(out=str(out))
        with out.open("rb") as content:
            return default_storage.save(file_place(resource, name), File(content))


def make_ordered_pdf(job, progress):
    make_order(job.order, progress)


def make_sheet(job, progress):
    """Makes the sheet of an entry that readers may see. Others get theirs on their date."""
    resource = Resource.objects.published().filter(pk=job.resource_id).first()
    if resource:
        detailed = resource.kind_row.model.objects.for_detail().get(pk=resource.pk)
        make_in_background(sheet_printable(detailed), PrintOptions())


def file_named(name):
    """Returns a File that has only this name, for functions that read the ending of a file."""
    return File(None, name)


TASKS = {
    Job.Task.TEXT: read_text,
    Job.Task.PREVIEW: make_preview,
    Job.Task.PICTURE: make_image_sizes,
    Job.Task.VIDEO: process_video,
    Job.Task.SHEET: make_sheet,
    Job.Task.PRINT: make_ordered_pdf,
}
