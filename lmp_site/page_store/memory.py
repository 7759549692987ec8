"""The kept answers of one process, bounded in bytes."""

from collections import OrderedDict
from contextlib import suppress
from threading import Lock

NEW_SHARE = 0.2  # of the room, for answers that were asked for once


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
