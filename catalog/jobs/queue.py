"""What is done with files outside of requests: jobs are rows, which workers take one by one.

A worker that dies leaves its job behind; the next one in its place takes it up again.
"""

import logging
import tempfile
import time
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import OperationalError, transaction
from django.db.models import Case, F, When
from django.db.models.signals import post_save
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.files import transcoding
from catalog.files.images import make_sizes
from catalog.files.validators import (
    SENTENCES,
    ending,
    file_place,
    shown,
    stored_on_disk,
)
from catalog.models import IndexEntry, Job, Rendition, RenditionVersion, Resource, Video
from catalog.printing import background, store
from catalog.printing.store import TooBusy
from catalog.sandbox.client import ask
from catalog.sandbox.exceptions import Refused
from catalog.search import file_passages
from catalog.search.indexing import index, indexed

# A film takes minutes; what takes a moment does not wait for it, nor what a reader waits for.
LANES = {
    "films": [Job.Task.FILM],
    "rest": [Job.Task.TEXT, Job.Task.PREVIEW, Job.Task.PICTURE],
    "prints": [Job.Task.PRINT, Job.Task.SHEET],
}
LOST = timedelta(minutes=10)  # without a sign of life; no step between two of them takes as long
MOST_TRIES = 3
PAUSE, LOOK = 1, 0.2  # seconds, when there is nothing to do; between two looks for something
PAUSE_OF_BUSY = 5  # seconds until a document is tried again for which there was no room
BEAT = 2  # seconds between two signs of life
PREVIEW_WIDTH = 800
MOST_AHEAD = 500  # entries that change at once; the sheets of more are made when they are asked for
LONG_READING = 60  # seconds

logger = logging.getLogger(__name__)


# ---- What is wanted ----


def on_save(sender, instance, **kwargs):
    if isinstance(instance, Resource):
        want_picture(instance)
    if isinstance(instance, Video):
        want_film(instance)
    if isinstance(instance, Rendition):
        want_preview(instance)


def want_picture(resource):
    Job.objects.forget(resource.pk, [Job.Task.PICTURE], [resource.image.name])
    if resource.image and not resource.image_widths:
        Job.objects.want(resource.pk, Job.Task.PICTURE, resource.image.name, again=True)


def want_film(video):
    Job.objects.forget(video.pk, [Job.Task.FILM], [video.file.name])
    if video.file:
        Job.objects.want(video.pk, Job.Task.FILM, video.file.name)


def want_preview(rendition):
    """The text is asked for by what indexes the tool."""
    kept = Rendition.objects.filter(tool=rendition.tool_id).values_list("file", flat=True)
    Job.objects.forget(rendition.tool_id, [Job.Task.PREVIEW, Job.Task.TEXT], list(kept))
    if rendition.file and not rendition.preview:
        Job.objects.want(rendition.tool_id, Job.Task.PREVIEW, rendition.file.name, again=True)


def want_sheets(sender, ids, **kwargs):
    """The sheet of what readers see, or will see one day, is made ahead of the first who asks."""
    if len(ids) > MOST_AHEAD:
        return
    now, dated = timezone.now(), IndexEntry.objects.filter(pk__in=ids, newest__isnull=False)
    days = dated.values_list("pk", "newest")
    due = {pk: day if day > now else None for pk, day in days}
    Job.objects.want_of_each(Job.Task.SHEET, due)


def connect():
    post_save.connect(on_save, dispatch_uid="files_wanted")
    indexed.connect(want_sheets, dispatch_uid="sheets_wanted")


def catch_up():
    """Asks for what files of an earlier version of the catalog still lack."""
    for resource in Resource.objects.filter(image_widths=[]).exclude(image=""):
        want_picture(resource)
    for video in Video.objects.filter(film={}).exclude(file=""):
        Job.objects.want(video.pk, Job.Task.FILM, video.file.name)
    previewed = Job.objects.filter(task=Job.Task.PREVIEW).values("file")
    for rendition in Rendition.objects.exclude(file="").exclude(file__in=previewed):
        want_preview(rendition)
    for rendition in Rendition.objects.filter(lacks__isnull=True, file__endswith=".pdf"):
        Job.objects.want(rendition.tool_id, Job.Task.TEXT, rendition.file.name, again=True)


