import hashlib
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.files.images import clean_picture
from catalog.files.validators import (
    IMAGES,
    check_document,
    ending,
    facts_of,
    file_place,
)
from catalog.lib.text import join_texts
from catalog.models.base import CleanModel, exclude_from_save, free_slug, linked
from catalog.models.querysets import ResourceQuerySet
from catalog.models.resource import Resource
from catalog.models.terms import ToolType

MADE_BY_JOBS = (
    "accessibility_issues",
    "preview",
    "preview_width",
    "preview_height",
)  # jobs write these while a form is open
WITH_TEXT = ("pdf", "pptx", "docx")


class ToolQuerySet(ResourceQuerySet):
    def for_detail(self):
        return self.with_links().select_related("tool_type").prefetch_related("renditions")

    def for_entry(self):
        return super().for_entry().prefetch_related("renditions")


class Tool(Resource):
    tool_type = models.ForeignKey(
        ToolType,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tools",
        verbose_name=_("tool type"),
    )
    best_used = models.TextField(
        _("best used"),
        max_length=1000,
        blank=True,
        help_text=_("Say when a team uses it, and what for."),
    )
    format_text = models.CharField(
        _("format as written"),
        max_length=200,
        blank=True,
        help_text=_("Such as “PDF and PPT slide”."),
    )
    size_text = models.CharField(
        _("size as written"),
        max_length=200,
        blank=True,
        help_text=_("Such as “2 pages; 8.5 × 11 in”."),
    )

    objects = ToolQuerySet.as_manager()

    PRINTED = Resource.PRINTED | {
        "tool_type": _("Tool type"),
        "best_used": _("Best used"),
        "format": _("Format"),
        "size": _("Size"),
        "files": _("Files"),
    }

    class Meta:
        verbose_name = _("tool")
        verbose_name_plural = _("tools")

    def texts(self):
        texts = super().texts()
        texts["labels"] += [str(self.tool_type or ""), *self.formats]
        texts["texts"] += [self.best_used, self.format_text, self.size_text]
        return texts

    def printed_facts(self):
        return super().printed_facts() | {
            "tool_type": str(self.tool_type or ""),
            "best_used": self.best_used,
            "format": self.format_text or join_texts(self.formats),
            "size": self.size_text or join_texts(self.papers),
            "files": join_texts(rendition.in_words for rendition in linked(self, "renditions")),
        }

    def text_files(self):
        files = [rendition.file for rendition in linked(self, "renditions") if rendition.file]
        return {file.name: None for file in files if ending(file) in WITH_TEXT}

    @property
    def preview(self):
        """The first rendition that has an image of its first page, or None."""
        return next((r for r in linked(self, "renditions") if r.preview), None)

    @property
    def files_here(self):
        """The number of its renditions that have a file on this site."""
        return sum(bool(r.file) for r in linked(self, "renditions"))

    @property
    def formats(self):
        """The formats it comes in, each once, in the order of its renditions."""
        return list(dict.fromkeys(r.get_format_display() for r in linked(self, "renditions")))

    @property
    def papers(self):
        return list(dict.fromkeys(r.paper for r in linked(self, "renditions") if r.paper))


