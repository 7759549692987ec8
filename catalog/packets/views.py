from dataclasses import dataclass

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.editions.list_prints import address_with_code, list_print
from catalog.editions.paper_codes import LIST, code_in
from catalog.lib.id_sets import IdSet
from catalog.lib.qr import qr_svg
from catalog.lib.text import clean_line
from catalog.listings.listing import search_listing
from catalog.packets.link import MAX_ITEMS, MAX_NOTE_LENGTH, MAX_TITLE_LENGTH, code_of
from catalog.packets.packet import Packet, codes_at
from catalog.printing import limits
from catalog.search.cards import cards_of

MAX_RESULTS = 10  # results of a search on the page
LIMITS = {
    "items": MAX_ITEMS,
    "note": MAX_NOTE_LENGTH,
    "title": MAX_TITLE_LENGTH,
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
        withdrawn_ids = IdSet(item.resource.pk for item in packet.withdrawn_items)
        context["print_notice"] = list_print(code, packet.members, withdrawn_ids)
    return render(request, "catalog/packet.html", context)


def paper_address(packet):
    """Returns the address for a code on paper, which can say whether the print is current."""
    return settings.SITE_URL + address_with_code(packet.path, packet.members)


@dataclass
class Finder:
    """The field for adding items: words to search, or an address with the codes in `pasted`."""

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
        """[(code, resource, whether the packet has it)] of the first results."""
        resources = cards_of(self.listing.ids[:MAX_RESULTS])
        packet_ids = {item.resource.pk for item in self.packet.items}
        return [
            (code_of(resource.pk), resource, resource.pk in packet_ids) for resource in resources
        ]
