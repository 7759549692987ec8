from hypothesis import given
from hypothesis import strategies as st

from courses.graph import ADVISED, NEEDS, SAME, Graph, all_before
from courses.planner import Facts, Question, Total

NODES = st.integers(0, 11)
FORWARD = st.lists(st.tuples(NODES, NODES, st.sampled_from([NEEDS, ADVISED])), max_size=24)
ANY_WAY = st.lists(st.tuples(NODES, NODES, st.sampled_from([NEEDS, ADVISED, SAME])), max_size=24)
SETS = st.frozensets(NODES, max_size=4)
LEVELS = st.lists(st.integers(0, 5), min_size=12, max_size=12)


def question(edges, goals, levels=(1,) * 12, **more):
    edges = [(a, b, kind) for a, b, kind in edges if a > b or kind == SAME]
    edges += [(b, a, kind) for a, b, kind in edges if kind == SAME]
    facts = {n: Facts(f"Course {n % 5}", level) for n, level in enumerate(levels)}
    return Question(dict.fromkeys(goals, ("asked for",)), Graph.of(edges), facts, **more)


@given(FORWARD, SETS, SETS, LEVELS)
def test_a_plan_has_all_that_its_courses_require(edges, goals, done, levels):
    asked = question(edges, goals, levels, done=done)
    courses = {step.course for step in asked.steps()}
    assert goals - done <= courses
    for course in courses:
        assert asked.graph.needs.get(course, set()) - done <= courses


@given(FORWARD, SETS, SETS, LEVELS)
def test_no_course_is_before_one_that_it_requires_or_advises(edges, goals, done, levels):
    asked = question(edges, goals, levels, done=done)
    courses = [step.course for step in asked.steps()]
    for place, course in enumerate(courses):
        before = asked.graph.needs.get(course, set()) | asked.graph.advised.get(course, set())
        assert before.isdisjoint(courses[place + 1 :])


@given(FORWARD, SETS, SETS)
def test_a_plan_is_minimal_each_course_is_a_goal_or_required_by_another(edges, goals, done):
    asked = question(edges, goals, done=done)
    for step in asked.steps():
        assert step.course not in done
        assert step.reasons or step.required_by
        assert step.course in goals | all_before(goals - done, asked.graph.needs)


@given(ANY_WAY, SETS, SETS, LEVELS, st.randoms())
def test_the_order_of_the_input_does_not_change_the_plan(edges, goals, done, levels, chance):
    steps = question(edges, goals, levels, done=done).steps()
    mixed, mixed_goals = chance.sample(edges, len(edges)), chance.sample(sorted(goals), len(goals))
    assert question(mixed, mixed_goals, levels, done=done).steps() == steps


@given(ANY_WAY, SETS, SETS, SETS)
def test_only_one_of_equivalent_courses_is_taken_and_one_done_is_enough(edges, goals, done, likes):
    asked = question(edges, goals, done=done, preferred=likes)
    groups = [frozenset(asked.equivalents_of(step.course)) for step in asked.steps()]
    assert len(set(groups)) == len(groups)
    assert all(done.isdisjoint(group) for group in groups)
    for step in asked.steps():
        assert step.course in likes or likes.isdisjoint(asked.equivalents_of(step.course))


@given(ANY_WAY, SETS, SETS)
def test_with_equivalent_courses_a_plan_is_complete_and_minimal_too(edges, goals, done):
    asked = question(edges, goals, done=done)
    courses = {step.course for step in asked.steps()}
    for wanted in goals.union(*(asked.graph.needs.get(course, ()) for course in courses)):
        assert not (courses | done).isdisjoint(asked.graph.equivalents_of(wanted))
    for step in asked.steps():
        assert step.reasons or step.required_by
        assert all(step.course in asked.required(later) for later in step.required_by)


@given(st.lists(st.tuples(NODES, NODES, st.just(NEEDS)), max_size=24), SETS)
def test_a_plan_ends_and_keeps_every_course_of_a_circle(edges, goals):
    facts = {n: Facts(str(n)) for n in range(12)}
    graph = Graph.of(edges)
    courses = [step.course for step in Question(dict.fromkeys(goals, ()), graph, facts).steps()]
    assert set(courses) == goals | all_before(goals, graph.needs)
    assert len(set(courses)) == len(courses)


def test_ties_are_broken_by_level_then_title():
    facts = {"a": Facts("B", 1), "b": Facts("A", 2), "c": Facts("A", 1), "d": Facts("Z", 0)}
    asked = Question(dict.fromkeys("abcd", ()), Graph(), facts)
    assert [step.course for step in asked.steps()] == ["d", "c", "a", "b"]


def test_of_equivalent_courses_one_that_is_open_to_the_audience_is_preferred():
    facts = {"a": Facts("A", only_for=frozenset(["labor"])), "b": Facts("B")}
    graph = Graph.of([("a", "b", SAME), ("b", "a", SAME)])
    step = Question({"a": ()}, graph, facts, audiences=frozenset(["sponsors"])).steps()[0]
    assert (step.course, step.alternatives, step.is_open) == ("b", ("a",), True)


def test_a_required_course_that_is_not_open_to_the_audience_stays_and_is_marked():
    facts = {"a": Facts("A", only_for=frozenset(["labor"])), "b": Facts("B")}
    asked = Question(
        {"b": ()}, Graph.of([("b", "a", NEEDS)]), facts, audiences=frozenset(["sponsors"])
    )
    assert [(step.course, step.is_open) for step in asked.steps()] == [("a", False), ("b", True)]


def test_courses_of_unknown_time_are_counted_separately_and_never_as_0():
    known, range_ = Facts("A", 1, 180, 180), Facts("B", 1, 30, 60)
    assert Total.of([known, range_, Facts("C"), Facts("D")]) == Total(210, 240, 2)
