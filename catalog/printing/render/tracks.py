"""Draws each level track as one picture.

So a document with hundreds of tracks takes half the time that it would take with a box for each
dot.
"""

from itertools import product
from urllib.parse import quote

DOTS = 5
DOT_STEP, MIDDLE = 134, 42  # in hundredths of the font size
LINE_WIDTH, DOT_WIDTH, HOLE_WIDTH = 8, 72, 50  # an empty dot has a hole
# MIDDLE is larger than half a dot, because a drawing is cut at its box.
LINE, INK = "#a9b7b6", "#14232b"
LEVELS = ("#9fd3c7", "#5fb3ab", "#2d8f93", "#146b79", "#0b4357")


def track_css():
    """Returns the CSS of all tracks. ".color .t01100 { … }" is the track of levels 2 and 3."""
    rules = []
    for ink, colors, line in (("color", LEVELS, LINE), ("saving", [INK] * DOTS, INK)):
        for dots in product("01", repeat=DOTS):
            image = f'url("data:image/svg+xml;utf8,{quote(draw_track(dots, colors, line))}")'
            rules.append(f".{ink} .t{''.join(dots)} {{ background-image: {image} }}")
    return "\n".join(rules)


def draw_track(dots, colors, line):
    """Returns the SVG of a track. `dots` is a string like "01100".

    A dot is a line of length 0 with round ends, so one path draws all dots that look alike.
    """
    width, height = DOT_STEP * (DOTS - 1) + 2 * MIDDLE, 2 * MIDDLE
    empty = "".join(dot_path(number) for number, dot in enumerate(dots) if dot == "0")
    parts = [stroke(f"M{MIDDLE} {MIDDLE}H{width - MIDDLE}", line, LINE_WIDTH)]
    parts += [stroke(empty, line, DOT_WIDTH), stroke(empty, "#fff", HOLE_WIDTH)] if empty else []
    for number, dot in enumerate(dots):
        parts += [stroke(dot_path(number), colors[number], DOT_WIDTH)] if dot == "1" else []
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    ends = 'fill="none" stroke-linecap="round"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {ends}>{"".join(parts)}</svg>'


def dot_path(number):
    return f"M{MIDDLE + DOT_STEP * number} {MIDDLE}h0"


def stroke(path, color, width):
    return f'<path d="{path}" stroke="{color}" stroke-width="{width}"/>'