class Rendition(CleanModel):
    """One file of a tool: its PDF in color, its slide, its black-and-white print.

    Its address, /tools/<slug of the tool>/<name>.<ending>, stays when the file is replaced. Every
    file it had is a RenditionVersion. Saving a file reads all facts from it.
    """

    class Format(models.TextChoices):
        PDF = "PDF", "PDF"
        PPT = "PPT", "PowerPoint"
        DOC = "DOC", "Word"
        XLS = "XLS", "Excel"
        PNG = "PNG", "PNG"
        JPG = "JPG", "JPEG"
        GIF = "GIF", "GIF"
        WEBP = "WEBP", "WebP"
        TIF = "TIF", "TIFF"
        EPS = "EPS", "EPS"
        ZIP = "ZIP", "ZIP"
        WEB = "WEB", _("Web page")

    class Color(models.TextChoices):
        COLOR = "color", _("color")
        BLACK_AND_WHITE = "bw", _("black and white")

    indexed_with = "tool"
    # If False, save() names it after its file, when a deleted row no longer has this name.
    is_named = True

    tool = models.ForeignKey(Tool, models.CASCADE, related_name="renditions")
    name = models.SlugField(
        _("name in its address"),
        max_length=100,
        blank=True,
        help_text=_(
            "Such as “color” in /tools/huddle-cards/color.pdf. Leave it empty to use the name of "
            "the file. It stays the same when you replace the file."
        ),
    )
    file = models.FileField(
        _("file"), upload_to=file_place, max_length=300, blank=True, validators=[check_document]
    )
    address = models.URLField(_("or a link to it"), max_length=500, blank=True)
    format = models.CharField(_("format"), max_length=4, choices=Format, blank=True)
    color = models.CharField(_("color"), max_length=5, choices=Color, blank=True)
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    paper = models.CharField(_("paper"), max_length=60, blank=True)
    bytes = models.PositiveBigIntegerField(_("bytes"), null=True, blank=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    # The names of what its PDF lacks, see admin/accessibility.py; None until a job has read it.
    accessibility_issues = models.JSONField(null=True, blank=True, editable=False)
    number = models.PositiveIntegerField(_("version"), default=0, editable=False)
    preview = models.FileField(
        _("preview"), upload_to=file_place, max_length=300, blank=True, editable=False
    )
    preview_width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    preview_height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tool", "name"],
                name="rendition_name_once_per_tool",
                violation_error_message=_(
                    "Another file of this tool has this name. Choose another."
                ),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="rendition_has_name"),
            models.CheckConstraint(
                condition=Q(file="") | Q(address=""),
                name="rendition_file_or_address",
                violation_error_message=_("Choose a file or add a link, not both."),
            ),
            models.CheckConstraint(
                condition=Q(pages__isnull=True) | Q(pages__gte=1),
                name="rendition_pages_from_1",
                violation_error_message=_("Pages count from 1. Leave it empty if you do not know."),
            ),
        ]

    def __str__(self):
        return " · ".join(filter(None, [self.get_format_display(), self.get_color_display()]))

    def clean(self):
        self.read_format()
        self.is_named = bool(self.name) or not self._state.adding
        self.name = self.name or self.find_free_name()
        saved = self.versions.order_by("-number").first() if self.pk else None
        if self.file and saved and extension(self.file.name) != extension(saved.file.name):
            sentence = _(
                "People use the address of this file, which ends in .%s. Choose a file of that "
                "format, or add a row for the new one."
            )
            raise ValidationError({"file": sentence % extension(saved.file.name)})

    @transaction.atomic
    def save(self, *args, version=None, **kwargs):
        """Saves the row. A new file makes a new version.

        `version` has fields of it: by, note (what changed), notify_subscribers.
        """
        saved = self.lock_saved_row()
        new = bool(self.file) and not self.file._committed
        if new and saved and self.sha256 and digest(self.file) == saved.sha256:
            self.file, new = saved.file.name, False
        if new:
            self.read_new_file()
        elif not self.file:
            self.clear_file_facts()
        else:
            exclude_from_save(self, MADE_BY_JOBS, kwargs)
        self.read_format()
        if self._state.adding:
            self.name = self.find_free_name()
        super().save(*args, **kwargs)
        if new:
            self.keep_version(**(version or {}))

    def lock_saved_row(self):
        """Returns the saved row and locks it until this one is saved; None for a new row."""
        return Rendition.objects.select_for_update().filter(pk=self.pk).first() if self.pk else None

    def clear_file_facts(self):
        """Clears the facts of a removed file.

        A rendition without any version never had a file here. Its pages and paper stay, because
        they are from a page of the old site.
        """
        if self.number:
            self.pages, self.paper = None, ""
        self.bytes, self.sha256, self.accessibility_issues = None, "", None
        self.preview, self.preview_width, self.preview_height = "", None, None

    def read_new_file(self):
        if extension(self.file.name) in IMAGES:
            self.file.file, _facts = clean_picture(self.file)
        facts = facts_of(self.file, "documents.read")
        self.pages, self.paper = facts["pages"], facts["paper"]
        self.accessibility_issues = facts["accessibility_issues"]
        self.bytes, self.sha256 = self.file.size, digest(self.file)
        self.preview, self.preview_width, self.preview_height = "", None, None
        self.number = self.next_number()

    def read_format(self):
        """Sets the format by the ending of the file or address; an unknown ending keeps it."""
        source = self.file.name if self.file else urlsplit(self.address).path
        found = FORMATS.get(extension(source))
        self.format = found or self.format or (self.address and self.Format.WEB) or ""

    def next_number(self):
        last = self.versions.aggregate(last=Max("number"))["last"] if self.pk else None
        return (last or 0) + 1

    def keep_version(self, **fields):
        facts = {name: getattr(self, name) for name in RenditionVersion.FACTS}
        return self.versions.create(number=self.number, file=self.file.name, **facts, **fields)

    def restore(self, version, **fields):
        """Makes the file of `version` the newest again, as a new version. Copies no file."""
        self.file, self.address = version.file.name, ""
        for name in RenditionVersion.FACTS:
            setattr(self, name, getattr(version, name))
        self.preview, self.preview_width, self.preview_height = "", None, None
        with transaction.atomic():
            self.lock_saved_row()
            self.number = self.next_number()
            self.save(update_fields=None)
            Tool.objects.filter(pk=self.tool_id).update(updated_at=timezone.now())
            return self.keep_version(**fields)

    def find_free_name(self, is_taken=None):
        """Returns its name, or one made from its file or format, with the first free number.

        is_taken(name) answers in place of the database.
        """
        stem = PurePosixPath(self.file.name or urlsplit(self.address).path).stem
        words = (
            (self.name if self.is_named else "")
            or slugify(stem)[:80].strip("-_")
            or slugify(f"{self.format} {self.color}")
            or "file"
        )
        others = Rendition.objects.filter(tool=self.tool_id).exclude(pk=self.pk)
        return free_slug(words, is_taken or (lambda name: others.filter(name=name).exists()))

    @property
    def in_words(self):
        """Its format, its color and the version of its file: "PDF · color · version 2"."""
        version = _("version %d") % self.number if self.file else self.address
        pages = ngettext("%d page", "%d pages", self.pages or 0) % (self.pages or 0)
        return join_texts([self, self.pages and pages, self.paper, version], " · ")

    @property
    def extension(self):
        return extension(self.file.name)

    @property
    def url(self):
        """The address for readers: a permanent one for a file, else that of the other site."""
        if not self.file:
            return self.address
        return reverse("tool-file", args=[self.tool.slug, self.name, self.extension])


