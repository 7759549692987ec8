from django.utils.translation import ngettext

from catalog.lib.durations import minutes_in_short


def total_words(total):
    """Returns a Total in words. An unknown time is never shown as 0.

    >>> from courses.planner import Total
    >>> total_words(Total(180, 180, 1)), total_words(Total(240, 300, 0))
    ('3 hr + 1 course with no stated duration', '4–5 hr')
    """
    unknown = ngettext(
        "%d course with no stated duration", "%d courses with no stated duration", total.unknown
    )
    parts = [minutes_in_short(total.least, total.most)] if total.least else []
    return " + ".join(parts + ([unknown % total.unknown] if total.unknown else []))
