from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.lib import notices
from catalog.models.resource import Resource


class JobQuerySet(models.QuerySet):
    def enqueue(self, resource_id, task, file, again=False, order=None):
        """Queues `task` for `file` once. With `again`, repeats a done job: its result is lost."""
        facts = {"resource_id": resource_id, "order": order}
        _job, new = self.get_or_create(task=task, file=file, defaults=facts)
        if new:
            notices.send(Job.NOTICE)
        elif again:
            self.filter(task=task, file=file, state=Job.State.DONE).restart()

    def enqueue_each(self, task, due):
        """Queues `task` again for each entry. `due` is {entry id: start time, None for now}."""
        known = dict(self.filter(task=task, resource__in=due).values_list("resource", "pk"))
        waiting = {"state": Job.State.WAITING, "tries": 0, "failure": ""}
        now = [pk for pk, when in due.items() if when is None and pk in known]
        self.filter(task=task, resource__in=now).update(due_at=None, **waiting)
        for pk, when in due.items():
            if when and pk in known:
                self.filter(pk=known[pk]).update(due_at=when, **waiting)
        new = [Job(task=task, resource_id=pk, file=f"{task}/{pk}", due_at=when)
               for pk, when in due.items() if pk not in known]  # fmt: skip
        self.bulk_create(new, ignore_conflicts=True)
        notices.send(Job.NOTICE)

    def ready(self):
        """The waiting jobs that may start now."""
        due = models.Q(due_at=None) | models.Q(due_at__lte=timezone.now())
        return self.filter(due, state=Job.State.WAITING)

    def delete_outdated(self, resource_id, tasks, files):
        """Deletes the jobs of `tasks` for files that the entry no longer has: all but `files`."""
        outdated = self.filter(resource=resource_id, task__in=tasks).exclude(file__in=files)
        outdated.delete()

    def restart(self):
        notices.send(Job.NOTICE)
        return self.update(state=Job.State.WAITING, progress=0, tries=0, failure="")


class Job(models.Model):
    """Work outside of requests: on a file after it was saved, or to make a PDF."""

    class Task(models.TextChoices):
        TEXT = "text", _("Reading its text for search")
        PREVIEW = "preview", _("Making its preview")
        PICTURE = "picture", _("Making the image sizes")
        VIDEO = "film", _("Making a still image and a phone version")
        SHEET = "sheet", _("Making the info sheet")
        PRINT = "print", _("Making a large PDF")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    NOTICE = "catalog_jobs"  # tells workers that a job waits

    # None for a document of more than one entry.
    resource = models.ForeignKey(
        Resource, models.CASCADE, null=True, blank=True, related_name="jobs"
    )
    # Of a large PDF; then `file` is the order's name.
    order = models.OneToOneField("PdfOrder", models.CASCADE, null=True, blank=True)
    task = models.CharField(_("task"), max_length=10, choices=Task)
    file = models.CharField(_("file"), max_length=300)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    progress = models.PositiveSmallIntegerField(_("progress"), default=0)
    failure = models.CharField(_("what went wrong"), max_length=500, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    worker = models.CharField(_("worker"), max_length=64, blank=True)
    asked_at = models.DateTimeField(_("requested"), auto_now_add=True)
    # None: it may start at once.
    due_at = models.DateTimeField(_("not before"), null=True, blank=True)
    beat_at = models.DateTimeField(_("last active"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("file job")
        verbose_name_plural = _("file jobs")
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["state"], name="job_state")]
        constraints = [models.UniqueConstraint(fields=["task", "file"], name="job_once_per_file")]

    def __str__(self):
        return f"{self.get_task_display()}: {self.name}"

    def count_ahead(self):
        """The number of unfinished jobs of the same task that were asked for earlier."""
        others = Job.objects.filter(task=self.task, asked_at__lt=self.asked_at)
        return others.filter(state__in=[self.State.WAITING, self.State.RUNNING]).count()

    @property
    def name(self):
        return self.order.title if self.order_id else self.file.rpartition("/")[2]
