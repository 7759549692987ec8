"""Search checks: no synonym or promoted result may push a wanted result out of the first three."""

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
    """Runs a change of synonyms or promoted results in one transaction. Undoes a harmful change.

    Raises ValidationError, with a sentence for each search check whose wanted resource leaves the
    first FIRST. A resource that was not among them before, or is not public, does not count.
    """
    with transaction.atomic():
        # Two changes at the same time may each be harmless but do harm together.
        index_lock()
        passing = [query for query in judged_queries() if is_among_first(place_of(query))]
        yield
        after = [(query, place_of(query)) for query in passing]
        if harms := [
            harm_sentence(query, place) for query, place in after if not is_among_first(place)
        ]:
            raise ValidationError(harms)


def judged_queries():
    return JudgedQuery.objects.select_related("resource")


def place_of(query):
    """Returns the place of the wanted resource of a JudgedQuery, from 1; None if not found."""
    ids = search_listing({"q": query.words}).ids[:]
    return ids.index(query.resource_id) + 1 if query.resource_id in ids else None


def is_among_first(place):
    return place is not None and place <= FIRST


def harm_sentence(query, place):
    facts = {"words": query.words, "title": query.resource.title, "place": place}
    if place is None:
        sentence = _("“%(words)s” would no longer find “%(title)s”. A search check needs it.")
    else:
        sentence = _(
            "“%(words)s” would show “%(title)s” at place %(place)d. "
            "A search check needs it in the first three."
        )
    return sentence % facts
