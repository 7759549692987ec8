"""What the index knows of each resource. Everything here is made from the entries, by
catalog.search.indexing, in the transaction that changes them; `rebuild_index` makes it anew.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.resource import Resource


class IndexEntry(models.Model):
    """What of a resource decides where it is listed; its id is that of the resource.

    It outlives its resource for the moment in which the index learns that it is gone.
    """

    id = models.BigIntegerField(primary_key=True)
    keys = models.JSONField(help_text=_("The sets that it is in: “kind:tool”, “level:2” …"))
    newest = models.DateTimeField(null=True)
    title = models.CharField(max_length=200)
    minutes = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("index entry")
        verbose_name_plural = _("index entries")

    def __str__(self):
        return self.title


class IndexPart(models.Model):
    """A set of resources as bits ("kind:tool"), or all of them in an order ("order:title")."""

    key = models.CharField(max_length=120, primary_key=True)
    data = models.BinaryField()

    class Meta:
        verbose_name = _("index part")
        verbose_name_plural = _("index parts")

    def __str__(self):
        return self.key


class Word(models.Model):
    """A word as it stands in titles, labels and texts: what a misspelled one may have meant."""

    word = models.CharField(max_length=40, primary_key=True)
    length = models.PositiveSmallIntegerField(db_index=True)

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")

    def __str__(self):
        return self.word


class FileText(models.Model):
    """A file whose text was read; a file never changes under its name."""

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="file_texts")
    name = models.CharField(max_length=300)

    class Meta:
        verbose_name = _("text of a file")
        verbose_name_plural = _("texts of files")
        constraints = [models.UniqueConstraint(fields=["resource", "name"], name="file_text_once")]

    def __str__(self):
        return self.name


class Passage(models.Model):
    """A part of a file that can be landed on: a caption, a page, a slide."""

    source = models.ForeignKey(FileText, models.CASCADE, related_name="passages")
    place = models.PositiveIntegerField(help_text=_("Seconds of a video, else page or slide."))
    text = models.TextField()
    stems = models.TextField(help_text=_("With a space before and after each."))

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ["place", "id"]

    def __str__(self):
        return self.text[:60]
