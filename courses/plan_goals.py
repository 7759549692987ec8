"""The courses that a plan leads to, from what the reader asks for."""

from collections import defaultdict
from functools import cached_property

from catalog.lib.id_sets import EMPTY, IdSet
from courses.public_graph import limits_of


def set_of_cell(index, dimension, level):
    return index.set_of(f"dimension:{dimension}") & index.set_of(f"level:{level}")


class Goals:
    """`courses` is the IdSet of published courses."""

    def __init__(self, query, index, courses):
        self.query, self.index, self.courses = query, index, courses

    def reasons(self):
        """Returns {course: its reasons}.

        A reason is ("cell", dimension, level), ("level", number) or ("wanted",).
        """
        goals = defaultdict(list)
        for node in self.query.wanted.values():
            goals[node].append(("wanted",))
        for (dimension, level), courses in self.cells.items():
            for course in courses & self.for_audience:
                goals[course].append(("cell", dimension, level))
        for level in self.target_levels:
            rest = self.courses & self.index.set_of(f"level:{level}") & self.for_audience
            for course in rest - self.in_a_dimension:
                goals[course].append(("level", level))
        return goals

    @cached_property
    def target_levels(self):
        query = self.query
        return range((query.first or 0) + 1, query.last + 1) if query.aims_higher else ()

    @cached_property
    def cells(self):
        """{(dimension, level) that the plan aims for: the set of courses in it}"""
        cells = [
            (d.slug, level)
            for level in self.target_levels
            for d in self.query.check.path.dimensions
        ]
        if self.query.check.code:
            criteria = self.query.check.standing.open
            cells = dict.fromkeys((c.dimension.slug, c.level_id) for c in criteria)
        return {cell: set_of_cell(self.index, *cell) & self.courses for cell in cells}

    @cached_property
    def in_a_dimension(self):
        return self.index.set_of(*(f"dimension:{d.slug}" for d in self.query.check.path.dimensions))

    @cached_property
    def for_audience(self):
        """The courses that are meant for this audience and open to it.

        All courses, when the reader chooses no audience.
        """
        audience = self.query.audience_slugs
        if not audience:
            return self.courses
        meant = self.courses & self.index.set_of(*(f"audience:{slug}" for slug in audience))
        return meant - self.closed

    @cached_property
    def closed(self):
        limits, audience = limits_of(self.courses), self.query.audience_slugs
        return IdSet(pk for pk, only in limits.items() if audience and not only & audience)

    @property
    def without_audience(self):
        """The set of the courses at these levels that do not say who they are for."""
        if not self.query.audience_slugs:
            return EMPTY
        slugs = (slug for slug, _name in self.index.choices["audience"])
        named = self.index.set_of(*(f"audience:{slug}" for slug in slugs))
        named |= IdSet(limits_of(self.courses))
        levels = self.index.set_of(*(f"level:{level}" for level in self.target_levels))
        for cell in self.cells.values():
            levels |= cell
        return (self.courses & levels) - named
