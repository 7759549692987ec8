"""Splits the lines under a "Path to Performance" label, which has durations on the newest pages."""

import re
from collections.abc import Sequence

from .levels import read_levels
from .times import mentions_time, normalize, read_spans

LEVEL = re.compile(r"\blevels?\b", re.IGNORECASE)


def split_times(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Returns the lines of levels and, if one line mentions a time, the others. A line may be both.

    >>> split_times(["Levels 1, 2", "Full day", "with lunch"])
    (['Levels 1, 2'], ['Full day', 'with lunch'])
    >>> split_times(["Level 3", "for bakers"])
    (['Level 3', 'for bakers'], [])
    """
    if not any(_is_time(line) for line in lines):
        return list(lines), []
    times = [line for line in lines if _is_time(line) or not _is_level(line)]
    return [line for line in lines if _is_level(line)], times


def _is_level(line: str) -> bool:
    return bool(read_levels(line) or LEVEL.search(line))


def _is_time(line: str) -> bool:
    return mentions_time(line) and (not read_levels(line) or bool(read_spans(normalize(line))))
