"""The model field for rich text, and the limits that its form checks."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField

from catalog.lib.richtext.policy import (
    EXTENSIONS,
    LONG_WORD,
    MOST_COLUMNS,
    MOST_INLINES,
    MOST_LINES,
    MOST_SQUARES,
    MOST_TEXT,
)
from catalog.lib.richtext.writer import Writer, read, sanitize
from catalog.lib.text import strip_unprintable

SENTENCES = {
    "text": _("It is longer than %(most_text)s characters. Put the rest into a file of its own."),
    "lines": _(
        "It has more than %(most_lines)s paragraphs, lines, points and rows of tables. "
        "Put the rest into a file of its own."
    ),
    "table": _(
        "Its tables are too large: at most %(most_columns)s columns, and %(most_squares)s cells "
        "in all. Put a larger one into a file of its own."
    ),
    "inlines": _("It has more than %(most_inlines)s links and words in bold or italics."),
    "word": _(
        "It has words of more than %(long_word)s letters, too many or too long ones. Spaces may "
        "be missing, or a picture was pasted as text."
    ),
}


def check_size(html):
    """Raises ValidationError with one sentence for each limit in policy.py that `html` exceeds."""
    writer = Writer()
    read(strip_unprintable(html), writer)
    writer.html()
    limits = {
        "most_text": f"{MOST_TEXT:,}",
        "most_lines": f"{MOST_LINES:,}",
        "most_squares": f"{MOST_SQUARES:,}",
        "most_columns": MOST_COLUMNS,
        "most_inlines": f"{MOST_INLINES:,}",
        "long_word": LONG_WORD,
    }
    if found := [SENTENCES[name] % limits for name in SENTENCES if name in writer.excess]:
        raise ValidationError(found)


class RichTextField(ProseEditorField):
    """HTML that is sanitized whenever it is saved, with or without a form."""

    default_validators = [check_size]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("config", {"extensions": EXTENSIONS})
        kwargs["sanitize"] = sanitize
        super().__init__(*args, **kwargs)

    def pre_save(self, instance, add):
        html = sanitize(super().pre_save(instance, add) or "")
        setattr(instance, self.attname, html)
        return html
