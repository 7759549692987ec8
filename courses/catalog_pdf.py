"""The whole catalog as one book: the path, a chapter for each topic with the narrower ones
inside of it, and indexes.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from catalog.models import Resource
from catalog.printing import limits
from catalog.search import vocabulary
from catalog.search.index import current_index
from courses.path_grid import Path

MOST_ENTRIES = 2000  # the newest: some 200 pages


@dataclass
class Section:
    """A topic with its entries. `also` are entries that are about it too and stand in an earlier
    one, with the title of that.
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
    """A topic and the narrower ones inside of it, which begins on a page of its own."""

    sections: list

    @property
    def key(self):
        return self.sections[0].key


class Book:
    """`link` is what leads to a section or an entry, with its key behind it."""

    def __init__(self):
        index = current_index()
        self.link = f"{settings.SITE_URL}/catalog.pdf#"
        self.public = index.public()
        newest = index.ranked(self.public, "newest")
        self.total = len(newest)
        entries = Resource.objects.published().list_for_print(newest[:MOST_ENTRIES])
        self.resources = list(map(limits.shorten, entries))
        self.resources.sort(key=lambda resource: resource.title.casefold())
        self.path = Path()
        self.chapters = self.in_chapters()

    @property
    def is_cut(self):
        return self.total > len(self.resources)

    def in_chapters(self):
        """Each entry stands once, in the first section that it belongs to."""
        chapters, home, about = [], {}, self.entries_by("topics")
        for top in vocabulary.topics():
            sections = []
            for topic in [top, *top.narrower]:
                found = about.get(topic, [])
                new = [one for one in found if one.pk not in home]
                also = [(one, home[one.pk]) for one in found if one.pk in home]
                above = top.name if topic != top else ""
                facts = f"t{topic.pk}", topic.name, topic.summary, above
                sections.append(Section(*facts, new, also))
                home |= dict.fromkeys((one.pk for one in new), topic.name)
            first, *narrower = sections
            narrower = [section for section in narrower if section.total]
            if first.total or narrower:
                chapters.append(Chapter([first, *narrower]))
        rest = [one for one in self.resources if one.pk not in home]
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

    def marks(self, title):
        """[[title, id, level]] of an outline."""
        marks = [[title, "cover", 0], [_("Contents"), "contents", 0]]
        marks.append([_("Path to Performance"), "path", 0])
        for section in self.sections:
            marks.append([section.title, section.key, 0])
            marks += [[one.title, f"e{one.pk}", 1] for one in section.resources]
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
