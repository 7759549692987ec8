"""A crossword and a word search. Their layout comes from a fixed seed, so it never changes."""

import random
from functools import cache

from kit import INK, PALE, TEAL, WHITE, path, rect, svg, words

CLUES = {
    "CONSENSUS": "A decision everyone can live with and will support",
    "INTEREST": "The reason underneath a position",
    "SPONSOR": "Clears the way when a team is stuck",
    "CHARTER": "One page that says what the team is for and how it works",
    "COMPASS": "It has four points: quality, service, affordable, best place to work",
    "STEWARD": "Helps co-workers use the contract",
    "HUDDLE": "A meeting so short that you stand",
    "MEDIAN": "The line through the middle of a run chart",
    "OPTION": "One possible answer; list many before you judge",
    "SAFETY": "Everyone’s business on every shift",
    "LEVEL": "There are five of these on the path",
    "STUDY": "It comes after plan and do",
    "WASTE": "Time or supplies that help no one",
    "COACH": "To help someone find their own answer",
    "VOICE": "Every team member has one in the work",
    "TEST": "Small, quick, and better than guessing",
    "GOAL": "A number and a date make it one",
    "PLAN": "It comes before do",
}
ACROSS, DOWN = (1, 0), (0, 1)


def cells(word, x, y, step):
    return [(x + step[0] * n, y + step[1] * n, letter) for n, letter in enumerate(word)]


def fits(grid, word, x, y, step):
    """Whether `word` fits there: it may cross other words, but not touch their sides or ends."""
    before, after = (x - step[0], y - step[1]), (x + step[0] * len(word), y + step[1] * len(word))
    if before in grid or after in grid:
        return False
    for cx, cy, letter in cells(word, x, y, step):
        beside = [(cx + step[1], cy + step[0]), (cx - step[1], cy - step[0])]
        if grid.get((cx, cy), letter) != letter:
            return False
        if (cx, cy) not in grid and any(place in grid for place in beside):
            return False
    return True


def find_spots(grid, word, widest):
    for (gx, gy), letter in grid.items():
        for n in (n for n, own in enumerate(word) if own == letter):
            for step in (ACROSS, DOWN):
                x, y = gx - step[0] * n, gy - step[1] * n
                if fits(grid, word, x, y, step) and within(grid, word, x, y, step, widest):
                    yield x, y, step


def within(grid, word, x, y, step, widest):
    places = [*grid, *((cx, cy) for cx, cy, _letter in cells(word, x, y, step))]
    xs, ys = [p[0] for p in places], [p[1] for p in places]
    return max(xs) - min(xs) < widest and max(ys) - min(ys) < widest


def crossings(grid, word, spot):
    return sum((x, y) in grid for x, y, _letter in cells(word, *spot))


def fill_grid(order, widest):
    """Returns (grid, placed): {(x, y): letter}, and (word, x, y, step) for each word that fits."""
    grid, placed = {}, []
    for word in order:
        found = list(find_spots(grid, word, widest)) if grid else [(0, 0, ACROSS)]
        if found:
            spot = max(found, key=lambda spot: crossings(grid, word, spot))
            grid.update({(x, y): letter for x, y, letter in cells(word, *spot)})
            placed.append((word, *spot))
    return grid, placed


@cache
def crossword(widest=15, tries=600):
    """Returns the fullest of many attempts, moved so that its corner is 0, 0."""
    chance = random.Random(7)
    orders = [chance.sample(list(CLUES), len(CLUES)) for _ in range(tries)]
    grid, placed = max(
        (fill_grid(order, widest) for order in orders),
        key=lambda result: (len(result[1]), -len(result[0])),
    )
    left, top = min(x for x, _y in grid), min(y for _x, y in grid)
    moved = {(x - left, y - top): letter for (x, y), letter in grid.items()}
    return moved, [(word, x - left, y - top, step) for word, x, y, step in placed]


def number_squares(placed):
    """Returns {(x, y): number} of the squares where words start, in reading order."""
    starts = sorted({(y, x) for _word, x, y, _step in placed})
    return {(x, y): n for n, (y, x) in enumerate(starts, 1)}


