"""The RSS and Atom feeds of a packet."""

from django.utils.translation import gettext as _

from catalog.lib.text import clean_line
from catalog.listings.feeds import AtomFeed, Entry, RssFeed, absolute, entries_of, newest_first


class Withdrawal(Entry):
    """Says that an item was withdrawn. It links to the packet, because the item has no page."""

    def __init__(self, packet, resource):
        super().__init__(resource)
        self.title = clean_line(_("Withdrawn: %s") % resource.title)
        self.link = absolute(packet.path)
        self.date = self.updated = resource.unpublished_at
        self.guid = f"{resource.uid.urn}#withdrawn-{resource.unpublished_at:%Y-%m-%d}"

    @property
    def description(self):
        return clean_line(_("It was withdrawn from the catalog. This packet no longer shows it."))

    @property
    def categories(self):
        return [self.resource.get_kind_display()]

    @property
    def enclosures(self):
        return []


class PacketRssFeed(RssFeed):
    """The items of a packet, and those that were withdrawn."""

    def items(self, packet):
        withdrawals = [Withdrawal(packet, item.resource) for item in packet.withdrawn_items]
        return newest_first(entries_of(packet, packet.list_for_feed()) + withdrawals)


class PacketAtomFeed(PacketRssFeed, AtomFeed):
    pass
