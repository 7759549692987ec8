"""The one place where text that comes in is freed of what no page, feed or PDF can hold."""

import re
import unicodedata

# C0 and C1 controls but tab and line feed, lone surrogates, and the non-characters XML forbids.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean_text(text):
    """`text` with line ends as \\n and without control characters, NUL and lone surrogates.

    PowerPoint's vertical tab is its line break, so it becomes one.
    >>> clean_text("Waste\\x0bwalk\\x00")
    'Waste\\nwalk'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    return unicodedata.normalize("NFC", UNPRINTABLE.sub("", text))


def clean_line(text):
    """`text` cleaned and on one line, single spaces between its words."""
    return " ".join(clean_text(text).split())
