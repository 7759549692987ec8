from datetime import timedelta
from urllib.parse import urlencode

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.lib.text import clean_line
from courses.huddle_sets import iso_week, monday_of

MINUTES = (5, 10, 15, 20, 30, 45, 60)
DEFAULT_MINUTES = 15
MAX_TEAM_LENGTH = 40
MAX_QUOTED_LENGTH = 40  # letters of an invalid value that a notice quotes


class LineField(forms.CharField):
    def to_python(self, value):
        return clean_line(super().to_python(value))


class WeekField(LineField):
    """Cleans an ISO week to the date of its Monday, and an empty value to None."""

    def clean(self, value):
        text = super().clean(value)
        monday = monday_of(text.upper())
        if text and monday is None:
            sentence = _("“%s” is not a week like 2026-W48. This set is for this week.")
            raise forms.ValidationError(sentence % text[:MAX_QUOTED_LENGTH])
        return monday


class LineChoiceField(forms.ChoiceField):
    def to_python(self, value):
        return clean_line(super().to_python(value))[:MAX_QUOTED_LENGTH]


class MinutesField(forms.TypedChoiceField, LineChoiceField):
    pass


class HuddleForm(forms.Form):
    """The choices for a huddle, read from the query string.

    `chosen` has a valid value for each field, whatever the query string says. `notices` say what
    was not valid, and what the page uses instead.
    """

    minutes = MinutesField(
        label=_("Minutes"),
        choices=[(minutes, _("%d minutes") % minutes) for minutes in MINUTES],
        coerce=int,
        empty_value=DEFAULT_MINUTES,
        required=False,
        error_messages={
            "invalid_choice": _(
                "You cannot choose “%(value)s” minutes. This set is for 15 minutes."
            )
        },
    )
    level = LineChoiceField(
        label=_("Path level"),
        required=False,
        error_messages={
            "invalid_choice": _("There is no level “%(value)s”. This set is for any level.")
        },
    )
    dimension = LineChoiceField(
        label=_("Path dimension"),
        required=False,
        error_messages={
            "invalid_choice": _("There is no dimension “%(value)s”. This set is for any dimension.")
        },
    )
    team = LineField(
        label=_("Team code"),
        help_text=_(
            "Any word your team chooses, such as “4 West”. Each team code gets the sets in its own "
            "order, with a different set each week."
        ),
        max_length=MAX_TEAM_LENGTH,
        required=False,
        error_messages={
            "max_length": _(
                "A team code has at most %(limit_value)d characters. This set has no team code."
            )
        },
    )
    week = WeekField(widget=forms.HiddenInput, required=False)

    def __init__(self, data, index):
        super().__init__(data, auto_id="huddle-%s", label_suffix="")
        today = timezone.localdate()
        self.this_monday = today - timedelta(days=today.weekday())
        self.fields["level"].choices = [("", _("Any level")), *index.choices["level"]]
        self.fields["dimension"].choices = [("", _("Any dimension")), *index.choices["dimension"]]
        self.fields["team"].widget.attrs["autocomplete"] = "off"
        self.notices = [sentence for errors in self.errors.values() for sentence in errors]
        self.chosen = DEFAULTS | self.cleaned_data
        # The fields show the values in use, and none of them is marked as an error.
        self.data = self.chosen
        self.errors.clear()

    @property
    def monday(self):
        return self.chosen["week"] or self.this_monday

    def query(self, **changes):
        """Returns the choices as a query string, always in the same order."""
        values = self.chosen | changes
        values["week"] = values["week"] and iso_week(values["week"])
        return "?" + urlencode({name: values[name] for name in self.fields if values[name]})


DEFAULTS = {"minutes": DEFAULT_MINUTES, "level": "", "dimension": "", "team": "", "week": None}
