"""Where a course sits: what comes before it, all the way, and what it opens."""

from dataclasses import dataclass

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from catalog.search.index import current_index
from courses import map_layout
from courses.graph import all_before, in_order
from courses.models import Course
from courses.plan_duration import total_words
from courses.planner import Question, Total
from courses.public_graph import ReadersGraph

MOST_BEFORE, MOST_AFTER = 80, 12  # courses that are drawn, the nearest ones


@dataclass
class CourseMap:
    """`before` and `after` are nodes of `known`, as public_graph has them, in their order."""

    course: Course
    known: ReadersGraph
    facts: dict
    before: list
    after: list

    @classmethod
    def of(cls, course):
        index = current_index()
        courses = (index.public() & index.set_of("kind:course")) | 1 << course.pk
        known = ReadersGraph.read(index, courses)
        needs = known.graph.needs
        before = all_before([course.pk], needs) - {course.pk}
        after = {node for node, required in needs.items() if course.pk in required}
        after -= before | {course.pk}
        facts = known.facts(known.reached_from([course.pk]) | after | {course.pk})
        order = [in_order(nodes, needs, rank=ranks(facts)) for nodes in (before, after)]
        return cls(course, known, facts, *order)

    @cached_property
    def loaded(self):
        """The courses that are drawn."""
        nodes = self.before[-MOST_BEFORE:] + self.after[:MOST_AFTER]
        ids = [node for node in nodes if node not in self.known.missing]
        return Course.objects.prefetch_related("levels").in_bulk(ids)

    @property
    def is_alone(self):
        return not (self.before or self.after)

    @property
    def unlocks(self):
        return [self.loaded[node] for node in self.after[:MOST_AFTER]]

    @property
    def not_drawn(self):
        """How many more come before it, and how many more it opens."""
        return max(0, len(self.before) - MOST_BEFORE), max(0, len(self.after) - MOST_AFTER)

    @cached_property
    def boxes(self):
        before = [self.box(node, "before") for node in self.before[-MOST_BEFORE:]]
        after = [self.box(node, "after") for node in self.after[:MOST_AFTER]]
        note = note_of(self.course)
        return [
            *before,
            map_layout.Box(self.course.pk, self.course.title, note, "", "this"),
            *after,
        ]

    def box(self, node, state):
        course = self.loaded.get(node)
        if course is None:
            words = _("not yet in this catalog")
            return map_layout.Box(node, self.facts[node].title, words, "", "missing")
        return map_layout.Box(node, course.title, note_of(course), course.get_absolute_url(), state)

    @cached_property
    def columns(self):
        return map_layout.columns(self.boxes, self.known.graph.needs)

    @cached_property
    def rail(self):
        return map_layout.rail(self.boxes, self.known.graph.needs)

    @property
    def time_before(self):
        """9 hr + 1 course with no stated duration: of what counts as one, one is enough."""
        steps = Question({self.course.pk: ()}, self.known.graph, self.facts).steps()
        total = Total.of([self.facts[s.course] for s in steps if s.required_by])
        return total_words(total) if self.before else ""


def ranks(facts):
    return lambda node: (facts[node].level, facts[node].title.casefold(), str(node))


def note_of(course):
    time = course.time_short.replace(" ", "\xa0") or _("no stated duration")
    return " · ".join(filter(None, [course.level_words, time]))


def map_of(course):
    """What goes with a course on its page and sheet."""
    found = CourseMap.of(course)
    return {"map": found, "unlocks": found.unlocks}
