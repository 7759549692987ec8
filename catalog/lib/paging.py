from django.core.paginator import EmptyPage, PageNotAnInteger
from django.utils.translation import gettext as _


def page_of(paginator, asked):
    """Returns the page that `asked` (text or None) names, and a notice if there is no such page.

    The notice is "" if the page exists. A number beyond the end gives the last page. Anything else
    that is not a page gives the first page.
    """
    try:
        return paginator.page(read_number(asked)), ""
    except EmptyPage:
        page = paginator.page(paginator.num_pages if read_number(asked) > 0 else 1)
    except PageNotAnInteger:
        page = paginator.page(1)
    notice = _("There is no page “%(asked)s”. This is page %(page)d of %(pages)d.")
    values = {"asked": asked[:20], "page": page.number, "pages": paginator.num_pages}
    return page, notice % values


def read_number(asked):
    """Returns the number in `asked`: ASCII digits with an optional minus sign; 1 for None.

    Raises PageNotAnInteger for all other text, even if int() accepts it.
    """
    if asked is None:
        return 1
    digits = asked.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
        raise PageNotAnInteger
    return int(asked)
