"""Links imported entries with each other and with those that exist, once all have ids."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalog.models import Resource
from courses.course_names import names_of
from courses.graph import shortest_path
from courses.models import Course, FollowUp, Requirement
from courses.models.course import link_up
from editorial.entries import fields
from editorial.entries.inserting import insert_links, insert_objects


class Linker:
    """Remembers the links of entries and saves them at the end."""

    def __init__(self):
        self.links = []  # (line, id, name, slugs)
        self.references = []  # (line, row, slug of its course or "")
        self.names = set()  # of new courses
        self.faults = []
        self.ids = {}

    def remember(self, entries):
        for entry in entries:
            pk = entry.resource.pk
            for name, slugs in [*entry.links.items(), (fields.REPLACED_BY, [entry.replaced_by])]:
                if slugs := [slug for slug in slugs if slug]:
                    self.links.append((entry.line, pk, name, slugs))
            for name in fields.NAMES_A_COURSE:
                for row, slug in entry.rows.get(name, ()):
                    row.course_id = pk
                    self.references.append((entry.line, row, slug))
            if isinstance(entry.resource, Course):
                self.names |= entry.resource.names

    def link(self, new_ids):
        """Saves all links. Returns (number of a line, sentence) for each that is not possible.

        `new_ids` is {slug: id} of the new entries.
        """
        self.ids = new_ids | self.known_ids(new_ids)
        if self.names:
            link_up(self.names)  # what courses that existed before say in words
        self.save_references()
        related = set()
        for line, pk, name, slugs in self.links:
            others = self.find(line, name, slugs)
            if name == "related":
                related |= {pair for other in others for pair in ((pk, other), (other, pk))}
            elif others:
                self.save_link(line, pk, name, others)
        insert_links(Resource.related.through, "from_resource", "to_resource", sorted(related))
        return self.faults

    def known_ids(self, new_ids):
        """Returns {slug: id} of the entries that are linked and existed before."""
        slugs = {slug for *_place, slugs in self.links for slug in slugs}
        slugs |= {slug for _line, _row, slug in self.references if slug}
        wanted = sorted(slugs.difference(new_ids))
        known = {}
        for start in range(0, len(wanted), 500):
            rows = Resource.objects.filter(slug__in=wanted[start : start + 500]).order_by()
            known |= dict(rows.values_list("slug", "pk"))
        return known

    def find(self, line, name, slugs):
        """Returns the ids for `slugs`, each once, and notes those that no entry has."""
        for slug in slugs:
            if slug not in self.ids:
                sentence = _("“%(name)s”: no entry has the slug “%(slug)s”. Add it or correct it.")
                self.faults.append((line, sentence % {"name": name, "slug": slug[:80]}))
        return list(dict.fromkeys(self.ids[slug] for slug in slugs if slug in self.ids))

    def save_link(self, line, pk, name, others):
        """Saves equivalents or a replacement, which must not lead back to the entry."""
        try:
            if name == fields.REPLACED_BY:
                entry = Resource.objects.get(pk=pk)
                entry.replaced_by_id = others[0]
                entry.refuse_replacement_circle()
                Resource.objects.filter(pk=pk).update(replaced_by=others[0])
            else:
                courses = Course.objects.filter(pk__in=others)
                if pk in others or len(courses) < len(others):
                    raise ValidationError(_("Only other courses count as this one."))
                Course.objects.get(pk=pk).equivalents.add(*courses)
        except ValidationError as error:
            self.faults.append((line, f"“{name}”: {' '.join(error.messages)}"))

    def save_references(self):
        """Saves requirements and follow-ups, each linked as save() of their models links them."""
        courses = CourseNames() if self.references else None
        for line, row, slug in self.references:
            try:
                self.link_reference(row, slug, courses, line)
            except ValidationError as error:
                self.faults.append((line, " ".join(error.messages)))
        for model in (Requirement, FollowUp):
            rows = [row for _line, row, _slug in self.references if type(row) is model]
            if not self.faults:
                insert_objects(model, rows)

    def link_reference(self, row, slug, courses, line):
        if slug:
            named = next(iter(self.find(line, fields.COURSE, [slug])), None)
            if named is not None:
                courses.check(row, named)
        else:
            named = courses.course_named(row) if row.names_a_course else None
        if named is not None:
            courses.add(row, named)


class CourseNames:
    """Finds courses by name for many references, as CourseReference.course_named() does for one."""

    def __init__(self):
        self.titles, self.by_name = {}, {}
        for pk, title, others in Course.objects.values_list("pk", "title", "other_names"):
            self.titles[pk] = title
            for name in set().union(*map(names_of, [title, *others.splitlines()])):
                self.by_name.setdefault(name, set()).add(pk)
        self.graph = Course.objects.graph()
        self.named = set()  # (model, course, named course)

    def course_named(self, row):
        """Returns the id of the one course with the name in the text, or None.

        Returns None too where the link would close a circle.
        """
        found = set().union(*(self.by_name.get(name, ()) for name in row.names)) - {row.course_id}
        found = {pk for pk in found if (type(row), row.course_id, pk) not in self.named}
        if len(found) != 1 or self.circle(row, *found):
            return None
        return found.pop()

    def circle(self, row, named):
        """Returns the path from the course `named` to the course of a requirement, or None."""
        if not isinstance(row, Requirement):
            return None
        return shortest_path(named, row.course_id, self.graph)

    def check(self, row, named):
        """Raises ValidationError if the row cannot name the course with the id `named`."""
        if named not in self.titles:
            raise ValidationError(
                _("A requirement or follow-up names something else than a course.")
            )
        if not row.names_a_course:
            raise ValidationError(_("Only a course or knowledge requirement names a course."))
        if named == row.course_id or (type(row), row.course_id, named) in self.named:
            sentence = _("“%s” is named twice, or names itself. Remove it.")
            raise ValidationError(sentence % self.titles[named])
        if path := self.circle(row, named):
            chain = " → ".join(self.titles[pk] for pk in [row.course_id, *(n for n, _k in path)])
            raise ValidationError(_("These requirements form a circle: %s. Remove one.") % chain)

    def add(self, row, named):
        row.named_course_id = named
        row.text = row.text or self.titles[named]
        self.named.add((type(row), row.course_id, named))
        if isinstance(row, Requirement):
            required = row.type == "course" and row.necessity == "required"
            edges = self.graph.needs if required else self.graph.advised
            edges[row.course_id].add(named)