# ---- Who does it ----


def work_on(tasks, worker, until=lambda: False):
    """Does what of `tasks` is waiting, until `until()` says to stop, and waits for more."""
    take_up(Job.objects.filter(task__in=tasks, worker=worker))
    while not until():
        store.sweep()
        take_up(Job.objects.filter(task__in=tasks, beat_at__lt=timezone.now() - LOST))
        if not work_off(tasks, worker, until):
            wait_for_more(tasks)


def wait_for_more(tasks):
    """Until something of `tasks` is there to be done, or it is time to look after the rest."""
    until = time.monotonic() + PAUSE
    while time.monotonic() < until and not next_of(tasks):
        time.sleep(LOOK)


def work_off(tasks, worker="", until=lambda: False):
    """Does all that is waiting of `tasks`; returns how many jobs that were."""
    done = 0
    while not until() and (job := claimed(tasks, worker)):
        do(job)
        done += 1
    return done


def take_up(jobs):
    """Those of `jobs` that a worker left unfinished are waiting again, unless they killed it."""
    left = jobs.filter(state=Job.State.RUNNING)
    sentence = _("The work broke off %d times before it came to its end.") % MOST_TRIES
    left.filter(tries__gte=MOST_TRIES).update(state=Job.State.FAILED, failure=sentence)
    left.update(state=Job.State.WAITING, progress=0)


def next_of(tasks):
    """The job of the first of `tasks` that has waited longest."""
    place = Case(*(When(task=task, then=number) for number, task in enumerate(tasks)))
    return Job.objects.filter(task__in=tasks).ready().order_by(place, "asked_at", "id").first()


def claimed(tasks, worker):
    """The next job, taken by this worker and no other; None when none waits."""
    while job := next_of(tasks):
        mine = Job.objects.filter(pk=job.pk, state=Job.State.WAITING).update(
            state=Job.State.RUNNING,
            worker=worker,
            tries=F("tries") + 1,
            beat_at=timezone.now(),
        )
        if mine:
            return job
    return None


def do(job):
    row = Job.objects.filter(pk=job.pk)
    try:
        TASKS[job.task](job, Progress(row))
        row.update(state=Job.State.DONE, progress=100, failure="", beat_at=timezone.now())
    except OperationalError:  # the database is busy or gone, which is no fault of the file
        raise
    except TooBusy:  # nor is this of the document
        due = timezone.now() + timedelta(seconds=PAUSE_OF_BUSY)
        row.update(state=Job.State.WAITING, progress=0, due_at=due, tries=F("tries") - 1)
    # Whatever goes wrong with one file, the worker goes on with the next.
    except Exception as error:
        logger.warning("%s: %s", job, error)
        row.update(state=Job.State.FAILED, failure=sentence_of(error, job.file)[:500])
    except BaseException:  # told to end
        row.update(state=Job.State.WAITING, progress=0)
        raise


def sentence_of(error, name):
    if isinstance(error, Refused):
        return SENTENCES[error.code] % {"file": shown(name), **error.facts}
    if isinstance(error, ValidationError):
        return error.messages[0]
    if isinstance(error, transcoding.FilmError):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return _("“%s” is not on the disk any more.") % shown(name)
    return _("It could not be done: %s") % error


class Progress:
    """Keeps how far a job is, in percent, which is a sign of life as well."""

    def __init__(self, row):
        self.row, self.next = row, 0

    def __call__(self, percent):
        now = time.monotonic()
        if now >= self.next:
            self.next = now + BEAT
            with suppress(OperationalError):  # the next one may come through
                self.row.update(progress=percent, beat_at=timezone.now())


# ---- What is done ----


