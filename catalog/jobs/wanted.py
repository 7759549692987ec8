"""Which jobs there are: what is saved asks for what is to be made of it."""

from django.db.models.signals import post_save
from django.utils import timezone

from catalog.models import IndexEntry, Job, Rendition, Resource, Video
from catalog.search.indexing import indexed

MOST_AHEAD = 500  # entries that change at once; the sheets of more are made when they are asked for


def on_save(sender, instance, **kwargs):
    if isinstance(instance, Resource):
        want_image_sizes(instance)
    if isinstance(instance, Video):
        want_video_job(instance)
    if isinstance(instance, Rendition):
        want_preview(instance)


def want_image_sizes(resource):
    Job.objects.forget(resource.pk, [Job.Task.PICTURE], [resource.image.name])
    if resource.image and not resource.image_widths:
        Job.objects.want(resource.pk, Job.Task.PICTURE, resource.image.name, again=True)


def want_video_job(video):
    Job.objects.forget(video.pk, [Job.Task.VIDEO], [video.file.name])
    if video.file:
        Job.objects.want(video.pk, Job.Task.VIDEO, video.file.name)


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
        want_image_sizes(resource)
    for video in Video.objects.filter(file_info={}).exclude(file=""):
        Job.objects.want(video.pk, Job.Task.VIDEO, video.file.name)
    previewed = Job.objects.filter(task=Job.Task.PREVIEW).values("file")
    for rendition in Rendition.objects.exclude(file="").exclude(file__in=previewed):
        want_preview(rendition)
    for rendition in Rendition.objects.filter(
        accessibility_issues__isnull=True, file__endswith=".pdf"
    ):
        Job.objects.want(rendition.tool_id, Job.Task.TEXT, rendition.file.name, again=True)
