"""The words of all resources in the database's own full-text index: FTS5 or tsvector.

One row a resource, of the same tokens in both: a word's stem with the number of its field before
it, "1consensus"; field 0 holds the words of titles as they are, for suggestions. So a word of a
title is found without reading texts, and both databases answer alike.
"""

import json

from django.db import connection

from catalog import bits

TABLE = "catalog_words"
FIELDS = {"title": 1, "labels": 2, "texts": 3, "spoken": 4}
# Where words are looked for, one after the other: hits in titles come first.
TITLES, LABELS, ALL = (1,), (1, 2), (1, 2, 3, 4)
LAST_POSITION = 16383  # of a word in a tsvector; what is beyond has this one
MOST_PLACES = 255  # of one word in a tsvector
END = "end"  # after each text; no token, which has a figure first


class SQLite:
    create = f"CREATE VIRTUAL TABLE {TABLE} USING fts5(words, tokenize='ascii', prefix='2 3 4')"
    insert = f"INSERT INTO {TABLE} (rowid, words) VALUES (%s, %s)"
    delete = f"DELETE FROM {TABLE} WHERE rowid = %s"
    found = f"SELECT json_group_array(rowid) FROM {TABLE} WHERE {TABLE} MATCH %s"
    some = (
        "SELECT json_group_array(rowid) FROM"
        f" (SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s ORDER BY rowid DESC LIMIT %s)"
    )
    all_of, one_of = " AND ", " OR "
    size = f"SELECT sum(pgsize) FROM dbstat WHERE name LIKE '{TABLE}%%'"

    @staticmethod
    def row(pk, tokens):
        return pk, " ".join(tokens)

    @staticmethod
    def phrase(tokens):
        return f'"{" ".join(tokens)}"'

    @staticmethod
    def prefix(token):
        return f'"{token}"*'


class PostgreSQL:
    create = (
        f"CREATE TABLE {TABLE} (id bigint PRIMARY KEY, words tsvector NOT NULL);"
        f"CREATE INDEX {TABLE}_gin ON {TABLE} USING gin (words) WITH (fastupdate = off)"
    )
    insert = f"INSERT INTO {TABLE} (id, words) VALUES (%s, %s::tsvector)"
    delete = f"DELETE FROM {TABLE} WHERE id = %s"
    found = f"SELECT json_agg(id)::text FROM {TABLE} WHERE words @@ %s::tsquery"
    some = (
        "SELECT json_agg(id)::text FROM"
        f" (SELECT id FROM {TABLE} WHERE words @@ %s::tsquery ORDER BY id DESC LIMIT %s) AS newest"
    )
    all_of, one_of = " & ", " | "
    size = f"SELECT pg_total_relation_size('{TABLE}')"

    @staticmethod
    def row(pk, tokens):
        places = {}
        for place, token in enumerate(tokens, 1):
            places.setdefault(token, []).append(min(place, LAST_POSITION))
        lexemes = (
            f"'{token}':{','.join(map(str, where[:MOST_PLACES]))}"
            for token, where in places.items()
        )
        return pk, " ".join(lexemes)

    @staticmethod
    def phrase(tokens):
        return " <-> ".join(f"'{token}'" for token in tokens)

    @staticmethod
    def prefix(token):
        return f"'{token}':*"


def engine():
    return {"sqlite": SQLite, "postgresql": PostgreSQL}[connection.vendor]


def tokens_of(fields):
    """{field number: lists of words} as the tokens of a row; no phrase goes over a list's end."""
    return [
        token
        for number, texts in fields.items()
        for words in filter(None, texts)
        for token in [*(f"{number}{word}" for word in words), END]
    ]


def write(rows):
    """`rows` of (id, tokens) take the place of what was there under these ids."""
    rows = list(rows)
    remove(pk for pk, _tokens in rows)
    with connection.cursor() as cursor:
        cursor.executemany(engine().insert, [engine().row(pk, tokens) for pk, tokens in rows])


def remove(ids):
    with connection.cursor() as cursor:
        cursor.executemany(engine().delete, [(pk,) for pk in ids])


def hits(groups, fields):
    """The set of resources with every group of a query in these fields (see queries.py)."""
    return ask(engine().found, [all_of(groups, fields)])


def title_hits(words, most):
    """The newest-made `most` resources whose titles have words that begin with each of `words`."""
    prefixes = (engine().prefix(f"0{word}") for word in words)
    return ask(engine().some, [engine().all_of.join(prefixes), most])


def ask(sql, parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found = cursor.fetchone()[0]
    return bits.bits_of(json.loads(found)) if found else 0


def all_of(groups, fields):
    return engine().all_of.join(one_of(group, fields) for group in groups)


def one_of(group, fields):
    return f"({engine().one_of.join(option(phrases, fields) for phrases in group)})"


def option(phrases, fields):
    return f"({engine().all_of.join(anywhere(phrase, fields) for phrase in phrases)})"


def anywhere(phrase, fields):
    places = (engine().phrase([f"{field}{word}" for word in phrase]) for field in fields)
    return f"({engine().one_of.join(places)})"


def size():
    """Bytes of the full-text index; None where the database does not tell."""
    with connection.cursor() as cursor:
        cursor.execute(engine().size)
        return cursor.fetchone()[0]


def make(vendor):
    return {"sqlite": SQLite.create, "postgresql": PostgreSQL.create}[vendor]


def clear():
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE}")
