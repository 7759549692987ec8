"""A plan as readers see it: the courses in their order, with why, how long and what helps."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.lib import id_sets
from catalog.models import Resource
from catalog.search.index import current_index
from courses.graph import circles
from courses.kind import helping_kinds
from courses.models import BestResource, Course, Requirement
from courses.path_grid import MOST_OF_A_KIND
from courses.plan_duration import total_words
from courses.plan_goals import Goals, set_of_cell
from courses.planner import Question, Total
from courses.public_graph import MISSING, ReadersGraph, key_of

MOST_REASONS = 4  # courses named that require one
MOST_UNSAID = 6
MOST_STEPS = 100  # that are shown; all are counted


@dataclass
class PlannedStep:
    """`course` is None where the catalog has none, then `title` is how it is called."""

    number: int
    key: str
    title: str
    course: Course | None
    is_open: bool
    reasons: list
    instead: list = field(default_factory=list)  # (course, query of the plan with it)
    advice: list = field(default_factory=list)  # (words, query of the plan with it or "")
    help: list = field(default_factory=list)

    @property
    def time(self):
        return self.course.time_short if self.course else ""


class Plan:
    def __init__(self, asked):
        self.asked, self.index = asked, current_index()
        public = self.index.public()
        self.courses = public & self.index.set_of("kind:course")
        self.helps = public & self.index.set_of(*(f"kind:{kind}" for kind in helping_kinds()))
        self.dimensions = asked.check.path.dimensions
        self.known = ReadersGraph.read(self.index, self.courses)
        self.settle()
        self.goals = Goals(asked, self.index, self.courses)

    def settle(self):
        """What was missing when the address was made may be there now, or is no course at all."""
        for named in (self.asked.done, self.asked.wanted, self.asked.preferred):
            for key, node in list(named.items()):
                if isinstance(node, str) and node not in self.known.missing:
                    if node in self.come_since:
                        named[key] = self.come_since[node]
                    else:
                        del named[key]
                        self.asked.pass_over(key)

    @cached_property
    def come_since(self):
        """{key of a missing course: the published one that goes by its name now}"""
        rows = Course.objects.published().values_list("pk", "title", "other_names")
        names = ((pk, name) for pk, title, more in rows for name in [title, *more.splitlines()])
        return {key_of(name): pk for pk, name in names}

    # ---- What comes out ----

    @cached_property
    def question(self):
        asked, graph = self.asked, self.known.graph
        goals = self.goals.reasons()
        return Question(
            goals,
            graph,
            self.known.facts({*goals, *self.known.reached_from(goals)}),
            done=frozenset(asked.done.values()),
            asker=asked.asker,
            preferred=self.preferred,
        )

    @property
    def preferred(self):
        """What was chosen among several; else what was asked for by its name."""
        chosen, graph = frozenset(self.asked.preferred.values()), self.known.graph
        wanted = self.asked.wanted.values()
        return chosen | {node for node in wanted if chosen.isdisjoint(graph.alike(node))}

    @cached_property
    def all_steps(self):
        return self.question.steps()

    @cached_property
    def total(self):
        """Of what who asks may take."""
        return Total.of([self.question.facts[s.course] for s in self.all_steps if s.is_open])

    @property
    def total_words(self):
        """3 hr + 1 course that is not open to this audience"""
        shut = sum(not step.is_open for step in self.all_steps)
        words = ngettext(
            "%d course that is not open to this audience",
            "%d courses that are not open to this audience",
            shut,
        )
        return " + ".join(filter(None, [total_words(self.total), shut and words % shut]))

    @cached_property
    def steps(self):
        """The first MOST_STEPS as PlannedStep."""
        steps = self.all_steps[:MOST_STEPS]
        ids = {n for step in steps for n in (step.course, *step.instead)}
        self.loaded = self.load({node for node in ids if isinstance(node, int)})
        planned = [self.planned(number, step) for number, step in enumerate(steps, 1)]
        self.add_help(steps, planned)
        return planned

    def load(self, ids):
        shown = "levels", "deliveries", "dimensions", "only_for", "requirements__named_course"
        return Course.objects.published().prefetch_related(*shown).in_bulk(ids)

    def planned(self, number, step):
        course = self.loaded.get(step.course)
        return PlannedStep(
            number,
            key=course.slug if course else step.course,
            title=self.title_of(step.course),
            course=course,
            is_open=step.is_open,
            reasons=self.reasons(step),
            instead=[self.choice(step, node) for node in step.instead if node in self.loaded],
            advice=self.advice(course) if course else [],
        )

    def title_of(self, node):
        return self.question.facts[node].title

    def reasons(self, step):
        names = {dimension.slug: dimension.name for dimension in self.dimensions}
        met = defaultdict(list)
        for slug, level in (facts for sort, *facts in step.reasons if sort == "cell"):
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
            _("required by %s") % self.title_of(node) for node in step.required_by[:MOST_REASONS]
        ]
        more = len(step.required_by) - MOST_REASONS
        required += [ngettext("and %d more", "and %d more", more) % more] if more > 0 else []
        others = [reason for reason in step.reasons if reason[0] != "cell"]
        reasons = [("met", level) for level in sorted(met)] + others
        return [words[sort](*facts) for sort, *facts in reasons] + required

    def choice(self, step, node):
        course, group = self.loaded[node], {step.course, *step.instead}
        others = [key for key, n in self.asked.preferred.items() if n not in group]
        return course, self.asked.query(take=sorted([*others, course.slug]))

    def advice(self, course):
        """What is better known before, where it is neither planned nor done."""
        rows = [row for row in course.requirements.all() if row.names_a_course]
        return [
            (row, self.with_wanted(row.public_course))
            for row in rows
            if not (row.type == Requirement.Type.COURSE and row.necessity == "required")
            and self.settled.isdisjoint({row.named_course_id, key_of(row.text)})
        ]

    @cached_property
    def settled(self):
        """What is planned or done, and all that counts as it."""
        nodes = {step.course for step in self.all_steps} | set(self.asked.done.values())
        return {other for node in nodes for other in self.known.graph.alike(node)}

    def with_wanted(self, course):
        return self.asked.query(want=sorted({*self.asked.wanted, course.slug})) if course else ""

    @property
    def done_now(self):
        """(key, title) of what is ticked as done."""
        return [(key, self.name_of(node)) for key, node in sorted(self.asked.done.items())]

    @property
    def wanted_now(self):
        """(title, query of the plan without it) of the courses that were chosen."""
        keys = sorted(self.asked.wanted)
        return [
            (
                self.name_of(self.asked.wanted[key]),
                self.asked.query(want=[k for k in keys if k != key]),
            )
            for key in keys
        ]

    def name_of(self, node):
        named = self.named.get(node) or self.known.missing.get(node)
        return named or str(node).removeprefix(MISSING).replace("-", " ").capitalize()

    @cached_property
    def named(self):
        ids = [*self.asked.done.values(), *self.asked.wanted.values()]
        ids = [node for node in ids if isinstance(node, int)]
        return dict(Course.objects.filter(pk__in=ids).values_list("pk", "title"))

    @cached_property
    def circles(self):
        """Whether some of its courses require each other, which only a damaged database has."""
        return circles(self.question.before, most=1)

    @cached_property
    def unsaid(self):
        """The first courses that say nothing of whom they are for: not counted, but named."""
        settled = id_sets.bits_of(node for node in self.settled if isinstance(node, int))
        found = self.goals.for_nobody_named & ~settled
        return Course.objects.published().list_of(self.index.ranked(found, "title")[:MOST_UNSAID])

    @cached_property
    def still_open(self):
        """Each Cell that is to be met and that no course of the plan meets."""
        closed = {
            tuple(facts)
            for step in self.all_steps
            for sort, *facts in step.reasons
            if sort == "cell"
        }
        path = self.asked.check.path
        return [
            path.cell(dimension, level)
            for level in path.levels
            for dimension in path.dimensions
            if (dimension.slug, level.number) in self.goals.cells.keys() - closed
        ]

    # ---- What helps ----

    def add_help(self, steps, planned):
        related, best, seen = self.related(steps), self.best(), set()
        chosen = []
        for step in steps:
            cells = [tuple(facts) for sort, *facts in step.reasons if sort == "cell"]
            cells = cells or self.own_cells(step.course)
            ids = [*related[step.course], *(pk for cell in cells for pk in best[cell])]
            ids += [pk for cell in cells for pk in self.newest_in(cell)]
            ids = [pk for pk in dict.fromkeys(ids) if self.helps >> pk & 1 and pk not in seen]
            chosen.append(ids[:MOST_OF_A_KIND])
            seen.update(chosen[-1])
        found = Resource.objects.published().in_bulk(seen)
        for step, ids in zip(planned, chosen, strict=True):
            step.help = [found[pk] for pk in ids if pk in found]

    def own_cells(self, node):
        course = self.loaded.get(node)
        dimensions = course.dimensions.all() if course else []
        levels = course.level_numbers[:1] if course else []
        return [(dimension.slug, level) for dimension in dimensions for level in levels]

    def newest_in(self, cell):
        if cell not in self.newest:
            found = self.index.ranked(set_of_cell(self.index, *cell) & self.helps, "newest")
            self.newest[cell] = found[: 2 * MOST_OF_A_KIND]
        return self.newest[cell]

    @cached_property
    def newest(self):
        return {}

    def related(self, steps):
        rows = Resource.related.through.objects.filter(
            from_resource__in=[step.course for step in steps if isinstance(step.course, int)],
        )
        return grouped(rows.order_by("pk").values_list("from_resource", "to_resource"))

    def best(self):
        rows = BestResource.objects.filter(resource__kind__in=helping_kinds())
        rows = rows.values_list("criterion__dimension__slug", "criterion__level", "resource")
        return grouped(((dimension, level), pk) for dimension, level, pk in rows)

    # ---- Its other renderings ----

    @property
    def title(self):
        return self.asked.title

    def address(self, name):
        return reverse(name) + self.asked.query()

    @property
    def link(self):
        return settings.SITE_URL + self.address("plan")

    @property
    def members(self):
        """The set of its courses."""
        return id_sets.bits_of(step.course.pk for step in self.steps if step.course)

    @cached_property
    def changed_at(self):
        """When one of its courses was last changed; None where it has none."""
        dates = [step.course.updated_at for step in self.steps if step.course]
        return max(dates, default=None)

    @property
    def fingerprint(self):
        """Another one when a course comes or goes, moves, or takes another time."""
        known = self.question.facts
        facts = [(str(step.course), known[step.course]) for step in self.all_steps]
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def grouped(pairs):
    groups = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups
