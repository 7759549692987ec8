"""A packet is a list that a reader makes: its link, and the rows that the link names."""

import re
from dataclasses import dataclass
from math import ceil
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.editions.changes import replacements
from catalog.kinds import registered
from catalog.lib import clock
from catalog.lib.durations import minutes_in_short
from catalog.lib.id_sets import IdSet
from catalog.models import FormerSlug, Resource
from catalog.packets.link import (
    MAX_ITEMS,
    MAX_NOTE_LENGTH,
    MAX_TITLE_LENGTH,
    code_of,
    normalize_code,
    number_of,
    read_link,
)
from catalog.search.cards import as_cards, cards_of

MAX_NAMED_CODES = 5  # unknown codes in a notice
MAX_NAMED_LENGTH = 20  # characters of one unknown code
MAX_MAILED_LINK = 2000  # characters; some mail programs cut longer links
SHORT_PATH = re.compile(r"r/\w+(/\d+)?", re.ASCII)  # a short address as people type it from paper


@dataclass(frozen=True)
class Item:
    """One item of a packet. `instead` is the replacement of a withdrawn resource."""

    code: str
    resource: Resource
    note: str
    instead: Resource | None = None

    @property
    def time_words(self):
        known = self.resource.time_short or self.resource.running_time
        return known or (_("no stated time") if takes_time(self.resource) else "")

    @property
    def length_words(self):
        """The length of the first file of a tool that has one: "2 pages", "8 slides"."""
        is_tool = self.resource.kind_row.has_renditions
        files = self.resource.tool.renditions.all() if is_tool else []
        file = next((file for file in files if file.pages), None)
        if file is None:
            return ""
        if file.format == file.Format.PPT:
            return ngettext("%d slide", "%d slides", file.pages) % file.pages
        return ngettext("%d page", "%d pages", file.pages) % file.pages

    @property
    def short_address(self):
        return settings.SITE_URL + self.resource.get_short_url()


