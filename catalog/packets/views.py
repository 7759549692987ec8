from dataclasses import dataclass

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.editions.codes import LIST, code_in
from catalog.editions.lists import address_with_code, list_print
from catalog.lib.id_sets import IdSet
from catalog.lib.qr import qr_svg
from catalog.lib.text import clean_line
from catalog.listings.listing import search_listing
from catalog.models import Resource
from catalog.packets.link import LONGEST_NOTE, LONGEST_TITLE, MOST_ITEMS, code_of
from catalog.packets.packet import Packet, codes_at
from catalog.printing import limits

MOST_FOUND = 10  # of a search within the page
LIMITS = {
    "items": MOST_ITEMS,
    "note": LONGEST_NOTE,
    "title": LONGEST_TITLE,
    "pages": limits.MAX_PACKET_PAGES,
    "megabytes": limits.MAX_PACKET_MEGABYTES,
}


@require_safe
def packet_page(request):
    typed = clean_line(request.GET.get("q", ""))
    pasted = codes_at(typed, request.get_host())
    packet = Packet.read(request.GET, pasted or ())
    context = {
        "section": "packet",
        "packet": packet,
        "limits": LIMITS,
        "finder": Finder(packet, typed, pasted),
        "qr": qr_svg(packet.address, _("Link to this packet, for a phone")),
        "paper_qr": qr_svg(paper_address(packet), _("Link to this packet, for a phone")),
        "printed_on": timezone.localdate(),
    }
    code = code_in(request.GET, LIST)
    if code is not None:
        gone = IdSet(item.resource.pk for item in packet.gone)
        context["print_notice"] = list_print(code, packet.members, gone)
    return render(request, "catalog/packet.html", context)


def paper_address(packet):
    """As a code on paper has it, which can be told true or old."""
    return settings.SITE_URL + address_with_code(packet.path, packet.members)


@dataclass
class Finder:
    """What was typed to be added: words, or an address that `pasted` codes were read from."""

    packet: Packet
    typed: str
    pasted: list | None

    @property
    def words(self):
        return self.typed if self.pasted is None else ""

    @property
    def found_no_address(self):
        return self.pasted == []

    @cached_property
    def listing(self):
        return search_listing({"q": self.words})

    @property
    def results(self):
        """(code, resource, whether the packet has it) of the first that are found."""
        found = Resource.objects.published().for_cards().list_of(self.listing.ids[:MOST_FOUND])
        there = {item.resource.pk for item in self.packet.items}
        return [(code_of(one.pk), one, one.pk in there) for one in found]
