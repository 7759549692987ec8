"""A title and the hours of courses in the tests of plans."""

LMPO = "Labor Management Partnership Orientation (LMPO)"


def hours(n, **fields):
    return {"minutes_min": 60 * n, "minutes_max": 60 * n} | fields
