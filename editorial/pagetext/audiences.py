"""Tells whether a text limits an audience."""

import re

LIMIT = re.compile(
    r"(?<!not )\bonly\b(?! (?:one|an?|\d))|\b(?:limited|restricted) to\b", re.IGNORECASE
)


def is_limit(text: str) -> bool:
    """Whether the text excludes all others: "for" names an audience, "only" limits it.

    >>> is_limit("This course is intended for labor participants only.")
    True
    >>> is_limit("This course is intended for labor participants.")
    False
    """
    return LIMIT.search(text) is not None
