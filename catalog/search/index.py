"""The sets and orders of the index, as they were last written.

A process keeps them until a change of the catalog changes their version. Each request asks for the
version, so they are never older than the database.
"""

import json
from array import array
from functools import cache, cached_property, reduce
from operator import or_
from secrets import token_hex
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from catalog.lib.id_sets import EMPTY, IdSet, Order, Ranked
from catalog.models import IndexPart, Resource
from catalog.search import engines
from catalog.search.facets import FACETS

VERSION_KEY = "stamp"
STAMPS_KEY = "stamps"  # see parts.py
WORDS = "words"  # the key of the stamp of all words
SET, ORDER = "set:", "order:"  # the beginnings of the keys of the two sorts of parts
MAX_KEPT = 500  # answers of the engine; with 100 000 resources up to 40 kB each
DATED = "dated"  # the key of all resources with a date of publication
# Each class has the titles of up to this many words. Longer titles are in a last class.
LENGTHS = (1, 2, 3, 4, 5, 7, 10)


def length_key(count, brackets=False):
    """Returns the key for the length of a title with `count` words outside of brackets.

    Of two titles of equal length, the one without brackets is closer.

    >>> length_key(1), length_key(6, brackets=True), length_key(30)
    ('length:1', 'length:7()', 'length:more')
    """
    most = next((most for most in LENGTHS if count <= most), "more")
    return f"length:{most}{'()' if brackets else ''}"


LENGTH_KEYS = [f"length:{most}{end}" for most in (*LENGTHS, "more") for end in ("", "()")]


class IndexSnapshot:
    """`sets` has the bits for each key, `orders` has an Order for "newest", "title" and "time".

    What has the same stamp in `former`, an earlier snapshot, is taken from there.
    """

    def __init__(self, version, former=None):
        self.version = version
        self.stamps = read_stamps()  # before the parts: those may be newer, never older
        self.sets, self.orders, self.hits_by_phrase = {}, {}, {}
        new = set(self.stamps)
        if former:
            self.sets, self.orders, self.hits_by_phrase, new = former.unchanged(self.stamps)
        for key, data in IndexPart.objects.filter(key__in=new).values_list("key", "data"):
            if key.startswith(SET):
                self.sets[key.removeprefix(SET)] = IdSet.from_bytes(bytes(data))
            elif key.startswith(ORDER):
                self.orders[key.removeprefix(ORDER)] = Order(array("I", bytes(data)))

    def unchanged(self, stamps):
        """Returns the sets, orders and answers with the same stamp, and the keys of the others."""
        new = {key for key, text in stamps.items() if text != self.stamps.get(key)}
        same = stamps.keys() - new
        sets = {key: ids for key, ids in self.sets.items() if SET + key in same}
        orders = {key: ids for key, ids in self.orders.items() if ORDER + key in same}
        return sets, orders, self.hits_by_phrase if WORDS in same else {}, new

    def set_of(self, *keys):
        """Returns the set of resources that have at least one of `keys`."""
        if len(keys) == 1:
            return self.sets.get(keys[0], EMPTY)
        return reduce(or_, (self.sets.get(key, EMPTY) for key in keys), EMPTY)

    @cached_property
    def choices(self):
        """{facet: [(option, label)]}. Read once: a change of a vocabulary makes a new version."""
        return {facet.name: facet.choices() for facet in FACETS}

    def public(self):
        """Returns the set of what readers may see now, the same as Resource.objects.published()."""
        return self.set_of(DATED) - IdSet(hidden_ids())

    def hidden(self):
        """Returns the set of resources that have a date and are not public now."""
        return self.set_of(DATED) & IdSet(hidden_ids())

    def hits(self, phrase):
        """Returns engines.hits(), kept: common words are in most searches and take longest."""
        found = self.hits_by_phrase.get(phrase)
        if found is None:
            found = engines.hits(phrase)
            if len(self.hits_by_phrase) >= MAX_KEPT:
                self.hits_by_phrase = {}
            self.hits_by_phrase[phrase] = found
        return found

    def ranked(self, found, order, tiers=()):
        """Returns the ids of the set `found` in order; see Ranked."""
        return Ranked(found, tiers, self.orders.get(order) or Order([]))


_latest = None


# Every request makes the two queries below. Building their SQL once makes them ten times faster.


def fetch_rows(sql, values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def version_now():
    rows = fetch_rows(version_sql(connection.vendor), [VERSION_KEY])
    return bytes(rows[0][0]) if rows else b""


def hidden_ids():
    """Returns the ids of resources that have a date and are not yet or no longer public."""
    sql, count = hidden_sql(connection.vendor)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    return [pk for (pk,) in fetch_rows(sql, [now] * count)]


@cache
def version_sql(vendor):
    sql, _values = (
        IndexPart.objects.filter(pk=VERSION_KEY).values_list("data").query.sql_with_params()
    )
    return sql


@cache
def hidden_sql(vendor):
    """Returns the SQL, and how often the present time is a parameter in it.

    order_by() removes the table's order, because with that order the database reads every row.
    """
    rows = Resource.objects.not_now().order_by().values_list("pk")
    sql, values = rows.query.sql_with_params()
    return sql, len(values)


def current_index():
    global _latest
    version = version_now()
    index = _latest  # another thread may replace it at any moment
    if index is None or index.version != version or not version:
        index = _latest = IndexSnapshot(version, former=index)
    return index


def read_stamps():
    """Returns {key of a part: a text that changes with the part}.

    In an index that an earlier release wrote, each answer says that all parts are new.
    """
    data = IndexPart.objects.filter(pk=STAMPS_KEY).values_list("data", flat=True).first()
    if data:
        return json.loads(bytes(data))
    return {key: token_hex(6) for key in IndexPart.objects.values_list("key", flat=True)}


def renew_version():
    """Makes every process read the index again, also inside the current transaction."""
    IndexPart.objects.update_or_create(key=VERSION_KEY, defaults={"data": uuid4().bytes})


def index_lock():
    """Waits until no other transaction writes the index. Must be called in a transaction."""
    assert transaction.get_connection().in_atomic_block
    IndexPart.objects.get_or_create(key=VERSION_KEY, defaults={"data": uuid4().bytes})
    IndexPart.objects.select_for_update().get(pk=VERSION_KEY)
