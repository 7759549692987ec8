import re
import uuid
from html import unescape

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import F, Prefetch, Q, prefetch_related_objects
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import strip_tags
from django.utils.http import int_to_base36
from django.utils.text import Truncator, slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from taggit.managers import TaggableManager
from taggit.models import ItemBase, Tag

from catalog.files.images import Picture, clean_picture
from catalog.files.validators import check_image, file_place
from catalog.lib import id_sets
from catalog.lib.durations import minutes_in_short, minutes_in_words
from catalog.lib.richtext import RichTextField
from catalog.models.base import (
    CleanModel,
    PictureField,
    ProtectedManyToManyField,
    free_slug,
    public,
)
from catalog.models.edition import newest_number
from catalog.models.terms import Audience, Dimension, Level, Region, Topic

# Parts of addresses below /videos/, /tools/ and /courses/ that are pages of their own.
RESERVED_SLUGS = ("feed",)


class Kind(models.TextChoices):
    VIDEO = "video", _("Video")
    TOOL = "tool", _("Tool")
    COURSE = "course", _("Course")


class ResourceQuerySet(models.QuerySet):
    def published(self):
        return self.filter(public())

    def not_now(self):
        """Those that have a date, and are not published yet or not any more."""
        now = timezone.now()
        return self.filter(Q(published_at__gt=now) | Q(unpublished_at__lte=now))

    def pick(self, ids):
        """A list of the rows with these ids, in their order; ids without a row are passed over."""
        rows = self.in_bulk(ids)
        return [rows[pk] for pk in ids if pk in rows]

    def in_order_of(self, members, most=500):
        """A list of the newest `most` rows of the set `members`, by title."""
        wanted = id_sets.ids_of(members)[-most:]
        return list(self.filter(pk__in=wanted).order_by("title", "pk"))

    def for_cards(self):
        return self.prefetch_related(
            "levels", "audiences", "deliveries", "tool__tool_type", "tool__renditions"
        )

    def with_links(self):
        """With everything that the detail page of any kind shows beside its own fields."""
        return self.annotate(edition=newest_number("pk")).prefetch_related(
            "levels",
            "dimensions",
            "audiences",
            "only_for",
            "topics__parent",
            "regions",
            "deliveries",
            "tags",
        )

    def for_entry(self):
        """With what an entry of a printed listing shows beside its own fields."""
        return self.prefetch_related("levels", "audiences", "only_for", "topics", "deliveries")

    def whole(self, ids, load="for_detail"):
        """A list of the rows with these ids, each as the video, tool or course that it is.

        What prints, is sent out or is indexed shows every field: one query for the rows, then some
        for each kind, however many rows there are. `load` is the method that adds these.
        """
        there = set(self.filter(pk__in=ids).order_by().values_list("pk", flat=True))
        children = {
            child.pk: child
            for model in Resource.__subclasses__()
            for child in getattr(model.objects.filter(pk__in=there), load)()
        }
        return [children[pk] for pk in ids if pk in children]

    def for_print(self, ids):
        """As whole() with for_entry(), each with `related_shown`: what is related, as far as
        readers may see it.
        """
        resources = self.whole(ids, "for_entry")
        named = Resource.objects.published().only("kind", "slug", "title")
        prefetch_related_objects(resources, Prefetch("related", named, to_attr="related_shown"))
        return resources


def listed(texts, between=", "):
    """Those of `texts` that say something, as one."""
    return between.join(filter(None, map(str, texts)))


def names(manager):
    return listed(manager.all())


def plain_text(html):
    return unescape(strip_tags(html.replace("</", " </")))


@receiver(pre_save, sender=Tag)
def give_every_tag_an_address(instance, **kwargs):
    """A tag without a letter or figure, "+++", is called by the numbers of its characters."""
    if not re.search(r"[^\W_]", instance.slug.partition("_")[0]):
        numbers = "-".join(f"{ord(character):x}" for character in instance.name)
        instance.slug = f"tag-{numbers[:90]}"


class TaggedResource(ItemBase):
    indexed_with = "content_object"

    content_object = models.ForeignKey(
        "catalog.Resource", models.CASCADE, related_name="tagged_items"
    )
    tag = models.ForeignKey(
        Tag, models.PROTECT, related_name="tagged_resources", verbose_name=_("tag")
    )

    class Meta:
        verbose_name = _("tagged resource")
        verbose_name_plural = _("tagged resources")
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="tag_once_per_resource")
        ]

    def __str__(self):
        return str(self.content_object)


