"""A `Printable` is the document at an address that ends in ".pdf". Views and jobs both ask for it.

A recipe is a function `recipe(query, **arguments)`. It takes the query and the arguments of a URL
and returns a `Printable`, or the address of a page where there is nothing to print. `pdf_view()` in
views.py makes a view from it, and `printable_at()` finds it again from an address.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from django.conf import settings
from django.http import QueryDict
from django.urls import resolve
from django.utils import timezone

from catalog.lib.text import clean_values
from catalog.printing import catalog_parts, store, workers
from catalog.printing.options import PrintOptions
from catalog.search.index import current_index


@dataclass(frozen=True)
class Printable:
    """A document that is not built yet.

    `address` is its own address without print options. `build(options)` returns the document, see
    documents.py. A job makes it if it `is_large`. With `has_one_address`, other spellings of the
    address redirect to it. If it is not public, it is neither kept under its address nor shared.
    """

    title: str
    address: str
    build: Callable[[PrintOptions], dict]
    is_large: bool = False
    has_one_address: bool = False
    is_public: bool = True

    def address_with(self, options):
        return with_query(self.address, options.query)


def with_query(address, query):
    """
    >>> with_query("/tools.pdf?sort=title", "paper=a4")
    '/tools.pdf?sort=title&paper=a4'
    """
    return address + (query and f"{'&' if '?' in address else '?'}{query}")


def without_options(query):
    """Returns a copy of the QueryDict `query` without print options."""
    rest = query.copy()
    for name in PrintOptions.CHOICES:
        rest.pop(name, None)
    return rest


def split_address(address):
    """Returns the path as a request has it, and the query."""
    path, _mark, query = address.partition("?")
    return unquote(path), query


def printable_at(address):
    """Returns (Printable, PrintOptions) of an address of this site. Raises Http404."""
    path, query = split_address(address)
    view, _args, arguments = resolve(path)
    data = clean_values(QueryDict(query))
    return view.recipe(data, **arguments), PrintOptions.read(data)


def name_at(path, query):
    """Returns the name under which the PDF of this address is kept until the catalog changes."""
    index = current_index()
    public = index.public().to_bytes().hex()
    state = [index.whole_version().hex(), public, timezone.localdate(), settings.SITE_URL]
    return store.hash_of(path, query, *state)


def make_in_background(printable, options, progress=lambda percent: None):
    """Makes the PDF with the time and the workers that jobs have, and returns its key.

    Keeps it under the name of its address. Calls `progress` with the percent that is done. Raises
    TooBusy, or Refused.
    """
    name = name_at(*split_address(printable.address_with(options)))
    document = printable.build(options)
    key = store.hash_of(document)
    if not store.find_pdf(key):
        if "chapters" in document:
            document = catalog_parts.bind(document, workers.LARGE_TIMEOUT_S, progress)
        workers.make_pdf(key, document, workers.LARGE_TIMEOUT_S, workers.slots_of_large())
    store.save_facts(name, {"key": key, "title": printable.title})
    return key
