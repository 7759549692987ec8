"""Where everything stands in the two drawings of a course map; no Django here.

`boxes` is a list of Box in which each stands after what it requires; `before` is
{key: set of keys that it requires}. What points backwards or out of the list, as it may in a
damaged database, is left out, and so is what a longer way says already. All lengths are in CSS
pixels; `needs` and `after` are lists with one entry for each box: the numbers of those that it
requires, or that require it.
"""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, count, pairwise
from re import findall
from statistics import fmean
from typing import NamedTuple

SIZE, NOTE_SIZE = 15, 13  # As .map says it in site.css.
TITLE_STEP, NOTE_STEP = 20, 18  # Even, as all heights are: a box's middle is a whole pixel.
EDGE = 2  # Room for what a thick border draws outside its box.
PADDING = 14
BESIDE, BELOW = 20, 12  # Between the boxes of a column, and of the rail.
MOST_IN_A_COLUMN = 6
COLUMN_SIZES = {1: (200, 44), 2: (200, 44), 3: (200, 44), 4: (150, 30)}  # Boxes, gaps.
BYPASS = 12  # The height that a line has to itself where it passes a column.
RAIL_WIDTH, PITCH, MOST_LANES = 320, 14, 8

# Widths of the bold letters in parts of their size; accents are as wide as their letter.
WIDTHS = {
    0.3: " \xa0!'`,.:;ijl|’·",
    0.4: '()[]{}-"_rtfI',
    0.5: "/\\1*•–“”csyz",
    0.55: "79<>?~FJLaehknuvx",
    0.6: "$+=^23458ESTZbdgopq",
    0.7: "06&ABCDGHKNPRUVXY",
    0.95: "%—MWm",
}
WIDTH_OF = {letter: width for width, letters in WIDTHS.items() for letter in letters}


class Box(NamedTuple):
    """`state` is before, this, after or missing: required, and not in the catalog."""

    key: object
    title: str
    note: str = ""
    href: str = ""
    state: str = "before"


@dataclass(frozen=True)
class Placed:
    """`title` and `note` are lists of (line, its baseline), all of which start at `text_x`."""

    box: Box
    x: int
    y: int
    width: int
    height: int
    text_x: int
    title: list
    note: list
    cut: bool

    @property
    def middle(self):
        return self.y + self.height // 2


class Dot(NamedTuple):
    x: float
    y: int
    radius: float
    state: str


@dataclass
class Drawing:
    """`lines`, `heads` (of arrows) and `leaders` (from dot to box) are texts for a path's d."""

    width: int
    height: int
    boxes: list
    lines: list
    heads: list = field(default_factory=list)
    leaders: list = field(default_factory=list)
    dots: list = field(default_factory=list)


