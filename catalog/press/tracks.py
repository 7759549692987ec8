"""The level track as one drawing: a document with hundreds of them is laid out in half the time of
one in which each dot is a box.
"""

from itertools import product
from urllib.parse import quote

DOTS = 5
STEP, MIDDLE, RADIUS, STROKE = 134, 36, 30.5, 11  # in hundredths of the size of the letters
LINE, INK = "#a9b7b6", "#14232b"
LEVELS = ("#9fd3c7", "#5fb3ab", "#2d8f93", "#146b79", "#0b4357")


def style():
    """Rules for each set of levels: ".color .t01100 { … }" is the track of levels 2 and 3."""
    rules = []
    for ink, colors, line in (("color", LEVELS, LINE), ("saving", [INK] * DOTS, INK)):
        for dots in product("01", repeat=DOTS):
            image = f'url("data:image/svg+xml;utf8,{quote(drawing(dots, colors, line))}")'
            rules.append(f".{ink} .t{''.join(dots)} {{ background-image: {image} }}")
    return "\n".join(rules)


def drawing(dots, colors, line):
    wide, high = STEP * (DOTS - 1) + 2 * MIDDLE, 2 * MIDDLE
    parts = [f'<path d="M{MIDDLE} {MIDDLE}H{wide - MIDDLE}" stroke="{line}" stroke-width="8"/>']
    for number, dot in enumerate(dots):
        edge = colors[number] if dot == "1" else line
        fill = colors[number] if dot == "1" else "#fff"
        parts.append(
            f'<circle cx="{MIDDLE + STEP * number}" cy="{MIDDLE}" r="{RADIUS}" fill="{fill}" '
            f'stroke="{edge}" stroke-width="{STROKE}"/>'
        )
    size = f'width="{wide}" height="{high}" viewBox="0 0 {wide} {high}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'
