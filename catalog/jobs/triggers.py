"""Starts jobs when something is saved: previews, image sizes, videos, sheets."""

from django.db.models.signals import post_save
from django.utils import timezone

from catalog.models import IndexEntry, Job, Rendition, Resource, Video
from catalog.search.indexing import indexed

MAX_SHEETS = 500  # of one change; sheets of larger changes are made when readers ask for them


def on_save(sender, instance, **kwargs):
    if isinstance(instance, Resource):
        enqueue_image_sizes(instance)
    if isinstance(instance, Video):
        enqueue_video(instance)
    if isinstance(instance, Rendition):
        enqueue_preview(instance)


def enqueue_image_sizes(resource):
    Job.objects.delete_outdated(resource.pk, [Job.Task.PICTURE], [resource.image.name])
    if resource.image and not resource.image_widths:
        Job.objects.enqueue(resource.pk, Job.Task.PICTURE, resource.image.name, again=True)


def enqueue_video(video):
    Job.objects.delete_outdated(video.pk, [Job.Task.VIDEO], [video.file.name])
    if video.file:
        Job.objects.enqueue(video.pk, Job.Task.VIDEO, video.file.name)


def enqueue_preview(rendition):
    """Starts the preview of a file. The index starts the reading of its text."""
    kept = Rendition.objects.filter(tool=rendition.tool_id).values_list("file", flat=True)
    Job.objects.delete_outdated(rendition.tool_id, [Job.Task.PREVIEW, Job.Task.TEXT], list(kept))
    if rendition.file and not rendition.preview:
        Job.objects.enqueue(rendition.tool_id, Job.Task.PREVIEW, rendition.file.name, again=True)


def enqueue_sheets(sender, ids, **kwargs):
    """Makes sheets before the first reader asks: now, or on the date of a scheduled entry."""
    if len(ids) > MAX_SHEETS:
        return
    now, dated = timezone.now(), IndexEntry.objects.filter(pk__in=ids, newest__isnull=False)
    days = dated.values_list("pk", "newest")
    due = {pk: day if day > now else None for pk, day in days}
    Job.objects.enqueue_each(Job.Task.SHEET, due)


def connect():
    post_save.connect(on_save, dispatch_uid="files_wanted")
    indexed.connect(enqueue_sheets, dispatch_uid="sheets_wanted")


def catch_up():
    """Starts jobs for files that were saved by earlier versions of the catalog."""
    for resource in Resource.objects.filter(image_widths=[]).exclude(image=""):
        enqueue_image_sizes(resource)
    for video in Video.objects.filter(file_info={}).exclude(file=""):
        Job.objects.enqueue(video.pk, Job.Task.VIDEO, video.file.name)
    previewed = Job.objects.filter(task=Job.Task.PREVIEW).values("file")
    for rendition in Rendition.objects.exclude(file="").exclude(file__in=previewed):
        enqueue_preview(rendition)
    for rendition in Rendition.objects.filter(
        accessibility_issues__isnull=True, file__endswith=".pdf"
    ):
        Job.objects.enqueue(rendition.tool_id, Job.Task.TEXT, rendition.file.name, again=True)
