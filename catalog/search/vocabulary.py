"""The terms that readers see: those in use, each with the number of its public resources."""

from catalog.models import Audience, Topic
from catalog.search.index import current_index


def audiences():
    return in_use(Audience, "audience")


def topics():
    """Returns the top topics in use, each with its inner topics as `narrower`."""
    return [topic for topic in in_use(Topic, "topic") if topic.parent_id is None]


def in_use(model, facet):
    """Returns the terms with public resources, each with their number as `total`."""
    index = current_index()
    public = index.public()
    return index.kept((model, public), lambda: count_terms(model, facet, index, public))


def count_terms(model, facet, index, public):
    terms = list(model.objects.all())
    for term in terms:
        term.total = len(public & index.set_of(f"{facet}:{term.slug}"))
    used = [term for term in terms if term.total]
    for term in used:
        term.narrower = [inner for inner in used if getattr(inner, "parent_id", None) == term.pk]
    return used
