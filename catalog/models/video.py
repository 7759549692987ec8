from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.base import CleanModel
from catalog.models.resource import Kind, Resource, ResourceQuerySet
from catalog.uploads import check_captions, check_video, file_place


class VideoQuerySet(ResourceQuerySet):
    def for_detail(self):
        return self.with_links().prefetch_related("credits")


class Video(Resource):
    file = models.FileField(
        _("video file"),
        upload_to=file_place,
        max_length=300,
        blank=True,
        validators=[check_video],
        help_text=_("MP4 or WebM."),
    )
    address = models.URLField(
        _("or its address elsewhere"), max_length=500, blank=True, help_text=_("https://…")
    )
    captions = models.FileField(
        _("captions"),
        upload_to=file_place,
        max_length=300,
        blank=True,
        validators=[check_captions],
        help_text=_("A WebVTT file (.vtt): who cannot hear it, or has the sound off, reads these."),
    )
    transcript = models.TextField(
        _("transcript"), blank=True, help_text=_("Everything that is said, as text.")
    )

    objects = VideoQuerySet.as_manager()

    class Meta:
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        constraints = [
            models.CheckConstraint(
                condition=Q(file="") | Q(address=""),
                name="video_file_or_address",
                violation_error_message=_("Give the file or its address elsewhere, not both."),
            )
        ]

    def save(self, *args, **kwargs):
        self.kind = Kind.VIDEO
        super().save(*args, **kwargs)

    def texts(self):
        texts = super().texts()
        texts["texts"] += [str(credit) for credit in self.credits.all()]
        texts["spoken"] = [self.transcript]
        return texts

    def text_files(self):
        return [self.captions] if self.captions else []

    @property
    def bytes(self):
        """The length of the film; None where the file is gone."""
        try:
            return self.file.size
        except OSError:
            return None


class Credit(CleanModel):
    indexed_with = "video"

    video = models.ForeignKey(Video, models.CASCADE, related_name="credits")
    role = models.CharField(_("role"), max_length=60, help_text=_("As in “Produced by”."))
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["video", "role", "name"], name="credit_once_per_video")
        ]

    def __str__(self):
        return f"{self.role} {self.name}"
