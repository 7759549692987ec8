"""A plan for readers: the courses in their order, each with its reasons, its time and its help."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.lib.id_sets import IdSet
from catalog.models import Resource
from catalog.search.index import current_index
from courses.graph import circles
from courses.kind import helping_kinds
from courses.models import BestResource, Course, Requirement
from courses.path_grid import MAX_PER_KIND
from courses.plan_duration import total_words
from courses.plan_goals import Goals, set_of_cell
from courses.planner import Question, Total
from courses.public_graph import MISSING, ReadersGraph, key_of

MAX_REASONS = 4  # requiring courses that one step names
MAX_WITHOUT_AUDIENCE = 6
MAX_STEPS = 100  # steps that are shown; all steps are counted


@dataclass
class PlannedStep:
    """One course of the plan. `course` is None when the catalog does not have it; then `title` is
    the name that a requirement uses.
    """

    number: int
    key: str
    title: str
    course: Course | None
    is_open: bool
    reasons: list
    alternatives: list = field(default_factory=list)  # (course, query of the plan with it)
    advice: list = field(default_factory=list)  # (words, query of the plan with it or "")
    help: list = field(default_factory=list)

    @property
    def time(self):
        return self.course.time_short if self.course else ""


class Plan:
    def __init__(self, query):
        self.query, self.index = query, current_index()
        public = self.index.public()
        self.courses = public & self.index.set_of("kind:course")
        self.helpful = public & self.index.set_of(*(f"kind:{kind}" for kind in helping_kinds()))
        self.dimensions = query.check.path.dimensions
        self.readers_graph = ReadersGraph.read(self.index, self.courses)
        self.resolve_missing()
        self.goals = Goals(query, self.index, self.courses)

    def resolve_missing(self):
        """Replaces the keys of missing courses that are in the catalog by now.

        A key that names no course at all is removed, with a notice.
        """
        for nodes in (self.query.done, self.query.wanted, self.query.preferred):
            for key, node in list(nodes.items()):
                if isinstance(node, str) and node not in self.readers_graph.missing:
                    if node in self.added_courses:
                        nodes[key] = self.added_courses[node]
                    else:
                        del nodes[key]
                        self.query.skip(key)

    @cached_property
    def added_courses(self):
        """{key of a missing course: id of the published course that has its name now}"""
        rows = Course.objects.published().values_list("pk", "title", "other_names")
        names = ((pk, name) for pk, title, more in rows for name in [title, *more.splitlines()])
        return {key_of(name): pk for pk, name in names}

    # ---- The steps ----

    @cached_property
    def question(self):
        query, graph = self.query, self.readers_graph.graph
        goals = self.goals.reasons()
        return Question(
            goals,
            graph,
            self.readers_graph.facts({*goals, *self.readers_graph.reached_from(goals)}),
            done=frozenset(query.done.values()),
            audiences=query.audience_slugs,
            preferred=self.preferred,
        )

    @property
    def preferred(self):
        """The courses chosen among several that count as one another.

        Where none is chosen, a course that the reader asked for by name is preferred.
        """
        chosen, graph = frozenset(self.query.preferred.values()), self.readers_graph.graph
        wanted = self.query.wanted.values()
        return chosen | {node for node in wanted if chosen.isdisjoint(graph.equivalents_of(node))}

    @cached_property
    def all_steps(self):
        return self.question.steps()

    @cached_property
    def total(self):
        """The Total of the courses that are open to this audience."""
        return Total.of([self.question.facts[s.course] for s in self.all_steps if s.is_open])

    @property
    def total_words(self):
        """Words such as "3 hr + 1 course that is not open to this audience"."""
        closed = sum(not step.is_open for step in self.all_steps)
        words = ngettext(
            "%d course that is not open to this audience",
            "%d courses that are not open to this audience",
            closed,
        )
        return " + ".join(filter(None, [total_words(self.total), closed and words % closed]))

    @cached_property
    def steps(self):
        """A PlannedStep for each of the first MAX_STEPS steps."""
        steps = self.all_steps[:MAX_STEPS]
        ids = {n for step in steps for n in (step.course, *step.alternatives)}
        self.loaded = self.load({node for node in ids if isinstance(node, int)})
        planned = [self.make_step(number, step) for number, step in enumerate(steps, 1)]
        self.add_help(steps, planned)
        return planned

    def load(self, ids):
        shown = "levels", "deliveries", "dimensions", "only_for", "requirements__named_course"
        return Course.objects.published().prefetch_related(*shown).in_bulk(ids)

    def make_step(self, number, step):
        course = self.loaded.get(step.course)
        return PlannedStep(
            number,
            key=course.slug if course else step.course,
            title=self.title_of(step.course),
            course=course,
            is_open=step.is_open,
            reasons=self.reasons(step),
            alternatives=[
                self.choice_of(step, node) for node in step.alternatives if node in self.loaded
            ],
            advice=self.advice(course) if course else [],
        )

    def title_of(self, node):
        return self.question.facts[node].title

    def reasons(self, step):
        names = {dimension.slug: dimension.name for dimension in self.dimensions}
        met = defaultdict(list)
        for slug, level in (facts for kind, *facts in step.reasons if kind == "cell"):
            met[level].append(names[slug])
        words = {
            "met": lambda level: (
                _("helps with Level %(level)d: %(dimensions)s")
                % {"level": level, "dimensions": ", ".join(met[level])}
            ),
            "level": lambda level: _("for Level %d") % level,
            "wanted": lambda: _("you asked for it"),
        }
        required = [
            _("required by %s") % self.title_of(node) for node in step.required_by[:MAX_REASONS]
        ]
        more = len(step.required_by) - MAX_REASONS
        required += [ngettext("and %d more", "and %d more", more) % more] if more > 0 else []
        others = [reason for reason in step.reasons if reason[0] != "cell"]
        reasons = [("met", level) for level in sorted(met)] + others
        return [words[kind](*facts) for kind, *facts in reasons] + required

    def choice_of(self, step, node):
        course, group = self.loaded[node], {step.course, *step.alternatives}
        others = [key for key, n in self.query.preferred.items() if n not in group]
        return course, self.query.query_string(take=sorted([*others, course.slug]))

    def advice(self, course):
        """Returns [(requirement, query or "")] of the courses that are good to know first.

        Courses that are planned or done are left out.
        """
        rows = [row for row in course.requirements.all() if row.names_a_course]
        return [
            (row, self.with_wanted(row.public_course))
            for row in rows
            if not (row.type == Requirement.Type.COURSE and row.necessity == "required")
            and self.planned_or_done.isdisjoint({row.named_course_id, key_of(row.text)})
        ]

    @cached_property
    def planned_or_done(self):
        """The nodes that are planned or done, and all that count as one of them."""
        nodes = {step.course for step in self.all_steps} | set(self.query.done.values())
        return {other for node in nodes for other in self.readers_graph.graph.equivalents_of(node)}

    def with_wanted(self, course):
        return (
            self.query.query_string(want=sorted({*self.query.wanted, course.slug}))
            if course
            else ""
        )

    @property
    def done_courses(self):
        """[(key, title)] of the courses that are checked as done."""
        return [(key, self.name_of(node)) for key, node in sorted(self.query.done.items())]

    @property
    def wanted_courses(self):
        """[(title, query of the plan without it)] of the chosen courses."""
        keys = sorted(self.query.wanted)
        return [
            (
                self.name_of(self.query.wanted[key]),
                self.query.query_string(want=[k for k in keys if k != key]),
            )
            for key in keys
        ]

    def name_of(self, node):
        title = self.titles.get(node) or self.readers_graph.missing.get(node)
        return title or str(node).removeprefix(MISSING).replace("-", " ").capitalize()

    @cached_property
    def titles(self):
        ids = [*self.query.done.values(), *self.query.wanted.values()]
        ids = [node for node in ids if isinstance(node, int)]
        return dict(Course.objects.filter(pk__in=ids).values_list("pk", "title"))

    @cached_property
    def circles(self):
        """One circle of courses that require each other, or []. Only a damaged database has one."""
        return circles(self.question.before, most=1)

    @cached_property
    def without_audience(self):
        """The first MAX_WITHOUT_AUDIENCE courses that do not say who they are for.

        They are not counted, but the page names them.
        """
        planned_ids = IdSet(node for node in self.planned_or_done if isinstance(node, int))
        found = self.goals.without_audience - planned_ids
        return Course.objects.published().list_of(
            self.index.ranked(found, "title")[:MAX_WITHOUT_AUDIENCE]
        )

    @cached_property
    def open_cells(self):
        """Each Cell that the plan aims for and that none of its courses helps with."""
        closed = {
            tuple(facts)
            for step in self.all_steps
            for kind, *facts in step.reasons
            if kind == "cell"
        }
        path = self.query.check.path
        return [
            path.cell(dimension, level)
            for level in path.levels
            for dimension in path.dimensions
            if (dimension.slug, level.number) in self.goals.cells.keys() - closed
        ]

    # ---- Help for each step ----

    def add_help(self, steps, planned):
        related, best, seen = self.related_by_course(steps), self.best_by_cell(), set()
        chosen = []
        for step in steps:
            cells = [tuple(facts) for kind, *facts in step.reasons if kind == "cell"]
            cells = cells or self.cells_of(step.course)
            ids = [*related[step.course], *(pk for cell in cells for pk in best[cell])]
            ids += [pk for cell in cells for pk in self.newest_in(cell)]
            ids = [pk for pk in dict.fromkeys(ids) if pk in self.helpful and pk not in seen]
            chosen.append(ids[:MAX_PER_KIND])
            seen.update(chosen[-1])
        found = Resource.objects.published().in_bulk(seen)
        for step, ids in zip(planned, chosen, strict=True):
            step.help = [found[pk] for pk in ids if pk in found]

    def cells_of(self, node):
        course = self.loaded.get(node)
        dimensions = course.dimensions.all() if course else []
        levels = course.level_numbers[:1] if course else []
        return [(dimension.slug, level) for dimension in dimensions for level in levels]

    def newest_in(self, cell):
        if cell not in self.newest_by_cell:
            found = self.index.ranked(set_of_cell(self.index, *cell) & self.helpful, "newest")
            self.newest_by_cell[cell] = found[: 2 * MAX_PER_KIND]
        return self.newest_by_cell[cell]

    @cached_property
    def newest_by_cell(self):
        return {}

    def related_by_course(self, steps):
        rows = Resource.related.through.objects.filter(
            from_resource__in=[step.course for step in steps if isinstance(step.course, int)],
        )
        return group_pairs(rows.order_by("pk").values_list("from_resource", "to_resource"))

    def best_by_cell(self):
        rows = BestResource.objects.filter(resource__kind__in=helping_kinds())
        rows = rows.values_list("criterion__dimension__slug", "criterion__level", "resource")
        return group_pairs(((dimension, level), pk) for dimension, level, pk in rows)

    # ---- Links, PDF, feed and calendar ----

    @property
    def title(self):
        return self.query.title

    def address(self, name):
        return reverse(name) + self.query.query_string()

    @property
    def link(self):
        return settings.SITE_URL + self.address("plan")

    @property
    def members(self):
        """The set of its courses, as bits."""
        return IdSet(step.course.pk for step in self.steps if step.course)

    @cached_property
    def changed_at(self):
        """The time of the last change to one of its courses; None when it has no course."""
        dates = [step.course.updated_at for step in self.steps if step.course]
        return max(dates, default=None)

    @property
    def fingerprint(self):
        """A hash that changes when a course is added, removed, moved, or given another time."""
        all_facts = self.question.facts
        facts = [(str(step.course), all_facts[step.course]) for step in self.all_steps]
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def group_pairs(pairs):
    groups = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups
