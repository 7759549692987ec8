"""The print options that readers choose."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy


@dataclass(frozen=True)
class PrintOptions:
    """The paper, the font size and the ink that a reader chose."""

    paper: str = "letter"
    text: str = "normal"
    ink: str = "color"

    CHOICES = {
        "paper": {"letter": gettext_lazy("Letter"), "a4": gettext_lazy("A4")},
        "text": {"normal": gettext_lazy("Normal print"), "large": gettext_lazy("Large print")},
        "ink": {"color": gettext_lazy("Color"), "saving": gettext_lazy("Black and white")},
    }

    @classmethod
    def read(cls, query):
        """Reads a query. A value that is not a choice counts as not given."""
        values = {name: query.get(name, "").lower() for name in cls.CHOICES}
        return cls(**{name: value for name, value in values.items() if value in cls.CHOICES[name]})

    @property
    def query(self):
        """The options that differ from the defaults, as a query: "paper=a4"."""
        default = PrintOptions()
        return urlencode({name: getattr(self, name) for name in self.CHOICES
                          if getattr(self, name) != getattr(default, name)})  # fmt: skip
