from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.search.facets import FACETS
from catalog.search.queries import MAX_QUERY_LENGTH, words_as_typed

BEST = "best"
ORDERS = {
    "newest": _("Newest first"),
    "title": _("By title"),
    "time": _("Shortest first"),
}


class KnownChoicesField(forms.MultipleChoiceField):
    """Any of the choices, in their own order and each once. It ignores other values."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value):
        wanted = set(value or ())
        return [key for key, _label in self.choices if str(key) in wanted]


class KnownChoiceField(forms.ChoiceField):
    """One of the choices. Any other value means the first one, which addresses can leave out."""

    def clean(self, value):
        keys = [key for key, _label in self.choices]
        return value if value in keys else keys[0]


class WordsField(forms.CharField):
    """The words of a search, on one line and cut to a length that people type."""

    def clean(self, value):
        return words_as_typed(value or "")


class BrowseForm(forms.Form):
    """The query string of a listing: which entries to show, and in which order.

    `fixed` are the names of the facets that the listing itself decides.
    """

    def __init__(self, data, index, fixed=(), search=False):
        super().__init__(data)
        self.index = index
        if search:
            self.fields["q"] = WordsField(label=_("Words"), max_length=MAX_QUERY_LENGTH)
        self.facets = [facet for facet in FACETS if facet.name not in fixed]
        for facet in self.facets:
            choices = index.choices[facet.name]
            self.fields[facet.name] = KnownChoicesField(
                label=facet.label, choices=choices, required=False
            )
        orders = ({BEST: _("Best match first")} if search and self.words else {}) | ORDERS
        self.fields["sort"] = KnownChoiceField(label=_("Order"), choices=list(orders.items()))
        self.full_clean()

    @property
    def words(self):
        return words_as_typed(self.data.get("q", ""))

    @property
    def order(self):
        return self.cleaned_data["sort"]

    def narrow(self, resources, except_facet=""):
        """Returns the part of the set `resources` that passes every filter except the named one."""
        for facet in self.facets:
            options = self.cleaned_data[facet.name]
            if options and facet.name != except_facet:
                resources &= self.index.set_of(*(f"{facet.name}:{key}" for key in options))
        return resources

    def query(self, **changes):
        """Returns the form as a query string in one canonical order, or "" if it is empty.

        `changes` are values by field name that replace those of the form.
        """
        values = self.cleaned_data | changes
        pairs = []
        for name, field in self.fields.items():
            value = values[name]
            if name == "sort" and value == field.choices[0][0]:
                continue
            parts = value if isinstance(value, list) else [value]
            pairs += [(name, part) for part in parts if part]
        return f"?{urlencode(pairs)}" if pairs else ""

    def chosen(self):
        """Returns (label, query string without it) for each filter that is on."""
        return [
            (label, self.query(**{facet.name: [other for other in chosen if other != key]}))
            for facet in self.facets
            for chosen in [self.cleaned_data[facet.name]]
            for key, label in self.fields[facet.name].choices
            if key in chosen
        ]

    def bare_query(self):
        """Returns the query string without any filter."""
        return self.query(**{facet.name: [] for facet in self.facets})

    def groups(self, resources):
        """Returns each facet that has options for the set `resources`, with these options."""
        groups = [self.group(facet, resources) for facet in self.facets]
        return [group for group in groups if group["options"]]

    def group(self, facet, resources):
        """Returns a facet's options, each with the number of entries that it would show.

        There are no options if no entry of the unfiltered listing has one of them.
        """
        chosen = self.cleaned_data[facet.name]
        sets = [
            (key, label, self.index.set_of(f"{facet.name}:{key}"))
            for key, label in self.fields[facet.name].choices
        ]
        has_options = chosen or any(resources & found for _key, _label, found in sets)
        return {
            "name": facet.name,
            "label": facet.label,
            "open": facet.handy or bool(chosen),
            "options": self.options(facet, resources, sets) if has_options else [],
        }

    def options(self, facet, resources, sets):
        """Returns an option for each (key, label, set of its entries) of a facet."""
        chosen = self.cleaned_data[facet.name]
        narrowed = self.narrow(resources, except_facet=facet.name)
        return [
            {
                "key": key,
                "label": label,
                "count": count,
                "checked": key in chosen,
                "disabled": not count and key not in chosen,
            }
            for key, label, found in sets
            for count in [len(narrowed & found)]
        ]
