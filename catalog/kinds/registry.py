"""The kinds of resources: one row per kind, registered by the app that has the model.

Code that treats all kinds alike reads these rows: listings, cards, pages, feeds, PDFs, filters and
the admin's start page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse


def no_context(resource):
    return {}


def no_files(resource):
    return []


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of resource: its model, labels, addresses, templates, extra context and files.

    `name` is the name of the model. The names of its URLs start with it: "video-listing",
    "video-feed", "video-atom", "video-listing-pdf", "video-detail", "video-pdf". `path` is the
    first part of their addresses. Kinds are listed in the order of `position`.

    count(n) returns a number in words ("2 videos"). context(resource) returns what the two
    templates of the kind show besides the resource. files(resource) returns the files that a feed
    encloses, each as (FieldFile, address, bytes or None). `varies_by` are request headers that the
    page depends on. A kind that `has_renditions` consists of files to print: a packet includes its
    PDF instead of a sheet about it, and the kind takes no time unless it states one.
    `icon_template` draws the sign of the kind on a card.
    """

    name: str
    model: type
    position: int
    label: str
    plural: str
    summary: str
    path: str
    count: Callable
    page_template: str
    pdf_template: str
    icon_template: str = ""
    context: Callable = no_context
    files: Callable = no_files
    varies_by: tuple = ()
    has_renditions: bool = False

    @cached_property
    def listing_url(self):
        return reverse(f"{self.name}-listing")


_kinds = {}  # by name, in the order of their positions


def register(kind):
    kinds = sorted([*_kinds.values(), kind], key=lambda kind: kind.position)
    _kinds.clear()
    _kinds.update({kind.name: kind for kind in kinds})


def registered():
    """Returns all kinds in the order of their positions."""
    return list(_kinds.values())


def kind_named(name):
    """Returns the kind called `name`. Raises LookupError if no app has registered it."""
    if name not in _kinds:
        raise LookupError(f"No app has registered a kind of resource called {name!r}.")
    return _kinds[name]


def choices():
    """Returns [(name, label)] for the field of the model."""
    return [(kind.name, kind.label) for kind in registered()]
