from urllib.parse import urlencode

from django import forms
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from catalog.models import Kind, Level

KIND_PLURALS = {Kind.VIDEO: _("Videos"), Kind.TOOL: _("Tools"), Kind.COURSE: _("Courses")}
LEVEL_NUMBERS = [str(number) for number in range(1, 6)]


class KnownChoicesField(forms.MultipleChoiceField):
    """Several of the choices, in their own order and each once; anything else is passed over."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value):
        wanted = set(value or ())
        return [key for key, _label in self.choices if str(key) in wanted]


class BrowseForm(forms.Form):
    """The query string of a listing: what of it to show."""

    kind = KnownChoicesField(label=_("Type"), choices=list(KIND_PLURALS.items()), required=False)
    level = KnownChoicesField(
        label=_("Path level"),
        choices=[(number, _("Level %s") % number) for number in LEVEL_NUMBERS],
        required=False,
    )

    def __init__(self, data, fixed=()):
        super().__init__(data)
        for name in fixed:
            del self.fields[name]
        self.full_clean()

    def narrow(self, resources, but=""):
        """`resources` with every filter but the one named `but`."""
        kinds, levels = (
            self.cleaned_data.get(name) if name != but else None for name in ("kind", "level")
        )
        if kinds:
            resources = resources.filter(kind__in=kinds)
        if levels:
            resources = resources.filter(
                pk__in=Level.resources.through.objects.filter(level__in=levels).values("resource")
            )
        return resources

    def query(self, **changes):
        """The filters as a query string in one canonical order, "" for none."""
        values = self.cleaned_data | changes
        pairs = [(name, value) for name in self.fields for value in values[name]]
        return f"?{urlencode(pairs)}" if pairs else ""

    def chosen(self):
        """Each filter that is on: its label, and the query string without it."""
        return [
            (label, self.query(**{name: [v for v in self.cleaned_data[name] if v != key]}))
            for name, field in self.fields.items()
            for key, label in field.choices
            if key in self.cleaned_data[name]
        ]

    def groups(self, resources):
        """For each filter its name, label and options, with how many rows each would show."""
        return [
            (name, field.label, self.options(name, field, resources))
            for name, field in self.fields.items()
        ]

    def options(self, name, field, resources):
        counts = self.counts(name, self.narrow(resources, but=name))
        return [
            {
                "key": key,
                "label": label,
                "count": counts.get(str(key), 0),
                "checked": key in self.cleaned_data[name],
            }
            for key, label in field.choices
        ]

    def counts(self, name, resources):
        column = {"kind": "kind", "level": "levels"}[name]
        rows = resources.order_by().values_list(column).annotate(Count("pk"))
        return {str(key): count for key, count in rows}
