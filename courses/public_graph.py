"""What requires what, as far as readers may know it."""

import hashlib
from dataclasses import dataclass

from django.db.models import Q
from django.utils.text import slugify

from catalog.lib import id_sets
from catalog.models.base import public
from catalog.search.index import IndexSnapshot
from courses.course_names import names_of
from courses.graph import Graph, all_before
from courses.models import Course, Requirement
from courses.planner import Facts

MISSING = "~"  # what the keys of courses begin with that readers do not find in the catalog
LONGEST_NAME = 80  # letters of it that a key has


_latest = None  # (what it was read for, a ReadersGraph)


@dataclass
class ReadersGraph:
    """Nodes are the ids of published courses, and a key for each course that is required and not
    there: "~" and its name. `missing` is {key: the words of the requirement}.
    """

    graph: Graph
    missing: dict
    index: IndexSnapshot

    @classmethod
    def read(cls, index, courses):
        """`courses` is the set of bits of those that are published.

        A process keeps what it read until the catalog changes, as the index does.
        """
        global _latest
        key = index.version, courses
        latest = _latest
        if latest is None or latest[0] != key or not index.version:
            latest = _latest = key, cls.read_anew(index, courses)
        return latest[1]

    @classmethod
    def read_anew(cls, index, courses):
        whole, there = Course.objects.graph(), set(id_sets.ids_of(courses))
        graph = Graph(*(among(edges, there) for edges in (whole.needs, whole.advised, whole.same)))
        rows, missing = [row for row in missing_rows() if row[0] in there], {}
        texts = shortest_texts(rows)
        for course, hidden, text in rows:
            text = texts.get(hidden, text)
            key = key_of(text)
            missing[key] = min(missing.get(key, text), text)
            graph.needs.setdefault(course, set()).add(key)
        return cls(graph, missing, index)

    def reached_from(self, nodes):
        """All that comes before them or counts as one of them, all the way."""
        needs, same = self.graph.needs, self.graph.same
        either = {n: needs.get(n, set()) | same.get(n, set()) for n in needs.keys() | same.keys()}
        return all_before(nodes, either)

    def facts(self, nodes):
        """{node: what a plan has to know of it}, in two queries."""
        ids = [node for node in nodes if node not in self.missing]
        levels, limits = lowest_levels(self.index), limits_of(ids)
        columns = "pk", "title", "minutes_min", "minutes_max"
        facts = {
            pk: Facts(title, levels.get(pk, 0), least, most, frozenset(limits.get(pk, ())))
            for pk, title, least, most in Course.objects.filter(pk__in=ids).values_list(*columns)
        }
        return facts | {key: Facts(self.missing[key]) for key in nodes if key in self.missing}


def among(edges, there):
    return {node: others & there for node, others in edges.items() if node in there}


def missing_rows():
    """(course, the hidden one, words) of each required course that is nowhere or is hidden."""
    hidden = Q(named_course=None) | ~public("named_course__")
    rows = Requirement.objects.filter(hidden, type="course", necessity="required")
    return rows.order_by().values_list("course", "named_course", "text")


def shortest_texts(rows):
    """{hidden course: one of the texts it is required by, always the same one}"""
    texts = {}
    for _course, hidden, text in rows:
        if hidden:
            texts[hidden] = min(texts.get(hidden, text), text, key=lambda text: (len(text), text))
    return texts


def key_of(text):
    """
    >>> key_of("Labor Management Partnership Orientation (LMPO)") == key_of("LMPO")
    True
    """
    name = min(names_of(text) or {text}, key=lambda name: (len(name), name))
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return MISSING + (slugify(name)[:LONGEST_NAME] or digest)


def lowest_levels(index):
    """{course: its lowest level}"""
    found = {}
    for number in range(5, 0, -1):
        courses = index.set_of(f"level:{number}") & index.set_of("kind:course")
        found |= dict.fromkeys(id_sets.ids_of(courses), number)
    return found


def limits_of(ids):
    """{course: the addresses of the audiences that it is only for}"""
    rows = Course.only_for.through.objects.filter(resource__kind="course")
    limits, wanted = {}, set(ids)
    for pk, slug in rows.values_list("resource", "audience__slug"):
        if pk in wanted:
            limits.setdefault(pk, set()).add(slug)
    return limits