class Resource(CleanModel):
    """What videos, tools and courses have in common; only these three are ever created.

    Each text as it was written (level_text, duration_text, audience_text …) stands beside what was
    read from it: pages show the text; filters, sums and plans use the data.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, editable=False)
    title = models.CharField(
        _("title"),
        max_length=200,
        help_text=_("What people call it, in at most ten words. A course says how it is held."),
    )
    slug = models.SlugField(
        _("address"),
        max_length=200,
        unique=True,
        blank=True,
        help_text=_(
            "The last part of its web address. Left empty, it is made from the title. "
            "When you change it, the old address leads to the new one."
        ),
    )
    summary = models.TextField(
        _("summary"),
        max_length=500,
        blank=True,
        help_text=_("One or two sentences that say what a team gets from it. Shown on its card."),
    )
    body = RichTextField(
        _("description"),
        blank=True,
        help_text=_("The whole text. Paste from Word is welcome: what cannot stay is taken out."),
    )
    image = PictureField(
        _("image"),
        upload_to=file_place,
        max_length=300,
        blank=True,
        width_field="image_width",
        height_field="image_height",
        validators=[check_image],
        help_text=_("JPEG, PNG, WebP or GIF, at least 1280 pixels wide, 16:9 looks best."),
    )
    image_width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    image_height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    image_widths = models.JSONField(default=list, blank=True, editable=False)
    focus_x = models.PositiveSmallIntegerField(
        _("focus, from the left"),
        default=50,
        validators=[MaxValueValidator(100)],
        help_text=_(
            "In percent: what stays in view where the image is cut to fit. Click on the image, "
            "once it is saved, to choose it."
        ),
    )
    focus_y = models.PositiveSmallIntegerField(
        _("focus, from the top"), default=50, validators=[MaxValueValidator(100)]
    )
    image_alt = models.CharField(
        _("image described"),
        max_length=250,
        blank=True,
        help_text=_("What the picture shows, for people who cannot see it."),
    )
    image_decorative = models.BooleanField(
        _("the image only decorates"),
        default=False,
        help_text=_("It says nothing that the words beside it do not say: no description needed."),
    )
    level_text = models.CharField(
        _("levels as written"),
        max_length=200,
        blank=True,
        help_text=_("Only where words say more than the ticks, as in “for teams at any level”."),
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
        help_text=_("The groups it is for. Filters and plans use these."),
    )
    only_for = ProtectedManyToManyField(
        Audience,
        blank=True,
        related_name="limited_resources",
        verbose_name=_("only for"),
        help_text=_(
            "Who may take part, where others are shut out: labor sponsors only is for sponsors, "
            "and only for union members. Empty where it is open to all; plans respect it."
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
        help_text=_("Leave empty when it is for all."),
    )
    duration_text = models.TextField(
        _("time needed as written"),
        max_length=500,
        blank=True,
        help_text=_("As readers should see it, as in “two 2-hour modules (4 hours in all)”."),
    )
    minutes_min = models.PositiveIntegerField(
        _("minutes, at least"),
        null=True,
        blank=True,
        help_text=_("Leave empty when nobody knows; never 0. Plans add these up."),
    )
    minutes_max = models.PositiveIntegerField(
        _("minutes, at most"),
        null=True,
        blank=True,
        help_text=_("The same number again when the time is exact."),
    )
    seconds = models.PositiveIntegerField(
        _("running time in seconds"),
        null=True,
        blank=True,
        help_text=_("1:29 is 89. Leave empty when unknown; never 0."),
    )
    related = models.ManyToManyField(
        "self",
        blank=True,
        verbose_name=_("related resources"),
        help_text=_("Shown on both pages."),
    )
    related_text = models.TextField(
        _("related titles as written"),
        blank=True,
        help_text=_("Titles named before they exist here, one a line. Only editors see them."),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="resources",
        verbose_name=_("owner"),
        help_text=_("Who answers for it."),
    )
    published_at = models.DateTimeField(
        _("published"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("Empty: a draft. In the future: appears by itself at that time."),
    )
    unpublished_at = models.DateTimeField(
        _("unpublished"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("When it leaves the site. Empty: it stays."),
    )
    replaced_by = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="replaces",
        verbose_name=_("replaced by"),
        help_text=_(
            "What people should use in its place once it has left the site. Who scans an old "
            "print, or comes by an old link, is shown the way there."
        ),
    )
    access_reason = models.TextField(
        _("published all the same, because"),
        max_length=500,
        blank=True,
        help_text=_(
            "Why readers get it although captions, a description or a PDF's title, language or "
            "tags are missing. It is listed in the accessibility report until that is mended."
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
        help_text=_("Free words with commas between them."),
    )

    objects = ResourceQuerySet.as_manager()

    # What a sheet says, in its order: the keys of printed_facts(), as people call them.
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
        permissions = [("publish_resource", _("Can publish and unpublish"))]
        indexes = [models.Index(fields=["kind", "-published_at"], name="resource_kind_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="resource_kind_known"),
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
                # A comparison with NULL is neither true nor false, and so would pass.
                condition=Q(minutes_min=None, minutes_max=None)
                | Q(minutes_min__gte=1, minutes_max__isnull=False)
                & Q(minutes_min__isnull=False, minutes_max__gte=F("minutes_min")),
                name="resource_minutes_a_range",
                violation_error_message=_(
                    "Give both minutes or neither, from 1, and the most not below the least."
                ),
            ),
            models.CheckConstraint(
                condition=Q(seconds__isnull=True) | Q(seconds__gte=1, kind=Kind.VIDEO),
                name="resource_seconds_of_a_video",
                violation_error_message=_(
                    "A running time is from one second, and of a video only."
                ),
            ),
            models.CheckConstraint(
                condition=Q(unpublished_at__isnull=True) | Q(unpublished_at__gt=F("published_at")),
                name="resource_unpublished_after_published",
                violation_error_message=_("It cannot leave the site before it appears there."),
            ),
            models.CheckConstraint(
                condition=Q(replaced_by__isnull=True) | ~Q(replaced_by=F("id")),
                name="resource_not_replaced_by_itself",
                violation_error_message=_("It cannot be replaced by itself."),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse(f"{self.kind}-detail", args=[self.slug])

    def get_short_url(self):
        """Short enough to be typed from paper; it stays when the title changes."""
        return reverse("short", args=[int_to_base36(self.pk)])

    def get_print_url(self):
        """Short, and of this edition: what the QR code on a sheet holds."""
        if not self.edition:
            return self.get_short_url()
        return reverse("print", args=[int_to_base36(self.pk), self.edition])

    def get_pdf_url(self):
        return reverse(f"{self.kind}-pdf", args=[self.slug])

    def clean(self):
        if self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": _("“%s” is a page of the site itself.") % self.slug})
        if taken := FormerSlug.objects.filter(slug=self.slug).exclude(resource=self.pk).first():
            sentence = _("This address still leads to “%s”, which had it before.")
            raise ValidationError({"slug": sentence % taken.resource})
        known = self.image_alt.strip() or self.image_decorative or self.access_reason.strip()
        if self.image and not known:
            sentence = _("Say what the image shows, or that it only decorates.")
            raise ValidationError({"image_alt": sentence})
        self.refuse_to_replace_in_a_circle()

    def refuse_to_replace_in_a_circle(self):
        following, passed = self.replaced_by, []
        while following and following.pk not in passed:
            passed.append(following.pk)
            if following.pk == self.pk:
                sentence = _("It would be replaced by itself in the end. Choose another one.")
                raise ValidationError({"replaced_by": sentence})
            following = following.replaced_by

    @transaction.atomic
    def save(self, *args, **kwargs):
        self.slug = self.slug or self.free_slug()
        self.take_in_image()
        former = Resource.objects.filter(pk=self.pk).values_list("slug", flat=True).first()
        super().save(*args, **kwargs)
        if former and former != self.slug:
            FormerSlug.objects.filter(slug=self.slug, resource=self.pk).delete()
            FormerSlug.objects.create(slug=former, resource_id=self.pk)

    def take_in_image(self):
        """A new picture is kept as it is to be seen, without what a camera wrote beside it."""
        if not self.image:
            self.image_width, self.image_height, self.image_widths = None, None, []
        elif not self.image._committed:
            clean, facts = clean_picture(self.image)
            self.image.file, self.image_widths = clean, []
            self.image_width, self.image_height = facts["width"], facts["height"]

    def texts(self):
        """What the search reads of it: its title, its labels and summary, and all other texts."""
        terms = [self.levels, self.dimensions, self.audiences, self.topics, self.regions]
        terms += [self.deliveries, self.tags]
        labels = [str(term) for manager in terms for term in manager.all()]
        labels += [topic.parent.name for topic in self.topics.all() if topic.parent]
        return {
            "title": [self.title],
            "labels": [self.get_kind_display(), *labels, self.summary],
            "texts": [plain_text(self.body), self.audience_text, self.duration_text],
        }

    def printed_facts(self):
        """{key in PRINTED: what a sheet says of it, as plain text or HTML}; it makes no query of
        its own where whole() has loaded it. Terms, files and rows are part of it; tags, the owner
        and what other entries say are not.
        """
        return {
            "title": self.title,
            "summary": self.summary,
            "body": self.body,
            "levels": listed([self.level_words, self.level_note or names(self.levels)], ": "),
            "time": self.time_words,
            "delivery": listed(delivery.in_words for delivery in self.deliveries.all()),
            "audience": listed([self.audience_text, names(self.audiences)], " – "),
            "only_for": names(self.only_for),
            "dimensions": names(self.dimensions),
            "regions": names(self.regions),
            "topics": names(self.topics),
            "image": listed([self.image.name, self.image_alt]),
        }

    def text_files(self):
        """{name of a file: [[place, text], …] that it says, or None where a job has to read it}"""
        return {}

    def free_slug(self):
        """The title as an address, with the first number that makes it unique."""
        wanted = slugify(self.title)[:190].strip("-_")
        if not wanted or wanted in RESERVED_SLUGS:
            wanted = f"{self.kind}-{wanted}".strip("-")
        return free_slug(wanted, self.slug_taken)

    def slug_taken(self, slug):
        others = Resource.objects.exclude(pk=self.pk).filter(slug=slug)
        return others.exists() or FormerSlug.objects.filter(slug=slug).exists()

    @property
    def is_public(self):
        now = timezone.now()
        appeared = self.published_at and self.published_at <= now
        return bool(appeared and not (self.unpublished_at and self.unpublished_at <= now))

    @property
    def state(self):
        """Draft, scheduled, published or withdrawn, as a word for people."""
        if self.is_public:
            return _("published")
        if not self.published_at:
            return _("draft")
        return _("scheduled") if self.published_at > timezone.now() else _("withdrawn")

    @property
    def is_withdrawn(self):
        """Whether readers had it once, and it left the site."""
        now = timezone.now()
        left = self.unpublished_at and self.unpublished_at <= now
        return bool(left and self.published_at and self.published_at <= now)

    @cached_property
    def edition(self):
        """The number of its newest edition, None for none; for_detail() brings it along."""
        return self.editions.values_list("number", flat=True).first()

    @property
    def blurb(self):
        """What a card says under the title: the summary, else the start of what else is said."""
        if self.summary or self.kind == Kind.TOOL and self.tool.best_used:
            return self.summary or self.tool.best_used
        return Truncator(plain_text(self.body)).words(40)

    @property
    def picture(self):
        """The image in the sizes that are made of it; None where there is no image."""
        return Picture.of(self) if self.image else None

    @property
    def time_words(self):
        return self.duration_text or minutes_in_words(self.minutes_min, self.minutes_max)

    @property
    def time_short(self):
        return minutes_in_short(self.minutes_min, self.minutes_max)

    @property
    def running_time(self):
        """Minutes and seconds as a player shows them: 89 is "1:29"; "" when unknown."""
        return f"{self.seconds // 60}:{self.seconds % 60:02}" if self.seconds else ""

    @property
    def track(self):
        """For each of the five levels, whether the resource is for it."""
        numbers = self.level_numbers
        return [number in numbers for number in range(1, 6)]

    @property
    def level_numbers(self):
        return [level.number for level in self.levels.all()]

    @property
    def level_note(self):
        """The levels as written, where the words say more than the numbers: not "Level 2, 3"."""
        says_more = re.sub(r"levels?|and|[^a-z]", "", self.level_text.lower())
        return self.level_text if says_more or not self.level_words else ""

    @property
    def level_words(self):
        """The levels in words, a run as a range: "Levels 2–3", "Levels 1, 3", "" for none."""
        numbers = self.level_numbers
        if not numbers:
            return ""
        run = len(numbers) > 1 and numbers == list(range(numbers[0], numbers[-1] + 1))
        words = f"{numbers[0]}–{numbers[-1]}" if run else ", ".join(map(str, numbers))
        return ngettext("Level %s", "Levels %s", len(numbers)) % words


class FormerSlug(CleanModel):
    """An address a resource had before; it answers with a redirect to the present one."""

    slug = models.SlugField(_("former address"), max_length=200, unique=True)
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="former_slugs")
    changed_at = models.DateTimeField(_("changed"), auto_now_add=True)

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")

    def __str__(self):
        return self.slug


class Delivery(CleanModel):
    """A way in which a resource is held, with its own time where that differs by the way."""

    class Mode(models.TextChoices):
        CLASSROOM = "classroom", _("Classroom")
        ONLINE = "online", _("Online")
        VIRTUAL = "virtual", _("Virtual")
        CONSULTANT = "consultant", _("Consultant delivery")

    indexed_with = "resource"

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="deliveries")
    mode = models.CharField(_("delivery"), max_length=12, choices=Mode)
    minutes = models.PositiveIntegerField(
        _("minutes"),
        null=True,
        blank=True,
        help_text=_("Only where the time differs from one delivery to another."),
    )

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["mode"]
        constraints = [
            models.UniqueConstraint(fields=["resource", "mode"], name="delivery_mode_once"),
            models.CheckConstraint(
                condition=Q(mode__in=["classroom", "online", "virtual", "consultant"]),
                name="delivery_mode_known",
            ),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__gte=1),
                name="delivery_minutes_from_1",
            ),
        ]

    def __str__(self):
        return self.get_mode_display()

    @property
    def in_words(self):
        time = minutes_in_words(self.minutes, self.minutes)
        return f"{self} ({time})" if time else str(self)