class RenditionVersion(CleanModel):
    """A file that a rendition has or had. It never changes and keeps its own address."""

    FACTS = ["pages", "paper", "bytes", "sha256", "accessibility_issues"]

    rendition = models.ForeignKey(Rendition, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    file = models.FileField(_("file"), max_length=300)
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    paper = models.CharField(_("paper"), max_length=60, blank=True)
    bytes = models.PositiveBigIntegerField(_("bytes"), null=True, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    accessibility_issues = models.JSONField(null=True, blank=True)
    made_at = models.DateTimeField(_("date"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    notify_subscribers = models.BooleanField(_("told to followers"), default=False)

    class Meta:
        verbose_name = _("version of a file")
        verbose_name_plural = _("versions of files")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["rendition", "number"], name="version_number_once")
        ]

    def __str__(self):
        return _("Version %d") % self.number

    @property
    def url(self):
        rendition = self.rendition
        place = [rendition.tool.slug, self.number, rendition.name, extension(self.file.name)]
        return reverse("tool-version", args=place)


# The Format of each file ending.
FORMATS = {
    "pdf": "PDF",
    "ppt": "PPT",
    "pptx": "PPT",
    "doc": "DOC",
    "docx": "DOC",
    "xls": "XLS",
    "xlsx": "XLS",
    "png": "PNG",
    "jpg": "JPG",
    "gif": "GIF",
    "webp": "WEBP",
    "tif": "TIF",
    "eps": "EPS",
    "zip": "ZIP",
}
LONG_ENDINGS = {"jpeg": "jpg", "tiff": "tif"}


def extension(name):
    """Returns the ending of a file as its address shows it, without the dot.

    >>> extension("tools/a.JPEG"), extension("")
    ('jpg', '')
    """
    suffix = PurePosixPath(name).suffix.lower().lstrip(".")
    return LONG_ENDINGS.get(suffix, suffix)


def digest(file):
    """Returns the hexadecimal SHA-256 of the content of `file`."""
    sha256 = hashlib.sha256()
    for chunk in file.chunks():
        sha256.update(chunk)
    return sha256.hexdigest()
