from contextlib import suppress

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.signals import m2m_changed, post_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from catalog.lib.durations import minutes_in_words
from catalog.lib.text import join_texts
from catalog.models import Resource, ResourceQuerySet
from catalog.models.base import CleanModel, linked
from catalog.search.index import index_lock
from catalog.search.indexing import indexed_together, update_index
from courses.course_names import names_of
from courses.graph import ADVISED, NEEDS, SAME, Graph, shortest_path


class CircleError(ValidationError):
    """A requirement that would make a course come before itself."""


EQUIVALENT_PAIR = "from_course", "to_course"


class CourseQuerySet(ResourceQuerySet):
    def graph(self):
        """Returns the Graph of all courses by their ids, in two queries (30 ms for 30,000 rows)."""
        rows = Requirement.objects.exclude(named_course=None)
        rows = rows.order_by().values_list("course", "named_course", "type", "necessity")
        graph = Graph()
        for course, other, type, necessity in rows:
            is_required = type == "course" and necessity == "required"
            (graph.needs if is_required else graph.advised)[course].add(other)
        for course, other in Course.equivalents.through.objects.values_list(*EQUIVALENT_PAIR):
            graph.same[course].add(other)
        return graph

    def for_detail(self):
        return self.with_links().prefetch_related(
            "modules", "requirements__named_course", "follow_ups__named_course"
        )

    def for_entry(self):
        return super().for_entry().prefetch_related("requirements__named_course")


class Course(Resource):
    other_names = models.TextField(
        _("other names"),
        blank=True,
        help_text=_(
            "Other names for this course, such as LMPO. Put each name on its own line. "
            "A requirement that uses one of these names links here automatically."
        ),
    )
    outcomes = models.TextField(
        _("learning outcomes"),
        max_length=10_000,
        blank=True,
        help_text=_("What people can do after the course. Start each line with a verb."),
    )
    requirements_text = models.TextField(
        _("requirements as written"),
        blank=True,
        help_text=_("Only editors see this; readers see the requirements listed below."),
    )
    equivalents = models.ManyToManyField(
        "self",
        blank=True,
        verbose_name=_("counts as"),
        help_text=_(
            "The same course in another form, such as online. People who took one do not need the "
            "others. Plans offer a choice, and both pages show it."
        ),
    )
    enrollment_text = models.TextField(
        _("enrollment"),
        max_length=2000,
        blank=True,
        help_text=_("How to get a seat, in one or two sentences."),
    )
    enrollment_address = models.URLField(_("enrollment address"), max_length=500, blank=True)

    objects = CourseQuerySet.as_manager()

    PRINTED = Resource.PRINTED | {
        "audience": _("Who should attend"),
        "outcomes": _("What you will be able to do"),
        "modules": _("Modules"),
        "requirements": _("Course requirements"),
        "follow_ups": _("What follows"),
        "enrollment": _("Enrollment"),
    }

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    @indexed_together()
    def save(self, *args, **kwargs):
        former = Course.objects.filter(pk=self.pk).first()
        super().save(*args, **kwargs)
        link_up(self.names | former.names if former else self.names)

    def texts(self):
        texts = super().texts()
        texts["title"] += self.other_names.splitlines()
        texts["texts"] += [self.outcomes, self.enrollment_text]
        texts["texts"] += [module.title for module in linked(self, "modules")]
        texts["texts"] += [requirement.text for requirement in linked(self, "requirements")]
        return texts

    def printed_facts(self):
        return super().printed_facts() | {
            "outcomes": join_texts(self.outcome_list, "; "),
            "modules": join_texts(module.in_words for module in linked(self, "modules")),
            "requirements": join_texts(
                (row.in_words for row in linked(self, "requirements")), "; "
            ),
            "follow_ups": join_texts((row.text for row in linked(self, "follow_ups")), "; "),
            "enrollment": join_texts([self.enrollment_text, self.enrollment_address], " "),
        }

    @property
    def outcome_list(self):
        return [line.strip() for line in self.outcomes.splitlines() if line.strip()]

    @property
    def names(self):
        """Every name of the course, in the form that courses.course_names compares."""
        texts = [self.title, *self.other_names.splitlines()]
        return set().union(*(names_of(text) for text in texts))


