"""The tables of the search index.

catalog.search.indexing writes every row from the entries, in the transaction that changes them.
`manage.py rebuild_index` builds all of them again.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.resource import Resource


class IndexEntry(models.Model):
    """The facts that decide where a resource is listed. `id` is the id of the resource.

    A row outlives its resource for a moment, until the index has removed the resource.
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
    """A set of resources as bits ("kind:tool"), or all resources in one order ("order:title")."""

    key = models.CharField(max_length=120, primary_key=True)
    data = models.BinaryField()

    class Meta:
        verbose_name = _("index part")
        verbose_name_plural = _("index parts")

    def __str__(self):
        return self.key


class Word(models.Model):
    """A word as written in titles, labels and texts. Corrections of typos come from here."""

    word = models.CharField(max_length=40, primary_key=True)
    length = models.PositiveSmallIntegerField(db_index=True)

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")

    def __str__(self):
        return self.word


class FileText(models.Model):
    """A file whose text was read. Its content never changes while it has this name."""

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="file_texts")
    name = models.CharField(max_length=300)

    class Meta:
        verbose_name = _("text of a file")
        verbose_name_plural = _("texts of files")
        constraints = [models.UniqueConstraint(fields=["resource", "name"], name="file_text_once")]

    def __str__(self):
        return self.name


class Passage(models.Model):
    """A part of a file that a search result can open at: a caption, a page or a slide."""

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
