"""Removes from incoming text what no page, feed or PDF can hold. No other module does this."""

import re
import unicodedata
from html import unescape

from django.utils.html import strip_tags

# C0 and C1 controls except tab and line feed, lone surrogates, the non-characters that XML forbids,
# and the marks that change the direction of the text after them.
UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
LINE_END = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def clean_text(text):
    """Returns `text` composed (NFC), line ends as \\n, without what strip_unprintable() removes.

    PowerPoint uses a vertical tab as a line break, so a vertical tab becomes a line end.
    >>> clean_text("Waste\\x0bwalk\\x00")
    'Waste\\nwalk'
    """
    return unicodedata.normalize("NFC", strip_unprintable(text))


def strip_unprintable(text):
    """Returns `text` with line ends as \\n, without control characters, NUL and lone surrogates."""
    return UNPRINTABLE.sub("", LINE_END.sub("\n", text))


def clean_line(text):
    """Returns `text` cleaned and on one line, with single spaces between its words."""
    return " ".join(clean_text(text).split())


def clean_values(values):
    """Returns an immutable copy of the QueryDict `values` with clean names and texts."""
    cleaned = values.copy()
    cleaned.clear()
    for name, texts in values.lists():
        cleaned.setlist(clean_text(name), [clean_text(text) for text in texts])
    cleaned._mutable = False
    return cleaned


def join_texts(texts, between=", "):
    """Returns the `texts` that are not empty, joined into one."""
    return between.join(filter(None, map(str, texts)))


def plain_text(html):
    return unescape(strip_tags(html.replace("</", " </")))
