"""The query parameters that paper carries, under their present and their former names.

Paper on a wall is never reprinted for us: a former name answers for ever, and is never written.
"""

EDITION = ("edition", "print")  # of an entry: the number of the edition that its sheet shows
LIST = ("list", "printed")  # of a list, packet or plan: its day, digest and number of editions


def code_in(query, names):
    """Returns the value of the first of `names` that stands in a QueryDict, None if none does."""
    return next((query[name] for name in names if name in query), None)
