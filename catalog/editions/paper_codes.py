"""The query parameters in the QR codes on paper, under their present and their former names.

Nobody reprints the paper on a wall because we rename a parameter. So a former name works forever,
but no new code uses it.
"""

EDITION = ("edition", "print")  # of an entry: the number of the edition that its sheet shows
LIST = ("list", "printed")  # of a list, packet or plan: its day, digest and number of editions


def code_in(query, names):
    """Returns the value of the first of `names` that is in a QueryDict, or None."""
    return next((query[name] for name in names if name in query), None)
