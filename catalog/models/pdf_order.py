from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.job import Job


class PdfOrderQuerySet(models.QuerySet):
    def forget_ended(self, before):
        """Deletes the orders, with their jobs, that ended before that moment."""
        ended = models.Q(job__state__in=[Job.State.DONE, Job.State.FAILED])
        without_job = models.Q(job=None, asked_at__lt=before)
        self.filter((ended & models.Q(job__beat_at__lt=before)) | without_job).delete()


class PdfOrder(models.Model):
    """A large PDF that a reader asked for. Its job makes it."""

    # A hash of the address and of the state of the catalog: the same order is placed once.
    name = models.CharField(max_length=64, unique=True)
    address = models.TextField()
    title = models.TextField()
    # The set of entries that readers could see when it was placed; later, when it was made.
    public = models.BinaryField()
    # Of the finished PDF, and the fingerprint of the code that made it; "" until then.
    key = models.CharField(max_length=64, blank=True)
    made_by = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)

    objects = PdfOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("PDF order")
        verbose_name_plural = _("PDF orders")

    def __str__(self):
        return self.title
