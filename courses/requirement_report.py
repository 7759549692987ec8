"""The problems in the requirements between courses, for editors to fix."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Min
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from catalog.models import Audience, Resource
from courses.course_names import names_of
from courses.graph import NEEDS, all_before, circles, dict_of_sets, shortest_path
from courses.models import Course, Requirement
from courses.models.course import SIGNS

MAX_FINDINGS = 100  # findings that a section shows; all findings are counted
MAX_NAMED = 10  # courses that one finding names

# {name of a section, of its method and of its template: (title, what it means and what to do)}
SECTIONS = {
    "circles": (
        _("Circles"),
        _(
            "These courses require each other in a circle, so nobody can start any of them. "
            "Delete one requirement of each circle. More circles may appear after that."
        ),
    ),
    "missing": (
        _("Required, but not in the catalog"),
        _(
            "Courses require these names, but no course has the name, or more than one does. "
            "Add the course, or add the name to the “other names” of the right course."
        ),
    ),
    "hidden": (
        _("Required, but hidden from readers"),
        _(
            "Published courses require these courses, but readers cannot open them. "
            "Publish them, or require another course."
        ),
    ),
    "levels": (
        _("Levels out of order"),
        _(
            "These courses have a lower level than a course that they require. "
            "Check the levels of both courses, and whether the requirement is right."
        ),
    ),
    "audiences": (
        _("People left out"),
        _(
            "These courses require a course that their people may not take. "
            "Check who both courses are for, and who may take the required one."
        ),
    ),
    "times": (
        _("Courses without a time"),
        _(
            "A plan with one of these courses cannot show its total time. "
            "Enter the minimum and maximum minutes if you know them."
        ),
    ),
}


@dataclass(frozen=True)
class LimitedList:
    rows: list
    limit: int = MAX_NAMED

    @property
    def first_rows(self):
        return self.rows[: self.limit]

    @property
    def more(self):
        return max(0, len(self.rows) - self.limit)


class Section(NamedTuple):
    name: str
    title: str
    meaning: str
    findings: LimitedList

    @property
    def template(self):
        return f"admin/path_report/{self.name}.html"


@dataclass
class MissingCourse:
    """A course that is not in the catalog: all its spellings, and the courses that require it."""

    texts: Counter = field(default_factory=Counter)
    courses: dict = field(default_factory=dict)
    # Courses with that name.
    candidates: LimitedList = field(default_factory=lambda: LimitedList([]))
    circles: list = field(default_factory=list)  # that a link to one of these would close

    def add(self, course, text):
        self.texts[text] += 1
        self.courses[course.pk] = course

    @cached_property
    def spellings(self):
        return sorted(self.texts, key=lambda text: (-self.texts[text], text))

    @property
    def rank(self):
        return -len(self.courses), self.spellings[0].casefold()

    @property
    def other_spellings(self):
        return LimitedList(self.spellings[1:])

    @property
    def dependants(self):
        return LimitedList(list(self.courses.values()))


class HiddenCourse(NamedTuple):
    course: Course
    dependants: LimitedList


class Inversion(NamedTuple):
    course: Course
    level: int
    required: Course
    required_level: int


class AudienceConflict(NamedTuple):
    """`people` is "" when the course does not say who it is for."""

    course: Course
    required: Course
    limit: str
    people: str


class CourseWithoutTime(NamedTuple):
    course: Course
    dependants: int


class Report:
    """Reads the database in eight queries. Findings of equal rank are sorted by title."""

    def __init__(self):
        self.graph = Course.objects.graph()
        self.rows = list(Requirement.objects.dangling().order_by().values_list("course", "text"))
        self.courses = {course.pk: course for course in courses_by_title()}

    @cached_property
    def sections(self):
        return [
            Section(name, *texts, LimitedList(getattr(self, name)(), MAX_FINDINGS))
            for name, texts in SECTIONS.items()
        ]

    @property
    def is_clean(self):
        return not any(section.findings.rows for section in self.sections)

    # ---- Read by all sections ----

    @cached_property
    def pairs(self):
        """[(course, a course that it needs)]"""
        return [
            (course, self.courses[pk])
            for course in self.courses.values()
            for pk in sorted(self.graph.needs.get(course.pk, ()))
            if pk in self.courses
        ]

    @cached_property
    def dependants(self):
        """{id of a course: the courses that need it}"""
        found = {}
        for course, required in self.pairs:
            found.setdefault(required.pk, []).append(course)
        return found

    def chain(self, steps):
        """Returns [(sign, course)] as the page shows it. `steps` is a path from courses.graph."""
        return [(SIGNS[kind], self.courses[pk]) for pk, kind in steps if pk in self.courses]

    # ---- The sections ----

    def circles(self):
        before = merge_graphs(self.graph.needs, self.graph.advised)
        return [
            self.chain([(circle[0], None), *((pk, NEEDS) for pk in [*circle[1:], circle[0]])])
            for circle in circles(before)
        ]

    def missing(self):
        names, groups = group_names({text for _pk, text in self.rows}), {}
        order = {pk: place for place, pk in enumerate(self.courses)}
        rows = [row for row in self.rows if row[0] in order]
        for pk, text in sorted(rows, key=lambda row: order[row[0]]):
            groups.setdefault(names[text], MissingCourse()).add(self.courses[pk], text)
        found = sorted(groups.values(), key=lambda finding: finding.rank)
        for finding in found[:MAX_FINDINGS]:
            finding.candidates = LimitedList(self.find_courses(finding.texts))
            new_circles = (
                self.find_circle(course, finding) for course in finding.candidates.first_rows
            )
            finding.circles = [circle for circle in new_circles if circle]
        return found

    def find_courses(self, texts):
        names = set().union(*map(names_of, texts))
        found = {
            course.pk: course for name in names for course in self.courses_by_name.get(name, ())
        }
        return [course for pk, course in sorted(found.items())]

    @cached_property
    def courses_by_name(self):
        """{name: the courses with that name}"""
        found = {}
        for course in self.courses.values():
            for name in course.names:
                found.setdefault(name, []).append(course)
        return found

    def find_circle(self, course, missing):
        """Returns the circle that closes if the dependants of `missing` require `course`, or []."""
        reached = all_before([course.pk], self.all_edges) | {course.pk}
        for pk in missing.courses:
            if pk in reached:
                path = shortest_path(course.pk, pk, self.graph)
                return self.chain([(pk, None), (course.pk, NEEDS), *path[1:]])
        return []

    @cached_property
    def all_edges(self):
        return merge_graphs(self.graph.needs, self.graph.advised, self.graph.same)

    def hidden(self):
        found = {}
        for course, required in self.pairs:
            if course.is_public and not required.is_public:
                found.setdefault(required.pk, []).append(course)
        hidden = [
            HiddenCourse(self.courses[pk], LimitedList(courses)) for pk, courses in found.items()
        ]
        return sorted(hidden, key=lambda finding: -len(finding.dependants.rows))

    def levels(self):
        lowest = lowest_levels()
        return [
            Inversion(course, lowest[course.pk], required, lowest[required.pk])
            for course, required in self.pairs
            if lowest.get(course.pk, 5) < lowest.get(required.pk, 0)
        ]

    def audiences(self):
        """Finds courses whose people may not take a course that they need.

        Some courses give their people as audiences, others as a limit (`only_for`). There is no
        conflict when one audience of either kind may take the course that is needed.
        """
        people, limits = audience_links(Resource.audiences), audience_links(Resource.only_for)
        names, no_ids, found = dict(Audience.objects.values_list("pk", "name")), set(), []
        for course, required in self.pairs:
            own, limit = limits.get(course.pk, no_ids), limits.get(required.pk, no_ids)
            meant = people.get(course.pk, no_ids)
            if limit and not limit & (own | meant):
                texts = (join_names(names, ids) for ids in (limit, own or meant))
                found.append(AudienceConflict(course, required, *texts))
        return found

    def times(self):
        now = timezone.now()
        found = [
            CourseWithoutTime(course, len(self.dependants.get(course.pk, ())))
            for course in self.courses.values()
            if course.minutes_min is None and not is_withdrawn(course, now)
        ]
        return sorted(found, key=lambda finding: -finding.dependants)


def courses_by_title():
    fields = "title", "other_names", "kind", "published_at", "unpublished_at", "minutes_min"
    courses = Course.objects.order_by().only(*fields)
    return sorted(courses, key=lambda course: (course.title.casefold(), course.pk))


def is_withdrawn(course, now):
    return bool(course.unpublished_at and course.unpublished_at <= now)


def merge_graphs(*graphs):
    found = dict_of_sets()
    for before in graphs:
        for node, others in before.items():
            found[node] |= others
    return found


def group_names(texts):
    """Returns {text: a name}, with the same name for all texts that name the same course.

    >>> names = group_names(["LMPO", "LMP Orientation (LMPO)", "Free to Speak"])
    >>> names["LMPO"] == names["LMP Orientation (LMPO)"], names["Free to Speak"]
    (True, 'free to speak')
    """
    names = {text: names_of(text) or {text} for text in texts}
    same_course, chosen = dict_of_sets(), {}
    for text_names in names.values():
        for name in text_names:
            same_course[name] |= text_names
    for name in same_course:
        if name not in chosen:
            group = all_before([name], same_course)
            chosen |= dict.fromkeys(group, min(group))
    return {text: chosen[min(text_names)] for text, text_names in names.items()}


def lowest_levels():
    """Returns {id of a course: the number of its lowest level}."""
    rows = Resource.levels.through.objects.filter(resource__kind="course")
    return dict(rows.values_list("resource").annotate(Min("level")))


def audience_links(relation):
    """Returns {id of a course: ids of its audiences} over `relation`."""
    rows, found = relation.through.objects.filter(resource__kind="course"), dict_of_sets()
    for pk, audience in rows.values_list("resource", "audience"):
        found[pk].add(audience)
    return found


def join_names(names, ids):
    return ", ".join(name for pk, name in names.items() if pk in ids)
