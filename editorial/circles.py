"""Whether what an import brings would make courses come before themselves."""

from courses.course_names import names_of
from courses.graph import circles
from courses.models import Course

NAMES_A_COURSE = ("course", "knowledge")


def circles_with(changes):
    """Lists of titles, each course of one requires the next and the last the first.

    Requirements of the catalog and those that the import's `changes` bring are taken together.
    """
    coming = {key_of(c): c.facts for c in changes if c.record.kind == "course"}
    titles = dict(Course.objects.values_list("pk", "title"))
    titles |= {key: facts["title"] for key, facts in coming.items()}
    by_name, graph = nodes_by_name(titles), Course.objects.graph()
    before = {node: graph.needs[node] | graph.advised[node] for node in titles}
    for key, facts in coming.items():
        texts = [text for type, _n, text in facts["requirements"] if type in NAMES_A_COURSE]
        before[key] |= {node for text in texts for node in named(text, by_name) if node != key}
    return [[titles[node] for node in circle] for circle in circles(before)]


def key_of(change):
    return change.resource.pk if change.resource else f"new {change.facts['title']}"


def nodes_by_name(titles):
    found = {}
    for node, title in titles.items():
        for name in names_of(title):
            found.setdefault(name, set()).add(node)
    return found


def named(text, by_name):
    """The one node that goes by `text`, in a set; none where several do."""
    nodes = set().union(*(by_name.get(name, set()) for name in names_of(text)))
    return nodes if len(nodes) == 1 else set()
