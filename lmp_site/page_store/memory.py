"""The kept answers of one process, bounded in bytes."""

from collections import OrderedDict, defaultdict
from contextlib import suppress
from threading import Lock

from lmp_site.page_store.query import pick

MAX_PLACES = 20_000  # whose parameters are known
NEW_SHARE = 0.2  # of the room, for answers that were asked for once


class Pages:
    """The kept answers. Each is right for the generation of the catalog that its `number` says.

    `place` is an address without its query, `pairs` are its parameters. An answer is for every
    query that has the same values for the names that its view read. A view does not read further
    names for other values of names that it does not read. So of one generation, the first match is
    the right one.
    """

    def __init__(self, max_bytes):
        self.memory, self.names = Memory(max_bytes), defaultdict(dict)

    def find(self, place, pairs, number):
        """Returns the entry for a request, the one of generation `number` if there is one.

        Else it may be an older one, or None.
        """
        found = None
        for names in tuple(self.names.get(place, ())):
            entry = self.memory.get((place, names, pick(pairs, names)))
            if entry is not None:
                if entry.number >= number:
                    return entry
                found = max(found or entry, entry, key=lambda entry: entry.number)
        return found

    def put(self, place, pairs, entry, number):
        entry.number = number
        names = None if entry.names is None else frozenset(entry.names)
        if len(self.names) >= MAX_PLACES:
            self.names.clear()
        self.names[place][names] = True
        entry.key = place, names, pick(pairs, names)
        self.memory.put(entry.key, entry)

    def measure(self, entry):
        self.memory.measure(entry.key, entry)


class Memory:
    """{key: entry} up to `max_bytes`, where each entry has a `size` in bytes.

    An answer that was asked for once may use only a part of the room, so a robot that asks for a
    million addresses does not drive out what people read. Of equals, the one that was used least
    recently goes first.
    """

    def __init__(self, max_bytes):
        self.limits = int(max_bytes * NEW_SHARE), int(max_bytes * (1 - NEW_SHARE))
        self.lock = Lock()
        self.clear()

    def clear(self):
        with self.lock:
            self.new, self.used, self.sizes = OrderedDict(), OrderedDict(), [0, 0]

    def get(self, key):
        entry = self.used.get(key)
        if entry is not None:
            with suppress(KeyError):  # another thread has just removed it
                self.used.move_to_end(key)
            return entry
        entry = self.new.get(key)
        if entry is not None:
            with self.lock:
                self.promote(key)
        return entry

    def promote(self, key):
        entry = self.new.pop(key, None)
        if entry is not None:
            self.sizes[0] -= entry.size
            self.used[key] = entry
            self.sizes[1] += entry.size
            self.evict()

    def put(self, key, entry):
        with self.lock:
            for place, entries in enumerate((self.new, self.used)):
                old = entries.pop(key, None)
                self.sizes[place] -= old.size if old else 0
            self.new[key] = entry
            self.sizes[0] += entry.size
            self.evict()

    def measure(self, key, entry):
        """Counts an entry again that has become larger."""
        size = entry.measure()
        with self.lock:
            for place, entries in enumerate((self.new, self.used)):
                if entries.get(key) is entry:
                    self.sizes[place] += size - entry.size
            entry.size = size
            self.evict()

    def evict(self):
        for place, entries in enumerate((self.new, self.used)):
            while entries and self.sizes[place] > self.limits[place]:
                _key, entry = entries.popitem(last=False)
                self.sizes[place] -= entry.size
