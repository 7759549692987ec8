"""Finds circles of requirements that an import would close: courses that require themselves."""

from courses.course_names import names_of
from courses.graph import circles
from courses.models import Course

TYPES_NAMING_A_COURSE = ("course", "knowledge")


def find_circles(changes):
    """Returns lists of titles: each course requires the next one, and the last requires the first.

    Counts the requirements of the catalog together with those of the import's `changes`.
    """
    imported = {node_key(c): c.facts for c in changes if c.record.kind == "course"}
    titles = dict(Course.objects.values_list("pk", "title"))
    titles |= {key: facts["title"] for key, facts in imported.items()}
    by_name, graph = group_nodes_by_name(titles), Course.objects.graph()
    before = {node: graph.needs[node] | graph.advised[node] for node in titles}
    for key, facts in imported.items():
        texts = [text for type, _n, text in facts["requirements"] if type in TYPES_NAMING_A_COURSE]
        before[key] |= {node for text in texts for node in find_node(text, by_name) if node != key}
    return [[titles[node] for node in circle] for circle in circles(before)]


def node_key(change):
    return change.resource.pk if change.resource else f"new {change.facts['title']}"


def group_nodes_by_name(titles):
    by_name = {}
    for node, title in titles.items():
        for name in names_of(title):
            by_name.setdefault(name, set()).add(node)
    return by_name


def find_node(text, by_name):
    """Returns a set with the node that has the name `text`, or an empty set if several have it."""
    nodes = set().union(*(by_name.get(name, set()) for name in names_of(text)))
    return nodes if len(nodes) == 1 else set()
