"""The RSS 2.0 and Atom feeds of any listing. One template has the text of an entry for both."""

import mimetypes

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed
from django.utils.translation import gettext as _

from catalog.files.validators import is_local
from catalog.lib import clock
from catalog.lib.sources import note_unknown
from catalog.lib.text import clean_line, clean_text
from catalog.models import RenditionVersion
from catalog.search.index import current_index

MAX_ENTRIES = 30
MAX_CHANGES = 1000  # the newest in the whole catalog, from which each listing picks its own


def absolute(path):
    return path if "://" in path else settings.SITE_URL + path


class Entry:
    """A video, tool or course. It cleans texts again: some rows were not saved by the models."""

    def __init__(self, resource):
        self.resource = resource
        self.title = clean_line(resource.title)
        self.link = absolute(resource.get_absolute_url())
        self.guid = resource.uid.urn
        self.date = resource.published_at
        self.updated = max(resource.updated_at, resource.published_at)

    @property
    def description(self):
        context = {"resource": self.resource, "site_url": settings.SITE_URL}
        return clean_text(render_to_string("catalog/feed_entry.html", context)).strip()

    @property
    def categories(self):
        topics = (topic.name for topic in self.resource.topics.all())
        return [self.resource.get_kind_display(), *(clean_line(name) for name in topics)]

    @property
    def enclosures(self):
        return [
            Enclosure(absolute(url), str(size), media_type_of(name))
            for name, url, size in files_of(self.resource)
        ]


class VersionEntry(Entry):
    """A new file of a tool. The editor chose to tell subscribers about it."""

    def __init__(self, version):
        super().__init__(version.rendition.tool)
        self.version = version
        facts = {"title": self.resource.title, "file": version.rendition}
        self.title = clean_line(_("New version: %(title)s (%(file)s)") % facts)
        self.guid = f"{self.resource.uid.urn}#{version.rendition_id}-v{version.number}"
        self.date = self.updated = version.made_at

    @property
    def description(self):
        return clean_line(self.version.note)

    @property
    def categories(self):
        return [self.resource.get_kind_display()]

    @property
    def enclosures(self):
        file, url = self.version.file, absolute(self.version.url)
        if not file_exists(file):
            return []
        return [Enclosure(url, str(self.version.bytes), media_type_of(file.name))]


class DatedByEntries:
    """Without entries, a feed has the date of the day, not the time at which it is made."""

    def latest_post_date(self):
        if self.items:
            return super().latest_post_date()
        return timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)


class RssGenerator(DatedByEntries, Rss201rev2Feed):
    pass


class AtomGenerator(DatedByEntries, Atom1Feed):
    pass


class RssFeed(Feed):
    feed_type = RssGenerator

    def get_object(self, request, find, **names):
        return find(request.GET, **names)

    def title(self, listing):
        return clean_line(f"{listing.full_title} – {current_index().site.name}")

    def description(self, listing):
        return clean_line(listing.summary or listing.full_title)

    subtitle = description

    def link(self, listing):
        return absolute(listing.path)

    def feed_url(self, listing):
        return absolute(listing.rss)

    def feed_guid(self, listing):
        return absolute(listing.path)

    def items(self, listing):
        return newest_first(entries_of(listing, listing.newest(MAX_ENTRIES)))[:MAX_ENTRIES]

    def item_title(self, entry):
        return entry.title

    def item_description(self, entry):
        return entry.description

    def item_link(self, entry):
        return entry.link

    def item_guid(self, entry):
        return entry.guid

    item_guid_is_permalink = False

    def item_pubdate(self, entry):
        return entry.date

    def item_updateddate(self, entry):
        return entry.updated

    def item_categories(self, entry):
        return entry.categories

    def item_enclosures(self, entry):
        return entry.enclosures[:1]  # RSS 2.0 allows one


class AtomFeed(RssFeed):
    feed_type = AtomGenerator

    def item_enclosures(self, entry):
        return entry.enclosures

    def feed_url(self, listing):
        return absolute(listing.atom)


def entries_of(listing, resources):
    changes = [VersionEntry(version) for version in changes_in(listing)]
    return [Entry(resource) for resource in resources] + changes


def newest_first(entries):
    return sorted(entries, key=lambda entry: entry.date, reverse=True)


def changes_in(listing):
    """Returns the newest versions of the listing's tools that subscribers are told about."""
    announced = RenditionVersion.objects.filter(
        notify_subscribers=True, made_at__gte=F("rendition__tool__published_at")
    ).order_by("-made_at", "-pk")
    members = listing.members
    tools = announced.values_list("pk", "rendition__tool")[:MAX_CHANGES]
    wanted = [pk for pk, tool in tools if tool in members][:MAX_ENTRIES]
    return announced.filter(pk__in=wanted).select_related("rendition__tool")


def files_of(resource):
    """Returns (name, address, bytes) of each file of an entry that exists."""
    files = resource.kind_row.files(resource)
    return [(file.name, url, size or 0) for file, url, size in files if file_exists(file)]


def file_exists(file):
    """Whether the file exists. An object storage is trusted, because asking it would be slow."""
    exists = not is_local(file.storage) or file.storage.exists(file.name)
    if not exists:
        note_unknown()
    return exists


def media_type_of(name):
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
