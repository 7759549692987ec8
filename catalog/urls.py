from django.urls import path, register_converter
from django.views.decorators.http import require_safe

from catalog import views
from catalog.listings import feeds, listing
from catalog.models import Kind
from catalog.packets import Packet
from catalog.views import files, packet, paper


class TagSlugConverter:
    """Letters and figures of any script: taggit keeps them in the slugs it makes."""

    regex = r"[\w-]+"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(TagSlugConverter, "tag_slug")


def listing_urls(route, name, find, page=views.listing_page, **fixed):
    """The renderings of a listing, all at addresses that start with its own."""
    options = {"find": find} | fixed
    return [
        path(f"{route}/", page, options, name=f"{name}-listing"),
        path(f"{route}/feed/", require_safe(feeds.RssFeed()), options, name=f"{name}-feed"),
        path(f"{route}/feed/atom/", require_safe(feeds.AtomFeed()), options, name=f"{name}-atom"),
        path(f"{route}.pdf", views.listing_pdf, options, name=f"{name}-listing-pdf"),
    ]


def packet_feeds():
    options = {"find": Packet.read}
    return [
        path("packet/feed/", require_safe(feeds.PacketRssFeed()), options, name="packet-feed"),
        path(
            "packet/feed/atom/", require_safe(feeds.PacketAtomFeed()), options, name="packet-atom"
        ),
    ]


urlpatterns = [
    path("", views.home, name="home"),
    path("topics/", views.topics, name="topics"),
    *listing_urls("new", "all", listing.everything),
    *listing_urls("videos", "video", listing.kind_listing, kind=Kind.VIDEO),
    *listing_urls("tools", "tool", listing.kind_listing, kind=Kind.TOOL),
    *listing_urls("courses", "course", listing.kind_listing, kind=Kind.COURSE),
    *listing_urls("topics/<slug:slug>", "topic", listing.topic_listing),
    *listing_urls("audiences/<slug:slug>", "audience", listing.audience_listing),
    *listing_urls("regions/<slug:slug>", "region", listing.region_listing),
    *listing_urls("search", "search", listing.search_listing),
    path("packet/", packet.packet_page, name="packet"),
    path("packet.pdf", packet.packet_pdf, name="packet-pdf"),
    *packet_feeds(),
    path("r/<slug:code>", paper.short_address, name="short"),
    path("r/<slug:code>/<int:number>", paper.short_address, name="print"),
    path("search/suggestions/", views.search_suggestions, name="search-suggestions"),
    path("opensearch.xml", views.opensearch, name="opensearch"),
    *listing_urls("tags/<tag_slug:slug>", "tag", listing.tag_listing),
    path("videos/<slug:slug>/", views.video_detail, name="video-detail"),
    path("videos/<slug:slug>.pdf", views.video_pdf, name="video-pdf"),
    path("tools/<slug:slug>/", views.tool_detail, name="tool-detail"),
    path("tools/<slug:slug>.pdf", views.tool_pdf, name="tool-pdf"),
    path("media/<path:path>", files.stored_file, name="media"),
    path("videos/<slug:slug>/transcript.txt", files.video_transcript, name="video-transcript"),
    path("tools/<slug:slug>.zip", files.tool_zip, name="tool-zip"),
    path("tools/<slug:slug>/<slug:name>.<slug:extension>", files.tool_file, name="tool-file"),
    path(
        "tools/<slug:slug>/v<int:number>/<slug:name>.<slug:extension>",
        files.tool_version,
        name="tool-version",
    ),
]
