from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.resource import Resource


class JobQuerySet(models.QuerySet):
    def want(self, resource_id, task, file, again=False):
        """Has `task` done with `file`: once, and `again` where its result is not there any more."""
        _job, new = self.get_or_create(task=task, file=file, defaults={"resource_id": resource_id})
        if again and not new:
            self.filter(task=task, file=file, state=Job.State.DONE).again()

    def forget(self, resource_id, tasks, files):
        """Those of `tasks` for other files than `files`: an entry has them no more."""
        gone = self.filter(resource=resource_id, task__in=tasks).exclude(file__in=files)
        gone.delete()

    def again(self):
        return self.update(state=Job.State.WAITING, progress=0, tries=0, failure="")


class Job(models.Model):
    """What is done with a file after it was saved, outside of any request."""

    class Task(models.TextChoices):
        TEXT = "text", _("Reading its text for the search")
        PREVIEW = "preview", _("Making its preview")
        PICTURE = "picture", _("Making the sizes of the picture")
        FILM = "film", _("Making a still and a version for phones")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("at work")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="jobs")
    task = models.CharField(_("task"), max_length=10, choices=Task)
    file = models.CharField(_("file"), max_length=300)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    progress = models.PositiveSmallIntegerField(_("progress"), default=0)
    failure = models.CharField(_("what went wrong"), max_length=500, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    worker = models.CharField(_("worker"), max_length=64, blank=True)
    asked_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    beat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("work on a file")
        verbose_name_plural = _("work on files")
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["state"], name="job_state")]
        constraints = [models.UniqueConstraint(fields=["task", "file"], name="job_once_per_file")]

    def __str__(self):
        return f"{self.get_task_display()}: {self.name}"

    @property
    def name(self):
        return self.file.rpartition("/")[2]
