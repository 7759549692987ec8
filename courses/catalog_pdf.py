"""The PDF of the whole catalog: the path, a chapter for each topic with its narrower topics, and
indexes.
"""

from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from catalog.editions.list_prints import address_with_code
from catalog.lib.qr import qr_image
from catalog.models import Resource
from catalog.printing import limits
from catalog.printing.catalog_parts import head_start
from catalog.printing.documents import document_of
from catalog.printing.recipes import Printable
from catalog.printing.truncation import cut_fields
from catalog.search import vocabulary
from catalog.search.index import current_index
from courses.path_grid import Path


def catalog_recipe(query):
    title = _("The whole catalog")
    return Printable(title, reverse("catalog-pdf"), partial(catalog_document, title), is_large=True)


def catalog_document(title, options):
    """A document that is bound from parts, see catalog/printing/catalog_parts.py."""
    contents = CatalogContents()
    paper = address_with_code(reverse("all-listing") + "?of=catalog", contents.public)
    common = {
        "title": title,
        "address": reverse("home"),
        "contents": contents,
        "qr": qr_image(settings.SITE_URL + paper),
    }

    def part(template, key="", **more):
        document = document_of(f"pdf/{template}.html", common | more, options)
        return document | {"link": contents.link + key}

    with head_start() as start:
        chapters = [start(part("catalog_path", "path"))]
        for chapter in contents.chapters:
            chapters.append(start(part("catalog_chapter", chapter.key, chapter=chapter)))
        return {
            "front": part("catalog"),
            "chapters": chapters,
            "indexes": [part(f"catalog_{key}", key) for key, _title in contents.indexes],
            "marks": contents.outline(title),
            "foot": part("catalog_footer"),
        }


@dataclass
class Section:
    """A topic with its entries. `also` has (entry, title of an earlier section) for each entry on
    this topic that is printed in that section.
    """

    key: str
    title: str
    summary: str
    above: str
    resources: list
    also: list

    @property
    def total(self):
        return len(self.resources) + len(self.also)


@dataclass
class Chapter:
    """A topic and the narrower ones inside it. A chapter begins on a new page."""

    sections: list

    @property
    def key(self):
        return self.sections[0].key


class CatalogContents:
    """`link` and the key of a section or an entry together are the address that leads to it."""

    def __init__(self):
        index = current_index()
        self.link = f"{settings.SITE_URL}/catalog.pdf#"
        self.public = index.public()
        newest = index.ranked(self.public, "newest")
        self.total = len(newest)
        entries = Resource.objects.published().list_for_print(newest[: limits.MAX_CATALOG_ENTRIES])
        self.resources = list(map(cut_fields, entries))
        self.resources.sort(key=lambda resource: resource.title.casefold())
        self.path = Path()
        self.chapters = self.in_chapters()

    @property
    def is_cut(self):
        return self.total > len(self.resources)

    def in_chapters(self):
        """Puts each entry once, in the first section that it belongs to."""
        chapters, home, about = [], {}, self.entries_by("topics")
        for top in vocabulary.topics():
            sections = []
            for topic in [top, *top.narrower]:
                found = about.get(topic, [])
                new = [entry for entry in found if entry.pk not in home]
                also = [(entry, home[entry.pk]) for entry in found if entry.pk in home]
                above = top.name if topic != top else ""
                facts = f"t{topic.pk}", topic.name, topic.summary, above
                sections.append(Section(*facts, new, also))
                home |= dict.fromkeys((entry.pk for entry in new), topic.name)
            first, *narrower = sections
            narrower = [section for section in narrower if section.total]
            if first.total or narrower:
                chapters.append(Chapter([first, *narrower]))
        rest = [entry for entry in self.resources if entry.pk not in home]
        if rest:
            chapters.append(Chapter([Section("rest", _("Without a topic"), "", "", rest, [])]))
        return chapters

    @property
    def sections(self):
        return [section for chapter in self.chapters for section in chapter.sections]

    @property
    def indexes(self):
        """[(id, title)]"""
        titles, audiences = ("titles", _("Index of titles")), ("audiences", _("Index of audiences"))
        return [titles, audiences] if self.audiences else [titles]

    def outline(self, title):
        """[[title, id, level]] of an outline."""
        marks = [[title, "cover", 0], [_("Contents"), "contents", 0]]
        marks.append([_("Path to Performance"), "path", 0])
        for section in self.sections:
            marks.append([section.title, section.key, 0])
            marks += [[entry.title, f"e{entry.pk}", 1] for entry in section.resources]
        return marks + [[title, key, 0] for key, title in self.indexes]

    @cached_property
    def audiences(self):
        """[(audience, its entries by title)]"""
        found = self.entries_by("audiences")
        return sorted(found.items(), key=lambda pair: pair[0].name.casefold())

    def entries_by(self, terms):
        """{each of their "topics" or "audiences": the entries that name it}"""
        found = {}
        for resource in self.resources:
            for term in getattr(resource, terms).all():
                found.setdefault(term, []).append(resource)
        return found