def crossword_grid(solved, bw):
    grid, placed = crossword()
    numbers = number_squares(placed)
    squares = [
        rect(x * 30 + 1, y * 30 + 1, 30, 30, WHITE, stroke=INK, stroke_width=1.4) for x, y in grid
    ]
    starts = [
        words(n, x * 30 + 4, y * 30 + 11, 9, weight=400, anchor="start")
        for (x, y), n in numbers.items()
    ]
    letters = [
        words(letter, x * 30 + 16, y * 30 + 25, 18, INK if bw else TEAL)
        for (x, y), letter in grid.items()
    ]
    width, height = (max(place[n] for place in grid) * 30 + 32 for n in (0, 1))
    title = "Crossword solution" if solved else "Crossword: the clues say where each word starts"
    return svg_image(title, width, height, squares + (letters if solved else starts))


def clues(step):
    _grid, placed = crossword()
    numbers = number_squares(placed)
    lines = sorted((numbers[x, y], word) for word, x, y, way in placed if way == step)
    items = "".join(
        f"<li><strong>{n}</strong> {CLUES[word]} ({len(word)})</li>" for n, word in lines
    )
    return f'<ul class="clue">{items}</ul>'


HIDDEN = ["SPEAK", "SPILL", "GLOVES", "LIFT", "CORD", "REPORT", "HAZARD", "MASK", "STRETCH"]
HIDDEN += ["ALARM", "EXIT", "LABEL", "CLEAN", "STEPS"]
SIZE = 13  # letters on each side of the word search
DIRECTIONS = [(1, 0), (0, 1), (1, 1), (-1, 1)]


@cache
def search_grid():
    """Returns (grid, placed): a full square of letters, and (word, x, y, step) of hidden words."""
    for seed in range(1000):
        chance, grid, found = random.Random(seed), {}, []
        for number, word in enumerate(sorted(HIDDEN, key=len, reverse=True)):
            spot = chance.choice(
                list(find_free_spots(grid, word, DIRECTIONS[number % len(DIRECTIONS)]))
            )
            grid.update({(x, y): letter for x, y, letter in cells(word, *spot)})
            found.append((word, *spot))
        for place in ((x, y) for y in range(SIZE) for x in range(SIZE)):
            grid.setdefault(place, chance.choice("AEIOUBDFGHJKNQUVWYZ"))
        if all(count_word(grid, word) == 1 for word in HIDDEN):
            return grid, found
    raise SystemExit("No grid hides every word exactly once.")


def find_free_spots(grid, word, way):
    for x in range(SIZE):
        for y in range(SIZE):
            places = cells(word, x, y, way)
            inside = all(0 <= cx < SIZE and 0 <= cy < SIZE for cx, cy, _letter in places)
            if inside and all(grid.get((cx, cy), letter) == letter for cx, cy, letter in places):
                yield x, y, way


def count_word(grid, word):
    """Counts how often `word` is in `grid`, in all eight directions."""
    ways = [*DIRECTIONS, *((-x, -y) for x, y in DIRECTIONS)]
    return sum(
        all(grid.get((x, y)) == letter for x, y, letter in cells(word, *place, way))
        for place in grid
        for way in ways
    )


def word_search(solved, bw):
    grid, found = search_grid()
    columns = " ".join(str(x * 30 + 8.5) for x in range(SIZE))
    rows = ["".join(grid[x, y] for x in range(SIZE)) for y in range(SIZE)]
    letters = [words(row, columns, y * 30 + 22, 19, anchor="start") for y, row in enumerate(rows)]
    marks = [
        path(
            f"M{x * 30 + 15} {y * 30 + 15} l{way[0] * 30 * (len(word) - 1)}"
            f" {way[1] * 30 * (len(word) - 1)}",
            "#ccc" if bw else "#f0c4a4",
            23,
        )
        for word, x, y, way in found
    ]
    frame = rect(0, 0, SIZE * 30, SIZE * 30, "none" if bw else PALE, radius=14)
    title = "Word search solution" if solved else f"A square of {SIZE} by {SIZE} letters"
    return svg_image(title, SIZE * 30, SIZE * 30, [frame, *(marks if solved else []), *letters])


def svg_image(title, width, height, parts):
    return svg(width, height, f"<title>{title}</title>", *parts)


def hidden_words():
    return "".join(f"<li>{word}</li>" for word in sorted(HIDDEN))


PUZZLES = {
    "crossword": lambda bw: crossword_grid(False, bw),
    "crossword-solved": lambda bw: crossword_grid(True, bw),
    "across": lambda bw: clues(ACROSS),
    "down": lambda bw: clues(DOWN),
    "search": lambda bw: word_search(False, bw),
    "search-solved": lambda bw: word_search(True, bw),
    "hidden": lambda bw: hidden_words(),
}


def puzzle(name, bw):
    return PUZZLES[name](bw)
