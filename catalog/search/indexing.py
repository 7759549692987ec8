"""Keeps the index and the editions up to date in the transaction that changes the catalog.

Saving an entry, one of its rows or a term updates the index of the affected entries at once.
`indexed_together()` delays the update to the end of many changes.
"""

import re
from array import array
from collections import defaultdict
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Q
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import Signal
from taggit.models import Tag

from catalog.lib.id_sets import IdSet
from catalog.lib.stemming import content_words, stem, words_in
from catalog.models import (
    Audience,
    Dimension,
    Edition,
    IndexEntry,
    IndexPart,
    Level,
    Region,
    Resource,
    ToolType,
    Topic,
    Word,
)
from catalog.search import engines, facets, file_passages
from catalog.search.engines import FIELDS
from catalog.search.index import DATED, ORDER, SET, index_lock, length_key, renew_version

TERMS = {
    Audience: "audiences",
    Dimension: "dimensions",
    Level: "levels",
    Region: "regions",
    ToolType: "tool__tool_type",
    Topic: "topics",
    Tag: "tagged_items__tag",
}
BRACKETS = re.compile(r"\([^()]*\)")  # how a course is delivered; not a part of its name
CHUNK = 500
FORMAT_KEY = "version"
MAX_WORDS_PER_QUERY = 5000  # words in one database query
FORMAT = b"4"  # of what is indexed and how; after a change, the next migrate rebuilds the index
COLUMNS = {"newest": "newest", "title": "title", "time": "minutes"}
NO_RESOURCE = 0  # the id of no resource: renews the version and indexes nothing

indexed = Signal()  # `ids`: the entries that changed, or whose rows or terms changed
_delayed_ids = ContextVar("delayed_ids", default=None)


@contextmanager
def indexed_together():
    """Runs the block in one transaction and indexes each changed entry once, at its end."""
    with transaction.atomic():
        if _delayed_ids.get() is not None:
            yield
            return
        token = _delayed_ids.set(set())
        try:
            yield
            changed = _delayed_ids.get()
        finally:
            _delayed_ids.reset(token)
        if changed:
            update_index(changed)


def update_index(ids):
    """Updates the index for the resources `ids`, some of which may be deleted."""
    if _delayed_ids.get() is not None:
        _delayed_ids.get().update(ids)
        return
    with transaction.atomic():
        index_lock()
        ids, reorder = sorted(set(ids) - {NO_RESOURCE}), set()
        for start in range(0, len(ids), CHUNK):
            reorder |= update_chunk(ids[start : start + CHUNK])
        write_orders(reorder)
        renew_version()
        indexed.send(update_index, ids=ids)


def update_chunk(ids, vocabulary=None):
    """Updates all but the orders for `ids`. Returns the names of the orders that are out of date.

    Adds the indexed words to the set `vocabulary` if there is one.
    """
    before = IndexEntry.objects.in_bulk(ids)
    resources = Resource.objects.list_children(ids)
    after = {resource.pk: entry_of(resource) for resource in resources}
    IndexEntry.objects.filter(pk__in=set(ids) - after.keys()).delete()
    save_entries(after.values())
    Edition.objects.keep(resources)
    write_sets(changes_of(ids, before, after))
    words = write_words(ids, resources)
    if vocabulary is not None:
        vocabulary |= words
    return {
        order
        for order in COLUMNS
        for pk in ids
        if sort_key(order, before.get(pk)) != sort_key(order, after.get(pk))
    }


def save_entries(entries):
    IndexEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["keys", "newest", "title", "minutes"],
    )


def entry_of(resource):
    plain = BRACKETS.sub(" ", resource.title)
    length = length_key(len(content_words(words_in(plain))), brackets=plain != resource.title)
    return IndexEntry(
        id=resource.pk,
        keys=[
            *facets.keys_of(resource),
            length,
            *([DATED] if resource.published_at else []),
        ],
        newest=resource.published_at,
        title=" ".join(words_in(resource.title))[:200],
        minutes=facets.minutes_of(resource),
    )


def sort_key(order, entry):
    """Returns the values that decide the place of `entry`; None if it has no date and no place."""
    return (getattr(entry, COLUMNS[order]), entry.newest) if entry and entry.newest else None


def write_words(ids, resources):
    """Writes the words of `resources` to the engine, and removes the other `ids` from it.

    Returns the set of all these words.
    """
    file_passages.update_passages(resources)
    passages = file_passages.words_by_resource(ids)
    rows, vocabulary = [], set()
    for resource in resources:
        texts = resource.texts()
        words = {field: [words_in(text) for text in texts.get(field, [])] for field in FIELDS}
        words["spoken"] += passages.get(resource.pk, [])
        vocabulary.update(*(text for field in words.values() for text in field))
        rows.append((resource.pk, stems_of(words)))
    add_words(vocabulary)
    engines.remove(set(ids) - {pk for pk, _fields in rows})
    engines.write(rows)
    return vocabulary


def stems_of(words):
    """Returns the stems of each field, by field number, and the unstemmed words of titles as 0."""
    fields = {
        number: [list(map(stem, text)) for text in words[field]] for field, number in FIELDS.items()
    }
    return {0: words["title"]} | fields


def add_words(words):
    words = sorted(word for word in words if not word.isdigit())
    for start in range(0, len(words), MAX_WORDS_PER_QUERY):
        part = words[start : start + MAX_WORDS_PER_QUERY]
        known = set(Word.objects.filter(word__in=part).values_list("word", flat=True))
        new = [Word(word=word, length=len(word)) for word in part if word not in known]
        Word.objects.bulk_create(new, ignore_conflicts=True)


