"""The model field for rich text, and the limits that its form checks."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField

from catalog.lib.richtext.policy import (
    EXTENSIONS,
    LONG_WORD,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_INLINES,
    MAX_LINES,
    MAX_TEXT,
)
from catalog.lib.richtext.writer import Writer, read, sanitize
from catalog.lib.text import strip_unprintable

SENTENCES = {
    "text": _(
        "The text is longer than %(max_text)s characters. Move part of it to a separate file."
    ),
    "lines": _(
        "The text has more than %(max_lines)s paragraphs, lines, list items and table rows. "
        "Move part of it to a separate file."
    ),
    "table": _(
        "The tables are too large. Use at most %(max_columns)s columns in a table, and "
        "%(max_cells)s cells in all tables together. Move larger tables to a separate file."
    ),
    "inlines": _(
        "The text has more than %(max_inlines)s links and bold or italic words. Remove some."
    ),
    "word": _(
        "The text has too many very long words, or words that are too long (more than "
        "%(long_word)s letters). Add missing spaces, and remove images that were pasted as text."
    ),
}


def check_size(html):
    """Raises ValidationError with one sentence for each limit in policy.py that `html` exceeds."""
    writer = Writer()
    read(strip_unprintable(html), writer)
    writer.html()
    limits = {
        "max_text": f"{MAX_TEXT:,}",
        "max_lines": f"{MAX_LINES:,}",
        "max_cells": f"{MAX_CELLS:,}",
        "max_columns": MAX_COLUMNS,
        "max_inlines": f"{MAX_INLINES:,}",
        "long_word": LONG_WORD,
    }
    if errors := [SENTENCES[name] % limits for name in SENTENCES if name in writer.excess]:
        raise ValidationError(errors)


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
