from urllib.parse import parse_qsl

from django import template
from django.utils.translation import gettext_lazy as _

from catalog.printing.options import PrintOptions

register = template.Library()

QUESTIONS = {"paper": _("Paper"), "text": _("Print size"), "ink": _("Ink")}


@register.inclusion_tag("catalog/print_options.html")
def print_options(address, grouped=False, form=""):
    """Shows the print options for the PDF at `address`, which may have a query string.

    `grouped` is true for a listing whose entries can be printed by type or by level. `form` is the
    id of a form on the page whose fields are sent too.
    """
    path, _mark, query = address.partition("?")
    return {
        "path": path,
        "pairs": parse_qsl(query),
        "grouped": grouped,
        "form": form,
        "choices": [
            (name, words, PrintOptions.CHOICES[name].items()) for name, words in QUESTIONS.items()
        ],
    }
