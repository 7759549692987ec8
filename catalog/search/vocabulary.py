"""The vocabularies as readers meet them: terms in use, each with how much is under it."""

from catalog.models import Audience, Topic
from catalog.search.index import current_index


def audiences():
    return in_use(Audience, "audience")


def topics():
    """The top topics in use, each with those inside it as `narrower`."""
    found = in_use(Topic, "topic")
    for topic in found:
        topic.narrower = [inner for inner in found if inner.parent_id == topic.pk]
    return [topic for topic in found if topic.parent_id is None]


def in_use(model, facet):
    """The terms under which readers find something, each with `total`, the number of that."""
    index, terms = current_index(), list(model.objects.all())
    public = index.public()
    for term in terms:
        term.total = (public & index.set_of(f"{facet}:{term.slug}")).bit_count()
    return [term for term in terms if term.total]
