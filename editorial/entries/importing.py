"""Imports lines in one transaction: all entries, or none and a sentence for each faulty line."""

from collections import Counter
from contextlib import closing, suppress
from functools import partial
from itertools import islice

from django.db import IntegrityError
from django.utils.translation import gettext as _
from taggit.models import Tag

from catalog.models import FormerSlug, Rendition, Resource, TaggedResource, Tool, ToolType
from catalog.models.resource import RESERVED_SLUGS
from catalog.search.index import index_lock
from catalog.search.indexing import indexed_together, update_index
from catalog.search.processes import compute_each
from editorial.entries import fields
from editorial.entries.inserting import (
    insert_entries,
    insert_links,
    insert_objects,
    next_ids,
)
from editorial.entries.lines import LineFault, Vocabulary, read_line
from editorial.entries.linking import Linker

CHUNK = 1000


class FaultyLines(Exception):
    """`faults` has (number of a line, sentence). Nothing was saved."""

    def __init__(self, faults):
        super().__init__(f"{len(faults)} faulty lines")
        self.faults = sorted(faults)


class DryRun(Exception):
    """Ends the transaction without saving."""


def import_lines(
    lines, dry_run=False, add_terms=False, processes=1, on_saved=None, on_indexed=None
):
    """Saves an entry for each of `lines`, which are bytes. Returns {kind: number of entries}.

    With `add_terms`, unknown terms are added, all but levels. Raises FaultyLines. Calls
    on_saved(entries so far) and on_indexed(done, total).
    """
    counts = Counter()
    options = {"processes": processes} | ({"progress": on_indexed} if on_indexed else {})
    try:
        with suppress(DryRun), indexed_together(**options):
            index_lock()
            vocabulary = Vocabulary(add_terms)
            save_lines(lines, vocabulary, counts, processes, on_saved or (lambda done: None))
            if dry_run:
                raise DryRun
    except IntegrityError as error:
        sentence = _("The database refuses the entries: %s.")
        raise FaultyLines([(0, sentence % str(error).splitlines()[0])]) from error
    return counts


def save_lines(lines, vocabulary, counts, processes, on_saved):
    saver, linker, faults = Saver(vocabulary), Linker(), []
    read = partial(read_chunk, vocabulary)
    with closing(compute_each(read, chunks_of(lines), processes)) as computed:
        for entries, new_faults in computed:
            faults += new_faults + saver.check(entries)
            if not faults:
                saver.save(entries)
                linker.remember(entries)
            counts.update(entry.resource.kind for entry in entries)
            on_saved(counts.total())
    if faults := faults or linker.link(saver.new_ids):
        raise FaultyLines(faults)
    update_index(saver.new_ids.values())


def chunks_of(lines):
    """Yields lists of (number, line), without empty lines."""
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    while chunk := list(islice(numbered, CHUNK)):
        yield chunk


def read_chunk(vocabulary, chunk):
    """Returns ([Entry, …], [(number, sentence), …]) of the lines of a chunk."""
    entries, faults = [], []
    for number, line in chunk:
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            entries.append(read_line(text, number, vocabulary))
        except UnicodeDecodeError as error:
            sentence = _("This is not UTF-8 (byte %d). Save the file as UTF-8.")
            faults.append((number, sentence % error.start))
        except LineFault as fault:
            faults.append((number, str(fault)))
    return entries, faults


class Saver:
    """Saves entries with their terms, tags and rows. `new_ids` is {slug: id} of all so far."""

    def __init__(self, vocabulary):
        self.vocabulary = vocabulary
        self.slugs = set(Resource.objects.order_by().values_list("slug", flat=True))
        self.former = set(FormerSlug.objects.values_list("slug", flat=True))
        self.uids = set(Resource.objects.order_by().values_list("uid", flat=True))
        self.tags = {name.casefold(): pk for pk, name in Tag.objects.values_list("pk", "name")}
        self.new_ids = {}

    def check(self, entries):
        """Returns (number, sentence) for each slug or uid that is taken. Remembers the others."""
        faults = []
        for entry in entries:
            slug, uid = entry.resource.slug, entry.resource.uid
            if slug in RESERVED_SLUGS:
                faults.append((entry.line, _("“%s” is a page of the site. Choose another.") % slug))
            elif slug in self.former:
                sentence = _("The address “%s” still leads to another entry. Choose another.")
                faults.append((entry.line, sentence % slug))
            elif slug in self.slugs or uid in self.uids:
                sentence = _("An entry with the %s exists already. Remove this line or change it.")
                name = f"slug “{slug}”" if slug in self.slugs else f"uid “{uid}”"
                faults.append((entry.line, sentence % name))
            self.slugs |= {slug} - {""}
            self.uids.add(uid)
        return faults

    def save(self, entries):
        for entry, pk in zip(entries, next_ids(len(entries)), strict=True):
            resource = entry.resource
            resource.pk = resource.id = resource.resource_ptr_id = pk
            resource.slug = resource.slug or resource.free_slug(self.is_taken)
            self.slugs.add(resource.slug)
            self.new_ids[resource.slug] = pk
            if isinstance(resource, Tool) and resource.tool_type_id:
                resource.tool_type_id = self.vocabulary.key_of(ToolType, resource.tool_type_id)
        insert_entries([entry.resource for entry in entries])
        self.save_terms(entries)
        self.save_rows(entries)

    def is_taken(self, slug):
        return slug in self.slugs or slug in self.former

    def save_terms(self, entries):
        for name, model in fields.TERMS.items():
            relation = Resource._meta.get_field(name)
            owner, linked = relation.m2m_field_name(), relation.m2m_reverse_field_name()
            pairs = {
                (entry.resource.pk, self.vocabulary.key_of(model, term))
                for entry in entries
                for term in entry.terms[name]
            }
            insert_links(relation.remote_field.through, owner, linked, sorted(pairs))
        pairs = {(entry.resource.pk, self.tag(name)) for entry in entries for name in entry.tags}
        insert_links(TaggedResource, "content_object", "tag", sorted(pairs))

    def tag(self, name):
        """Returns the id of the tag, which it makes if there is none."""
        key = name.casefold()
        if key not in self.tags:
            self.tags[key] = Tag.objects.create(name=name).pk
        return self.tags[key]

    def save_rows(self, entries):
        rows = {}
        for entry in entries:
            names = set()
            for name, found in entry.rows.items():
                if name in fields.NAMES_A_COURSE:
                    continue  # the Linker saves them, once all courses have ids
                for row, _slug in found:
                    own(row, entry.resource.pk)
                    if isinstance(row, Rendition):
                        name_rendition(row, names)
                    rows.setdefault(type(row), []).append(row)
        for model, found in rows.items():
            insert_objects(model, found)


def own(row, pk):
    """Makes the entry with the id `pk` the owner of an unsaved row."""
    owner = type(row)._meta.get_field(row.indexed_with)
    setattr(row, owner.attname, pk)


def name_rendition(rendition, names):
    """Gives a rendition the format and the name that save() gives it, and adds it to `names`."""
    rendition.read_format()
    rendition.name = rendition.find_free_name(names.__contains__)
    names.add(rendition.name)