def columns(boxes, before):
    """The wide Drawing, from left to right, or None where it would not be readable.

    >>> chain = columns([Box("a", "A"), Box("b", "B")], {"b": {"a"}})
    >>> chain.width, [placed.x for placed in chain.boxes]
    (448, [2, 246])
    """
    needs = reduced(boxes, before)
    level = levels(needs)
    layers, steps = layered(needs, level)
    if len(layers) not in COLUMN_SIZES or max(map(len, layers)) > MOST_IN_A_COLUMN:
        return None
    width, gap = COLUMN_SIZES[len(layers)]
    cards = [card(box, width, most=3) for box in boxes]
    heights = {(n, level[n]): placed.height for n, placed in enumerate(cards)}
    tops, height = stacked(arranged(layers, steps), heights)
    lefts = [EDGE + n * (width + gap) for n in range(len(layers))]
    placed = [moved(c, lefts[level[n]], tops[n, level[n]]) for n, c in enumerate(cards)]
    middles = {slot: top + heights.get(slot, BYPASS) // 2 for slot, top in tops.items()}
    ends = [target for _source, target in steps if target in heights]
    return Drawing(
        width=lefts[-1] + width + EDGE,
        height=height,
        boxes=placed,
        lines=[curve(*step, lefts, middles, width, to_box=step[1] in heights) for step in steps],
        heads=[head(lefts[end[1]], middles[end]) for end in dict.fromkeys(ends)],
    )


def rail(boxes, before):
    """The narrow Drawing: a box a row, beside dots and lanes as in a graph of commits.

    >>> chain = rail([Box("a", "A"), Box("b", "B")], {"b": {"a"}})
    >>> chain.width, [(dot.x, dot.y) for dot in chain.dots], chain.lines
    (320, [(9, 25), (9, 83)], ['M9 25V83'])
    """
    needs = reduced(boxes, before)
    lanes = lanes_of(needs)
    last = max(lanes, default=0)
    pitch = min(PITCH, PITCH * (MOST_LANES - 1) / max(last, 1))
    xs = [tidy(EDGE + 7 + (last - lane) * pitch) for lane in lanes]
    placed = list(in_rows(boxes, left=round(EDGE + 24 + last * pitch)))
    ys = [one.middle for one in placed]
    return Drawing(
        width=RAIL_WIDTH,
        height=placed[-1].y + placed[-1].height + EDGE if placed else 2 * EDGE,
        boxes=placed,
        lines=[
            branch(xs[o], ys[o], xs[n], ys[n]) for n in range(len(xs)) for o in sorted(needs[n])
        ],
        leaders=[f"M{x} {one.middle}H{one.x}" for x, one in zip(xs, placed, strict=True)],
        dots=[Dot(x, y, dot_radius(pitch), b.state) for x, y, b in zip(xs, ys, boxes, strict=True)],
    )


# What requires what.


def reduced(boxes, before):
    """`needs` of the boxes, without what is required by another that is required.

    >>> reduced([Box("a", ""), Box("b", ""), Box("c", "")], {"b": {"a", "c"}, "c": {"a", "b"}})
    [set(), {0}, {1}]
    """
    number = {box.key: n for n, box in enumerate(boxes)}
    needs, above = [], []
    for n, box in enumerate(boxes):
        direct = {number[key] for key in before.get(box.key, ()) if number.get(key, n) < n}
        farther = set().union(*(above[other] for other in direct))
        needs.append(direct - farther)
        above.append(direct | farther)
    return needs


def turned(needs):
    """
    >>> turned([set(), {0}, {0}])
    [[1, 2], [], []]
    """
    after = [[] for _ in needs]
    for n, required in enumerate(needs):
        for other in required:
            after[other].append(n)
    return after


# Columns. A slot is (number of a box, number of a column): of the box itself, or of the line that
# leaves it where this passes a later column.


def levels(needs):
    """The column of each: one after the last that it requires, but no earlier than need be.

    >>> levels([set(), {0}, set(), {1, 2}])
    [0, 1, 1, 2]
    """
    level, after = [], turned(needs)
    for required in needs:
        level.append(1 + max((level[other] for other in required), default=-1))
    for n in reversed(range(len(needs))):
        level[n] = min((level[other] for other in after[n]), default=level[n] + 1) - 1
    return level


def layered(needs, level):
    """The slots column by column, and the steps between those of neighboring columns.

    >>> layered([set(), {0}, {0, 1}], [0, 1, 2])[0]
    [[(0, 0)], [(0, 1), (1, 1)], [(2, 2)]]
    """
    steps = {}
    for n, required in enumerate(needs):
        for other in sorted(required):
            passed = [(other, column) for column in range(level[other], level[n])]
            steps.update(dict.fromkeys(pairwise([*passed, (n, level[n])])))
    layers = [[] for _ in range(max(level, default=-1) + 1)]
    for slot in sorted({*enumerate(level), *(slot for step in steps for slot in step)}):
        layers[slot[1]].append(slot)
    return layers, list(steps)


def arranged(layers, steps):
    """`layers`, each in the order of the mean place of what is beside it, so that few lines cross.

    >>> arranged([[(0, 0), (1, 0)], [(2, 1), (3, 1)]], [((1, 0), (2, 1)), ((0, 0), (3, 1))])
    [[(0, 0), (1, 0)], [(3, 1), (2, 1)]]
    """
    sources, targets = defaultdict(list), defaultdict(list)
    for source, target in steps:
        sources[target].append(source)
        targets[source].append(target)
    layers = [list(layer) for layer in layers]
    for beside, way in (sources, 1), (targets, -1), (sources, 1):
        swept(layers[::way], beside, places(layers))
    return layers


def places(layers):
    """Each slot's distance from its column's middle."""
    return {slot: n - (len(layer) - 1) / 2 for layer in layers for n, slot in enumerate(layer)}


def swept(layers, beside, place):
    for layer in layers:
        near = {slot: fmean(place[other] for other in beside[slot] or [slot]) for slot in layer}
        layer.sort(key=near.get)
        place.update(places([layer]))


def stacked(layers, heights):
    """({slot: its top}, the height of all), the columns centered beside each other."""
    sizes = [[heights.get(slot, BYPASS) for slot in layer] for layer in layers]
    totals = [sum(column) + BESIDE * (len(column) - 1) for column in sizes]
    tops = {}
    for layer, column, total in zip(layers, sizes, totals, strict=True):
        start = EDGE + (max(totals) - total) // 2
        below = accumulate([start, *column[:-1]], lambda top, size: top + size + BESIDE)
        tops.update(zip(layer, below, strict=True))
    return tops, max(totals) + 2 * EDGE


def curve(source, target, lefts, middles, width, to_box):
    """From the right of `source` to the left of `target`, to its right where a line passes."""
    x, y = lefts[source[1]] + width, middles[source]
    to_x, to_y = lefts[target[1]] - (10 if to_box else 0), middles[target]
    middle = (x + to_x) // 2
    ending = "" if to_box else f"H{to_x + width}"
    return f"M{x} {y}C{middle} {y} {middle} {to_y} {to_x} {to_y}{ending}"


def head(x, y):
    """An arrow head that touches (x, y) from the left."""
    return f"M{x - 1} {y}l-10 -5.5v11z"


# The rail.


def lanes_of(needs):
    """The lane of each, counted from the boxes outwards; its own until the last that requires it.

    What ends one or more lanes goes on in the nearest of them.
    >>> lanes_of([set(), set(), {0, 1}, {2}, {2}])
    [0, 1, 0, 1, 0]
    """
    until = [max(later, default=n) for n, later in enumerate(turned(needs))]
    lanes, held = [], {}
    for n, required in enumerate(needs):
        ending = [lanes[other] for other in required if until[other] == n]
        free = (lane for lane in count() if held.get(lane, -1) < n)
        lanes.append(min(ending) if ending else next(free))
        held[lanes[-1]] = until[n]
    return lanes


def in_rows(boxes, left):
    top = EDGE
    for box in boxes:
        placed = moved(card(box, RAIL_WIDTH - EDGE - left, most=2), left, top)
        yield placed
        top += placed.height + BELOW


def branch(x, y, to_x, to_y):
    """Down a lane, then around a corner to the dot of what requires it.

    >>> branch(9, 20, 9, 80), branch(9, 20, 37, 80)
    ('M9 20V80', 'M9 20V70Q9 80 19 80H37')
    """
    if x == to_x:
        return f"M{x} {y}V{to_y}"
    round_by = min(10, abs(to_x - x))
    corner = tidy(x + round_by if to_x > x else x - round_by)
    return f"M{x} {y}V{tidy(to_y - round_by)}Q{x} {to_y} {corner} {to_y}H{to_x}"


def dot_radius(pitch):
    return tidy(max(3, min(5, pitch * 0.4)))


def tidy(number):
    """
    >>> tidy(3.0), tidy(1 / 3)
    (3, 0.3)
    """
    number = round(number, 1)
    return int(number) if number == int(number) else number


# Boxes and their words.


def card(box, width, most):
    """A Placed at (0, 0), as high as its words: at most `most` lines of title and three of note.

    What is missing has a line for a note in any case.
    """
    room = width - 2 * PADDING
    title, cut = wrapped(" ".join(box.title.split()), room, SIZE, most)
    has_note = box.note or box.state == "missing"
    note = wrapped(box.note, room, NOTE_SIZE, 3)[0] if has_note else []
    baselines = [PADDING + 14 + TITLE_STEP * n for n in range(len(title))]
    below = [baselines[-1] + 20 + NOTE_STEP * n for n in range(len(note))]
    height = [*baselines, *below][-1] + 18
    lines, notes = zip(title, baselines, strict=True), zip(note, below, strict=True)
    return Placed(box, 0, 0, width, height, PADDING, list(lines), list(notes), cut)


def moved(placed, x, y):
    title = [(line, y + baseline) for line, baseline in placed.title]
    note = [(line, y + baseline) for line, baseline in placed.note]
    size = placed.width, placed.height
    return Placed(placed.box, x, y, *size, x + PADDING, title, note, placed.cut)


def wrapped(text, room, size, most):
    """(the lines of `text`, whether some of it is cut); no words are one empty line.

    >>> wrapped("Team Leadership for Co-Leads", 170, 15, 3)
    (['Team Leadership for', 'Co-Leads'], False)
    >>> wrapped("Hyperlegible fonts", 60, 15, 2)
    (['Hyperl…', 'fonts'], True)
    """
    lines = [""]
    for piece in pieces(text, room, size):
        if lines[-1] and length(lines[-1] + piece.rstrip(), size) > room:
            lines.append("")
        lines[-1] += piece
    whole = [line.rstrip() for line in lines]
    kept = whole if len(whole) <= most else [*whole[: most - 1], whole[most - 1] + "…"]
    shown = [shortened(line, room, size) for line in kept]
    return shown, shown != whole


def pieces(text, room, size):
    """The words, a space after each; one that is too long for a line at all, in its parts.

    What no-break spaces tie together is one word.
    >>> list(pieces("Level 1 · 44\xa0hr\xa030\xa0min–46\xa0hr", 100, 13))[3:]
    ['44\xa0hr\xa030\xa0min–', '46\xa0hr ']
    """
    for word in text.split(" "):
        if length(word, size) > room:
            *parts, word = findall(r"[^/–-]*[/–-]+|[^/–-]+", word)
            yield from parts
        yield word + " "


def shortened(text, room, size):
    """
    >>> shortened("Orientation", 60, 15)
    'Orient…'
    """
    if length(text, size) <= room:
        return text
    ends = accumulate(map(width_of, text))
    fitting = sum((end + width_of("…")) * size <= room for end in ends)
    return text[:fitting].rstrip(" …-/") + "…"


def length(text, size):
    return size * sum(map(width_of, text))


@lru_cache(maxsize=4096)
def width_of(letter):
    """In parts of the font's size, on the wide side.

    >>> width_of("é") == width_of("e"), width_of("漢")
    (True, 1.25)
    """
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.25
    return WIDTH_OF.get(unicodedata.normalize("NFD", letter)[0], 0.8)