def delete_unused_words(words):
    """Deletes the words of the vocabulary that are not in `words`."""
    stale = sorted(set(Word.objects.values_list("word", flat=True)) - words)
    for start in range(0, len(stale), MAX_WORDS_PER_QUERY):
        Word.objects.filter(word__in=stale[start : start + MAX_WORDS_PER_QUERY]).delete()


def changes_of(ids, before, after):
    """Returns {key: (ids that now have it and did not before, ids that no longer have it)}."""
    changes = defaultdict(lambda: (set(), set()))
    for pk in ids:
        old_keys = set(before[pk].keys) if pk in before else set()
        new_keys = set(after[pk].keys) if pk in after else set()
        for key in new_keys - old_keys:
            changes[key][0].add(pk)
        for key in old_keys - new_keys:
            changes[key][1].add(pk)
    return changes


def write_sets(changes):
    parts = IndexPart.objects.in_bulk([SET + key for key in changes])
    for key, (more, fewer) in changes.items():
        part = parts.setdefault(SET + key, IndexPart(key=SET + key, data=b""))
        members = IdSet.from_bytes(bytes(part.data)) | IdSet(more)
        part.data = (members - IdSet(fewer)).to_bytes()
    save_parts(parts.values())


def save_parts(parts):
    IndexPart.objects.bulk_create(
        parts, update_conflicts=True, unique_fields=["key"], update_fields=["data"]
    )


def write_orders(orders):
    save_parts(
        IndexPart(key=ORDER + order, data=array("I", in_order(order)).tobytes())
        for order in sorted(orders)
    )


def in_order(order):
    """Returns the ids of all entries with a date, sorted; of equals, the newer one first."""
    dated = IndexEntry.objects.exclude(newest=None).order_by("-newest", "-id")
    rows = list(dated.values_list("id", COLUMNS[order]))
    if order != "newest":
        rows.sort(key=lambda row: (row[1] is None, row[1]))
    return [pk for pk, _value in rows]


def rebuild(progress=lambda done, total: None):
    """Rebuilds the whole index. Each CHUNK is its own transaction, so that readers can continue.

    Calls progress(done, total) after each chunk. If it is interrupted, the finished chunks are
    correct, and it may be called again.
    """
    ids = sorted(
        {
            *Resource.objects.values_list("pk", flat=True),
            *IndexEntry.objects.values_list("pk", flat=True),
        }
    )
    words = set()
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            index_lock()
            update_chunk(ids[start : start + CHUNK], words)
            renew_version()
        progress(min(start + CHUNK, len(ids)), len(ids))
    with transaction.atomic():
        index_lock()
        rewrite_sets()
        delete_unused_words(words)
        write_orders(COLUMNS)
        renew_version()


def rewrite_sets():
    """Writes all sets from the entries and replaces the ones written before."""
    members = defaultdict(list)
    for pk, keys in IndexEntry.objects.values_list("id", "keys").iterator():
        for key in keys:
            members[key].append(pk)
    IndexPart.objects.filter(key__startswith=SET).delete()
    save_parts(IndexPart(key=SET + key, data=IdSet(ids).to_bytes()) for key, ids in members.items())
    save_parts([IndexPart(key=FORMAT_KEY, data=FORMAT)])


def on_change(sender, instance, origin=None, **kwargs):
    """Updates the index after a row was saved or deleted.

    `origin` is the object whose deletion deletes this row too. If it is an entry, its Resource row
    is deleted last, so the index is updated then.
    """
    if sender is not Resource and issubclass(getattr(origin, "model", type(origin)), Resource):
        return
    if isinstance(instance, Resource):
        update_index([instance.pk])
    elif owner := getattr(sender, "indexed_with", None):
        update_index([getattr(instance, f"{owner}_id")])
    elif hasattr(sender, "is_printed"):
        renew_version()


def on_term_change(sender, instance, **kwargs):
    if sender in TERMS:
        update_index([NO_RESOURCE, *ids_using(sender, instance)])


def ids_using(model, term):
    """Returns the ids of resources that have `term` or a topic inside it, or are only for it."""
    condition = Q(**{TERMS[model]: term})
    if model is Audience:
        condition |= Q(only_for=term)
    if model is Topic:
        condition |= Q(topics__parent=term)
    return Resource.objects.filter(condition).values_list("pk", flat=True)


def on_links_change(sender, instance, action, reverse, pk_set, **kwargs):
    if sender not in LINKS:
        if sender is Resource.related.through or hasattr(instance, "is_printed"):
            renew_version()
        return
    if action == "pre_clear" and reverse:
        instance.cleared = list(ids_using(type(instance), instance))
    if action.startswith("post_"):
        changed = (pk_set or instance.__dict__.pop("cleared", ())) if reverse else [instance.pk]
        update_index(changed)


LINKS = {getattr(Resource, name).through for name in TERMS.values() if hasattr(Resource, name)}
LINKS.add(Resource.only_for.through)


def connect():
    for signal in (post_save, post_delete):
        signal.connect(on_change, dispatch_uid="index_change")
        signal.connect(on_term_change, dispatch_uid="index_term")
    m2m_changed.connect(on_links_change, dispatch_uid="index_links")


def make_index_if_missing(using=DEFAULT_DB_ALIAS, **kwargs):
    """Rebuilds an index that is missing or has another FORMAT, after a migration or a flush."""
    if IndexPart._meta.db_table not in connections[using].introspection.table_names():
        return
    if not IndexPart.objects.filter(pk=FORMAT_KEY, data=FORMAT).exists():
        if not IndexEntry.objects.exists():
            engines.clear()
        rebuild()
