"""The terms that readers see: those in use, each with the number of its public resources."""

from catalog.models import Audience, Topic
from catalog.search.index import current_index


def audiences():
    return in_use(Audience, "audience")


def topics():
    """Returns the top topics in use, each with its inner topics as `narrower`."""
    terms = in_use(Topic, "topic")
    for topic in terms:
        topic.narrower = [inner for inner in terms if inner.parent_id == topic.pk]
    return [topic for topic in terms if topic.parent_id is None]


def in_use(model, facet):
    """Returns the terms with public resources, each with their number as `total`."""
    index, terms = current_index(), list(model.objects.all())
    public = index.public()
    for term in terms:
        term.total = len(public & index.set_of(f"{facet}:{term.slug}"))
    return [term for term in terms if term.total]
