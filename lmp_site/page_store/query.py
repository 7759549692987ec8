"""Tells which parameters of an address make a difference to its answer."""

from urllib.parse import parse_qsl

from django.http import QueryDict

from catalog.lib.text import clean_text


class NotedQuery(QueryDict):
    """A query that notes the names that are read; `names` is None once all of it was read."""

    def __init__(self, query):
        super().__init__(mutable=True)
        self.names = set()
        for name, values in query.lists():
            self.setlist(name, values)
        self._mutable = False

    def __copy__(self):
        self.names = None
        copy = QueryDict(mutable=True)
        for name, values in super().lists():
            copy.setlist(name, list(values))
        return copy

    def __deepcopy__(self, memo):
        return self.__copy__()

    def note(self, name):
        if self.names is not None:
            self.names.add(name)

    def __getitem__(self, name):
        self.note(name)
        return super().__getitem__(name)

    def __contains__(self, name):
        self.note(name)
        return super().__contains__(name)

    def get(self, name, default=None):
        self.note(name)
        return super().get(name, default)

    def getlist(self, name, default=None):
        self.note(name)
        return super().getlist(name, default)


def noting_all(method):
    def read_all(self, *args, **kwargs):
        self.names = None
        return getattr(super(NotedQuery, self), method)(*args, **kwargs)

    return read_all


for method in ("keys", "values", "items", "lists", "dict", "urlencode", "__iter__", "__len__",
               "__eq__", "__or__", "__ror__"):  # fmt: skip
    setattr(NotedQuery, method, noting_all(method))
NotedQuery.__hash__ = None


def read_pairs(text):
    """Returns ((name, value), …) of a query string, as Django and the views read it.

    >>> read_pairs("level=2&q=a+b%00")
    (('level', '2'), ('q', 'a b'))
    """
    if not text:
        return ()
    pairs = parse_qsl(text, keep_blank_values=True)
    return tuple((clean_text(name), clean_text(value)) for name, value in pairs)


def pick(pairs, names):
    """Returns the pairs of these names, sorted by name. All pairs if `names` is None.

    >>> pick((("utm_source", "x"), ("level", "3"), ("kind", "tool"), ("level", "2")), {"level"})
    (('level', '3'), ('level', '2'))
    """
    if names is None or not pairs:
        return pairs
    return tuple(sorted((pair for pair in pairs if pair[0] in names), key=lambda pair: pair[0]))
