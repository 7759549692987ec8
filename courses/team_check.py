"""A team check: the answers in the link, and their result in words."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from courses.models import Criterion
from courses.path_grid import Path
from courses.team_level import DamagedCode, answers_in, code_of

NUMBERS = [
    gettext_lazy("no"),
    gettext_lazy("one"),
    gettext_lazy("two"),
    gettext_lazy("three"),
    gettext_lazy("four"),
    gettext_lazy("five"),
    gettext_lazy("six"),
    gettext_lazy("seven"),
    gettext_lazy("eight"),
    gettext_lazy("nine"),
    gettext_lazy("ten"),
]


def number_in_words(number):
    return str(NUMBERS[number]) if number < len(NUMBERS) else str(number)


def code_of_form(numbers):
    """Returns the code of the criteria whose numbers a form sent as strings.

    Strings that are not the number of a criterion are ignored.
    """
    known = {str(pk): pk for pk in Criterion.objects.values_list("pk", flat=True)}
    return code_of(known[text] for text in numbers if text in known)


@dataclass
class TeamCheck:
    """`code` is "" for no answers. `notice` is a sentence when the code in the link is damaged."""

    code: str
    notice: str
    path: Path

    @classmethod
    def read(cls, code):
        try:
            numbers, notice = answers_in(code), ""
        except DamagedCode:
            numbers, code = set(), ""
            notice = _(
                "The link of this team check is damaged: part of it is missing or was changed. "
                "Nothing is checked. Ask for the link again, or start over."
            )
        path = Path()
        criteria = {c for some in path.criteria.values() for c in some}
        path.met = {c for c in criteria if c.pk in numbers} if code else None
        return cls(code, notice, path)

    @property
    def met(self):
        return self.path.met or set()

    @property
    def standing(self):
        return self.path.standing

    def by_dimension(self):
        """Returns [(dimension, its level)], 0 before Level 1.

        The level of the team is the lowest of them.
        """
        return [(d, self.standing.dimensions[d.slug]) for d in self.path.dimensions]

    def levels(self):
        """Yields each level, with `all_criteria` set to the criteria of all dimensions."""
        for level in self.path.levels:
            cells = [self.path.criteria_of(dimension, level) for dimension in self.path.dimensions]
            level.all_criteria = [criterion for criteria in cells for criterion in criteria]
            yield level

    @property
    def result(self):
        """Words such as "Level 1, three steps from Level 2"."""
        level, following = self.standing.level, self.standing.next_level
        if following is None and not level:
            return _("There are no criteria yet")
        if following is None:
            return _("Level %d: your team meets every criterion") % level
        steps = len(self.standing.open)
        facts = {"level": level, "steps": number_in_words(steps), "next": following}
        if not level:
            words = ngettext(
                "Not yet at Level 1: %(steps)s step to go",
                "Not yet at Level 1: %(steps)s steps to go",
                steps,
            )
        else:
            words = ngettext(
                "Level %(level)s, %(steps)s step from Level %(next)s",
                "Level %(level)s, %(steps)s steps from Level %(next)s",
                steps,
            )
        return words % facts

    @property
    def query(self):
        return f"?check={self.code}" if self.code else ""

    def address(self, name):
        return reverse(name) + self.query

    @property
    def link(self):
        """The full URL, for sharing."""
        return settings.SITE_URL + self.address("team-check")
