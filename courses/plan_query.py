"""The question of a plan, read from the query string."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.lib.text import clean_line
from catalog.models import Audience, FormerSlug
from courses.models import Course
from courses.public_graph import MAX_NAME_LENGTH, MISSING, key_of
from courses.team_check import TeamCheck

MAX_NAMED = 200  # courses in one address
YEARS = range(2000, 2101)
HOURS = (1, 2, 3, 4, 6, 8)
DEFAULT_HOURS = 2  # hours of training in a week


@dataclass
class PlanQuery:
    """What a reader asks of a plan.

    `first` is the level of the team and `last` the level that it wants to reach; None when it does
    not say. `done`, `wanted` and `preferred` are {key in the query string: node of a graph}.
    `notices` say what was not valid, and what the plan uses instead.
    """

    check: TeamCheck
    first: int | None = None
    last: int | None = None
    audiences: list = field(default_factory=list)
    all_audiences: list = field(default_factory=list)
    done: dict = field(default_factory=dict)
    wanted: dict = field(default_factory=dict)
    preferred: dict = field(default_factory=dict)
    start: date | None = None
    hours: int = DEFAULT_HOURS
    notices: list = field(default_factory=list)

    @classmethod
    def read(cls, data):
        query = cls(TeamCheck.read(data.get("check", "")))
        query.notices += [query.check.notice] if query.check.notice else []
        query.read_levels(data)
        query.read_audiences(data.getlist("audience"))
        nodes = nodes_of({key for name in NODE_FIELDS for key in data.getlist(name)})
        for name, attribute in NODE_FIELDS.items():
            setattr(query, attribute, query.find_nodes(data.getlist(name)[:MAX_NAMED], nodes))
        query.start = query.read_date(data.get("start", ""))
        hours = data.get("hours", "")
        query.hours = int(hours) if hours in map(str, HOURS) else DEFAULT_HOURS
        return query

    def read_levels(self, data):
        self.first, self.last = (self.read_level(data.get(name, "")) for name in ("from", "to"))
        if self.check.code:
            self.first = self.last = None
        if self.first and self.last and self.first >= self.last:
            sentence = _(
                "Choose a higher level to aim for: Level %(last)d is not above Level %(first)d."
            )
            self.notices.append(sentence % {"first": self.first, "last": self.last})

    def read_level(self, text):
        if not text or text in map(str, range(1, 6)):
            return int(text) if text else None
        self.notices.append(_("There is no level “%s”. Levels go from 1 to 5.") % text[:20])
        return None

    def read_audiences(self, slugs):
        self.all_audiences = list(Audience.objects.all())
        known = {audience.slug: audience for audience in self.all_audiences}
        self.audiences = [known[slug] for slug in dict.fromkeys(slugs) if slug in known]
        for slug in dict.fromkeys(filter(None, slugs)):
            if slug not in known:
                self.notices.append(_("We skipped “%s”: no audience has that name.") % slug[:40])

    def find_nodes(self, keys, nodes):
        for key in dict.fromkeys(keys):
            if key and key not in nodes:
                self.skip(key)
        return {key: nodes[key] for key in dict.fromkeys(keys) if key in nodes}

    def skip(self, key):
        self.notices.append(_("We skipped “%s”: no course has that name.") % key[:60])

    def read_date(self, text):
        with suppress(ValueError):
            if not text or (day := date.fromisoformat(text)).year in YEARS:
                return day if text else None
        sentence = _("“%s” is not a date. The plan starts next Monday.")
        self.notices.append(sentence % clean_line(text[:20]))
        return None

    @property
    def starts(self):
        """The Monday of the week in which the plan starts. By default it is next Monday."""
        day = self.start or timezone.localdate() + timedelta(days=7)
        return day - timedelta(days=day.weekday())

    @property
    def aims_higher(self):
        return bool(self.last) and (self.first or 0) < self.last

    @property
    def is_empty(self):
        return not (self.check.code or self.aims_higher or self.wanted)

    @property
    def title(self):
        if self.check.code:
            return _("Plan: %s") % self.check.result
        if self.aims_higher and self.first:
            facts = {"first": self.first, "last": self.last}
            return _("Plan from Level %(first)d to Level %(last)d") % facts
        if self.aims_higher:
            return _("Plan up to Level %d") % self.last
        return _("Plan for chosen courses") if self.wanted else _("Make a plan")

    @property
    def audience_slugs(self):
        return frozenset(audience.slug for audience in self.audiences)

    def query_string(self, with_time=False, **changes):
        """Returns the question as a query string, always in the same order.

        `changes` are {parameter: list of values}.
        """
        values = {
            "check": [self.check.code],
            "from": [self.first],
            "to": [self.last],
            "audience": [audience.slug for audience in self.audiences],
            "want": sorted(self.wanted),
            "done": sorted(self.done),
            "take": sorted(self.preferred),
            "start": [self.start and self.start.isoformat()] if with_time else [],
            "hours": [self.hours if self.hours != DEFAULT_HOURS else None] if with_time else [],
        } | changes
        pairs = [(name, value) for name, row in values.items() for value in row if value]
        return f"?{urlencode(pairs, safe=MISSING)}" if pairs else ""

    def pairs(self):
        """Returns [(parameter, value)], for the hidden fields of a form."""
        return parse_qsl(self.query_string().removeprefix("?"))

    @property
    def levels(self):
        return self.check.path.levels


NODE_FIELDS = {"done": "done", "want": "wanted", "take": "preferred"}


def nodes_of(keys):
    """Returns {key: node}.

    The node of a published course is its id; the key is its present or a former slug. The key of a
    missing course is its own node, even when the course is in the catalog by now.
    """
    slugs = {key for key in keys if not key.startswith(MISSING)}
    published, nodes = Course.objects.published(), {}
    hidden = Course.objects.filter(slug__in=slugs).values_list("slug", "title")
    nodes |= {slug: key_of(title) for slug, title in hidden}
    nodes |= dict(published.filter(slug__in=slugs).values_list("slug", "pk"))
    former = FormerSlug.objects.filter(slug__in=slugs - nodes.keys(), resource__in=published)
    nodes |= dict(former.values_list("slug", "resource"))
    return nodes | {key: key for key in keys - slugs if len(key) <= MAX_NAME_LENGTH + 1}
