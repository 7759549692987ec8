"""The suggestions while a reader types in the search box."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.lib.id_sets import IdSet
from catalog.lib.stemming import content_words, words_in
from catalog.models import Audience, Dimension, IndexEntry, Level, Region, Resource, Topic
from catalog.search import engines
from catalog.search.index import current_index
from catalog.search.queries import MAX_QUERY_LENGTH, MAX_WORDS, words_as_typed

MAX_TITLES, MAX_PAGES = 6, 3
MODEL_LABELS = {
    Level: gettext_lazy("Path"),
    Dimension: gettext_lazy("Path"),
    Topic: gettext_lazy("Topic"),
    Audience: gettext_lazy("Audience"),
    Region: gettext_lazy("Region"),
}
NO_LIMIT = 2**31
MAX_TITLE_HITS = 300  # titles with such words, of which the best are offered
MIN_LETTERS = 2


def suggestions(text):
    """Returns a list of Page: titles, pages of the site, and the search itself.

    Returns [] if `text` has fewer than MIN_LETTERS letters.
    """
    words = words_in(text[:MAX_QUERY_LENGTH])[:MAX_WORDS]
    typed = words_as_typed(text)
    if sum(map(len, words)) < MIN_LETTERS:
        return []
    titles = [
        Page(r.title, r.get_kind_display(), r.get_absolute_url()) for r in resources_titled(words)
    ]
    pages = site_pages(words)[:MAX_PAGES]
    search_url = f"{reverse('search-listing')}?{urlencode({'q': typed})}"
    return [*titles, *pages, Page(_("Search for “%s”") % typed, "", search_url)]


def resources_titled(words):
    """Returns up to MAX_TITLES public resources whose titles have words that begin with `words`.

    The shortest titles are first; of equals, the newest.
    """
    index = current_index()
    public = index.public()
    hits = engines.title_hits(words, MAX_TITLE_HITS) & public
    if len(hits) < MAX_TITLES:  # the last created may all be drafts
        all_hits = engines.title_hits(words, NO_LIMIT) & public
        hits = IdSet(index.ranked(all_hits, "newest")[:MAX_TITLE_HITS])
    rows = IndexEntry.objects.filter(pk__in=hits).order_by("-newest", "-id")
    titles = list(rows.values_list("pk", "title"))
    titles.sort(key=lambda row: len(content_words(row[1].split())))
    return Resource.objects.published().list_of([pk for pk, _title in titles[:MAX_TITLES]])


def site_pages(words):
    """Returns the pages of levels, dimensions, topics, audiences and regions that have `words` in
    their names and are not empty.
    """
    index = current_index()
    public = index.public()
    return [
        page
        for names, key, page in index.kept(all_site_pages, all_site_pages)
        if all(any(name.startswith(word) for name in names) for word in words)
        and public & index.set_of(key)
    ]


def all_site_pages():
    """Returns (words of its name, key of its entries, Page) for each of these pages."""
    return [
        (
            words_in(str(term)),
            f"{model._meta.model_name}:{getattr(term, 'slug', term.pk)}",
            Page(str(term), str(label), term.get_absolute_url()),
        )
        for model, label in MODEL_LABELS.items()
        for term in current_index().terms(model)
    ]


class Page(NamedTuple):
    title: str
    sort: str
    address: str
