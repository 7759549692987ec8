"""The kinds of resource: one row each, registered by the app that has the model.

Everything that is the same for all kinds reads these rows: listings, cards, pages, feeds, PDFs,
filters and the admin's start page.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse


def nothing_more(resource):
    return {}


def no_files(resource):
    return []


@dataclass(frozen=True)
class Kind:
    """`name` is the name of the model and starts the names of its URLs: "video-listing",
    "video-feed", "video-atom", "video-listing-pdf", "video-detail", "video-pdf". `path` is the
    first part of their addresses. Kinds stand in the order of `position`.

    count(n) is a number in words ("2 videos"). context(resource) is what its two templates show
    besides the resource. files(resource) are the files that a feed encloses: (FieldFile, address,
    bytes or None) each. `varies_by` are request headers that its page depends on. A kind that
    `has_renditions` is files to print: a packet binds its PDF instead of a sheet about it, and it
    takes no time unless it says so. `icon_template` draws what tells the kind on a card.
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
    context: Callable = nothing_more
    files: Callable = no_files
    varies_by: tuple = ()
    has_renditions: bool = False

    @property
    def listing_url(self):
        return reverse(f"{self.name}-listing")


_kinds = {}


def register(kind):
    _kinds[kind.name] = kind


def registered():
    """All kinds in their order."""
    return sorted(_kinds.values(), key=lambda kind: kind.position)


def kind_named(name):
    """Raises LookupError where no app has registered a kind of this name."""
    if name not in _kinds:
        raise LookupError(f"No app has registered a kind of resource called {name!r}.")
    return _kinds[name]


def choices():
    """[(name, label)] for the field of the model."""
    return [(kind.name, kind.label) for kind in registered()]
