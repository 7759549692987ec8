from functools import cached_property
from math import ceil

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.models import IndexEntry, Resource
from catalog.search.cards import cards_of
from catalog.search.index import current_index
from courses.huddle_form import MINUTES, HuddleForm
from courses.huddle_sets import WEEK, iso_week, make_packs, pack_of_week
from courses.kind import helping_kinds


@require_safe
def huddle(request):
    index = current_index()
    form = HuddleForm(request.GET, index)
    context = {"section": "path", "form": form, "huddle": Huddle(form, index)}
    return render(request, "courses/huddle.html", context)


class Huddle:
    """The set of tools and videos for the choices of a form, with links to other weeks."""

    def __init__(self, form, index):
        self.form, self.monday = form, form.monday
        self.minutes, self.team = form.chosen["minutes"], form.chosen["team"]
        self.index, self.public = index, index.public()
        rows = IndexEntry.objects.filter(minutes__lte=MINUTES[-1])
        self.minutes_of = dict(rows.values_list("pk", "minutes"))
        videos = Resource.objects.filter(minutes_max=None, seconds__lte=60 * MINUTES[-1])
        self.minutes_of |= {  # rounded up; the index has the nearest minute
            pk: ceil(seconds / 60) for pk, seconds in videos.values_list("pk", "seconds")
        }
        self.packs = make_packs(self.fitting_entries(), self.minutes, self.team)

    def fitting_entries(self, **changes):
        """Returns [(id, minutes)] of all entries that fit the choices, with `changes`."""
        chosen = self.form.chosen | changes
        found = self.public & self.index.set_of(*(f"kind:{kind}" for kind in helping_kinds()))
        for name in ("level", "dimension"):
            if chosen[name]:
                found &= self.index.set_of(f"{name}:{chosen[name]}")
        timed = ((pk, self.minutes_of.get(pk)) for pk in found)
        return [(pk, minutes) for pk, minutes in timed if minutes and minutes <= chosen["minutes"]]

    @cached_property
    def cards(self):
        return cards_of(pack_of_week(self.packs, self.monday))

    @cached_property
    def total_minutes(self):
        """The minutes that all cards take together."""
        return sum(self.minutes_of[card.pk] for card in self.cards)

    @property
    def week(self):
        return iso_week(self.monday)

    @property
    def is_now(self):
        return self.monday == self.form.this_monday

    @property
    def link(self):
        return self.form.query(week=self.monday)

    @property
    def last_week(self):
        return self.form.query(week=self.monday - WEEK)

    @property
    def next_week(self):
        return self.form.query(week=self.monday + WEEK)

    @property
    def this_week(self):
        return self.form.query(week=None)

    def alternatives(self):
        """Returns [(words, query, number of entries that fit)] of changes that find something.

        Each is a single change. When no single change helps, all changes are made together.
        """
        anywhere = {"level": "", "dimension": ""}
        changes = [self.with_more_time(), self.alternative(_("Any level"), level="")]
        changes += [self.alternative(_("Any dimension"), dimension="")]
        return [change for change in changes if change[2]] or [
            change for change in [self.with_more_time(**anywhere)] if change[2]
        ]

    def with_more_time(self, **changes):
        """Returns the change to the smallest choice of minutes in which something fits."""
        shortest = min(
            (m for _pk, m in self.fitting_entries(minutes=MINUTES[-1], **changes)), default=0
        )
        enough = next(m for m in MINUTES if m >= max(shortest, self.minutes))
        words = _("%d minutes") % enough
        if changes:
            words = _("%d minutes, any level and any dimension") % enough
        return self.alternative(words, minutes=enough, **changes)

    def alternative(self, words, **changes):
        return words, self.form.query(**changes), len(self.fitting_entries(**changes))
