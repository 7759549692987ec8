"""Finds the resources for a search and ranks them: first titles with all words, the closest first;
then resources with more of the words in title and labels; of equals, the newest first.
"""

from dataclasses import dataclass, field
from functools import reduce
from itertools import islice, pairwise
from operator import and_, or_

from django.utils.functional import cached_property
from rapidfuzz import process
from rapidfuzz.distance import OSA

from catalog.lib.id_sets import EMPTY, IdSet, by_count
from catalog.lib.stemming import stem, stems_in
from catalog.models import BestBet, Synonym, Word
from catalog.search.index import LENGTH_KEYS
from catalog.search.queries import groups_of, parts_of, stems_of, synonym_table

MIN_FORGIVEN_LENGTH = 5  # letters of a word that may have one typo
MAX_GUESSES = 5
MAX_NEAR = 50  # readers see only some of them, because words of drafts are among them


@dataclass(frozen=True)
class SearchResult:
    """The results of a search.

    `hits` is a set of public resources; `tiers` are parts of it, the better part first. `hidden` is
    the set of resources that would be hits if they were public now. `read_as` has pairs of an
    unknown word and the words that replaced it.
    """

    hits: IdSet = EMPTY
    tiers: list = field(default_factory=list)
    groups: list = field(default_factory=list)
    read_as: list = field(default_factory=list)
    hidden: IdSet = EMPTY

    @cached_property
    def stems(self):
        return stems_of(self.groups)


def find(text, index):
    """Returns the public resources that have all words and phrases of `text`."""
    parts = parts_of(text)
    if not parts:
        return SearchResult()
    public, synonyms = index.public(), add_joined_words(parts, all_synonyms())
    groups, read_as = groups_of(parts, synonyms), []
    hits = hits_of(groups, index) & public
    if not hits:
        groups, read_as = guess_words(parts, groups, public, index)
        hits = hits_of(groups, index) & public if read_as else EMPTY
    bets = promoted_results(text) & public
    hidden = hits_of(groups, index) & index.hidden()
    return SearchResult(hits | bets, [bets, *ranking_tiers(groups, index)], groups, read_as, hidden)


def hits_of(groups, index):
    """Returns the set of resources that have every one of `groups`; the empty set for no groups."""
    if not groups:
        return EMPTY
    return reduce(and_, (anywhere for _title, _labels, anywhere in places_of(groups, index)))


def places_of(groups, index):
    """Returns three sets of resources for each group: with the group in the title, in the title or
    the labels, and anywhere.
    """
    return [
        [reduce(or_, found) for found in zip(*(option_hits(o, index) for o in group), strict=True)]
        for group in groups
    ]


def option_hits(phrases, index):
    hits = (index.hits(phrase) for phrase in phrases)
    return [reduce(and_, found) for found in zip(*hits, strict=True)]


def ranking_tiers(groups, index):
    """Returns the tiers: first titles with all words, those with the fewest other words first; then
    resources by how many of the words are in title and labels. A word in a label counts once, a
    word in the title twice.
    """
    titles, labels, _anywhere = zip(*places_of(groups, index), strict=True)
    whole = reduce(and_, titles)
    return [*(whole & index.set_of(key) for key in LENGTH_KEYS), *by_count(titles + labels)]


def add_joined_words(parts, synonyms):
    """Adds to `synonyms` two words in a row that are also known as one word: ice breaker."""
    runs = {
        first.words[0] + second.words[0]: first.stems + second.stems
        for first, second in pairwise(parts)
        if not first.quoted and not second.quoted
    }
    for word in Word.objects.filter(word__in=runs).values_list("word", flat=True):
        synonyms.setdefault(runs[word], []).append((stem(word),))
    return synonyms


def all_synonyms():
    return synonym_table(Synonym.objects.values_list("term", "meaning"))


def promoted_results(text):
    stems = " ".join(stems_in(text))
    resources = BestBet.objects.filter(stems=stems).values_list("resource", flat=True)
    return IdSet(resources)


def guess_words(parts, groups, public, index):
    """Returns the groups with guesses for each unknown word, and the pairs of (word, guesses)."""
    words = {((part.stems),): part.words[0] for part in parts if not part.quoted}
    better, read_as = [], []
    for group in groups:
        word = words.get(group[0])
        if word and not hits_of([group], index) & public:
            guesses = (guess for guess in guesses_for(word) if is_found(guess, public, index))
            if chosen := list(islice(guesses, MAX_GUESSES)):
                read_as.append((word, chosen))
                group = [(tuple(stems_in(guess)),) for guess in chosen]
        better.append(group)
    return better, read_as


def is_found(words, public, index):
    """Whether a resource of the set `public` has `words` one after the other."""
    _titles, _labels, anywhere = index.hits(tuple(stems_in(words)))
    return bool(anywhere & public)


def guesses_for(word):
    """Returns the known words that begin with `word`, the shortest first.

    If there are none, returns the pairs of words that it is made of, then the words one typo away.
    """
    longer = Word.objects.filter(word__startswith=word).order_by("length", "word")
    if len(word) > 2 and (words := list(longer.values_list("word", flat=True)[:MAX_NEAR])):
        return words
    if len(word) < MIN_FORGIVEN_LENGTH:
        return []
    return halves_of(word) + near_words(word, 1)


def halves_of(word):
    """Returns the ways to read `word` as two known words: "walk around"."""
    halves = [(word[:n], word[n:]) for n in range(2, len(word) - 1)]
    known = set(Word.objects.filter(word__in=sum(halves, ())).values_list("word", flat=True))
    return [" ".join(pair) for pair in halves if known.issuperset(pair)]


def near_words(word, max_typos):
    """Returns up to MAX_NEAR known words with at most `max_typos` typos, the nearest first."""
    candidates = Word.objects.filter(length__range=(len(word) - max_typos, len(word) + max_typos))
    near = process.extract(
        word,
        candidates.order_by("word").values_list("word", flat=True),
        scorer=OSA.distance,
        score_cutoff=max_typos,
        limit=MAX_NEAR,
    )
    return [known for known, _distance, _index in near]
