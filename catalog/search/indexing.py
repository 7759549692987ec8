"""Keeps the index and the editions up to date in the transaction that changes the catalog.

Saving an entry, one of its rows or a term updates the index of the affected entries at once.
`indexed_together()` delays the update to the end of many changes.
"""

from collections import defaultdict
from contextlib import closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Q
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import Signal
from taggit.models import Tag

from catalog.lib.id_sets import IdSet
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
from catalog.search import engines, file_passages
from catalog.search.index import SET, index_lock, renew_version, version_now
from catalog.search.index_rows import index_entry, index_rows, values_of
from catalog.search.loading import read_batch
from catalog.search.orders import all_orders, changed_orders, moved_entries
from catalog.search.parts import replace_parts, save_data, save_parts
from catalog.search.processes import compute_each

TERMS = {
    Audience: "audiences",
    Dimension: "dimensions",
    Level: "levels",
    Region: "regions",
    ToolType: "tool__tool_type",
    Topic: "topics",
    Tag: "tagged_items__tag",
}
CHUNK = 500
FORMAT_KEY = "version"
MAX_WORDS_PER_QUERY = 5000  # words in one database query
FORMAT = b"4"  # of what is indexed and how; after a change, the next migrate rebuilds the index
NO_RESOURCE = 0  # the id of no resource: renews the version and indexes nothing

indexed = Signal()  # `ids`: the entries that changed, or whose rows or terms changed
_delayed_ids = ContextVar("delayed_ids", default=None)


@contextmanager
def indexed_together(**options):
    """Runs the block in one transaction and indexes each changed entry once, at its end.

    The `options` are those of update_index(). Inside another such block they have no effect.
    """
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
            update_index(changed, **options)


def update_index(ids, processes=1, progress=lambda done, total: None):
    """Updates the index for the resources `ids`, some of which may be deleted.

    With several `processes`, they compute what to write; see compute_each(). Calls
    progress(done, total) after each CHUNK.
    """
    if _delayed_ids.get() is not None:
        _delayed_ids.get().update(ids)
        return
    with transaction.atomic():
        index_lock()
        ids, changes, words = sorted(set(ids) - {NO_RESOURCE}), Changes(), set()
        with closing(computed_rows(ids, processes)) as computed:
            for done, rows in enumerate(computed, 1):
                write_rows(rows, changes)
                add_words(rows.vocabulary - words)
                words |= rows.vocabulary
                progress(min(done * CHUNK, len(ids)), len(ids))
        save_parts(changed_sets(changes) | changed_orders(changes.moved), changes.words)
        renew_version()
        indexed.send(update_index, ids=ids)


def computed_rows(ids, processes=1):
    """Yields the IndexRows of each CHUNK of `ids`."""
    chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    return compute_each(index_rows, map(read_batch, chunks), min(processes, len(chunks)))


@dataclass
class Changes:
    """What the sets and orders have to follow.

    `more` and `fewer` are {key: ids that now have it, or no longer have it}, `moved` is
    {order: ids whose place changed}, `words` says whether the words of some entry changed.
    """

    more: dict = field(default_factory=lambda: defaultdict(list))
    fewer: dict = field(default_factory=lambda: defaultdict(list))
    moved: dict = field(default_factory=lambda: defaultdict(set))
    words: bool = False

    def add(self, before, after):
        """Adds the changes from `before` to `after`, both {id: IndexEntry}."""
        for pk in before.keys() | after.keys():
            old_keys = set(before[pk].keys) if pk in before else set()
            new_keys = set(after[pk].keys) if pk in after else set()
            for key in new_keys - old_keys:
                self.more[key].append(pk)
            for key in old_keys - new_keys:
                self.fewer[key].append(pk)
        for order, ids in moved_entries(before, after).items():
            self.moved[order] |= ids


def write_rows(rows, changes):
    """Writes IndexRows, all but the sets, orders and vocabulary. Adds to `changes`.

    Leaves rows that are already the same as they are.
    """
    before = IndexEntry.objects.in_bulk(rows.ids)
    after = {pk: index_entry(pk, values) for pk, values in rows.entries.items()}
    if gone := before.keys() - after.keys():
        IndexEntry.objects.filter(pk__in=gone).delete()
    same = {pk for pk in after if values_of(before.get(pk)) == rows.entries[pk]}
    save_entries([entry for pk, entry in after.items() if pk not in same])
    Edition.objects.keep(rows.facts)
    file_passages.update_passages(rows.files)
    changes.words |= engines.write(rows.words, rows.ids) > 0
    different = (before.keys() | after.keys()) - same
    changes.add(*({pk: d[pk] for pk in different & d.keys()} for d in (before, after)))


def save_entries(entries):
    IndexEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["keys", "newest", "title", "minutes"],
    )


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


def changed_sets(changes):
    """Returns {key of a part: bytes} for the sets in `changes`."""
    keys = {SET + key for key in changes.more.keys() | changes.fewer.keys()}
    saved = dict(IndexPart.objects.filter(pk__in=keys).values_list("key", "data"))
    sets = {}
    for key in keys:
        members = IdSet.from_bytes(bytes(saved.get(key, b"")))
        name = key.removeprefix(SET)
        members = (members | IdSet(changes.more.get(name, ()))) - IdSet(changes.fewer.get(name, ()))
        sets[key] = members.to_bytes()
    return sets


def rebuild(progress=lambda done, total: None, processes=1):
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
    words, fresh = set(), {version_now()}
    with closing(computed_rows(ids, processes)) as computed:
        for done, rows in enumerate(computed, 1):
            rebuild_chunk(rows, fresh, words)
            progress(min(done * CHUNK, len(ids)), len(ids))
    with transaction.atomic():
        index_lock()
        delete_unused_words(words)
        replace_parts(all_sets() | all_orders())
        save_data({FORMAT_KEY: FORMAT})
        renew_version()


@transaction.atomic
def rebuild_chunk(rows, fresh, words):
    """Writes IndexRows and adds their words to the set `words`.

    `fresh` are the versions of the index since which only this rebuild has changed it. Rows that
    were read at another version may be out of date, and are read again.
    """
    index_lock()
    if (version := version_now()) not in fresh:
        fresh.clear()
        fresh.add(version)
    if rows.version not in fresh:
        rows = index_rows(read_batch(rows.ids))
    changes = Changes()
    write_rows(rows, changes)
    add_words(rows.vocabulary - words)
    words |= rows.vocabulary
    save_parts(changed_sets(changes), changes.words)
    renew_version()
    fresh.add(version_now())


def all_sets():
    """Returns {key of a part: bytes} for all sets, from the entries."""
    members = defaultdict(list)
    for pk, keys in IndexEntry.objects.values_list("id", "keys").iterator():
        for key in keys:
            members[key].append(pk)
    return {SET + key: IdSet(ids).to_bytes() for key, ids in members.items()}


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
