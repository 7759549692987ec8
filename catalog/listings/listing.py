"""A listing is one selection of resources that is shown as a page, RSS, Atom and a PDF."""

from dataclasses import dataclass, field

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from taggit.models import Tag

from catalog.kinds import registered
from catalog.lib.addresses import address_of
from catalog.lib.id_sets import EMPTY, IdSet
from catalog.listings.forms import BEST, BrowseForm
from catalog.models import Audience, Level, Region, Resource, Topic
from catalog.models.publishing import public
from catalog.search.cards import as_cards
from catalog.search.index import current_index
from catalog.search.ranking import SearchResult, find


@dataclass(frozen=True)
class Listing:
    """`name` and `args` are those of its URLs: "topic", ["lmp-processes"].

    `resources` is the set of its entries before the form narrows it. `search` ranks the entries of
    a search for words.
    """

    name: str
    args: list
    title: str
    summary: str
    resources: IdSet
    form: BrowseForm
    parents: list = field(default_factory=list)
    narrower: list = field(default_factory=list)
    search: SearchResult | None = None
    hidden: IdSet = EMPTY  # the set of entries that it would also have if they were public now

    @cached_property
    def ids(self):
        """The ids of all entries that it shows, in its order."""
        order = self.form.order
        if order == BEST:
            return self.form.index.ranked(self.members, "newest", self.search.tiers)
        return self.form.index.ranked(self.members, order)

    @cached_property
    def members(self):
        """The set of entries that it shows."""
        return self.form.narrow(self.resources)

    def list_for_print(self, limit):
        """Returns the first `limit` as videos, tools and courses, with all that a PDF prints."""
        return Resource.objects.published().list_for_print(self.ids[:limit])

    def newest(self, limit):
        """Returns the newest `limit` entries for subscribers, whatever the listing's order is."""
        ids = self.form.index.ranked(self.members, "newest")
        return as_cards(Resource.objects.published().list_for_feed(ids[:limit]))

    @property
    def can_be_grouped(self):
        """Whether a reader can choose to print it by kind or by level."""
        kinds = [
            self.form.index.set_of(f"kind:{kind.name}") & self.members for kind in registered()
        ]
        return "level" in self.form.fields and sum(map(bool, kinds)) > 1

    @property
    def hidden_members(self):
        return self.form.narrow(self.hidden)

    @property
    def full_title(self):
        """The title with its filters, for feeds and PDFs: "LMP Processes · Courses · Level 2"."""
        return " · ".join([self.title, *(str(label) for label, _query in self.form.chosen())])

    @property
    def bare_path(self):
        return address_of(f"{self.name}-listing", *self.args)

    @property
    def path(self):
        return self.address("listing")

    @property
    def page_query(self):
        """The start of a link to another page of it: "?" or "?kind=tool&"."""
        query = self.form.query()
        return f"{query}&" if query else "?"

    @property
    def rss(self):
        return self.address("feed")

    @property
    def atom(self):
        return self.address("atom")

    @property
    def pdf(self):
        return self.address("listing-pdf")

    def address(self, role):
        return address_of(f"{self.name}-{role}", *self.args) + self.form.query()


def all_listing(data):
    index = current_index()
    return Listing(
        name="all",
        args=[],
        title=_("New in the catalog"),
        summary=_("Videos, tools and courses, the newest first."),
        resources=index.public(),
        form=BrowseForm(data, index),
        hidden=index.hidden(),
    )


def search_listing(data):
    """Returns the listing of entries with the words of `q`, or of all entries if it is empty."""
    index = current_index()
    form = BrowseForm(data, index, search=True)
    search = find(form.words, index) if form.words else None
    return Listing(
        name="search",
        args=[],
        title=_("Results for “%s”") % form.words if search else _("Everything in the catalog"),
        summary="",
        resources=search.hits if search else index.public(),
        hidden=search.hidden if search else index.hidden(),
        form=form,
        search=search,
    )


def listing_of(keys, data, **facts):
    """Returns the listing of entries that have all `keys`, such as ["level:2"].

    Its form does not offer the facets of these keys.
    """
    index = current_index()
    resources, hidden = index.public(), index.hidden()
    for key in keys:
        resources &= index.set_of(key)
        hidden &= index.set_of(key)
    form = BrowseForm(data, index, fixed=[key.partition(":")[0] for key in keys])
    return Listing(resources=resources, form=form, hidden=hidden, **facts)


def find_term(model, **field):
    """Returns the term whose only `field` has this value. Raises Http404 if there is none."""
    [(name, value)] = field.items()
    for term in current_index().terms(model):
        if getattr(term, name) == value:
            return term
    raise Http404(_("There is no such page."))


def kind_listing(data, kind):
    return listing_of(
        [f"kind:{kind.name}"],
        data,
        name=kind.name,
        args=[],
        title=str(kind.plural),
        summary=str(kind.summary),
    )


def topic_listing(data, slug):
    topics = current_index().terms(Topic)
    topic = find_term(Topic, slug=slug)
    parents = [top for top in topics if top.pk == topic.parent_id]
    return listing_of(
        [f"topic:{slug}"],
        data,
        name="topic",
        args=[slug],
        title=topic.name,
        summary=topic.summary,
        parents=[
            (_("Topics"), address_of("topics")),
            *((top.name, top.get_absolute_url()) for top in parents),
        ],
        narrower=[inner for inner in topics if inner.parent_id == topic.pk],
    )


def level_listing(data, number):
    level = find_term(Level, number=number)
    facts = {"title": str(level), "summary": level.summary, "parents": [path_link()]}
    return listing_of([f"level:{number}"], data, name="level", args=[number], **facts)


def path_link():
    return _("Path"), address_of("path")


def audience_listing(data, slug):
    audience = find_term(Audience, slug=slug)
    facts = {"title": _("For %s") % audience.name, "summary": audience.summary}
    return listing_of([f"audience:{slug}"], data, name="audience", args=[slug], **facts)


def region_listing(data, slug):
    region = find_term(Region, slug=slug)
    facts = {"title": region.name, "summary": region.summary}
    return listing_of([f"region:{slug}"], data, name="region", args=[slug], **facts)


def tag_listing(data, slug):
    """Returns the listing of a tag that a public entry has, because tags of drafts are secret."""
    index, is_on_public_entry = current_index(), public("tagged_resources__content_object__")
    tag = get_object_or_404(Tag.objects.filter(is_on_public_entry).distinct(), slug=slug)
    tagged = IdSet(tag.tagged_resources.values_list("content_object", flat=True))
    return Listing(
        name="tag",
        args=[slug],
        title=_("Tagged “%s”") % tag.name,
        summary="",
        resources=index.public() & tagged,
        hidden=index.hidden() & tagged,
        form=BrowseForm(data, index),
    )
