"""What an audience text limits."""

import re

LIMIT = re.compile(
    r"(?<!not )\bonly\b(?! (?:one|an?|\d))|\b(?:limited|restricted) to\b", re.IGNORECASE
)


def is_limit(text: str) -> bool:
    """Whether others are shut out: "for" names an audience, "only" draws a line.

    >>> is_limit("This course is intended for labor participants only.")
    True
    >>> is_limit("This course is intended for labor participants.")
    False
    """
    return LIMIT.search(text) is not None
