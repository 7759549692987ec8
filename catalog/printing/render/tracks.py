"""The level track as one drawing: a document with hundreds of them is laid out in half the time of
one in which each dot is a box.
"""

from itertools import product
from urllib.parse import quote

DOTS = 5
STEP, MIDDLE = 134, 42  # in hundredths of the size of the letters
BETWEEN, OUTER, INNER = 8, 72, 50  # how wide: the line, a dot, what of it is empty
# The middle of the outer dots is farther in than they need: a drawing is cut at its box.
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
    """Dots are the round ends of lines without length: one path for all that look alike."""
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
