from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.files.inspection.captions import format_transcript, paragraphs
from catalog.files.validators import (
    check_captions,
    check_chapters,
    check_descriptions,
    check_track,
    check_video,
    facts_of,
    file_place,
)
from catalog.models.base import CleanModel, exclude_from_save, linked, names
from catalog.models.querysets import ResourceQuerySet
from catalog.models.resource import Resource

MADE_BY_JOBS = ("file_info", "phone_file")  # jobs write these while a form is open
# {field of a track: field of its cues, [[begin, end, text], …] in seconds}
TRACKS = {"captions": "cues", "chapters": "chapter_cues", "descriptions": "description_cues"}


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
        _("or a link to it"), max_length=500, blank=True, help_text=_("https://…")
    )
    captions = models.FileField(
        _("captions"),
        upload_to=file_place,
        max_length=300,
        blank=True,
        validators=[check_captions],
        help_text=_(
            "WebVTT or SRT (.vtt, .srt). People who cannot hear the video, or have the sound off, "
            "read these. They also become the transcript."
        ),
    )
    cues = models.JSONField(default=list, blank=True, editable=False)
    chapters = models.FileField(
        _("chapters"),
        upload_to=file_place,
        max_length=300,
        blank=True,
        validators=[check_chapters],
        help_text=_("WebVTT or SRT with a title for each part. People can jump to a part."),
    )
    chapter_cues = models.JSONField(default=list, blank=True, editable=False)
    descriptions = models.FileField(
        _("descriptions"),
        upload_to=file_place,
        max_length=300,
        blank=True,
        validators=[check_descriptions],
        help_text=_("WebVTT or SRT that says what the video shows, for people who cannot see it."),
    )
    description_cues = models.JSONField(default=list, blank=True, editable=False)
    transcript = models.TextField(
        _("transcript"),
        max_length=200_000,
        blank=True,
        help_text=_("Everything that is said, as text. You do not need this if you add captions."),
    )
    file_info = models.JSONField(default=dict, blank=True, editable=False)
    phone_file = models.FileField(
        _("phone version"), upload_to=file_place, max_length=300, blank=True, editable=False
    )

    objects = VideoQuerySet.as_manager()

    PRINTED = Resource.PRINTED | {
        "running_time": _("Running time"),
        "credits": _("Credits"),
        "address": _("Link to the video"),
        "captions": _("Captions"),
        "transcript": _("Transcript"),
    }

    class Meta:
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        constraints = [
            models.CheckConstraint(
                condition=Q(file="") | Q(address=""),
                name="video_file_or_address",
                violation_error_message=_("Choose a file or add a link, not both."),
            )
        ]

    def clean(self):
        if self.image and self.image.name == self.file_info.get("poster"):
            self.image_decorative = True  # a job made the poster while the form was open
        super().clean()
        for track, cues in TRACKS.items():
            self.clean_track(track, cues)

    def clean_track(self, track, cues):
        """Raises ValidationError where a new track, or one kept for a new video, is too long."""
        file, seconds = getattr(self, track), self.file_facts().get("seconds", self.seconds)
        try:
            if file and not file._committed:
                check_track(file, track, seconds)
        except ValidationError as error:
            raise ValidationError({track: error}) from error
        last = max((end for _begin, end, _text in getattr(self, cues)), default=0)
        if file and file._committed and seconds and last > seconds + 1:
            sentence = _("These go past the end of the video. Choose the file that belongs to it.")
            raise ValidationError({track: sentence})

    def file_facts(self):
        """Returns what was read from the video file; {} without a file, or before it is read."""
        if not self.file:
            return {}
        return self.file_info if self.file._committed else facts_of(self.file, "video.read")

    def save(self, *args, **kwargs):
        if not self.read_new_file():
            exclude_from_save(self, MADE_BY_JOBS, kwargs)
        for track, cues in TRACKS.items():
            self.read_new_track(track, cues)
        super().save(*args, **kwargs)

    def read_new_file(self):
        """Returns whether the file is new or missing. If so, clears all made from the old one."""
        if self.file and self.file._committed:
            return False
        if self.image and self.image.name == self.file_info.get("poster"):
            self.image, self.image_decorative = "", False
        self.file_info, self.phone_file = self.file_facts(), ""
        if self.file_info:
            self.file_info = self.file_info | {"bytes": self.file.size}
        self.seconds = self.file_info.get("seconds", self.seconds)
        return True

    def read_new_track(self, track, cues):
        """Stores a new track as WebVTT, and its cues."""
        file, read = getattr(self, track), None
        if file and not file._committed:
            read = check_track(file, track)
            name = f"{PurePosixPath(file.name).stem}.vtt"
            setattr(self, track, ContentFile(read["vtt"].encode(), name))
        if read or not file:
            setattr(self, cues, read["cues"] if read else [])

    def texts(self):
        texts = super().texts()
        texts["texts"] += [str(credit) for credit in linked(self, "credits")]
        texts["spoken"] = [] if self.cues else [self.transcript]
        return texts

    def printed_facts(self):
        made_by_job = self.file_info.get("poster")
        is_job_poster = self.image and self.image.name == made_by_job
        facts = super().printed_facts()
        return facts | {
            "image": "" if is_job_poster else facts["image"],
            "running_time": self.running_time,
            "credits": names(self, "credits"),
            "address": self.address,
            "captions": str(_("with captions")) if self.captions else "",
            "transcript": self.spoken,
        }

    @property
    def spoken(self):
        """The transcript as plain text: from the captions, else as an editor typed it."""
        return format_transcript(self.cues) if self.cues else self.transcript

    @property
    def paragraphs(self):
        """The cues of the captions, in one list for each paragraph."""
        return paragraphs(self.cues)

    def text_files(self):
        passages = [[int(begin), text] for begin, _end, text in self.cues]
        return {self.captions.name: passages} if self.captions else {}

    @property
    def bytes(self):
        """The size of the video file in bytes; None without a file, or before it is read."""
        return self.file_info.get("bytes")


class Credit(CleanModel):
    indexed_with = "video"

    video = models.ForeignKey(Video, models.CASCADE, related_name="credits")
    role = models.CharField(_("role"), max_length=60, help_text=_("Such as “Produced by”."))
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
