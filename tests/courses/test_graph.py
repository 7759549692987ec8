from hypothesis import given
from hypothesis import strategies as st

from courses.graph import ADVISED, NEEDS, SAME, Graph, all_before, circles, in_order, shortest_path

NODES = st.integers(0, 12)
BEFORE = st.dictionaries(NODES, st.frozensets(NODES, max_size=4), max_size=13)
EDGES = st.lists(st.tuples(NODES, NODES, st.sampled_from([NEEDS, ADVISED, SAME])), max_size=30)


def without_circles(before):
    return {node: {other for other in others if other < node} for node, others in before.items()}


@given(BEFORE, st.sets(NODES))
def test_all_before_has_every_earlier_node_and_no_others(before, nodes):
    found = all_before(nodes, before)
    assert all(before.get(node, set()) <= found for node in found | nodes)
    assert all(any(node in before.get(o, ()) for o in found | nodes) for node in found)


@given(BEFORE)
def test_in_order_puts_each_node_after_its_requirements(before):
    before = without_circles(before)
    order = in_order(range(13), before, rank=lambda node: node)
    assert sorted(order) == list(range(13))
    assert all(order.index(o) < order.index(node) for node in before for o in before[node])


@given(BEFORE)
def test_in_order_takes_the_lowest_rank_of_all_nodes_that_could_be_next(before):
    before, placed = without_circles(before), []
    for node in in_order(range(13), before, rank=lambda node: -node):
        free = [n for n in range(13) if n not in placed and set(before.get(n, ())) <= {*placed}]
        assert node == max(free)
        placed.append(node)


@given(BEFORE)
def test_in_order_ends_and_keeps_every_node_of_a_circle(before):
    order = in_order(range(13), before, rank=lambda node: node)
    assert sorted(order) == list(range(13))
    knotted = {node for node in range(13) if node in all_before([node], before)}
    for node in set(before) - knotted:
        earlier = set(before[node]) - knotted
        assert all(order.index(other) < order.index(node) for other in earlier)


@given(BEFORE)
def test_circles_finds_circles_exactly_when_there_are_some(before):
    found = circles(before)
    assert bool(found) == any(node in all_before([node], before) for node in before)
    for circle in found:
        pairs = zip(circle, [*circle[1:], circle[0]], strict=True)
        assert all(required in before[node] for node, required in pairs)
        assert len(set(circle)) == len(circle)


@given(EDGES, NODES, NODES)
def test_a_path_is_found_exactly_when_there_is_one(edges, start, goal):
    graph, steps = Graph.of(edges), {}
    for node, other, _kind in edges:
        steps.setdefault(node, set()).add(other)
    found = shortest_path(start, goal, graph)
    assert (found is not None) == (start == goal or goal in all_before([start], steps))
    if found:
        nodes = [node for node, _kind in found]
        assert (nodes[0], nodes[-1]) == (start, goal)
        pairs = zip(nodes, found[1:], strict=False)
        assert all((node, other, kind) in edges for node, (other, kind) in pairs)


def test_a_chain_of_ten_thousand_does_not_reach_the_recursion_limit():
    before = {n: {n - 1} for n in range(1, 10_000)}
    assert in_order(range(10_000), before, rank=lambda n: n)[-1] == 9_999
    assert circles(before) == []
    assert len(circles(before | {0: {9_999}})[0]) == 10_000
