"""Turns typed text into a query for the index. Does not import Django.

A query is a list of groups; a hit has all of them. A group is one word or phrase with its synonyms:
a list of options; a hit has at least one of them. An option is a tuple of phrases; a hit has all of
them. A phrase is a tuple of stems that follow each other.
"""

import re
from dataclasses import dataclass

from catalog.lib.stemming import STOP_WORDS, content_words, stem, stems_in, words_in

MAX_WORDS = 12
MAX_QUERY_LENGTH = 200  # characters
QUOTED = re.compile(r'"([^"]*)"')


@dataclass(frozen=True)
class Part:
    """A word, or a phrase that was in quotation marks, as folded words."""

    words: tuple
    quoted: bool = False

    @property
    def stems(self):
        return tuple(map(stem, self.words))


def parts_of(text):
    """Returns at most MAX_WORDS words and phrases of `text`, without stop words.

    >>> [part.words for part in parts_of('the "small test" of Change')]
    [('small', 'test'), ('change',)]
    """
    text = re.sub("[“”„]", '"', text[:MAX_QUERY_LENGTH])
    if text.count('"') % 2:
        text = "".join(text.rsplit('"', 1))
    parts = []
    for number, piece in enumerate(QUOTED.split(text)):
        words = words_in(piece)
        if number % 2 and words:
            parts.append(Part(tuple(words[:MAX_WORDS]), quoted=True))
        elif not number % 2:
            parts += [Part((word,)) for word in words]
    meaningful = [part for part in parts if part.quoted or part.words[0] not in STOP_WORDS]
    return list(dict.fromkeys(meaningful or parts))[:MAX_WORDS]


def groups_of(parts, synonyms):
    """Returns the groups for `parts`. `synonyms` has other phrases for a tuple of stems.

    The longest run of words that has synonyms becomes one group.
    >>> groups_of(parts_of("UBT poster"), {("ubt",): [("unit", "base", "team")]})
    [[(('ubt',),), (('unit', 'base', 'team'),)], [(('poster',),)]]
    """
    longest = max(map(len, synonyms), default=1)
    groups, start = [], 0
    while start < len(parts):
        run = longest_run(parts[start : start + longest], synonyms)
        stems = tuple(s for part in parts[start : start + run] for s in part.stems)
        quoted = parts[start].quoted
        typed = (stems,) if quoted else tuple((s,) for s in stems)
        others = [] if quoted else [(other,) for other in synonyms.get(stems, [])]
        groups.append([typed, *others])
        start += run
    return groups


def longest_run(parts, synonyms):
    for length in range(len(parts), 1, -1):
        run = parts[:length]
        if not any(part.quoted for part in run) and tuple(p.stems[0] for p in run) in synonyms:
            return length
    return 1


def synonym_table(pairs):
    """Returns {stems of one side, as from parts_of(): [stems of the other side]} for `pairs`.

    >>> synonym_table([("PDSA", "plan, do, act")])
    {('pdsa',): [('plan', 'do', 'act')], ('plan', 'act'): [('pdsa',)]}
    """
    table = {}
    for pair in pairs:
        for left, right in (pair, pair[::-1]):
            key = tuple(map(stem, content_words(words_in(left))))
            table.setdefault(key, []).append(tuple(stems_in(right)))
    return table


def stems_of(groups):
    """Returns every stem that the text of a hit may have, so that it can be marked."""
    return {s for group in groups for option in group for phrase in option for s in phrase}


def words_as_typed(text):
    """Returns a query as counts and titles show it: cut, on one line, with single spaces."""
    return " ".join(text[:MAX_QUERY_LENGTH].split())
