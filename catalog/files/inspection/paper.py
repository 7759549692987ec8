"""The names of paper sizes."""

MAX_PAPER = 60  # characters; only absurdly large pages need more
PAPERS = {
    (612, 792): "8.5 × 11 in",
    (612, 1008): "8.5 × 14 in",
    (792, 1224): "11 × 17 in",
    (595, 842): "A4",
    (842, 1191): "A3",
}
POINTS = 72  # per inch


def paper_name(width, height):
    """Returns the name that a print shop has for a page of `width` by `height` points.

    >>> paper_name(612.0, 792.0), paper_name(595.3, 841.9), paper_name(960, 540)
    ('8.5 × 11 in', 'A4', '13.33 × 7.5 in')
    """
    short, long = sorted((width, height))
    for (across, down), name in PAPERS.items():
        if abs(short - across) < 3 and abs(long - down) < 3:
            return name
    return f"{round(width / POINTS, 2):g} × {round(height / POINTS, 2):g} in"


def paper_names(sizes):
    """Names the papers of `sizes` (width and height in points), in their order.

    >>> paper_names([(612, 792), (792, 612), (1224, 792), (595, 842), (842, 1191)])
    '8.5 × 11 in, 11 × 17 in and others'
    """
    names = list(dict.fromkeys(paper_name(*size) for size in sizes))
    return " and ".join(names) if len(names) < 3 else f"{names[0]}, {names[1]} and others"


def size_facts(sizes):
    sizes = list(dict.fromkeys(tuple(round(side, 1) for side in size) for size in sizes))
    return {"paper": paper_names(sizes)[:MAX_PAPER], "sizes": [list(size) for size in sizes[:20]]}
