import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import int_to_base36
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from catalog.files.images import clean_picture
from catalog.files.validators import check_image, file_place
from catalog.kinds import choices, kind_named
from catalog.lib.richtext.field import RichTextField
from catalog.lib.text import join_texts, plain_text
from catalog.models.base import (
    CleanModel,
    PictureField,
    ProtectedManyToManyField,
    free_slug,
    linked,
    names,
)
from catalog.models.former_slug import FormerSlug
from catalog.models.presentation import Presentation
from catalog.models.publishing import PublishingState
from catalog.models.querysets import ResourceQuerySet
from catalog.models.tags import TaggedResource
from catalog.models.terms import Audience, Dimension, Level, Region, Topic

# Addresses below /videos/, /tools/ and /courses/ that belong to other pages.
RESERVED_SLUGS = ("feed",)


class Resource(PublishingState, Presentation, CleanModel):
    """The fields that videos, tools and courses share. Only these three are ever created.

    A text as it was written (level_text, duration_text, audience_text …) is kept beside the data
    that was read from it. Pages show the text. Filters, sums and plans use the data.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=choices, editable=False)
    title = models.CharField(
        _("title"),
        max_length=200,
        help_text=_(
            "What people call it, in ten words or fewer. For a course, say how it is delivered."
        ),
    )
    slug = models.SlugField(
        _("address"),
        max_length=200,
        unique=True,
        blank=True,
        help_text=_(
            "The last part of its web address. Leave it empty to make one from the title. "
            "If you change it, the old address still leads here."
        ),
    )
    summary = models.TextField(
        _("summary"),
        max_length=500,
        blank=True,
        help_text=_("Say in one or two sentences what a team gets from it. Cards show this."),
    )
    body = RichTextField(
        _("description"),
        blank=True,
        help_text=_("The full text. You can paste from Word. Formats we cannot show are removed."),
    )
    image = PictureField(
        _("image"),
        upload_to=file_place,
        max_length=300,
        blank=True,
        width_field="image_width",
        height_field="image_height",
        validators=[check_image],
        help_text=_("JPEG, PNG, WebP or GIF. 16:9 and at least 1280 pixels wide looks best."),
    )
    image_width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    image_height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    image_widths = models.JSONField(default=list, blank=True, editable=False)
    focus_x = models.PositiveSmallIntegerField(
        _("focus, from the left"),
        default=50,
        validators=[MaxValueValidator(100)],
        help_text=_(
            "The point that stays in view when the image is cropped, in percent. Save the image, "
            "then click on it to choose the point."
        ),
    )
    focus_y = models.PositiveSmallIntegerField(
        _("focus, from the top"), default=50, validators=[MaxValueValidator(100)]
    )
    image_alt = models.CharField(
        _("image description"),
        max_length=250,
        blank=True,
        help_text=_("Say what the image shows, for people who cannot see it."),
    )
    image_decorative = models.BooleanField(
        _("the image is only decoration"),
        default=False,
        help_text=_(
            "Check this if the image adds nothing to the words. It needs no description then."
        ),
    )
    level_text = models.CharField(
        _("levels as written"),
        max_length=200,
        blank=True,
        help_text=_(
            "Only if words say more than the checkboxes, such as “for teams at any level”."
        ),
    )
    levels = ProtectedManyToManyField(
        Level, blank=True, related_name="resources", verbose_name=_("levels")
    )
    dimensions = ProtectedManyToManyField(
        Dimension, blank=True, related_name="resources", verbose_name=_("dimensions")
    )
    audience_text = models.TextField(
        _("audience as written"),
        blank=True,
        max_length=1000,
        help_text=_("Who it is for, in your words. Readers see this text."),
    )
    audiences = ProtectedManyToManyField(
        Audience,
        blank=True,
        related_name="resources",
        verbose_name=_("audiences"),
        help_text=_("Choose the groups it is for. Filters and plans use these."),
    )
    only_for = ProtectedManyToManyField(
        Audience,
        blank=True,
        related_name="limited_resources",
        verbose_name=_("only for"),
        help_text=_(
            "Choose groups only if nobody else may take part. For example, a course for labor "
            "sponsors is for sponsors, and only for union members. Leave it empty if it is open "
            "to all. Plans follow this."
        ),
    )
    topics = ProtectedManyToManyField(
        Topic, blank=True, related_name="resources", verbose_name=_("topics")
    )
    regions = ProtectedManyToManyField(
        Region,
        blank=True,
        related_name="resources",
        verbose_name=_("regions"),
        help_text=_("Leave it empty if it is for all regions."),
    )
    duration_text = models.TextField(
        _("time needed as written"),
        max_length=500,
        blank=True,
        help_text=_("What readers should see, such as “two 2-hour modules (4 hours in all)”."),
    )
    minutes_min = models.PositiveIntegerField(
        _("minutes, at least"),
        null=True,
        blank=True,
        help_text=_("Plans add these up. Leave it empty if you do not know. Do not write 0."),
    )
    minutes_max = models.PositiveIntegerField(
        _("minutes, at most"),
        null=True,
        blank=True,
        help_text=_("If the time is exact, write the same number again."),
    )
    seconds = models.PositiveIntegerField(
        _("running time in seconds"),
        null=True,
        blank=True,
        help_text=_("1:29 is 89. Leave it empty if you do not know. Do not write 0."),
    )
    related = models.ManyToManyField(
        "self",
        blank=True,
        verbose_name=_("related resources"),
        help_text=_("Each of the two pages then shows the other."),
    )
    related_text = models.TextField(
        _("related titles as written"),
        blank=True,
        help_text=_("Titles that are not in the catalog yet, one per line. Only editors see them."),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="resources",
        verbose_name=_("owner"),
        help_text=_("The person who keeps it up to date."),
    )
    published_at = models.DateTimeField(
        _("published"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("Leave it empty for a draft. At a future time, it appears by itself."),
    )
    unpublished_at = models.DateTimeField(
        _("withdrawn"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("When to take it off the site. Leave it empty to keep it there."),
    )
    replaced_by = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="replaces",
        verbose_name=_("replaced by"),
        help_text=_(
            "What people should use instead once this is withdrawn. Old links and the QR codes "
            "on old prints show the way there."
        ),
    )
    access_reason = models.TextField(
        _("publish anyway, because"),
        max_length=500,
        blank=True,
        help_text=_(
            "Say why it cannot wait for captions, an image description, or the title, language or "
            "tags of a PDF. The accessibility report lists it until you fix this."
        ),
    )
    access_reason_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    access_reason_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    tags = TaggableManager(
        through=TaggedResource,
        blank=True,
        verbose_name=_("tags"),
        help_text=_("Any words, with commas between them."),
    )

    objects = ResourceQuerySet.as_manager()

    # The labels of what a sheet says, in its order. The keys are those of printed_facts().
    PRINTED = {
        "title": _("Title"),
        "summary": _("Summary"),
        "body": _("Text"),
        "levels": _("Levels"),
        "time": _("Time needed"),
        "delivery": _("Delivery"),
        "audience": _("Intended audience"),
        "only_for": _("Only for"),
        "dimensions": _("Path to Performance"),
        "regions": _("Regions"),
        "topics": _("Topics"),
        "image": _("Image"),
    }

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        ordering = ["-published_at", "-id"]
        permissions = [("publish_resource", _("Can publish and withdraw"))]
        indexes = [models.Index(fields=["kind", "-published_at"], name="resource_kind_newest")]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="resource_has_title"),
            models.CheckConstraint(
                condition=~Q(slug="") & ~Q(slug__in=RESERVED_SLUGS), name="resource_has_free_slug"
            ),
            models.CheckConstraint(
                condition=Q(image="")
                | ~Q(image_alt="")
                | Q(image_decorative=True)
                | ~Q(access_reason=""),
                name="resource_image_described",
                violation_error_message=_("An image needs a description of what it shows."),
            ),
            models.CheckConstraint(
                # A comparison with NULL is neither true nor false, so it would pass.
                condition=Q(minutes_min=None, minutes_max=None)
                | Q(minutes_min__gte=1, minutes_max__isnull=False)
                & Q(minutes_min__isnull=False, minutes_max__gte=F("minutes_min")),
                name="resource_minutes_a_range",
                violation_error_message=_(
                    "Fill in both minutes or neither. Count from 1. “At most” cannot be less than "
                    "“at least”."
                ),
            ),
            models.CheckConstraint(
                condition=Q(seconds__isnull=True) | Q(seconds__gte=1, kind="video"),
                name="resource_seconds_of_a_video",
                violation_error_message=_(
                    "Only a video has a running time. It is at least one second."
                ),
            ),
            models.CheckConstraint(
                condition=Q(unpublished_at__isnull=True) | Q(unpublished_at__gt=F("published_at")),
                name="resource_unpublished_after_published",
                violation_error_message=_("Choose a time after it is published."),
            ),
            models.CheckConstraint(
                condition=Q(replaced_by__isnull=True) | ~Q(replaced_by=F("id")),
                name="resource_not_replaced_by_itself",
                violation_error_message=_("An entry cannot replace itself. Choose another one."),
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def kind_row(self):
        """The registered Kind of this row; see catalog/kinds."""
        return kind_named(self.kind)

    def detail_context(self):
        """Returns the template context of its page and sheet, besides the resource itself."""
        related = self.related.published().for_cards()
        return {"related": related} | self.kind_row.context(self)

    def get_absolute_url(self):
        return reverse(f"{self.kind}-detail", args=[self.slug])

    def get_short_url(self):
        """Returns an address to type from paper. It stays the same when the title changes."""
        return reverse("short", args=[int_to_base36(self.pk)])

    def get_print_url(self):
        """Returns the short address of this edition, which the QR code on a sheet holds."""
        if not self.edition:
            return self.get_short_url()
        return reverse("print", args=[int_to_base36(self.pk), self.edition])

    def get_pdf_url(self):
        return reverse(f"{self.kind}-pdf", args=[self.slug])

    def clean(self):
        if self.slug in RESERVED_SLUGS:
            raise ValidationError(
                {"slug": _("“%s” is a page of the site. Choose another.") % self.slug}
            )
        if taken := FormerSlug.objects.filter(slug=self.slug).exclude(resource=self.pk).first():
            sentence = _("This address still leads to “%s”. Choose another.")
            raise ValidationError({"slug": sentence % taken.resource})
        explained = self.image_alt.strip() or self.image_decorative or self.access_reason.strip()
        if self.image and not explained:
            sentence = _("Say what the image shows, or check that it is only decoration.")
            raise ValidationError({"image_alt": sentence})
        self.refuse_replacement_circle()

    def refuse_replacement_circle(self):
        entry, seen = self.replaced_by, []
        while entry and entry.pk not in seen:
            seen.append(entry.pk)
            if entry.pk == self.pk:
                sentence = _("This would lead back to the same entry. Choose another one.")
                raise ValidationError({"replaced_by": sentence})
            entry = entry.replaced_by

    @transaction.atomic
    def save(self, *args, **kwargs):
        self.kind = kind_named(self.kind or self._meta.model_name).name
        self.slug = self.slug or self.free_slug()
        self.clean_new_image()
        former = Resource.objects.filter(pk=self.pk).values_list("slug", flat=True).first()
        super().save(*args, **kwargs)
        if former and former != self.slug:
            FormerSlug.objects.filter(slug=self.slug, resource=self.pk).delete()
            FormerSlug.objects.create(slug=former, resource_id=self.pk)

    def clean_new_image(self):
        """Replaces a new image with its clean copy: upright, and without camera metadata."""
        if not self.image:
            self.image_width, self.image_height, self.image_widths = None, None, []
        elif not self.image._committed:
            clean, facts = clean_picture(self.image)
            self.image.file, self.image_widths = clean, []
            self.image_width, self.image_height = facts["width"], facts["height"]

    def texts(self):
        """Returns what the search reads: {"title", "labels" (and summary), "texts": [text, …]}."""
        terms = ["levels", "dimensions", "audiences", "topics", "regions", "deliveries", "tags"]
        labels = [str(term) for name in terms for term in linked(self, name)]
        labels += [topic.parent.name for topic in linked(self, "topics") if topic.parent]
        return {
            "title": [self.title],
            "labels": [str(self.kind_row.label), *labels, self.summary],
            "texts": [plain_text(self.body), self.audience_text, self.duration_text],
        }

    def printed_facts(self):
        """Returns {key in PRINTED: what a sheet says, as plain text or HTML}.

        Makes no query for a resource from list_children(). The facts include terms, files and rows,
        but not tags, the owner and texts of other entries.
        """
        return {
            "title": self.title,
            "summary": self.summary,
            "body": self.body,
            "levels": join_texts(
                [self.level_words, self.level_note or names(self, "levels")], ": "
            ),
            "time": self.time_words,
            "delivery": join_texts(delivery.in_words for delivery in linked(self, "deliveries")),
            "audience": join_texts([self.audience_text, names(self, "audiences")], " – "),
            "only_for": names(self, "only_for"),
            "dimensions": names(self, "dimensions"),
            "regions": names(self, "regions"),
            "topics": names(self, "topics"),
            "image": join_texts([self.image.name, self.image_alt]),
        }

    def text_files(self):
        """Returns {file name: [[place, text], …], or None where a job has to read the file}."""
        return {}

    def free_slug(self, is_taken=None):
        """Returns an address made from the title, with the first number that makes it unique.

        is_taken(slug) answers in place of the database.
        """
        wanted = slugify(self.title)[:190].strip("-_")
        if not wanted or wanted in RESERVED_SLUGS:
            wanted = f"{self.kind}-{wanted}".strip("-")
        return free_slug(wanted, is_taken or self.slug_taken)

    def slug_taken(self, slug):
        others = Resource.objects.exclude(pk=self.pk).filter(slug=slug)
        return others.exists() or FormerSlug.objects.filter(slug=slug).exists()

    @cached_property
    def edition(self):
        """The number of its newest edition, or None. for_detail() loads it too."""
        return self.editions.values_list("number", flat=True).first()
