"""The words of all resources in the database's own full-text index: FTS5 or tsvector.

There are three tables, for titles, labels and texts, with one row per resource, so titles are
searched without reading texts. The rows hold the same tokens in both databases: the number of the
field and a word's stem, "1consensus". Field 0 holds the words of titles unstemmed, for suggestions.
So neither database needs a language or an extension, and both give the same answers.

The only question to the database is which resources have a phrase. A query combines the answers
with bits (see ranking.py).
"""

import json

from django.db import connection

from catalog.lib.id_sets import EMPTY, IdSet

FIELDS = {"title": 1, "labels": 2, "texts": 3, "spoken": 4}
TABLES = {
    "catalog_words_titles": (0, 1),
    "catalog_words_labels": (2,),
    "catalog_words_texts": (3, 4),
}
TITLES = "catalog_words_titles"
END = "end"  # after each text, so that no phrase crosses it; no token, as tokens start with a digit
LAST_POSITION = 16383  # of a word in a tsvector
MAX_ROW_BYTES = 900_000  # a tsvector holds at most 1 048 575
MAX_POSITIONS = 255  # of one word in a tsvector


class SQLite:
    create = "CREATE VIRTUAL TABLE {table} USING fts5(words, tokenize='ascii', prefix='2 3 4')"
    insert = "INSERT INTO {table} (rowid, words) VALUES (%s, %s)"
    delete = "DELETE FROM {table} WHERE rowid = %s"
    saved = "SELECT rowid, words FROM {table} WHERE rowid IN (SELECT value FROM json_each(%s))"
    found = "SELECT json_group_array(rowid) FROM {table} WHERE {table} MATCH %s"
    newest = (
        "SELECT json_group_array(rowid) FROM"
        " (SELECT rowid FROM {table} WHERE {table} MATCH %s ORDER BY rowid DESC LIMIT %s)"
    )
    size = "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'catalog_words_%%'"
    all_of, one_of = " AND ", " OR "

    @staticmethod
    def row(pk, tokens):
        return pk, " ".join(tokens)

    @classmethod
    def replace(cls, cursor, table, rows, ids):
        cursor.execute(cls.saved.format(table=table), [json.dumps(list(ids))])
        saved, new = dict(cursor.fetchall()), dict(rows)
        stale = [(pk,) for pk, words in saved.items() if new.get(pk) != words]
        cursor.executemany(cls.delete.format(table=table), stale)
        changed = [row for row in rows if saved.get(row[0]) != row[1]]
        cursor.executemany(cls.insert.format(table=table), changed)
        return len(stale) + len(changed)

    @staticmethod
    def phrase(tokens):
        return f'"{" ".join(tokens)}"'

    @staticmethod
    def prefix(token):
        return f'"{token}"*'


class PostgreSQL:
    create = (
        "CREATE TABLE {table} (id bigint PRIMARY KEY, words tsvector NOT NULL);"
        "CREATE INDEX {table}_gin ON {table} USING gin (words) WITH (fastupdate = off)"
    )
    upsert = (
        "INSERT INTO {table} AS old (id, words)"
        " SELECT * FROM unnest(%s::bigint[], %s::text[]::tsvector[])"
        " ON CONFLICT (id) DO UPDATE SET words = EXCLUDED.words WHERE old.words <> EXCLUDED.words"
    )
    delete = "DELETE FROM {table} WHERE id = ANY(%s)"
    found = "SELECT json_agg(id)::text FROM {table} WHERE words @@ %s::tsquery"
    newest = (
        "SELECT json_agg(id)::text FROM"
        " (SELECT id FROM {table} WHERE words @@ %s::tsquery ORDER BY id DESC LIMIT %s) AS newest"
    )
    size = "SELECT " + " + ".join(f"pg_total_relation_size('{table}')" for table in TABLES)
    all_of, one_of = " & ", " | "

    @staticmethod
    def row(pk, tokens):
        positions = {}
        for position, token in enumerate(tokens, 1):
            positions.setdefault(token, []).append(position)
        lexemes = (f"'{token}'{position_list(where)}" for token, where in positions.items())
        return pk, " ".join(lexemes)

    @classmethod
    def replace(cls, cursor, table, rows, ids):
        stale = set(ids).difference(pk for pk, _words in rows)
        cursor.execute(cls.delete.format(table=table), [sorted(stale)])
        removed = cursor.rowcount
        if rows:
            ids, words = [pk for pk, _words in rows], [words for _pk, words in rows]
            cursor.execute(cls.upsert.format(table=table), [ids, words])
        return removed + (cursor.rowcount if rows else 0)

    @staticmethod
    def phrase(tokens):
        return " <-> ".join(f"'{token}'" for token in tokens)

    @staticmethod
    def prefix(token):
        return f"'{token}':*"


