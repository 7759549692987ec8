"""The graph of requirements without drafts and other hidden courses, for readers."""

import hashlib
from dataclasses import dataclass

from django.db.models import Q
from django.utils.text import slugify

from catalog.models.publishing import public
from catalog.search.index import IndexSnapshot
from courses.course_names import names_of
from courses.graph import Graph, all_before
from courses.models import Course, Requirement
from courses.planner import Facts

MISSING = "~"  # starts the key of a required course that readers cannot find in the catalog
MAX_NAME_LENGTH = 80  # letters of the name in a key


@dataclass
class ReadersGraph:
    """The graph that readers may know.

    A node is the id of a published course, or the key of a required course that readers cannot
    find: "~" and its name. `missing` is {key: the text of the requirement}.
    """

    graph: Graph
    missing: dict
    index: IndexSnapshot

    @classmethod
    def read(cls, index, courses):
        """Returns the graph of `courses`, the set of published courses as bits.

        A process keeps the graph until the version of the index changes.
        """
        return index.kept((cls, courses), lambda: cls.read_from_database(index, courses))

    @classmethod
    def read_from_database(cls, index, courses):
        whole, published = Course.objects.graph(), set(courses)
        graph = Graph(
            *(restrict(edges, published) for edges in (whole.needs, whole.advised, whole.same))
        )
        rows, missing = [row for row in missing_rows() if row[0] in published], {}
        texts = shortest_texts(rows)
        for course, hidden, text in rows:
            text = texts.get(hidden, text)
            key = key_of(text)
            missing[key] = min(missing.get(key, text), text)
            graph.needs.setdefault(course, set()).add(key)
        return cls(graph, missing, index)

    def reached_from(self, nodes):
        """Returns all nodes that come before `nodes` or count as one of them, directly or not."""
        needs, same = self.graph.needs, self.graph.same
        either = {n: needs.get(n, set()) | same.get(n, set()) for n in needs.keys() | same.keys()}
        return all_before(nodes, either)

    def facts(self, nodes):
        """Returns {node: Facts}, in two queries."""
        ids = [node for node in nodes if node not in self.missing]
        levels, limits = lowest_levels(self.index), limits_of(ids)
        columns = "pk", "title", "minutes_min", "minutes_max"
        facts = {
            pk: Facts(title, levels.get(pk, 0), least, most, frozenset(limits.get(pk, ())))
            for pk, title, least, most in Course.objects.filter(pk__in=ids).values_list(*columns)
        }
        return facts | {key: Facts(self.missing[key]) for key in nodes if key in self.missing}


def restrict(edges, published):
    return {node: others & published for node, others in edges.items() if node in published}


def missing_rows():
    """Returns a row (course, hidden course or None, text) for each required course that readers
    cannot find.
    """
    hidden = Q(named_course=None) | ~public("named_course__")
    rows = Requirement.objects.filter(hidden, type="course", necessity="required")
    return rows.order_by().values_list("course", "named_course", "text")


def shortest_texts(rows):
    """Returns {hidden course: the shortest text of the requirements that name it}."""
    texts = {}
    for _course, hidden, text in rows:
        if hidden:
            texts[hidden] = min(texts.get(hidden, text), text, key=lambda text: (len(text), text))
    return texts


def key_of(text):
    """Returns the key of a missing course, the same for all texts that name the same course.

    >>> key_of("Labor Management Partnership Orientation (LMPO)") == key_of("LMPO")
    True
    """
    name = min(names_of(text) or {text}, key=lambda name: (len(name), name))
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return MISSING + (slugify(name)[:MAX_NAME_LENGTH] or digest)


def lowest_levels(index):
    """Returns {course: its lowest level}."""
    found = {}
    for number in range(5, 0, -1):
        courses = index.set_of(f"level:{number}") & index.set_of("kind:course")
        found |= dict.fromkeys(courses, number)
    return found


def limits_of(ids):
    """Returns {course: slugs of the audiences that it is limited to}."""
    rows = Course.only_for.through.objects.filter(resource__kind="course")
    limits, wanted = {}, set(ids)
    for pk, slug in rows.values_list("resource", "audience__slug"):
        if pk in wanted:
            limits.setdefault(pk, set()).add(slug)
    return limits
