from django.urls import path, register_converter
from django.views.decorators.http import require_safe

from catalog.kinds import registered
from catalog.listings import feeds, listing
from catalog.listings import views as listing_views
from catalog.packets import feeds as packet_feeds
from catalog.packets import views as packet_views
from catalog.packets.packet import Packet
from catalog.packets.pdf import packet_recipe
from catalog.printing.handouts import handout_recipe
from catalog.printing.views import pdf_view
from catalog.resources import files, short_addresses
from catalog.resources import views as resource_views


class TagSlugConverter:
    """Matches letters and digits of any script, because taggit keeps them in its slugs."""

    regex = r"[\w-]+"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(TagSlugConverter, "tag_slug")


def listing_urls(route, name, find, page=listing_views.listing_page, **fixed):
    """Returns the URLs of a listing's page, feeds and PDF, which all start with `route`."""
    options = {"find": find} | fixed
    return [
        path(f"{route}/", page, options, name=f"{name}-listing"),
        path(f"{route}/feed/", require_safe(feeds.RssFeed()), options, name=f"{name}-feed"),
        path(f"{route}/feed/atom/", require_safe(feeds.AtomFeed()), options, name=f"{name}-atom"),
        path(f"{route}.pdf", pdf_view(handout_recipe), options, name=f"{name}-listing-pdf"),
    ]


def kind_listing_urls(kind):
    return listing_urls(kind.path, kind.name, listing.kind_listing, kind=kind)


def detail_urls(kind):
    """Returns the URLs of the page and the sheet of one resource."""
    route, options = f"{kind.path}/<slug:slug>", {"kind": kind}
    return [
        path(f"{route}/", resource_views.detail_page, options, name=f"{kind.name}-detail"),
        path(f"{route}.pdf", resource_views.detail_pdf, options, name=f"{kind.name}-pdf"),
    ]


def packet_feed_urls():
    rss, atom = packet_feeds.PacketRssFeed(), packet_feeds.PacketAtomFeed()
    options = {"find": Packet.read}
    return [
        path("packet/feed/", require_safe(rss), options, name="packet-feed"),
        path("packet/feed/atom/", require_safe(atom), options, name="packet-atom"),
    ]


urlpatterns = [
    path("", listing_views.home, name="home"),
    path("topics/", listing_views.topics, name="topics"),
    *listing_urls("new", "all", listing.all_listing),
    *(url for kind in registered() for url in kind_listing_urls(kind)),
    *listing_urls("topics/<slug:slug>", "topic", listing.topic_listing),
    *listing_urls("audiences/<slug:slug>", "audience", listing.audience_listing),
    *listing_urls("regions/<slug:slug>", "region", listing.region_listing),
    *listing_urls("search", "search", listing.search_listing),
    path("packet/", packet_views.packet_page, name="packet"),
    path("packet.pdf", pdf_view(packet_recipe), name="packet-pdf"),
    *packet_feed_urls(),
    path("r/<slug:code>", short_addresses.short_address, name="short"),
    path("r/<slug:code>/<int:number>", short_addresses.short_address, name="print"),
    path("search/suggestions/", listing_views.search_suggestions, name="search-suggestions"),
    path("opensearch.xml", listing_views.opensearch, name="opensearch"),
    *listing_urls("tags/<tag_slug:slug>", "tag", listing.tag_listing),
    *(url for kind in registered() for url in detail_urls(kind)),
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
