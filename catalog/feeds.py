"""RSS 2.0 and Atom of any listing; what each entry says stands in one template for both."""

import mimetypes

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.template.loader import render_to_string
from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed

from catalog.models import Kind, SiteSettings
from catalog.text import clean_line, clean_text

ENTRIES = 30


def absolute(path):
    return path if "://" in path else settings.SITE_URL + path


class RssFeed(Feed):
    """Every text is cleaned again here: rows may have come into the database past the models."""

    feed_type = Rss201rev2Feed

    def get_object(self, request, find, **names):
        return find(request.GET, **names)

    def title(self, listing):
        return clean_line(f"{listing.full_title} – {SiteSettings.load().name}")

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
        return listing.newest(ENTRIES)

    def item_title(self, resource):
        return clean_line(resource.title)

    def item_description(self, resource):
        context = {"resource": resource, "site_url": settings.SITE_URL}
        return clean_text(render_to_string("catalog/feed_entry.html", context)).strip()

    def item_link(self, resource):
        return absolute(resource.get_absolute_url())

    def item_guid(self, resource):
        return resource.uid.urn

    item_guid_is_permalink = False

    def item_pubdate(self, resource):
        return resource.published_at

    def item_updateddate(self, resource):
        return max(resource.updated_at, resource.published_at)

    def item_categories(self, resource):
        topics = (topic.name for topic in resource.topics.all())
        return [resource.get_kind_display(), *(clean_line(name) for name in topics)]

    def item_enclosures(self, resource):
        return enclosures(resource)[:1]  # RSS 2.0 allows one


class AtomFeed(RssFeed):
    feed_type = Atom1Feed

    def item_enclosures(self, resource):
        return enclosures(resource)

    def feed_url(self, listing):
        return absolute(listing.atom)


def files_of(resource):
    """The files that an entry hands on: a video's film, each rendition of a tool."""
    if resource.kind == Kind.VIDEO:
        return [resource.file] if resource.file else []
    if resource.kind == Kind.TOOL:
        return [rendition.file for rendition in resource.renditions.all() if rendition.file]
    return []


def enclosures(resource):
    return [enclosure(file) for file in files_of(resource) if file.storage.exists(file.name)]


def enclosure(file):
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return Enclosure(absolute(file.url), str(file.size), kind)