class CourseModule(CleanModel):
    indexed_with = "course"

    course = models.ForeignKey(Course, models.CASCADE, related_name="modules")
    title = models.CharField(_("title"), max_length=200)
    minutes = models.PositiveIntegerField(
        _("minutes"),
        null=True,
        blank=True,
        help_text=_("Leave this empty when unknown. Do not enter 0."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__gte=1),
                name="module_minutes_from_1",
                violation_error_message=_("Enter 1 minute or more, or leave it empty."),
            )
        ]

    def __str__(self):
        return self.title

    @property
    def in_words(self):
        time = minutes_in_words(self.minutes, self.minutes)
        return f"{self} ({time})" if time else self.title


class CourseReferenceQuerySet(models.QuerySet):
    def dangling(self):
        """Returns the rows that name a course that does not exist, or that exists twice."""
        return self.filter(named_course=None)

    def link_up(self, names):
        """Saves the dangling rows that use one of `names` again, because saving links them."""
        for reference in self.dangling():
            if reference.names & names:
                with suppress(CircleError):  # the row stays dangling, and the report says why
                    reference.save()


class RequirementQuerySet(CourseReferenceQuerySet):
    def dangling(self):
        return super().dangling().filter(type__in=["course", "knowledge"])


class CourseReference(CleanModel):
    """A reference in words to a course that may not exist yet.

    The text stays. The link is added as soon as exactly one course has that name.
    """

    text = models.CharField(
        _("as written"),
        max_length=500,
        blank=True,
        help_text=_("Leave this empty to use the title of the course you choose."),
    )
    named_course = models.ForeignKey(
        Course,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="named_in_%(class)ss",
        verbose_name=_("course"),
        help_text=_("Leave this empty to link by name, now or when someone adds the course."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        abstract = True
        ordering = ["position", "id"]

    def __str__(self):
        return f"{self.course}: {self.text}"

    def save(self, *args, **kwargs):
        if self.named_course and not self.text:
            self.text = self.named_course.title
        if not self.named_course and self.names_a_course:
            self.named_course = self.course_named()
        self.refuse_circle(self.named_course)
        super().save(*args, **kwargs)

    def refuse_circle(self, named):
        """Raises CircleError when a link to `named` closes a circle. Only a requirement can."""

    @property
    def names(self):
        return names_of(self.text)

    @property
    def public_course(self):
        """The named course if readers may see it, else None."""
        return self.named_course if self.named_course and self.named_course.is_public else None

    def course_named(self):
        """Returns the one course with the name in the text, or None for none or several.

        It is never the course of this row, nor one that another row of the course names already.
        """
        rows = type(self).objects.filter(course=self.course_id).exclude(pk=self.pk)
        named = rows.exclude(named_course=None).values("named_course")
        courses = Course.objects.exclude(pk=self.course_id).exclude(pk__in=named)
        names, matches = self.names, []
        for pk, title, others in courses.values_list("pk", "title", "other_names"):
            if any(names & names_of(text) for text in [title, *others.splitlines()]):
                matches.append(pk)
        return Course.objects.get(pk=matches[0]) if len(matches) == 1 else None


class Requirement(CourseReference):
    class Type(models.TextChoices):
        COURSE = "course", _("Course")
        KNOWLEDGE = "knowledge", _("Knowledge")
        CONDITION = "condition", _("Condition")
        ELIGIBILITY = "eligibility", _("Eligibility")
        ADVICE = "advice", _("Advice")

    class Necessity(models.TextChoices):
        REQUIRED = "required", _("required")
        RECOMMENDED = "recommended", _("recommended")

    indexed_with = "course"

    course = models.ForeignKey(Course, models.CASCADE, related_name="requirements")
    type = models.CharField(
        _("type"),
        max_length=11,
        choices=Type,
        default=Type.COURSE,
        help_text=_(
            "Course: take it first. Knowledge: know it first, wherever you learned it. "
            "Condition: how to attend. Eligibility: who may attend. Advice: good to have."
        ),
    )
    necessity = models.CharField(
        _("necessity"), max_length=11, choices=Necessity, default=Necessity.REQUIRED
    )

    objects = RequirementQuerySet.as_manager()

    class Meta(CourseReference.Meta):
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="requirement_has_text"),
            models.CheckConstraint(
                condition=Q(named_course__isnull=True) | ~Q(named_course=F("course")),
                name="requirement_not_of_itself",
                violation_error_message=_("A course cannot require itself."),
            ),
            models.CheckConstraint(
                condition=Q(named_course__isnull=True) | Q(type__in=["course", "knowledge"]),
                name="requirement_course_for_course_or_knowledge",
                violation_error_message=_("Only a course or knowledge requirement names a course."),
            ),
            models.UniqueConstraint(
                fields=["course", "named_course"],
                condition=Q(named_course__isnull=False),
                name="requirement_course_once",
                violation_error_message=_("This course is already required."),
            ),
        ]

    @property
    def in_words(self):
        knowledge = self.type == self.Type.KNOWLEDGE
        words = _("basic knowledge of: %s") % self.text if knowledge else self.text
        optional = self.necessity == self.Necessity.RECOMMENDED
        return f"{words} ({self.get_necessity_display()})" if optional else words

    @property
    def names_a_course(self):
        return self.type in (self.Type.COURSE, self.Type.KNOWLEDGE)

    @transaction.atomic
    def save(self, *args, **kwargs):
        if self.names_a_course:
            index_lock()  # two rows saved at the same time could close a circle together
        super().save(*args, **kwargs)

    def clean(self):
        if not self.text and not self.named_course:
            raise ValidationError({"text": _("Say what is required, or choose the course.")})
        named = self.named_course or (self.course_named() if self.names_a_course else None)
        self.refuse_circle(named)

    def refuse_circle(self, named):
        if named and self.course_id:
            path = shortest_path(named.pk, self.course_id, Course.objects.graph())
            refuse([(self.course_id, None), (named.pk, NEEDS), *path[1:]] if path else None)


