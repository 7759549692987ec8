"""Reads the running times of videos."""

import re

CLOCK = re.compile(r"\(? ?(?:(\d{1,2}):)?(\d{1,3})?:(\d{2}) ?(?:min(?:ute)?s?\.?)? ?\)?", re.I)

BROKEN = re.compile(r"\([\d ]{0,5}[:.;][\d :.;]{0,8}\)")  # a clock that cannot be read


def read_seconds(text: str) -> int | None:
    """Returns the seconds of a clock reading, or None. Zero is None, too: no video is that short.

    >>> read_seconds("(1:29)"), read_seconds("1:02:03"), read_seconds("()")
    (89, 3723, None)
    """
    clock = CLOCK.fullmatch(text.strip()[:40])
    if not clock:
        return None
    hours, minutes, seconds = (int(part or 0) for part in clock.groups())
    if seconds > 59 or (hours and minutes > 59):
        return None
    return hours * 3600 + minutes * 60 + seconds or None
