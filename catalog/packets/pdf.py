"""What the PDF of a packet is made of: a front with its contents, sheets, and pages of tools."""

from dataclasses import dataclass
from math import inf
from time import time

from django.conf import settings
from django.core.files.storage import default_storage
from django.shortcuts import redirect
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.editions.lists import address_with_code
from catalog.files.validators import stored_on_disk
from catalog.lib.qr import qr_image
from catalog.models import Rendition, Resource
from catalog.printing import background, documents, responses, sheets, store
from catalog.sandbox.exceptions import Refused

MOST_PAGES_OF_ONE = 200
MOST_PAGES, MOST_MEGABYTES = 300, 100  # of all tools together
AT_ONCE = 8  # items; a packet of more is made in the background
SECONDS, MEGABYTES = 10, 500  # to read one PDF
FOR_EVER = ("encrypted", "too_long")  # what a file is, however often it is read
REASONS = {
    "elsewhere": gettext_lazy("It is kept on another site."),
    "no_file": gettext_lazy("Its file is not here."),
    "no_pdf": gettext_lazy("It is a %(format)s file; only PDFs can be bound."),
    "encrypted": gettext_lazy("Its PDF is locked with a password."),
    "unreadable": gettext_lazy("Its PDF does not open; it may be damaged."),
    "too_slow": gettext_lazy("Its PDF takes too long to read; it may be damaged."),
    "too_much": gettext_lazy("Its PDF takes too much memory; it may be damaged."),
    "too_long": gettext_lazy("It has %(pages)s pages; a packet takes up to %(most)s of one file."),
    "full": gettext_lazy("The packet is full: it takes up to %(most)s pages and %(megabytes)s MB."),
}


@dataclass
class Piece:
    """One item of a packet as it is bound: a sheet of ours, a PDF, or `why` it is left out."""

    resource: Resource
    note: str
    rendition: Rendition | None = None
    facts: dict | None = None  # of the PDF: pages, sizes, tagged
    why: str = ""

    @property
    def link(self):
        """What the contents leads to it by; the press makes it a place in the PDF."""
        return f"{settings.SITE_URL}/packet/#{self.resource.pk}"

    @property
    def papers(self):
        """The sizes of its pages as people call them: ["8.5×11"]."""
        sizes = [tuple(round(side / 72, 2) for side in size) for size in self.facts["sizes"]]
        return [f"{wide:g}×{high:g}" for wide, high in dict.fromkeys(sizes)]


def packet_pdf(request, packet):
    """The PDF of a catalog.packets.packet.Packet, at its one address.

    The PDF says what of a link was passed over, so such a link stays as it was written.
    """
    title = packet.full_title
    address = background.asked_address(request) if packet.notices else packet.pdf_path
    known = background.in_look(request, address)
    if (
        not packet.notices
        and known != request.get_full_path()
        and not responses.is_at_work(request)
    ):
        return redirect(known)
    if len(packet.items) > AT_ONCE:
        return background.respond_later(request, title, address, lambda: pack(request, packet))
    try:
        return responses.answer(request, pack(request, packet), title)
    except store.TooBusy:
        return responses.busy(request, title)


def pack(request, packet):
    """The document of the packet."""
    pieces = within_limits(pieces_of(request, packet))
    bound = [piece for piece in pieces if not piece.why]
    context = {
        "packet": packet,
        "title": packet.full_title,
        "address": packet.path,
        "bound": bound,
        "left_out": [piece for piece in pieces if piece.why],
        "untagged": [piece for piece in bound if piece.rendition and not piece.facts["tagged"]],
        "qr": qr_image(settings.SITE_URL + address_with_code(packet.path, packet.members)),
    }
    with documents.one_at_a_time():
        document = documents.document_of(request, "pdf/packet.html", context)
        parts = [part_of(request, piece) for piece in bound]
    return document | {"parts": parts, "contents": _("Contents")}


def pieces_of(request, packet):
    ink = documents.PrintOptions.read(request.GET).ink
    notes = {item.resource.pk: item.note for item in packet.items}
    return [piece_of(resource, notes[resource.pk], ink) for resource in packet.list_children()]


def piece_of(resource, note, ink):
    if not resource.kind_row.has_renditions:
        return Piece(resource, note)
    rendition = chosen(resource, ink)
    if rendition is None:
        return Piece(resource, note, why=why_none(resource))
    try:
        return Piece(resource, note, rendition, pages_of(rendition))
    except FileNotFoundError:
        return Piece(resource, note, why=REASONS["no_file"])
    except Refused as refused:
        return Piece(resource, note, why=reason(refused))


def chosen(tool, ink):
    """The PDF of the tool that is bound: the first, or the black and white one to save ink."""
    found = [r for r in tool.renditions.all() if r.file and r.format == Rendition.Format.PDF]
    if ink == "saving":
        found.sort(key=lambda rendition: rendition.color != Rendition.Color.BLACK_AND_WHITE)
    return next(iter(found), None)


def why_none(tool):
    renditions = tool.renditions.all()
    formats = [r.get_format_display() for r in renditions if r.file]
    if formats:
        return REASONS["no_pdf"] % {"format": " / ".join(dict.fromkeys(formats))}
    return REASONS["elsewhere" if any(r.address for r in renditions) else "no_file"]


def pages_of(rendition):
    """{"pages": 4, "sizes": …, "tagged": …} of its PDF, read once for each file.

    Raises Refused or FileNotFoundError, or TooBusy.
    """
    if not default_storage.exists(rendition.file.name):
        raise FileNotFoundError(rendition.file.name)
    kept = store.remembered(rendition.sha256, "bound") if rendition.sha256 else {}
    if not kept or kept.get("until", inf) < time():
        with stored_on_disk(default_storage, rendition.file.name) as path:
            kept = read(path)
        if rendition.sha256:
            store.remember(rendition.sha256, kept, "bound")
    if "refused" in kept:
        raise Refused(kept["refused"], **kept["facts"])
    return kept


def read(path):
    """What did not come to its end on a busy machine may do so in an hour."""
    limits = {"limit": SECONDS, "megabytes": MEGABYTES, "most_pages": MOST_PAGES_OF_ONE}
    try:
        return store.ask_the_press("binding.read", path, **limits)
    except Refused as refused:
        until = {} if refused.code in FOR_EVER else {"until": time() + store.HOUR}
        return {"refused": refused.code, "facts": refused.facts} | until


def reason(refused):
    facts = refused.facts | {"most": MOST_PAGES_OF_ONE}
    if "pages" in facts:
        facts["pages"] = number_format(facts["pages"], force_grouping=True)
    return REASONS[refused.code] % facts


def within_limits(pieces):
    """The same, those left out that are beyond the limits of the whole."""
    pages = weight = 0
    for piece in pieces:
        if piece.rendition is None:
            continue
        more, heavier = piece.facts["pages"], piece.rendition.bytes or 0
        if pages + more > MOST_PAGES or weight + heavier > MOST_MEGABYTES << 20:
            piece.why = REASONS["full"] % {"most": MOST_PAGES, "megabytes": MOST_MEGABYTES}
        else:
            pages, weight = pages + more, weight + heavier
    return pieces


def part_of(request, piece):
    named = {"title": piece.resource.title, "link": piece.link}
    if piece.rendition is None:
        sheet = sheets.sheet_of(request, piece.resource, in_packet=True)
        return named | {"html": sheet["html"]}
    file = {"file": piece.rendition.file.name, "pages": piece.facts["pages"]}
    return named | file