class FollowUp(CourseReference):
    indexed_with = "course"

    course = models.ForeignKey(Course, models.CASCADE, related_name="follow_ups")

    names_a_course = True

    objects = CourseReferenceQuerySet.as_manager()

    class Meta(CourseReference.Meta):
        verbose_name = _("follow-up course")
        verbose_name_plural = _("follow-up courses")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="follow_up_has_text"),
            models.CheckConstraint(
                condition=Q(named_course__isnull=True) | ~Q(named_course=F("course")),
                name="follow_up_not_of_itself",
                violation_error_message=_("A course cannot follow itself."),
            ),
            models.UniqueConstraint(
                fields=["course", "named_course"],
                condition=Q(named_course__isnull=False),
                name="follow_up_once",
                violation_error_message=_("This course is already a follow-up course."),
            ),
        ]

    def clean(self):
        if not self.text and not self.named_course:
            raise ValidationError({"text": _("Name the follow-up course, or choose it.")})


def refuse(steps):
    """Raises CircleError for `steps`, a path from courses.graph that ends at its start, if any."""
    if steps:
        titles = Course.objects.in_bulk({node for node, _kind in steps})
        chain = "".join(f"{SIGNS[kind]}{titles[node]}" for node, kind in steps)
        sentence = _("This would make a circle: %s. A course cannot come before itself.")
        raise CircleError(sentence % chain)


SIGNS = {None: "", NEEDS: " → ", ADVISED: " → ", SAME: " = "}


@receiver(m2m_changed, sender=Course.equivalents.through)
def check_equivalents(instance, action, pk_set, **kwargs):
    """Refuses equivalents that come before or after the course, and updates the index."""
    if action == "pre_add":
        index_lock()
        refuse(circle_by_joining(instance.pk, pk_set, Course.objects.graph()))
    if action in ("post_add", "post_remove", "post_clear"):
        update_index([instance.pk, *(pk_set or ())])


def circle_by_joining(course, others, graph):
    """Returns a path from a course of the new group back to itself, or None.

    The new group is `course`, `others` and all that count as one of them.
    """
    for other in others:
        graph.same[course].add(other)
        graph.same[other].add(course)
    for member in sorted(graph.equivalents_of(course)):
        for required in sorted(graph.needs[member] | graph.advised[member]):
            if path := shortest_path(required, member, graph):
                return [(member, None), (required, NEEDS), *path[1:]]
    return None


def link_up(names):
    """Links dangling rows that use one of `names`.

    Call it when a course has gained the name, or when one of two courses with the name has lost it.
    """
    Requirement.objects.link_up(names)
    FollowUp.objects.link_up(names)


@receiver(post_delete, sender=Course)
def relink_names(instance, **kwargs):
    link_up(instance.names)
