"""The PDF of a packet: a front page with the contents, sheets, and the pages of tools' PDFs."""

from dataclasses import dataclass
from functools import partial
from math import inf
from time import time

from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.editions.list_prints import address_with_code
from catalog.files.validators import stored_on_disk
from catalog.lib.qr import qr_image
from catalog.lib.sources import note_unknown
from catalog.models import Rendition, Resource
from catalog.packets.packet import Packet
from catalog.printing import limits, store, workers
from catalog.printing.documents import document_of, one_at_a_time
from catalog.printing.recipes import Printable, with_query, without_options
from catalog.printing.sheets import sheet_of
from catalog.sandbox.exceptions import Refused

# Reasons that stay true however often a file is read.
LASTING_CODES = ("encrypted", "too_long")
REASONS = {
    "elsewhere": gettext_lazy("It is on another site."),
    "no_file": gettext_lazy("Its file is missing."),
    "no_pdf": gettext_lazy("It is a %(format)s file. A packet can include only PDFs."),
    "encrypted": gettext_lazy("Its PDF is locked with a password."),
    "unreadable": gettext_lazy("We could not open its PDF. It may be damaged."),
    "too_slow": gettext_lazy("Its PDF takes too long to read. It may be damaged."),
    "too_much": gettext_lazy("Its PDF takes too much memory to read. It may be damaged."),
    "too_long": gettext_lazy(
        "It has %(pages)s pages. A packet can include files of up to %(most)s pages."
    ),
    "full": gettext_lazy("The packet is full. It holds up to %(most)s pages and %(megabytes)s MB."),
}


@dataclass
class Piece:
    """One item of a packet: a sheet, an uploaded PDF, or the reason `why` it is left out."""

    resource: Resource
    note: str
    rendition: Rendition | None = None
    facts: dict | None = None  # of the PDF: pages, sizes, tagged
    why: str = ""

    @property
    def link(self):
        """The link in the contents that leads to it. A worker makes it a place in the PDF."""
        return f"{settings.SITE_URL}/packet/#{self.resource.pk}"

    @property
    def page_sizes(self):
        """The sizes of its pages in inches: ["8.5×11"]."""
        sizes = [tuple(round(side / 72, 2) for side in size) for size in self.facts["sizes"]]
        return [f"{wide:g}×{high:g}" for wide, high in dict.fromkeys(sizes)]


def packet_recipe(query):
    return packet_printable(Packet.read(query), query)


def packet_printable(packet, query):
    """Returns the Printable of a packet, at its one address.

    The PDF says which parts of a link were skipped, so such a link keeps its own address.
    """
    address = packet.pdf_path
    if packet.notices:
        address = with_query(reverse("packet-pdf"), without_options(query).urlencode())
    return Printable(
        title=packet.full_title,
        address=address,
        build=partial(packet_document, packet),
        is_large=len(packet.items) > limits.PACKET_ITEMS_AT_ONCE,
        has_one_address=not packet.notices,
    )


def packet_document(packet, options):
    """Returns a document with "parts".

    Each part is {"title", "link"} with the "html" of a sheet, or with the "file" and "pages" of an
    uploaded PDF.
    """
    pieces = apply_limits(pieces_of(packet, options))
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
    with one_at_a_time():
        document = document_of("pdf/packet.html", context, options)
        parts = [part_of(piece, options) for piece in bound]
    return document | {"parts": parts, "contents": _("Contents")}


def pieces_of(packet, options):
    notes = {item.resource.pk: item.note for item in packet.items}
    return [
        piece_of(resource, notes[resource.pk], options.ink) for resource in packet.list_children()
    ]


def piece_of(resource, note, ink):
    if not resource.kind_row.has_renditions:
        return Piece(resource, note)
    rendition = choose_pdf(resource, ink)
    if rendition is None:
        return Piece(resource, note, why=reason_without_pdf(resource))
    try:
        return Piece(resource, note, rendition, pdf_facts(rendition))
    except FileNotFoundError:
        return Piece(resource, note, why=REASONS["no_file"])
    except Refused as refused:
        return Piece(resource, note, why=refusal_reason(refused))


def choose_pdf(tool, ink):
    """Returns the PDF to bind: the first one, or the first in black and white to save ink."""
    pdfs = [r for r in tool.renditions.all() if r.file and r.format == Rendition.Format.PDF]
    if ink == "saving":
        pdfs.sort(key=lambda rendition: rendition.color != Rendition.Color.BLACK_AND_WHITE)
    return next(iter(pdfs), None)


def reason_without_pdf(tool):
    renditions = tool.renditions.all()
    formats = [r.get_format_display() for r in renditions if r.file]
    if formats:
        return REASONS["no_pdf"] % {"format": " / ".join(dict.fromkeys(formats))}
    return REASONS["elsewhere" if any(r.address for r in renditions) else "no_file"]


def pdf_facts(rendition):
    """Returns {"pages": 4, "sizes": …, "tagged": …} of its PDF. Reads each file only once.

    Raises Refused, FileNotFoundError or TooBusy.
    """
    if not default_storage.exists(rendition.file.name):
        note_unknown()
        raise FileNotFoundError(rendition.file.name)
    facts = store.load_facts(rendition.sha256, "bound") if rendition.sha256 else {}
    if not facts or facts.get("until", inf) < time():
        with stored_on_disk(default_storage, rendition.file.name) as path:
            facts = read_pdf(path)
        if rendition.sha256:
            store.save_facts(rendition.sha256, facts, "bound")
    if "until" in facts:
        note_unknown()
    if "refused" in facts:
        raise Refused(facts["refused"], **facts["facts"])
    return facts


def read_pdf(path):
    """Returns the facts of a PDF, or {"refused": code, …} if it cannot be bound.

    A file that a busy machine could not read in time is read again after an hour.
    """
    most = {
        "limit": limits.READING_S,
        "megabytes": limits.READING_MEGABYTES,
        "most_pages": limits.MAX_FILE_PAGES,
    }
    try:
        return workers.ask_worker("uploaded_pdfs.read", path, **most)
    except Refused as refused:
        until = {} if refused.code in LASTING_CODES else {"until": time() + store.HOUR_S}
        return {"refused": refused.code, "facts": refused.facts} | until


def refusal_reason(refused):
    facts = refused.facts | {"most": limits.MAX_FILE_PAGES}
    if "pages" in facts:
        facts["pages"] = number_format(facts["pages"], force_grouping=True)
    return REASONS[refused.code] % facts


def apply_limits(pieces):
    """Returns the same pieces. Sets `why` of those that exceed the limits of the packet."""
    pages, total_bytes, max_bytes = 0, 0, limits.MAX_PACKET_MEGABYTES << 20
    for piece in pieces:
        if piece.rendition is None:
            continue
        added_pages, added_bytes = piece.facts["pages"], piece.rendition.bytes or 0
        if pages + added_pages > limits.MAX_PACKET_PAGES or total_bytes + added_bytes > max_bytes:
            most = {"most": limits.MAX_PACKET_PAGES, "megabytes": limits.MAX_PACKET_MEGABYTES}
            piece.why = REASONS["full"] % most
        else:
            pages, total_bytes = pages + added_pages, total_bytes + added_bytes
    return pieces


def part_of(piece, options):
    part = {"title": piece.resource.title, "link": piece.link}
    if piece.rendition is None:
        return part | {"html": sheet_of(piece.resource, options, in_packet=True)["html"]}
    return part | {"file": piece.rendition.file.name, "pages": piece.facts["pages"]}
