"""What a search finds, and in which order: titles first, the closest of them, then the newest."""

from dataclasses import dataclass, field

from django.utils.functional import cached_property
from rapidfuzz import process
from rapidfuzz.distance import OSA

from catalog import bits
from catalog.models import BestBet, Synonym, Word
from catalog.search import engines
from catalog.search.engines import ALL, LABELS, TITLES
from catalog.search.queries import Part, both_ways, groups_of, parts_of, stems_of
from catalog.search.shelf import LENGTH_KEYS
from catalog.words import stem, stems_in

SHORTEST_FORGIVEN = 5  # letters of a word in which one typo is forgiven
MOST_GUESSES = 5


@dataclass(frozen=True)
class Found:
    """`hits` is a set of public resources; `tiers` are parts of it, which of two is better first.

    `read_as` are pairs of a word that is nowhere and the words that were taken for it.
    """

    hits: int
    tiers: list = field(default_factory=list)
    groups: list = field(default_factory=list)
    read_as: list = field(default_factory=list)

    @cached_property
    def stems(self):
        return stems_of(self.groups)


def find(text, shelf):
    """What readers may see of the resources with all words and phrases of `text`."""
    parts = parts_of(text)
    if not parts:
        return Found(0)
    public, synonyms = shelf.public(), all_synonyms()
    groups, read_as = groups_of(parts, synonyms), []
    hits = engines.hits(groups, ALL) & public
    if not hits:
        groups, read_as = forgiving(parts, synonyms, public)
        hits = engines.hits(groups, ALL) & public if read_as else 0
    titles = engines.hits(groups, TITLES) & public
    tiers = [bets_for(text) & public, *(titles & shelf.set_of(key) for key in LENGTH_KEYS)]
    tiers.append(engines.hits(groups, LABELS) & public)
    return Found(hits | tiers[0], tiers, groups, read_as)


def all_synonyms():
    pairs = Synonym.objects.values_list("term", "meaning")
    return both_ways((tuple(stems_in(term)), tuple(stems_in(meaning))) for term, meaning in pairs)


def bets_for(text):
    stems = " ".join(stems_in(text))
    resources = BestBet.objects.filter(stems=stems).values_list("resource", flat=True)
    return bits.bits_of(resources)


def forgiving(parts, synonyms, public):
    """The groups with what each word that is nowhere was meant to be, and the pairs of both."""
    groups, read_as = [], []
    for part in parts:
        group = groups_of([part], synonyms)[0]
        if not part.quoted and not engines.hits([group], ALL) & public:
            word = part.words[0]
            meant = [guess for guess in guesses_for(word) if is_public(guess, public)]
            if meant:
                read_as.append((word, meant))
                group = [((stem(guess),),) for guess in meant]
        groups.append(group)
    return groups, read_as


def is_public(word, public):
    return bool(engines.hits(groups_of([Part((word,))], {}), ALL) & public)


def guesses_for(word):
    """The known words that begin with `word`, the shortest first; else those one typo away."""
    longer = Word.objects.filter(word__startswith=word).order_by("length", "word")
    if len(word) > 2 and (found := list(longer.values_list("word", flat=True)[:MOST_GUESSES])):
        return found
    return near_words(word, 1) if len(word) >= SHORTEST_FORGIVEN else []


def near_words(word, most):
    """Up to MOST_GUESSES known words at most so many typos away, the nearest first."""
    lengths = Word.objects.filter(length__range=(len(word) - most, len(word) + most))
    near = process.extract(
        word,
        lengths.order_by("word").values_list("word", flat=True),
        scorer=OSA.distance,
        score_cutoff=most,
        limit=MOST_GUESSES,
    )
    return [found for found, _distance, _place in near]
