"""The grid of Path to Performance for readers: cells with their criteria and what helps."""

from dataclasses import dataclass, field

from django.utils.functional import cached_property

from catalog.kinds import registered
from catalog.lib.addresses import address_of
from catalog.lib.id_sets import IdSet
from catalog.models import Dimension, Level, Resource
from catalog.search.index import current_index
from courses.models import BestResource, Criterion
from courses.team_level import find_standing

MAX_PER_KIND = 3  # resources that one criterion names


@dataclass
class Cell:
    """One level of one dimension. `counts` is {a Kind: the number of public resources}."""

    dimension: Dimension
    level: Level
    criteria: list = field(default_factory=list)
    counts: dict = field(default_factory=dict)
    state: str = ""  # "met" or "next" for a team, else ""

    @property
    def address(self):
        return address_of("cell-listing", self.dimension.slug, self.level.number)

    @property
    def kind_counts(self):
        """[(words such as "2 courses", address of these)] for each kind in the cell."""
        return [
            (kind.count(number), f"{self.address}?kind={kind.name}")
            for kind, number in self.counts.items()
            if number
        ]


class Path:
    """The grid, and the level of the team that meets the criteria `met` (None without a team).

    One query reads all criteria. The sets come from the index.
    """

    def __init__(self, met=None):
        self.index, self.met = current_index(), met
        self.dimensions, self.levels = list(Dimension.objects.all()), list(Level.objects.all())
        self.criteria = Criterion.objects.in_cells()

    @cached_property
    def standing(self):
        """A Standing from courses.team_level, with each open criterion as a row."""
        cells = {
            (dimension.slug, level.number): self.criteria_of(dimension, level)
            for dimension in self.dimensions
            for level in self.levels
        }
        return find_standing(cells, self.met or set())

    def criteria_of(self, dimension, level):
        return self.criteria.get((dimension.slug, level.number), [])

    def rows(self):
        """[(dimension, [Cell of each level])]"""
        return [(dimension, self.cells_of(dimension)) for dimension in self.dimensions]

    def cells_of(self, dimension):
        return [self.cell(dimension, level) for level in self.levels]

    def cell(self, dimension, level):
        criteria = self.criteria_of(dimension, level)
        counts = {
            kind: len(self.set_of(dimension, level, kind.name)) for kind in reversed(registered())
        }
        return Cell(dimension, level, criteria, counts, self.state_of(criteria))

    def state_of(self, criteria):
        if self.met is None or not criteria:
            return ""
        if all(criterion in self.met for criterion in criteria):
            return "met"
        return "next" if set(criteria) & set(self.standing.open) else ""

    def set_of(self, dimension, level, kind):
        found = self.public
        for key in (f"dimension:{dimension.slug}", f"level:{level.number}", f"kind:{kind}"):
            found &= self.index.set_of(key)
        return found

    @cached_property
    def public(self):
        return self.index.public()

    def help_for(self, criteria):
        """Sets `help` of each criterion to [(a Kind, cards, number of resources)].

        The best resources come first, then the newest of the cell.
        """
        best = self.best_by_criterion(criteria)
        chosen = {criterion: self.help_of(criterion, best) for criterion in criteria}
        ids = {pk for kinds in chosen.values() for _kind, some, _total in kinds for pk in some}
        cards = Resource.objects.published().in_bulk(ids)
        for criterion, kinds in chosen.items():
            criterion.help = [
                (kind, [cards[pk] for pk in some if pk in cards], total)
                for kind, some, total in kinds
            ]

    def help_of(self, criterion, best):
        return [
            (kind, self.first_ids(criterion, kind.name, best), total)
            for kind in reversed(registered())
            if (total := len(self.helpful_set(criterion, kind.name, best)))
        ]

    def first_ids(self, criterion, kind, best):
        first = [pk for pk, resource_kind in best.get(criterion.pk, ()) if resource_kind == kind]
        first = [pk for pk in first if pk in self.public]
        found = self.helpful_set(criterion, kind, best)
        more = self.index.ranked(found, "newest")[: MAX_PER_KIND + len(first)]
        return list(dict.fromkeys([*first, *more]))[: max(MAX_PER_KIND, len(first))]

    def helpful_set(self, criterion, kind, best):
        found = self.set_of(criterion.dimension, criterion.level, kind)
        best_ids = IdSet(pk for pk, best_kind in best.get(criterion.pk, ()) if best_kind == kind)
        return found | (best_ids & self.public)

    @staticmethod
    def best_by_criterion(criteria):
        """Returns {id of a criterion: [(id of a resource, its kind)]}."""
        rows = BestResource.objects.filter(criterion__in=[c.pk for c in criteria])
        best = {}
        for criterion, pk, kind in rows.values_list("criterion", "resource", "resource__kind"):
            best.setdefault(criterion, []).append((pk, kind))
        return best
