"""Search checks: what has to stand among the first three, whatever editors tell the search."""

from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from catalog.listings.listing import search_listing
from catalog.models import JudgedQuery
from catalog.search.index import index_lock

FIRST = 3


@contextmanager
def refuse_harm():
    """Makes a change of synonyms or promoted results in one transaction, undone where it harms.

    Raises ValidationError that names each search check whose wanted resource leaves the first
    FIRST. What was not among them before, or is not public, refuses nothing.
    """
    with transaction.atomic():
        # Two changes at once may do no harm alone and some together.
        index_lock()
        well = [query for query in judged_queries() if is_among_first(place_of(query))]
        yield
        after = [(query, place_of(query)) for query in well]
        if harms := [
            harm_sentence(query, place) for query, place in after if not is_among_first(place)
        ]:
            raise ValidationError(harms)


def judged_queries():
    return JudgedQuery.objects.select_related("resource")


def place_of(query):
    """Where the wanted resource of a JudgedQuery stands, from 1; None where it is not found."""
    ids = search_listing({"q": query.words}).ids[:]
    return ids.index(query.resource_id) + 1 if query.resource_id in ids else None


def is_among_first(place):
    return place is not None and place <= FIRST


def harm_sentence(query, place):
    facts = {"words": query.words, "title": query.resource.title, "place": place}
    if place is None:
        sentence = _("“%(words)s” would no longer find “%(title)s”.")
    else:
        sentence = _(
            "“%(words)s” would no longer show “%(title)s” among its first three:"
            " it would stand at place %(place)d."
        )
    return sentence % facts
