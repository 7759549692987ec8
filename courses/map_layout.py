"""The positions in the two drawings of a course map. This module does not use Django.

`boxes` is a list of Box in which each box comes after the boxes that it requires. `before` is
{key: set of keys that it requires}. A requirement that points backward or out of the list, which a
damaged database can have, is left out. So is one that a longer path shows already. All lengths are
in CSS pixels. `needs` and `after` are lists with one entry for each box: the numbers of the boxes
that it requires, or that require it.
"""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, count, pairwise
from re import findall
from statistics import fmean
from typing import NamedTuple

SIZE, NOTE_SIZE = 15, 13  # The same as .map in site.css.
# Even, like all heights, so that the middle of a box is a whole pixel.
TITLE_STEP, NOTE_STEP = 20, 18
MARGIN = 2  # Room for a thick border, which goes beyond its box.
PADDING = 14
COLUMN_GAP, RAIL_GAP = 20, 12  # Gaps between the boxes of a column, and of the rail.
MAX_IN_COLUMN = 6
COLUMN_SIZES = {1: (200, 44), 2: (200, 44), 3: (200, 44), 4: (150, 30)}  # (box width, gap)
BYPASS_HEIGHT = 12  # The height that a line gets where it passes a column.
RAIL_WIDTH, LANE_PITCH, MAX_LANES = 320, 14, 8

# Widths of the bold letters as a fraction of the font size. An accented letter is as wide as the
# letter without its accent.
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
    """`state` is "before", "this", "after", or "missing" (required, but not in the catalog)."""

    key: object
    title: str
    note: str = ""
    href: str = ""
    state: str = "before"


@dataclass(frozen=True)
class Placed:
    """A box with its position. `title` and `note` are lists of (line, y of its baseline); all
    lines start at `text_x`.
    """

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
    """`lines`, `heads` (of arrows) and `leaders` (from a dot to its box) are strings for the
    attribute `d` of an SVG path.
    """

    width: int
    height: int
    boxes: list
    lines: list
    heads: list = field(default_factory=list)
    leaders: list = field(default_factory=list)
    dots: list = field(default_factory=list)