def read_text(job, progress):
    """Of a PDF, deck or document: what it says, for the search, and what it lacks."""
    with stored_on_disk(default_storage, job.file) as path:
        kind = {"ending": ending(named(job.file))}
        places = ask("documents.texts", path, limit=LONG_READING, **kind)
        if Rendition.objects.filter(file=job.file, lacks__isnull=True).exists():
            lacks = ask("documents.read", path, **kind)["lacks"]
            for model in (Rendition, RenditionVersion):
                model.objects.filter(file=job.file, lacks__isnull=True).update(lacks=lacks)
    with transaction.atomic():
        file_passages.keep(job.resource_id, job.file, places)
        index([job.resource_id])


def make_preview(job, progress):
    renditions = Rendition.objects.select_related("tool").filter(file=job.file)
    with stored_on_disk(default_storage, job.file) as path, tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "preview.webp")
        kind, options = ending(named(job.file)), {"out": str(out), "width": PREVIEW_WIDTH}
        size = ask("documents.preview", path, ending=kind, limit=LONG_READING, **options)
        for rendition in renditions if size else ():
            keep_preview(rendition, out, size)
    show_anew(job.resource_id)


def show_anew(resource_id):
    """What a job made of an entry is on its sheet as well."""
    with transaction.atomic():
        index([resource_id])


def keep_preview(rendition, path, size):
    with path.open("rb") as content:
        name = default_storage.save(file_place(rendition, f"{rendition.name}-page.webp"), content)
    Rendition.objects.filter(pk=rendition.pk, file=rendition.file.name).update(
        preview=name, preview_width=size["width"], preview_height=size["height"]
    )


def make_sizes_of_picture(job, progress):
    widths = make_sizes(default_storage, job.file)
    Resource.objects.filter(pk=job.resource_id, image=job.file).update(image_widths=widths)


def make_film(job, progress):
    """The facts of a film that nobody has read yet and, where ffmpeg is, a still and a copy."""
    video = Video.objects.filter(pk=job.resource_id, file=job.file).first()
    if video is None:
        return
    with stored_on_disk(default_storage, job.file) as path:
        if not video.film:
            facts = ask("video.read", path, ending=ending(video.file))
            video.film = facts | {"bytes": default_storage.size(job.file)}
            Video.objects.filter(pk=video.pk).update(film=video.film)
        if transcoding.ffmpeg_is_there():
            make_poster(video, path)
            make_phone_copy(video, path, progress)


def make_poster(video, path):
    """Becomes the image of a video without one: it repeats the film, so needs no description."""
    without = Resource.objects.filter(pk=video.pk, image="", video__file=video.file.name)
    if not without.exists():
        return
    name = made(
        video, "poster.webp", partial(transcoding.make_poster, path, seconds=video.film["seconds"])
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
        same.update(film=video.film | {"poster": name})
        show_anew(video.pk)
        Job.objects.want(video.pk, Job.Task.PICTURE, name)


def make_phone_copy(video, path, progress):
    if video.phone_file or not transcoding.needs_phone_copy(video.film):
        return
    make = partial(
        transcoding.make_phone_copy, path, seconds=video.film["seconds"], progress=progress
    )
    name = made(video, f"{Path(video.file.name).stem}-phone.mp4", make)
    Video.objects.filter(pk=video.pk, file=video.file.name).update(phone_file=name)


def made(resource, name, make):
    """The name in the storage of what `make` writes to the path that it is called with."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, name)
        make(out=str(out))
        with out.open("rb") as content:
            return default_storage.save(file_place(resource, name), File(content))


def make_print(job, progress):
    background.carry_out(job.file.partition("/")[0], progress)


def make_sheet(job, progress):
    """Only of what readers may see: what is not published yet is made then."""
    resource = Resource.objects.published().filter(pk=job.resource_id).first()
    if resource:
        background.make_ahead(resource.get_pdf_url())


def named(name):
    """As a file: a thing that has this name."""
    return File(None, name)


TASKS = {
    Job.Task.TEXT: read_text,
    Job.Task.PREVIEW: make_preview,
    Job.Task.PICTURE: make_sizes_of_picture,
    Job.Task.FILM: make_film,
    Job.Task.SHEET: make_sheet,
    Job.Task.PRINT: make_print,
}
