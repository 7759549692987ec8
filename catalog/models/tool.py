import hashlib

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.base import CleanModel
from catalog.models.resource import Kind, Resource, ResourceQuerySet
from catalog.models.terms import ToolType
from catalog.uploads import check_document, file_place


class ToolQuerySet(ResourceQuerySet):
    def for_detail(self):
        return self.with_links().select_related("tool_type").prefetch_related("renditions")


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
        help_text=_("When a team takes it in hand, and what for."),
    )
    format_text = models.CharField(
        _("format as written"),
        max_length=200,
        blank=True,
        help_text=_("As in “PDF and PPT slide”."),
    )
    size_text = models.CharField(
        _("size as written"),
        max_length=200,
        blank=True,
        help_text=_("As in “2 pages; 8.5 x 11 in”."),
    )

    objects = ToolQuerySet.as_manager()

    class Meta:
        verbose_name = _("tool")
        verbose_name_plural = _("tools")

    def save(self, *args, **kwargs):
        self.kind = Kind.TOOL
        super().save(*args, **kwargs)

    def texts(self):
        texts = super().texts()
        texts["labels"] += [str(self.tool_type or ""), *self.formats]
        texts["texts"] += [self.best_used, self.format_text, self.size_text]
        return texts

    def text_files(self):
        return [rendition.file for rendition in self.renditions.all() if rendition.file]

    @property
    def formats(self):
        """The formats it comes in, each once, in the order of its renditions."""
        return list(dict.fromkeys(r.get_format_display() for r in self.renditions.all()))

    @property
    def papers(self):
        return list(dict.fromkeys(r.paper for r in self.renditions.all() if r.paper))


class Rendition(CleanModel):
    """One file of a tool: its PDF in color, its slide, its black-and-white print."""

    class Format(models.TextChoices):
        PDF = "PDF", "PDF"
        PPT = "PPT", "PowerPoint"
        DOC = "DOC", "Word"
        XLS = "XLS", "Excel"
        PNG = "PNG", "PNG"
        JPG = "JPG", "JPEG"
        TIF = "TIF", "TIFF"
        EPS = "EPS", "EPS"
        ZIP = "ZIP", "ZIP"
        WEB = "WEB", _("Web page")

    class Color(models.TextChoices):
        COLOR = "color", _("color")
        BLACK_AND_WHITE = "bw", _("black and white")

    indexed_with = "tool"

    tool = models.ForeignKey(Tool, models.CASCADE, related_name="renditions")
    file = models.FileField(
        _("file"), upload_to=file_place, max_length=300, blank=True, validators=[check_document]
    )
    address = models.URLField(_("or its address elsewhere"), max_length=500, blank=True)
    format = models.CharField(_("format"), max_length=4, choices=Format)
    color = models.CharField(_("color"), max_length=5, choices=Color, blank=True)
    pages = models.PositiveIntegerField(
        _("pages"), null=True, blank=True, help_text=_("Pages or slides. Empty when unknown.")
    )
    paper = models.CharField(
        _("paper"), max_length=40, blank=True, help_text=_("As in “8.5 × 11 in”.")
    )
    bytes = models.PositiveBigIntegerField(_("bytes"), null=True, blank=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(file="") | Q(address=""),
                name="rendition_file_or_address",
                violation_error_message=_("Give the file or its address elsewhere, not both."),
            ),
            models.CheckConstraint(
                condition=Q(pages__isnull=True) | Q(pages__gte=1),
                name="rendition_pages_from_1",
                violation_error_message=_("Pages count from 1; leave it empty when unknown."),
            ),
        ]

    def __str__(self):
        return " · ".join(filter(None, [self.get_format_display(), self.get_color_display()]))

    def clean(self):
        ending = self.file.name.rpartition(".")[2].lower() if self.file else ""
        if ending and self.format not in ENDINGS.get(ending, ()):
            sentence = _("The file ends in .%s; choose the format that it is.")
            raise ValidationError({"format": sentence % ending})

    def save(self, *args, **kwargs):
        if not self.file:
            self.bytes, self.sha256 = None, ""
        elif not (self.file._committed and self.sha256):
            self.bytes, self.sha256 = file_facts(self.file)
        super().save(*args, **kwargs)

    @property
    def url(self):
        return self.file.url if self.file else self.address


# Which formats a file of that ending may be called.
ENDINGS = {
    "pdf": ("PDF",),
    "ppt": ("PPT",),
    "pptx": ("PPT",),
    "doc": ("DOC",),
    "docx": ("DOC",),
    "xls": ("XLS",),
    "xlsx": ("XLS",),
    "png": ("PNG",),
    "jpg": ("JPG",),
    "jpeg": ("JPG",),
    "tif": ("TIF",),
    "tiff": ("TIF",),
}


def file_facts(file):
    """Length in bytes and hexadecimal SHA-256 of what `file` holds."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return file.size, digest.hexdigest()