def position_list(positions):
    """Returns `positions` as in a tsvector, ":1,7"; "" if all are after LAST_POSITION."""
    numbers = [str(n) for n in positions[:MAX_POSITIONS] if n <= LAST_POSITION]
    return f":{','.join(numbers)}" if numbers else ""


ENGINES = {"sqlite": SQLite, "postgresql": PostgreSQL}


def engine():
    return ENGINES[connection.vendor]


def make(vendor):
    """Returns the statements that create the tables in a database of this `vendor`."""
    return [
        statement.format(table=table)
        for table in TABLES
        for statement in ENGINES[vendor].create.split(";")
    ]


def tokens_of(fields):
    """Returns the tokens of a row for `fields`, {field number: lists of words}.

    The part of a very long text after LAST_POSITION is found by single words, not by phrases: each
    new word is added once, on its own, up to MAX_ROW_BYTES.
    """
    tokens = [
        token
        for number, texts in fields.items()
        for words in filter(None, texts)
        for token in [*(f"{number}{word}" for word in words), END]
    ]
    first, rest = tokens[:LAST_POSITION], tokens[LAST_POSITION:]
    size = sum(4 * len(token) for token in set(first))
    for token in sorted(set(rest) - set(first)):
        size += 4 * len(token)
        if size < MAX_ROW_BYTES:
            first += [END, token]
    return first


def rows_of(texts):
    """Returns {table: [(id, what its row holds)]}, without empty rows.

    `texts` has (id, {field number: lists of words}). Asks the database nothing.
    """
    rows = {table: [] for table in TABLES}
    for table, numbers in TABLES.items():
        for pk, fields in texts:
            if tokens := tokens_of({n: fields[n] for n in numbers}):
                rows[table].append(engine().row(pk, tokens))
    return rows


def write(rows, ids):
    """Makes `rows`, from rows_of(), the only rows of the resources `ids`. Returns what changed.

    Leaves equal rows as they are. The result is the number of rows written or removed.
    """
    with connection.cursor() as cursor:
        return sum(engine().replace(cursor, table, rows[table], ids) for table in TABLES)


def clear():
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table}")


def hits(phrase):
    """Returns three sets of resources that have the stems of `phrase` one after the other: in the
    title, in the title or the labels, and anywhere.
    """
    parts = [f"({engine().found.format(table=table)})" for table in TABLES]
    queries = [in_fields(phrase, numbers) for numbers in TABLES.values()]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", queries)
        titles, labels, texts = map(read, cursor.fetchone())
    return titles, titles | labels, titles | labels | texts


def in_fields(phrase, numbers):
    of_fields = ([f"{n}{stem}" for stem in phrase] for n in numbers if n)
    return engine().one_of.join(map(engine().phrase, of_fields))


def title_hits(words, most):
    """Returns the set of the `most` last created resources with matching titles.

    A title matches if, for each of `words`, it has a word that begins with it.
    """
    prefixes = engine().all_of.join(engine().prefix(f"0{word}") for word in words)
    with connection.cursor() as cursor:
        cursor.execute(engine().newest.format(table=TITLES), [prefixes, most])
        return read(cursor.fetchone()[0])


def read(found):
    """Returns the set of the ids in a JSON list; the empty set for None."""
    return IdSet(json.loads(found)) if found else EMPTY


def size():
    """Returns the bytes that the full-text index takes."""
    with connection.cursor() as cursor:
        cursor.execute(engine().size)
        return cursor.fetchone()[0] or 0
