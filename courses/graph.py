"""What requires what, as a graph of anything hashable; no Django here.

`before` is always {node: those that have to come before it}. Graphs may come damaged from a
database, with circles: nothing here loops or raises for one.
"""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from heapq import heapify, heappop, heappush

NEEDS, ADVISED, SAME = "needs", "advised", "same"


def sets():
    return defaultdict(set)


@dataclass
class Graph:
    """Each of the three is {node: set of nodes}.

    `needs` is what has to be taken before, `advised` what is better known before, `same` what
    counts as the node: its other ways of being held, told from both sides.
    """

    needs: dict = field(default_factory=sets)
    advised: dict = field(default_factory=sets)
    same: dict = field(default_factory=sets)

    @classmethod
    def of(cls, edges):
        """
        >>> Graph.of([("b", "a", NEEDS)]).needs["b"]
        {'a'}
        """
        graph = cls()
        for node, other, sort in edges:
            getattr(graph, sort)[node].add(other)
        return graph

    def alike(self, node):
        """`node` and all that count as it, by however many hops.

        >>> sorted(Graph.of([("a", "b", SAME), ("b", "c", SAME)]).alike("a"))
        ['a', 'b', 'c']
        """
        return all_before([node], self.same) | {node}


def all_before(nodes, before):
    """What comes before any of `nodes`, all the way; one of them only where another requires it.

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
    """`nodes` so that each stands after what comes before it, else by `rank(node)`, no two alike.

    A circle is opened somewhere, the same place each time.
    >>> in_order("cba", {"a": {"c"}}, rank=str)
    ['b', 'c', 'a']
    """
    nodes = set(nodes)
    waits_for = {node: (set(before.get(node, ())) & nodes) - {node} for node in nodes}
    after = sets()
    for node, earlier in waits_for.items():
        for other in earlier:
            after[other].add(node)
    free = [(rank(node), node) for node in nodes if not waits_for[node]]
    heapify(free)
    placed, left = {}, iter(sorted(nodes, key=str))
    while len(placed) < len(nodes):
        node = heappop(free)[1] if free else in_a_circle(waits_for, placed, left)
        placed[node] = None
        for later in after[node].difference(placed):
            waits_for[later].discard(node)
            if not waits_for[later]:
                heappush(free, (rank(later), later))
    return list(placed)


def in_a_circle(waits_for, placed, left):
    """A node of a circle, where every node that is not placed waits for another.

    `left` goes through the nodes; those before where it stands are placed.
    """
    node, passed = next(node for node in left if node not in placed), set()
    while node not in passed:
        passed.add(node)
        node = min(waits_for[node], key=str)
    return node


def way(start, goal, graph):
    """The shortest way from `start` to `goal` over what each needs, is advised or counts as.

    A list of (node, how it was come to), the first one with None; None where there is no way.
    >>> way("a", "c", Graph.of([("a", "b", NEEDS), ("b", "c", ADVISED)]))
    [('a', None), ('b', 'needs'), ('c', 'advised')]
    """
    came_from = {start: (None, None)}
    waiting = deque([start])
    while waiting and goal not in came_from:
        node = waiting.popleft()
        for sort in (NEEDS, ADVISED, SAME):
            for other in sorted(getattr(graph, sort).get(node, set()).difference(came_from)):
                came_from[other] = node, sort
                waiting.append(other)
    return traced(goal, came_from) if goal in came_from else None


def traced(node, came_from):
    steps = []
    while node is not None:
        earlier, sort = came_from[node]
        steps.append((node, sort))
        node = earlier
    return steps[::-1]


def circles(before, most=20):
    """Circles of nodes that require each other, each as a list: one requires the next, the last
    the first. Those that share a requirement with one that is named already may stay unnamed.

    >>> circles({"a": {"b"}, "b": {"a"}, "c": {"a"}})
    [['a', 'b']]
    """
    before, found = {node: set(others) for node, others in in_turn(before)}, []
    while len(found) < most and (circle := circle_in(before)):
        found.append(circle)
        before[circle[-1]].discard(circle[0])
    return found


def in_turn(before):
    return sorted(before.items(), key=lambda item: str(item[0]))


def circle_in(before):
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        circle = error.args[1][:0:-1]
        first = circle.index(min(circle, key=str))
        return circle[first:] + circle[:first]
    return None