def columns(boxes, before):
    """Returns the wide Drawing, from left to right, or None when it would be too hard to read.

    >>> chain = columns([Box("a", "A"), Box("b", "B")], {"b": {"a"}})
    >>> chain.width, [placed.x for placed in chain.boxes]
    (448, [2, 246])
    """
    needs = direct_needs(boxes, before)
    level = assign_columns(needs)
    layers, steps = make_layers(needs, level)
    if len(layers) not in COLUMN_SIZES or max(map(len, layers)) > MAX_IN_COLUMN:
        return None
    width, gap = COLUMN_SIZES[len(layers)]
    cards = [card(box, width, most=3) for box in boxes]
    heights = {(n, level[n]): placed.height for n, placed in enumerate(cards)}
    tops, height = stack_layers(arrange_layers(layers, steps), heights)
    lefts = [MARGIN + n * (width + gap) for n in range(len(layers))]
    placed = [move_to(c, lefts[level[n]], tops[n, level[n]]) for n, c in enumerate(cards)]
    middles = {slot: top + heights.get(slot, BYPASS_HEIGHT) // 2 for slot, top in tops.items()}
    ends = [target for _source, target in steps if target in heights]
    return Drawing(
        width=lefts[-1] + width + MARGIN,
        height=height,
        boxes=placed,
        lines=[curve(*step, lefts, middles, width, to_box=step[1] in heights) for step in steps],
        heads=[arrowhead(lefts[end[1]], middles[end]) for end in dict.fromkeys(ends)],
    )


def rail(boxes, before):
    """Returns the narrow Drawing: one box in each row, beside dots and lanes as in a commit graph.

    >>> chain = rail([Box("a", "A"), Box("b", "B")], {"b": {"a"}})
    >>> chain.width, [(dot.x, dot.y) for dot in chain.dots], chain.lines
    (320, [(9, 25), (9, 83)], ['M9 25V83'])
    """
    needs = direct_needs(boxes, before)
    lanes = assign_lanes(needs)
    last = max(lanes, default=0)
    pitch = min(LANE_PITCH, LANE_PITCH * (MAX_LANES - 1) / max(last, 1))
    xs = [tidy(MARGIN + 7 + (last - lane) * pitch) for lane in lanes]
    cards = list(place_in_rows(boxes, left=round(MARGIN + 24 + last * pitch)))
    ys = [card.middle for card in cards]
    return Drawing(
        width=RAIL_WIDTH,
        height=cards[-1].y + cards[-1].height + MARGIN if cards else 2 * MARGIN,
        boxes=cards,
        lines=[
            branch(xs[o], ys[o], xs[n], ys[n]) for n in range(len(xs)) for o in sorted(needs[n])
        ],
        leaders=[f"M{x} {card.middle}H{card.x}" for x, card in zip(xs, cards, strict=True)],
        dots=[Dot(x, y, dot_radius(pitch), b.state) for x, y, b in zip(xs, ys, boxes, strict=True)],
    )


# Requirements between the boxes.


def direct_needs(boxes, before):
    """Returns `needs`, without the boxes that another required box requires already.

    >>> direct_needs([Box("a", ""), Box("b", ""), Box("c", "")], {"b": {"a", "c"}, "c": {"a", "b"}})
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


def reverse(needs):
    """Returns `after`, the reverse of `needs`.

    >>> reverse([set(), {0}, {0}])
    [[1, 2], [], []]
    """
    after = [[] for _ in needs]
    for n, required in enumerate(needs):
        for other in required:
            after[other].append(n)
    return after


# Columns. A slot is (number of a box, number of a column). It is the place of the box itself, or
# the place where a line from that box passes a later column.


def assign_columns(needs):
    """Returns the column of each box: after all that it requires, but no earlier than necessary.

    >>> assign_columns([set(), {0}, set(), {1, 2}])
    [0, 1, 1, 2]
    """
    level, after = [], reverse(needs)
    for required in needs:
        level.append(1 + max((level[other] for other in required), default=-1))
    for n in reversed(range(len(needs))):
        level[n] = min((level[other] for other in after[n]), default=level[n] + 1) - 1
    return level


def make_layers(needs, level):
    """Returns (the slots of each column, the steps between slots of neighboring columns).

    >>> make_layers([set(), {0}, {0, 1}], [0, 1, 2])[0]
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


def arrange_layers(layers, steps):
    """Returns `layers`, with each column sorted by the mean place of its neighbors.

    So few lines cross.

    >>> arrange_layers([[(0, 0), (1, 0)], [(2, 1), (3, 1)]], [((1, 0), (2, 1)), ((0, 0), (3, 1))])
    [[(0, 0), (1, 0)], [(3, 1), (2, 1)]]
    """
    sources, targets = defaultdict(list), defaultdict(list)
    for source, target in steps:
        sources[target].append(source)
        targets[source].append(target)
    layers = [list(layer) for layer in layers]
    for beside, way in (sources, 1), (targets, -1), (sources, 1):
        sort_layers(layers[::way], beside, offsets(layers))
    return layers


def offsets(layers):
    """Returns {slot: its distance from the middle of its column}."""
    return {slot: n - (len(layer) - 1) / 2 for layer in layers for n, slot in enumerate(layer)}


def sort_layers(layers, beside, place):
    for layer in layers:
        near = {slot: fmean(place[other] for other in beside[slot] or [slot]) for slot in layer}
        layer.sort(key=near.get)
        place.update(offsets([layer]))


def stack_layers(layers, heights):
    """Returns ({slot: its top}, total height). The columns are centered beside each other."""
    sizes = [[heights.get(slot, BYPASS_HEIGHT) for slot in layer] for layer in layers]
    totals = [sum(column) + COLUMN_GAP * (len(column) - 1) for column in sizes]
    tops = {}
    for layer, column, total in zip(layers, sizes, totals, strict=True):
        start = MARGIN + (max(totals) - total) // 2
        below = accumulate([start, *column[:-1]], lambda top, size: top + size + COLUMN_GAP)
        tops.update(zip(layer, below, strict=True))
    return tops, max(totals) + 2 * MARGIN


def curve(source, target, lefts, middles, width, to_box):
    """Returns a path from the right side of `source` to the left side of `target`.

    Where the line passes a column, it goes on to the right side of `target`.
    """
    x, y = lefts[source[1]] + width, middles[source]
    to_x, to_y = lefts[target[1]] - (10 if to_box else 0), middles[target]
    middle = (x + to_x) // 2
    ending = "" if to_box else f"H{to_x + width}"
    return f"M{x} {y}C{middle} {y} {middle} {to_y} {to_x} {to_y}{ending}"


def arrowhead(x, y):
    """Returns the path of an arrowhead that touches (x, y) from the left."""
    return f"M{x - 1} {y}l-10 -5.5v11z"


# The rail.


def assign_lanes(needs):
    """Returns the lane of each box, counted from the boxes outward.

    A box keeps its lane until the last box that requires it. A box that ends one or more lanes
    takes the nearest of them.
    >>> assign_lanes([set(), set(), {0, 1}, {2}, {2}])
    [0, 1, 0, 1, 0]
    """
    until = [max(later, default=n) for n, later in enumerate(reverse(needs))]
    lanes, held = [], {}
    for n, required in enumerate(needs):
        ending = [lanes[other] for other in required if until[other] == n]
        free = (lane for lane in count() if held.get(lane, -1) < n)
        lanes.append(min(ending) if ending else next(free))
        held[lanes[-1]] = until[n]
    return lanes


def place_in_rows(boxes, left):
    top = MARGIN
    for box in boxes:
        placed = move_to(card(box, RAIL_WIDTH - MARGIN - left, most=2), left, top)
        yield placed
        top += placed.height + RAIL_GAP


def branch(x, y, to_x, to_y):
    """Returns a path down a lane, then around a corner to the dot of the box that requires it.

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
    """Returns `number` with one decimal place, or as an int when that is 0.

    >>> tidy(3.0), tidy(1 / 3)
    (3, 0.3)
    """
    number = round(number, 1)
    return int(number) if number == int(number) else number


# Boxes and their text.


def card(box, width, most):
    """Returns a Placed at (0, 0), as high as its text.

    It has at most `most` lines of title and three of note. A missing course always has a line for a
    note.
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


def move_to(placed, x, y):
    title = [(line, y + baseline) for line, baseline in placed.title]
    note = [(line, y + baseline) for line, baseline in placed.note]
    size = placed.width, placed.height
    return Placed(placed.box, x, y, *size, x + PADDING, title, note, placed.cut)


def wrapped(text, room, size, most):
    """Returns (the lines of `text`, whether any is cut). An empty text is one empty line.

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
    shown = [shorten(line, room, size) for line in kept]
    return shown, shown != whole


def pieces(text, room, size):
    """Yields the words, with a space after each.

    A word that is too long for a line is split at its hyphens and slashes. A no-break space does
    not end a word.

    >>> list(pieces("Level 1 · 44\xa0hr\xa030\xa0min–46\xa0hr", 100, 13))[3:]
    ['44\xa0hr\xa030\xa0min–', '46\xa0hr ']
    """
    for word in text.split(" "):
        if length(word, size) > room:
            *parts, word = findall(r"[^/–-]*[/–-]+|[^/–-]+", word)
            yield from parts
        yield word + " "


def shorten(text, room, size):
    """Returns `text`, cut with an ellipsis when it is wider than `room`.

    >>> shorten("Orientation", 60, 15)
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
    """Returns a width as a fraction of the font size. When unsure, it is too wide, not too narrow.

    >>> width_of("é") == width_of("e"), width_of("漢")
    (True, 1.25)
    """
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.25
    return WIDTH_OF.get(unicodedata.normalize("NFD", letter)[0], 0.8)
