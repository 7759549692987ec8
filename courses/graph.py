"""The graph of requirements between courses. It does not use Django; a node can be any hashable.

`before` is always {node: the nodes that have to come before it}. A damaged database can give a
graph with circles. No function here loops or raises because of a circle.
"""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from heapq import heapify, heappop, heappush

NEEDS, ADVISED, SAME = "needs", "advised", "same"


def dict_of_sets():
    return defaultdict(set)


@dataclass
class Graph:
    """Three mappings, each {node: set of nodes}.

    `needs` has the courses to take before the node. `advised` has those that are good to know
    before it. `same` has those that count as the node, such as the same course delivered online;
    each pair is in it in both directions.
    """

    needs: dict = field(default_factory=dict_of_sets)
    advised: dict = field(default_factory=dict_of_sets)
    same: dict = field(default_factory=dict_of_sets)

    @classmethod
    def of(cls, edges):
        """
        >>> Graph.of([("b", "a", NEEDS)]).needs["b"]
        {'a'}
        """
        graph = cls()
        for node, other, kind in edges:
            getattr(graph, kind)[node].add(other)
        return graph

    def equivalents_of(self, node):
        """Returns `node` and every node that counts as it, directly or through others.

        >>> sorted(Graph.of([("a", "b", SAME), ("b", "c", SAME)]).equivalents_of("a"))
        ['a', 'b', 'c']
        """
        return all_before([node], self.same) | {node}


def all_before(nodes, before):
    """Returns everything that comes before any of `nodes`, directly or through others.

    A node of `nodes` itself is in the result only when another one requires it.

    >>> sorted(all_before(["c"], {"c": {"b"}, "b": {"a"}}))
    ['a', 'b']
    """
    found, waiting = set(), list(nodes)
    while waiting:
        new = set(before.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found


def in_order(nodes, before, rank):
    """Returns `nodes` as a list, each after the nodes that have to come before it.

    Where several could be next, the one with the lowest `rank(node)` is. No two ranks may be equal.
    A circle is broken at one node, the same node each time.
    >>> in_order("cba", {"a": {"c"}}, rank=str)
    ['b', 'c', 'a']
    """
    nodes = set(nodes)
    waits_for = {node: (set(before.get(node, ())) & nodes) - {node} for node in nodes}
    after = dict_of_sets()
    for node, earlier in waits_for.items():
        for other in earlier:
            after[other].add(node)
    free = [(rank(node), node) for node in nodes if not waits_for[node]]
    heapify(free)
    placed, left = {}, iter(sorted(nodes, key=str))
    while len(placed) < len(nodes):
        node = heappop(free)[1] if free else node_in_circle(waits_for, placed, left)
        placed[node] = None
        for later in after[node].difference(placed):
            waits_for[later].discard(node)
            if not waits_for[later]:
                heappush(free, (rank(later), later))
    return list(placed)


def node_in_circle(waits_for, placed, left):
    """Returns a node of a circle, when every node that is not placed waits for another one.

    `left` is an iterator over the nodes. All nodes that it has passed are placed already.
    """
    node, visited = next(node for node in left if node not in placed), set()
    while node not in visited:
        visited.add(node)
        node = min(waits_for[node], key=str)
    return node


def shortest_path(start, goal, graph):
    """Returns the shortest path from `start` to `goal` along all three mappings of `graph`.

    The path is a list of (node, the kind of edge that leads to it); the first kind is None.
    Returns None when there is no path.
    >>> shortest_path("a", "c", Graph.of([("a", "b", NEEDS), ("b", "c", ADVISED)]))
    [('a', None), ('b', 'needs'), ('c', 'advised')]
    """
    came_from = {start: (None, None)}
    waiting = deque([start])
    while waiting and goal not in came_from:
        node = waiting.popleft()
        for kind in (NEEDS, ADVISED, SAME):
            for other in sorted(getattr(graph, kind).get(node, set()).difference(came_from)):
                came_from[other] = node, kind
                waiting.append(other)
    return trace_back(goal, came_from) if goal in came_from else None


def trace_back(node, came_from):
    steps = []
    while node is not None:
        earlier, kind = came_from[node]
        steps.append((node, kind))
        node = earlier
    return steps[::-1]


def circles(before, most=20):
    """Returns up to `most` circles of nodes that require each other.

    A circle is a list in which each node requires the next one, and the last requires the first.
    A circle that shares a requirement with one in the result may be missing from it.

    >>> circles({"a": {"b"}, "b": {"a"}, "c": {"a"}})
    [['a', 'b']]
    """
    before, found = {node: set(others) for node, others in sorted_items(before)}, []
    while len(found) < most and (circle := find_circle(before)):
        found.append(circle)
        before[circle[-1]].discard(circle[0])
    return found


def sorted_items(before):
    return sorted(before.items(), key=lambda item: str(item[0]))


def find_circle(before):
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        circle = error.args[1][:0:-1]
        first = circle.index(min(circle, key=str))
        return circle[first:] + circle[:first]
    return None
