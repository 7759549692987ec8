"""The help on a search page without results, so that readers have a next step."""

from dataclasses import dataclass
from itertools import islice

from django.utils.functional import cached_property

from catalog.search import vocabulary
from catalog.search.queries import groups_of, parts_of, words_as_typed
from catalog.search.ranking import all_synonyms, hits_of, near_words

MAX_NEAR = 4
MAX_TYPOS = 2


@dataclass(frozen=True)
class Alternative:
    words: str
    total: int
    query: str


def no_results_help(form):
    """Returns the offers: fewer filters, fewer words and near spellings that would find something,
    and topics.
    """
    return NoResultsHelp(form)


class NoResultsHelp:
    def __init__(self, form):
        self.form, self.public = form, form.index.public()
        self.parts, self.synonyms = parts_of(form.words), all_synonyms()

    @cached_property
    def unfiltered(self):
        return self.alternative(self.form.words, self.parts) if self.form.chosen() else None

    @cached_property
    def single_words(self):
        """The words that find something alone, if the query has several words."""
        parts = self.parts if len(self.parts) > 1 else []
        return self.with_results(self.alternative(" ".join(part.words), [part]) for part in parts)

    @cached_property
    def near(self):
        """Known words with a spelling near the words that find nothing."""
        unknown = [part for part in self.parts if not self.alternative("", [part]).total]
        words = {word for part in unknown for word in part.words if len(word) > 3}
        near = [known for word in sorted(words) for known in near_words(word, MAX_TYPOS)]
        alternatives = (self.alternative(word, parts_of(word)) for word in near)
        return list(islice((other for other in alternatives if other.total), MAX_NEAR))

    @cached_property
    def topics(self):
        return vocabulary.topics()

    def alternative(self, words, parts):
        groups = groups_of(parts, self.synonyms)
        found = hits_of(groups, self.form.index) & self.public
        return Alternative(words, len(found), self.query(words))

    def query(self, words):
        without = {facet.name: [] for facet in self.form.facets}
        return self.form.query(**without | {"q": words_as_typed(words)})

    @staticmethod
    def with_results(alternatives):
        return [alternative for alternative in alternatives if alternative.total]
