"""Reads credits: who made a video."""

import re

WORK = (
    "produced|production|animation|animated|directed|direction|edited|editing|video|videography|"
    "filmed|film|shot|written|narrated|narration|photography|photos|music|illustrated|"
    "illustrations|graphics|design|designed|camera"
)
CREDIT = re.compile(rf"((?:{WORK})(?: (?:and|&) \w{{1,20}})? by)\b:? (.+)", re.IGNORECASE)
SEPARATOR = re.compile(r",? (?:and|&) |, ")


def read_credit(text: str) -> tuple[str, tuple[str, ...]] | None:
    """Returns the role as written and the names, or None.

    >>> read_credit("Produced by Kellie Applen and Paul Erskine")
    ('Produced by', ('Kellie Applen', 'Paul Erskine'))
    >>> read_credit("Watch it with your team.") is None
    True
    """
    match = CREDIT.fullmatch(text) if len(text) <= 200 else None
    if not match:
        return None
    role, names = match.groups()
    return role, tuple(name for name in SEPARATOR.split(names.rstrip(". ")) if name.strip())
