"""The whole catalog as one book: the path, a chapter for each topic, and indexes."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from catalog import vocabulary
from catalog.models import Resource
from catalog.search.shelf import shelf
from courses.path import Path

MOST_ENTRIES = 2000  # the newest: some 200 pages


@dataclass
class Chapter:
    """`also` are entries that are about its topic and stand in an earlier chapter, with that."""

    key: str
    title: str
    summary: str
    above: str
    resources: list
    also: list

    @property
    def total(self):
        return len(self.resources) + len(self.also)


class Book:
    """`link` is what the contents leads to a chapter by, with its key behind it."""

    def __init__(self):
        held = shelf()
        self.link = f"{settings.SITE_URL}/catalog.pdf#"
        self.total = len(held.ranked(held.public(), "newest"))
        newest = held.ranked(held.public(), "newest")[:MOST_ENTRIES]
        self.resources = Resource.objects.published().for_print(newest)
        self.resources.sort(key=lambda resource: resource.title.casefold())
        self.path = Path()
        self.chapters = self.in_chapters()

    @property
    def is_cut(self):
        return self.total > len(self.resources)

    def in_chapters(self):
        """Each entry stands once, in the first chapter that it belongs to."""
        chapters, home = [], {}
        for topic, above in self.topics():
            found = [one for one in self.resources if topic.pk in topics_of(one)]
            new = [one for one in found if one.pk not in home]
            also = [(one, home[one.pk]) for one in found if one.pk in home]
            chapters.append(Chapter(f"t{topic.pk}", topic.name, topic.summary, above, new, also))
            home |= dict.fromkeys((one.pk for one in new), topic.name)
        rest = [one for one in self.resources if one.pk not in home]
        if rest:
            chapters.append(Chapter("rest", _("Without a topic"), "", "", rest, []))
        return [chapter for chapter in chapters if chapter.total]

    def marks(self, title):
        """[[title, id, level]] of an outline."""
        marks = [[title, "cover", 0], [_("Contents"), "contents", 0]]
        marks.append([_("Path to Performance"), "path", 0])
        for chapter in self.chapters:
            marks.append([chapter.title, chapter.key, 0])
            marks += [[one.title, f"e{one.pk}", 1] for one in chapter.resources]
        marks.append([_("Index of titles"), "titles", 0])
        return marks + ([[_("Index of audiences"), "audiences", 0]] if self.audiences else [])

    def topics(self):
        """(topic, the name of the one that it is inside of)"""
        for topic in vocabulary.topics():
            yield topic, ""
            yield from ((narrower, topic.name) for narrower in topic.narrower)

    @cached_property
    def audiences(self):
        """[(audience, its entries by title)]"""
        found = {}
        for resource in self.resources:
            for audience in resource.audiences.all():
                found.setdefault(audience.pk, (audience, []))[1].append(resource)
        return sorted(found.values(), key=lambda pair: pair[0].name.casefold())


def topics_of(resource):
    """A topic's page shows what is under a narrower one as well; a book says it there."""
    return {topic.pk for topic in resource.topics.all()}
