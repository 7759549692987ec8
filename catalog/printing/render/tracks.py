"""Draws each level track as one picture.

So a document with hundreds of tracks takes half the time that it would take with a box for each
dot.
"""

from itertools import product
from urllib.parse import quote

DOTS = 5
STEP, MIDDLE = 134, 42  # in hundredths of the font size
BETWEEN, OUTER, INNER = 8, 72, 50  # the widths of the line, a dot, and the hole of an empty dot
# MIDDLE is larger than half a dot, because a drawing is cut at its box.
LINE, INK = "#a9b7b6", "#14232b"
LEVELS = ("#9fd3c7", "#5fb3ab", "#2d8f93", "#146b79", "#0b4357")


def style():
    """Returns the CSS of all tracks. ".color .t01100 { … }" is the track of levels 2 and 3."""
    rules = []
    for ink, colors, line in (("color", LEVELS, LINE), ("saving", [INK] * DOTS, INK)):
        for dots in product("01", repeat=DOTS):
            image = f'url("data:image/svg+xml;utf8,{quote(drawing(dots, colors, line))}")'
            rules.append(f".{ink} .t{''.join(dots)} {{ background-image: {image} }}")
    return "\n".join(rules)


def drawing(dots, colors, line):
    """Returns the SVG of a track. `dots` is a string like "01100".

    A dot is a line of length 0 with round ends, so one path draws all dots that look alike.
    """
    wide, high = STEP * (DOTS - 1) + 2 * MIDDLE, 2 * MIDDLE
    empty = "".join(dot_at(number) for number, dot in enumerate(dots) if dot == "0")
    parts = [stroke(f"M{MIDDLE} {MIDDLE}H{wide - MIDDLE}", line, BETWEEN)]
    parts += [stroke(empty, line, OUTER), stroke(empty, "#fff", INNER)] if empty else []
    for number, dot in enumerate(dots):
        parts += [stroke(dot_at(number), colors[number], OUTER)] if dot == "1" else []
    size = f'width="{wide}" height="{high}" viewBox="0 0 {wide} {high}"'
    ends = 'fill="none" stroke-linecap="round"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {ends}>{"".join(parts)}</svg>'


def dot_at(number):
    return f"M{MIDDLE + STEP * number} {MIDDLE}h0"


def stroke(path, color, wide):
    return f'<path d="{path}" stroke="{color}" stroke-width="{wide}"/>'