class Packet:
    """A packet with the rows that its link names.

    `items` are published, loaded by for_cards(). `withdrawn_items` were published once. Drafts,
    scheduled entries and numbers without a row are all unknown, without any difference. A withdrawn
    entry stays in a link, but cannot be added to one.
    """

    def __init__(self, reading):
        self.reading = reading
        codes = reading.link.codes
        self.rows = find_rows({*codes, *reading.removed, *reading.replaced})
        self.link = reading.link.select_codes(code for code in codes if self.accepts(code))
        self.title = self.link.title

    @classmethod
    def read(cls, data, more=()):
        """Reads a packet from a QueryDict, and adds the codes in `more`."""
        values = dict(data.lists())
        return cls(read_link(values | {"add": [*values.get("add", []), *more]}))

    def accepts(self, code):
        row = self.rows.get(code)
        return row and (row.is_public or code not in self.reading.added)

    @cached_property
    def items(self):
        cards = cards_of(self.ids)
        return [self.make_item(code_of(card.pk), card) for card in cards]

    @cached_property
    def all_withdrawn(self):
        """All withdrawn items that the link names, with those that it asks to add."""
        codes = [code for code in self.reading.link.codes if code in self.rows]
        withdrawn_rows = [
            (code, self.rows[code]) for code in codes if not self.rows[code].is_public
        ]
        instead = replacements([row for _code, row in withdrawn_rows]) if withdrawn_rows else {}
        return [self.make_item(code, row, instead.get(row.pk)) for code, row in withdrawn_rows]

    @property
    def withdrawn_items(self):
        return [item for item in self.all_withdrawn if item.code in self.link.codes]

    @property
    def rejected_items(self):
        """The withdrawn items that the reader just tried to add."""
        return [item for item in self.all_withdrawn if item.code not in self.link.codes]

    def make_item(self, code, resource, instead=None):
        return Item(code, resource, self.link.notes.get(code, ""), instead)

    @cached_property
    def public_rows(self):
        """The rows that readers can see, in the order of the packet."""
        rows = [self.rows[code] for code in self.link.codes]
        return [row for row in rows if row.is_public]

    @property
    def ids(self):
        return [row.pk for row in self.public_rows]

    @property
    def full_title(self):
        return self.title or _("Packet")

    @property
    def summary(self):
        return self.total_words

    @property
    def query(self):
        """The query string, the same for the same packet. It has withdrawn items, for the feed."""
        return self.link.query

    @property
    def path(self):
        return reverse("packet") + self.query

    @property
    def address(self):
        return settings.SITE_URL + self.path

    @property
    def is_long(self):
        return len(self.address) > MAX_MAILED_LINK

    @property
    def pdf_path(self):
        return reverse("packet").rstrip("/") + ".pdf" + self.query

    @property
    def rss(self):
        return reverse("packet-feed") + self.query

    @property
    def atom(self):
        return reverse("packet-atom") + self.query

    @property
    def members(self):
        """The IdSet of the items that it shows, as a listing has it."""
        return IdSet(self.ids)

    def list_children(self):
        """Returns the items as videos, tools and courses, in the order of the packet."""
        return Resource.objects.published().list_children(self.ids)

    def list_for_feed(self):
        """Returns the items as list_children() does, with what a feed shows."""
        return as_cards(Resource.objects.published().list_for_feed(self.ids))

    @property
    def total_words(self):
        """“7 items, 3 hr 40 min plus 2 of unknown length”, from the items that take time."""
        lengths = [minutes_of(row) for row in self.public_rows if takes_time(row)]
        known, total = list(filter(None, lengths)), len(self.public_rows)
        least, most = (sum(ends) for ends in zip(*known, strict=True)) if known else (0, 0)
        words = [minutes_in_short(least, most)] if known else []
        if unknown := len(lengths) - len(known):
            words.append(_("%d of unknown length") % unknown)
        items = ngettext("%d item", "%d items", total) % total
        return ", ".join(filter(None, [items, _(" plus ").join(words)]))

    @cached_property
    def notices(self):
        """Sentences about the parts of the link that were skipped or changed."""
        notices = [self.unknown_notice, self.duplicates_notice, self.total_notice]
        return [*filter(None, notices), *self.cut_notices]

    @property
    def unknown_notice(self):
        unknown = [code for code in self.reading.link.codes if code not in self.rows]
        unknown = self.reading.invalid_pieces + unknown
        if not unknown:
            return ""
        named = ", ".join(f"“{code[:MAX_NAMED_LENGTH]}”" for code in unknown[:MAX_NAMED_CODES])
        more = ", …" if len(unknown) > MAX_NAMED_CODES else ""
        sentence = ngettext(
            "We skipped %(codes)s: nothing in the catalog has that code.",
            "We skipped %(codes)s: nothing in the catalog has those codes.",
            len(unknown),
        )
        return sentence % {"codes": named + more}

    @property
    def duplicates_notice(self):
        duplicates = self.reading.duplicate_count
        sentence = ngettext(
            "%d item was in the link more than once. We kept it once.",
            "%d items were in the link more than once. We kept each once.",
            duplicates,
        )
        return sentence % duplicates if duplicates else ""

    @property
    def total_notice(self):
        total = self.reading.total
        sentence = _(
            "The link has %(total)d items. A packet holds up to %(most)d items, "
            "so we kept only the first %(most)d."
        )
        return sentence % {"total": total, "most": MAX_ITEMS} if total > MAX_ITEMS else ""

    @property
    def cut_notices(self):
        for code in self.reading.cut_codes:
            if not code:
                yield _("We shortened the title to %d characters.") % MAX_TITLE_LENGTH
            elif code in self.rows:
                facts = {"title": self.rows[code].title, "most": MAX_NOTE_LENGTH}
                yield _("We shortened the note on “%(title)s” to %(most)d characters.") % facts

    @property
    def change_notices(self):
        """Sentences about the items that were just added or replaced."""
        reading, items = self.reading, {item.code: item for item in self.items}
        for code in dict.fromkeys(reading.added):
            if code in items:
                yield _("“%s” is in the packet.") % items[code].resource.title
        for old, new in reading.replaced.items():
            if old in self.rows and new in items:
                facts = {"old": self.rows[old].title, "new": items[new].resource.title}
                yield _("“%(new)s” replaced “%(old)s” in the packet.") % facts

    @property
    def removed_resources(self):
        """The rows of the items that were just removed."""
        removed, codes = self.reading.removed, self.reading.link_before.codes
        return [self.rows[code] for code in removed if code in codes and code in self.rows]

    @property
    def undo_path(self):
        """The path of the packet with the items that were just removed, "" if there are none."""
        return reverse("packet") + self.reading.link_before.query if self.removed_resources else ""


