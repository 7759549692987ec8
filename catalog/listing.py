"""A listing is one selection of resources with many renderings: its page, RSS, Atom and PDF."""

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from taggit.models import Tag

from catalog.forms import KIND_PLURALS, BrowseForm
from catalog.models import Audience, Kind, Level, Resource, Topic
from catalog.models.base import public


@dataclass(frozen=True)
class Listing:
    """`name` and `args` are those of its URLs: "topic", ["lmp-processes"]."""

    name: str
    args: list
    title: str
    summary: str
    resources: QuerySet
    form: BrowseForm
    parents: list = field(default_factory=list)
    narrower: list = field(default_factory=list)

    @property
    def found(self):
        return self.form.narrow(self.resources)

    @property
    def full_title(self):
        """With its filters, as a feed or a PDF calls it: "LMP Processes · Courses · Level 2"."""
        return " · ".join([self.title, *(str(label) for label, _query in self.form.chosen())])

    @property
    def bare_path(self):
        return reverse(f"{self.name}-listing", args=self.args)

    @property
    def path(self):
        return self.address("listing")

    @property
    def page_query(self):
        """What a link to another page of it starts with: "?" or "?kind=tool&"."""
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
        return reverse(f"{self.name}-{role}", args=self.args) + self.form.query()


def everything(data):
    return Listing(
        name="all",
        args=[],
        title=_("New in the catalog"),
        summary=_("Videos, tools and courses, the newest first."),
        resources=Resource.objects.published(),
        form=BrowseForm(data),
    )


KIND_SUMMARIES = {
    Kind.VIDEO: gettext_lazy("Short films to show in a huddle or a meeting."),
    Kind.TOOL: gettext_lazy("Posters, checklists, templates and guides to print and pin up."),
    Kind.COURSE: gettext_lazy("Training for teams, their co-leads, sponsors and consultants."),
}


def kind_listing(data, kind):
    return Listing(
        name=kind,
        args=[],
        title=str(KIND_PLURALS[kind]),
        summary=str(KIND_SUMMARIES[kind]),
        resources=Resource.objects.published().filter(kind=kind),
        form=BrowseForm(data, fixed=["kind"]),
    )


def topic_listing(data, slug):
    topic = get_object_or_404(Topic.objects.select_related("parent"), slug=slug)
    within = Topic.objects.filter(Q(pk=topic.pk) | Q(parent=topic))
    return Listing(
        name="topic",
        args=[slug],
        title=topic.name,
        summary=topic.summary,
        resources=linked(Resource.topics.through.objects.filter(topic__in=within)),
        form=BrowseForm(data),
        parents=[(_("Topics"), reverse("topics"))]
        + ([(topic.parent.name, topic.parent.get_absolute_url())] if topic.parent else []),
        narrower=list(topic.children.all()),
    )


def level_listing(data, number):
    level = get_object_or_404(Level, number=number)
    return Listing(
        name="level",
        args=[number],
        title=str(level),
        summary=level.summary,
        resources=linked(Resource.levels.through.objects.filter(level=level)),
        form=BrowseForm(data, fixed=["level"]),
    )


def audience_listing(data, slug):
    audience = get_object_or_404(Audience, slug=slug)
    return Listing(
        name="audience",
        args=[slug],
        title=_("For %s") % audience.name,
        summary=audience.summary,
        resources=linked(Resource.audiences.through.objects.filter(audience=audience)),
        form=BrowseForm(data),
    )


def tag_listing(data, slug):
    """Of a tag that something public carries: the tags of drafts are nobody's business yet."""
    carried = public("tagged_resources__content_object__")
    tag = get_object_or_404(Tag.objects.filter(carried).distinct(), slug=slug)
    return Listing(
        name="tag",
        args=[slug],
        title=_("Tagged “%s”") % tag.name,
        summary="",
        resources=Resource.objects.published().filter(
            pk__in=tag.tagged_resources.values("content_object")
        ),
        form=BrowseForm(data),
    )


def linked(links):
    """The published resources at the other end of `links`, each once."""
    return Resource.objects.published().filter(pk__in=links.values("resource"))
