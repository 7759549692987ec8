"""The sets and orders of the index, as they were last written.

A process keeps them until a change of the catalog changes their version. Each request asks for the
version, so they are never older than the database. A request asks once; see one_moment().
"""

import json
from array import array
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, reduce
from operator import or_
from secrets import token_hex
from uuid import uuid4

from django.db import connection, transaction

from catalog.lib import clock
from catalog.lib.id_sets import EMPTY, IdSet, Order, Ranked
from catalog.lib.sources import Kept, note_part, unnoted
from catalog.models import IndexPart, Resource, SiteSettings
from catalog.search import engines
from catalog.search.facets import FACETS

VERSION_KEY = "stamp"
STAMPS_KEY = "stamps"  # see parts.py
WORDS = "words"  # the key of the stamp of all words
SET, ORDER = "set:", "order:"  # the beginnings of the keys of the two sorts of parts
MAX_KEPT = 500  # answers of a sort; with 100 000 resources up to 40 kB each
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
        self.sets, self.orders, self.answers, self.hits_by_phrase = {}, {}, {}, {}
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
        for key in keys:
            self.note(SET + key)
        if len(keys) == 1:
            return self.sets.get(keys[0], EMPTY)
        return reduce(or_, (self.sets.get(key, EMPTY) for key in keys), EMPTY)

    @property
    def choices(self):
        """{facet: [(option, label)]}. Read once: a change of a vocabulary makes a new version."""
        return self.kept(read_choices, read_choices)

    def whole_version(self):
        """Returns the version, for answers that depend on all of the index."""
        self.note(VERSION_KEY)
        return self.version

    def note(self, key):
        note_part(key, self.stamp_of(key))

    def stamp_of(self, key):
        """Returns a text that changes with the part `key`, None if there is no such part."""
        return self.version if key == VERSION_KEY else self.stamps.get(key)

    def kept(self, key, make):
        """Returns make(), called once for each `key` until the version or the catalog changes.

        All requests share the answer, so nobody may change it.
        """
        return kept_in(self.answers, key, make)

    @property
    def site(self):
        return self.kept(SiteSettings, SiteSettings.load)

    def terms(self, model):
        """Returns all rows of a vocabulary in their order."""
        return self.kept(model, lambda: tuple(model.objects.all()))

    def public(self):
        """Returns the set of what readers may see now, the same as Resource.objects.published()."""
        return self.set_of(DATED) - this_moment().hidden

    def hidden(self):
        """Returns the set of resources that have a date and are not public now."""
        return self.set_of(DATED) & this_moment().hidden

    def hits(self, phrase):
        """Returns engines.hits(), kept until words change: common words take longest."""
        return kept_in(self.hits_by_phrase, phrase, lambda: engines.hits(phrase))

    def ranked(self, found, order, tiers=()):
        """Returns the ids of the set `found` in order; see Ranked."""
        self.note(ORDER + order)
        return Ranked(found, tiers, self.orders.get(order) or Order([]))


def read_choices():
    return {facet.name: [(key, str(label)) for key, label in facet.choices()] for facet in FACETS}


def kept_in(answers, key, make):
    answer = answers.get(key)
    if answer is None:
        answer = Kept(make)
        if len(answers) >= MAX_KEPT:
            answers.clear()
        answers[key] = answer
    return answer.use()


_latest = None


# Every page makes the two queries below. Building their SQL once makes them ten times faster.


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
    now = connection.ops.adapt_datetimefield_value(clock.now())
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


class Moment:
    """What the database says once to all that ask in one request."""

    def __init__(self):
        self.answers = {}
        self._index = None

    @property
    def index(self):
        if self._index is None:
            self._index = latest_index()
        return self._index

    @property
    def hidden(self):
        return kept_in(self.answers, "hidden", lambda: IdSet(hidden_ids()))


_moment = ContextVar("moment", default=None)


def this_moment():
    return _moment.get() or Moment()


@contextmanager
def one_moment():
    """Inside the block the time, the index, and what is hidden, stay as when first asked for."""
    token = _moment.set(Moment())
    try:
        with clock.stopped():
            yield
    finally:
        _moment.reset(token)


def current_index():
    return this_moment().index


def latest_index():
    """Returns the index of now. Whoever uses a part of it notes that part."""
    global _latest
    with unnoted():
        version = version_now()
        index = _latest  # another thread may replace it at any moment
        if index is None or index.version != version or not version:
            index = _latest = IndexSnapshot(version, former=index)
    return index


def forget_kept():
    """Makes kept() make everything anew: rows may have changed without a new version."""
    if _latest:
        _latest.answers = {}


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
