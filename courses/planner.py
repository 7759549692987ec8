"""Works out which courses a plan needs, their order and their time, without Django."""

from dataclasses import dataclass, field
from functools import cached_property

from courses.graph import Graph, in_order


@dataclass(frozen=True)
class Facts:
    """The facts of a course that a plan needs.

    `level` is its lowest level, 0 when it has none. The minutes are None when they are unknown.
    `only_for` has the audiences that the course is limited to; it is empty for no limit.
    """

    title: str
    level: int = 0
    minutes_min: int | None = None
    minutes_max: int | None = None
    only_for: frozenset = frozenset()

    def is_open_to(self, audiences):
        """Says whether one of `audiences` may take it. Without an audience it is open."""
        return not audiences or not self.only_for or bool(self.only_for & audiences)


@dataclass(frozen=True)
class Step:
    """A course of a plan.

    `required_by` are the courses of the plan that require it, `reasons` those of the goals that it
    meets, unchanged, and `alternatives` the courses that count as it. `is_open` says whether the
    audience may take it.
    """

    course: object
    required_by: tuple
    reasons: tuple
    alternatives: tuple
    is_open: bool


@dataclass(frozen=True)
class Total:
    """The minutes of the courses with a known time, and the number of courses without one.

    >>> Total.of([Facts("A", minutes_min=60, minutes_max=90), Facts("B")])
    Total(least=60, most=90, unknown=1)
    """

    least: int
    most: int
    unknown: int

    @classmethod
    def of(cls, courses):
        known = [course for course in courses if course.minutes_min]
        return cls(
            sum(course.minutes_min for course in known),
            sum(course.minutes_max for course in known),
            len(courses) - len(known),
        )


@dataclass(frozen=True)
class Question:
    """What a reader asks of a plan.

    `goals` is {course: reasons}. `facts` is {course: Facts} for the goals and all courses before
    them. `done` are the courses that the reader has taken, `audiences` the reader's audiences, and
    `preferred` the courses to take where several count as one.
    """

    goals: dict
    graph: Graph
    facts: dict
    done: frozenset = frozenset()
    audiences: frozenset = frozenset()
    preferred: frozenset = frozenset()
    _groups: dict = field(default_factory=dict, compare=False)
    _required: dict = field(default_factory=dict, compare=False)

    def steps(self):
        """Returns a list of Step, prerequisites first, then by level and title.

        >>> graph = Graph.of([("b", "a", "needs")])
        >>> facts = {"a": Facts("Zeal", 1), "b": Facts("Art", 2), "c": Facts("Care", 1)}
        >>> [step.course for step in Question({"b": (), "c": ()}, graph, facts).steps()]
        ['c', 'a', 'b']
        """
        return [self.step(course) for course in in_order(self.needed, self.before, self.rank)]

    def step(self, course):
        reasons = [
            reason for goal in self.equivalents_of(course) for reason in self.goals.get(goal, ())
        ]
        return Step(
            course,
            required_by=tuple(sorted(self.after[course], key=self.rank)),
            reasons=tuple(dict.fromkeys(reasons)),
            alternatives=tuple(other for other in self.equivalents_of(course) if other != course),
            is_open=self.facts[course].is_open_to(self.audiences),
        )

    @cached_property
    def needed(self):
        """The set of the goals and all that they require, without the courses that are done."""
        found = {self.pick(goal) for goal in self.goals if goal not in self.done_or_equivalent}
        waiting = list(found)
        while waiting:
            new = self.required(waiting.pop()) - found
            found |= new
            waiting += new
        return found

    @cached_property
    def after(self):
        """{course: courses of the plan that require it}"""
        after = {course: set() for course in self.needed}
        for course in self.needed:
            for required in self.required(course):
                after[required].add(course)
        return after

    @cached_property
    def before(self):
        advised = self.graph.advised
        return {c: self.required(c) | self.pick_all(advised.get(c, ()), c) for c in self.needed}

    @cached_property
    def done_or_equivalent(self):
        """The set of the courses that are done, and all that count as one of them."""
        return {other for course in self.done for other in self.graph.equivalents_of(course)}

    def required(self, course):
        if course not in self._required:
            needs = self.graph.needs.get(course, ())
            self._required[course] = self.pick_all(needs, course)
        return self._required[course]

    def pick_all(self, others, course):
        known = self.facts.keys() & others
        return {self.pick(other) for other in known - self.done_or_equivalent} - {course}

    def pick(self, course):
        """Returns the course to take of all that count as `course`."""
        group = self.equivalents_of(course)
        return min(group, key=self.preference) if len(group) > 1 else course

    def preference(self, course):
        is_open = self.facts[course].is_open_to(self.audiences)
        drawbacks = course not in self.preferred, not is_open, course not in self.goals
        return drawbacks + self.rank(course)

    def equivalents_of(self, course):
        """Returns `course` and all that count as it, sorted by rank."""
        if course not in self.graph.same:
            return [course]
        if course not in self._groups:
            group = sorted(self.graph.equivalents_of(course) & self.facts.keys(), key=self.rank)
            self._groups.update(dict.fromkeys(group, group))
        return self._groups[course]

    def rank(self, course):
        facts = self.facts[course]
        return facts.level, facts.title.casefold(), str(course)
