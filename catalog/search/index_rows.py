"""What the index holds of entries, as plain values. Nothing here asks the database."""

import re
from dataclasses import dataclass, field

from catalog.lib.stemming import content_words, stem, words_in
from catalog.models import IndexEntry
from catalog.models.edition import facts_of
from catalog.search import engines, facets, file_passages
from catalog.search.engines import FIELDS
from catalog.search.index import DATED, length_key

BRACKETS = re.compile(r"\([^()]*\)")  # how a course is delivered; not a part of its name


@dataclass
class IndexRows:
    """What to write for the resources `ids` of a Batch of the same `version`.

    `entries` is {id: (keys, newest, title, minutes)} of those that exist, `facts` {id: facts of the
    edition} of those with a date, `files` {id: text_files()}, `words` {table: [(id, row)]}, and
    `vocabulary` has all their words.
    """

    ids: list
    version: bytes
    entries: dict = field(default_factory=dict)
    facts: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)
    words: dict = field(default_factory=dict)
    vocabulary: set = field(default_factory=set)


def index_rows(batch):
    """Returns the IndexRows of a Batch."""
    rows = IndexRows(batch.ids, batch.version)
    texts = []
    for resource in batch.resources():
        rows.entries[resource.pk] = entry_values(resource)
        if resource.published_at:
            rows.facts[resource.pk] = facts_of(resource)
        rows.files[resource.pk] = resource.text_files()
        passages = batch.passages.get(resource.pk, {})
        words = words_of(resource, file_passages.words_of_files(rows.files[resource.pk], passages))
        rows.vocabulary.update(*(text for field in words.values() for text in field))
        texts.append((resource.pk, stems_of(words)))
    rows.words = engines.rows_of(texts)
    return rows


def entry_values(resource):
    plain = BRACKETS.sub(" ", resource.title)
    length = length_key(len(content_words(words_in(plain))), brackets=plain != resource.title)
    keys = [*facets.keys_of(resource), length, *([DATED] if resource.published_at else [])]
    title = " ".join(words_in(resource.title))[:200]
    return keys, resource.published_at, title, facets.minutes_of(resource)


def index_entry(pk, values):
    keys, newest, title, minutes = values
    return IndexEntry(id=pk, keys=keys, newest=newest, title=title, minutes=minutes)


def values_of(entry):
    """Returns the values of an IndexEntry as entry_values() does; None for None."""
    return entry and (entry.keys, entry.newest, entry.title, entry.minutes)


def words_of(resource, spoken):
    """Returns {field: a list of words for each text}. `spoken` has the words of its files."""
    texts = resource.texts()
    words = {field: [words_in(text) for text in texts.get(field, [])] for field in FIELDS}
    words["spoken"] += spoken
    return words


def stems_of(words):
    """Returns the stems of each field, by field number, and the unstemmed words of titles as 0."""
    fields = {
        number: [list(map(stem, text)) for text in words[field]] for field, number in FIELDS.items()
    }
    return {0: words["title"]} | fields