def takes_time(resource):
    """Returns whether a resource takes time. A tool without a stated time takes none."""
    return not resource.kind_row.has_renditions or bool(minutes_of(resource))


def minutes_of(resource):
    """Returns (least, most) in minutes, None if unknown. The seconds of a video are rounded up."""
    if resource.minutes_min:
        return resource.minutes_min, resource.minutes_max
    return (ceil(resource.seconds / 60),) * 2 if resource.seconds else None


def ever_published():
    """Returns the resources that are published or were withdrawn after that."""
    return Resource.objects.filter(published_at__lte=clock.now())


def find_rows(codes):
    """Returns {code: resource} for resources that are or were published."""
    rows = ever_published().in_bulk([number_of(code) for code in codes])
    return {code_of(pk): resource for pk, resource in rows.items()}


def codes_at(text, host):
    """Returns the codes of the resources at an address of this site, pasted or typed from paper.

    Returns [] if nothing was ever published there, and None if `text` is not an address. `host` is
    the host of the request; the host of SITE_URL also counts as this site.
    """
    parts = address_in(text, {host.lower(), urlsplit(settings.SITE_URL).netloc})
    if parts is None:
        return None
    try:
        match = resolve(unquote(parts.path)) if parts.path else None
    except Resolver404:
        match = None
    return codes_of_match(match, parts.query) if match else []


def address_in(text, hosts):
    """Returns urlsplit() of `text`, None if it is not an address.

    An address is a path, one of `hosts` with a path, or any full URL. The path of another host
    becomes "".
    """
    if SHORT_PATH.fullmatch(text.lower()):
        text = f"/{text.lower()}"
    if " " in text or not text.lower().startswith(("http://", "https://", "/", *hosts)):
        return None
    try:
        parts = urlsplit(text if "://" in text or text.startswith("/") else f"//{text}")
    except ValueError:
        return None
    ours = not parts.netloc or parts.netloc.lower() in hosts
    return parts if ours else parts._replace(path="")


def codes_of_match(match, query):
    kind = (match.url_name or "").removesuffix("-detail").removesuffix("-pdf")
    if match.url_name == "packet":
        return list(read_link(parse_qs(query)).link.codes)
    if match.url_name in ("short", "print"):
        numbers = [number_of(code) for code in [normalize_code(match.kwargs["code"])] if code]
        resources = ever_published().filter(pk__in=numbers)
    elif kind in [kind.name for kind in registered()] and "slug" in match.kwargs:
        resources = find_at_slug(kind, match.kwargs["slug"])
    else:
        return []
    return [code_of(pk) for pk in resources.values_list("pk", flat=True)]


def find_at_slug(kind, slug):
    """Returns the resources at a current address, or else at a former one."""
    resources = ever_published().filter(kind=kind)
    former = FormerSlug.objects.filter(slug=slug).values("resource")
    return resources.filter(slug=slug) or resources.filter(pk__in=former)
