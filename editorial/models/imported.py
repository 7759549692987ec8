from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Resource


class ImportedRecord(models.Model):
    """What the last import read for a resource; editorial.facts defines the shape of `facts`.

    The next import compares it with the page and with the resource to tell a change of the page
    from an editor's change.
    """

    resource = models.OneToOneField(Resource, models.CASCADE, related_name="imported")
    kind = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    facts = models.JSONField()
    file = models.CharField(max_length=300)
    line = models.PositiveIntegerField()
    imported_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("imported record")
        verbose_name_plural = _("imported records")
        constraints = [
            models.UniqueConstraint(fields=["kind", "title"], name="imported_once_per_title")
        ]

    def __str__(self):
        return self.title
