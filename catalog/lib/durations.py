"""Minutes and seconds in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def minutes_in_words(least, most):
    """Returns a range of minutes as people say it; "" if the range is unknown (None).

    480, 480 is "8 hours"; 90, 90 is "1 hour 30 minutes"; 30, 60 is "30 to 60 minutes".
    """
    if not least:
        return ""
    if least == most:
        return _exact(least)
    if least % 60 == 0 and most % 60 == 0:
        return _("%(least)d to %(most)d hours") % {"least": least // 60, "most": most // 60}
    if most <= 120:
        return _("%(least)d to %(most)d minutes") % {"least": least, "most": most}
    return _("%(least)s to %(most)s") % {"least": _exact(least), "most": _exact(most)}


def minutes_in_short(least, most):
    """Returns the short form for small places: "8 hr", "1 hr 30 min", "30–60 min"."""
    if not least:
        return ""
    if least == most:
        return _exact_short(least)
    if least % 60 == 0 and most % 60 == 0:
        return _("%(least)d–%(most)d hr") % {"least": least // 60, "most": most // 60}
    if most <= 120:
        return _("%(least)d–%(most)d min") % {"least": least, "most": most}
    return f"{_exact_short(least)}–{_exact_short(most)}"


def _exact(minutes):
    hours, rest = divmod(minutes, 60)
    words = [ngettext("%d hour", "%d hours", hours) % hours] if hours else []
    if rest:
        words.append(ngettext("%d minute", "%d minutes", rest) % rest)
    return " ".join(words)


def _exact_short(minutes):
    hours, rest = divmod(minutes, 60)
    words = [_("%d hr") % hours] if hours else []
    if rest:
        words.append(_("%d min") % rest)
    return " ".join(words)
