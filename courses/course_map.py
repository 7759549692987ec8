"""The place of a course: all courses that come before it, and the courses that it unlocks."""

from dataclasses import dataclass

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from catalog.lib.id_sets import IdSet
from catalog.search.cards import with_levels
from catalog.search.index import current_index
from courses import map_layout
from courses.graph import all_before, in_order
from courses.models import Course
from courses.plan_duration import total_words
from courses.planner import Question, Total
from courses.public_graph import ReadersGraph

MAX_BEFORE, MAX_AFTER = 80, 12  # the nearest courses, which are drawn


@dataclass
class CourseMap:
    """The map of one course.

    `before` and `after` are nodes of `readers_graph` (see public_graph), in the order in which
    they are taken.
    """

    course: Course
    readers_graph: ReadersGraph
    facts: dict
    before: list
    after: list

    @classmethod
    def of(cls, course):
        index = current_index()
        courses = (index.public() & index.set_of("kind:course")) | IdSet([course.pk])
        readers_graph = ReadersGraph.read(index, courses)
        needs = readers_graph.graph.needs
        before = all_before([course.pk], needs) - {course.pk}
        after = {node for node, required in needs.items() if course.pk in required}
        after -= before | {course.pk}
        facts = readers_graph.facts(readers_graph.reached_from([course.pk]) | after | {course.pk})
        order = [in_order(nodes, needs, rank=rank_by(facts)) for nodes in (before, after)]
        return cls(course, readers_graph, facts, *order)

    @cached_property
    def loaded(self):
        """The courses that are drawn."""
        nodes = self.before[-MAX_BEFORE:] + self.after[:MAX_AFTER]
        ids = [node for node in nodes if node not in self.readers_graph.missing]
        return {course.pk: course for course in with_levels(Course.objects.filter(pk__in=ids))}

    @property
    def is_alone(self):
        return not (self.before or self.after)

    @property
    def unlocks(self):
        return [self.loaded[node] for node in self.after[:MAX_AFTER]]

    @property
    def not_drawn(self):
        """(number of earlier courses, number of later courses) that are not drawn."""
        return max(0, len(self.before) - MAX_BEFORE), max(0, len(self.after) - MAX_AFTER)

    @cached_property
    def boxes(self):
        before = [self.make_box(node, "before") for node in self.before[-MAX_BEFORE:]]
        after = [self.make_box(node, "after") for node in self.after[:MAX_AFTER]]
        note = note_of(self.course)
        return [
            *before,
            map_layout.Box(self.course.pk, self.course.title, note, "", "this"),
            *after,
        ]

    def make_box(self, node, state):
        course = self.loaded.get(node)
        if course is None:
            words = _("not yet in this catalog")
            return map_layout.Box(node, self.facts[node].title, words, "", "missing")
        return map_layout.Box(node, course.title, note_of(course), course.get_absolute_url(), state)

    @cached_property
    def columns(self):
        return map_layout.columns(self.boxes, self.readers_graph.graph.needs)

    @cached_property
    def rail(self):
        return map_layout.rail(self.boxes, self.readers_graph.graph.needs)

    @property
    def time_before(self):
        """The time of all courses before it, such as "9 hr + 1 course with no stated duration".

        Counts only one of the courses that count as one another.
        """
        steps = Question({self.course.pk: ()}, self.readers_graph.graph, self.facts).steps()
        total = Total.of([self.facts[s.course] for s in steps if s.required_by])
        return total_words(total) if self.before else ""


def rank_by(facts):
    return lambda node: (facts[node].level, facts[node].title.casefold(), str(node))


def note_of(course):
    time = course.time_short.replace(" ", "\xa0") or _("no stated duration")
    return " · ".join(filter(None, [course.level_words, time]))


def map_context(course):
    """Returns the extra context of a course's page and sheet."""
    course_map = CourseMap.of(course)
    return {"map": course_map, "unlocks": course_map.unlocks}
