"""Makes the tables of a parsed page regular, as PDF/UA requires."""

import re
from xml.etree.ElementTree import SubElement

# To find the width of a cell whose words may break anywhere, WeasyPrint lays it out once for each
# of its letters: 4000 letters take 20 s. Words in longer cells break only where PIECE says.
LONG_CELL = 200  # letters
PIECE = re.compile(r"[^\s\u200b]{12}(?=[^\s\u200b]{8})")


def make_regular(table):
    """Changes the element `table` so that all rows fill the same columns and no cells overlap.

    Headings stay headings only if every other cell has one in its row or its column.
    """
    rows = join_bodies(table)
    squares = find_squares(rows)
    width = max((x + 1 for _y, x in squares), default=0)
    for y, row in enumerate(rows):
        for x in range(width):
            if (y, x) not in squares:
                squares[y, x] = SubElement(row, "td")
    if not has_consistent_headings(squares):
        for heading in list(table.iter("th")):
            heading.tag = "td"
            heading.set("class", "headed")
    for cell in {id(cell): cell for cell in squares.values()}.values():
        if sum(map(len, cell.itertext())) > LONG_CELL:
            let_words_break(cell)


def let_words_break(cell):
    """Lets long words of a cell break, but only at the zero-width spaces that it adds."""
    cell.set("class", f"{cell.get('class', '')} long".strip())
    for part in cell.iter():
        part.text = part.text and PIECE.sub("\\g<0>\u200b", part.text)
        if part is not cell:
            part.tail = part.tail and PIECE.sub("\\g<0>\u200b", part.tail)


def join_bodies(table):
    """Moves all rows of `table` into one body and returns them.

    A row span ends with its body, so several bodies would cut it.
    """
    parts = list(table)
    rows = [row for part in parts for row in ([part] if part.tag == "tr" else part)]
    for part in parts:
        table.remove(part)
    SubElement(table, "tbody").extend(rows)
    return rows


def find_squares(rows):
    """Returns {(row, column): cell that covers it}. Shortens spans that do not fit."""
    squares = {}
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while (y, x) in squares:
                x += 1
            width = next((n for n in range(span(cell, "colspan")) if (y, x + n) in squares), None)
            width = width or span(cell, "colspan")
            height = min(span(cell, "rowspan"), len(rows) - y)
            cell.attrib |= {"colspan": str(width), "rowspan": str(height)}
            squares |= {(y + down, x + n): cell for down in range(height) for n in range(width)}
    return squares


def span(cell, name):
    return int(cell.get(name, 1))


def has_consistent_headings(squares):
    """Returns whether WeasyPrint will find a heading for each cell, or for none."""
    begins = first_squares(squares)
    headings = [(square, cell) for square, cell in begins if cell.tag == "th"]
    if any(span(cell, "rowspan") > 1 for _square, cell in begins):
        return not headings
    rows = {y for (y, _x), cell in headings if cell.get("scope") == "row"}
    columns = {x for (_y, x), cell in headings if cell.get("scope") != "row"}
    others = [square for square, cell in begins if cell.tag == "td"]
    return not headings or all(y in rows or x in columns for y, x in others)


def first_squares(squares):
    """Returns [(first square, cell)], one pair for each cell."""
    first = {}
    for square, cell in sorted(squares.items(), key=lambda pair: pair[0]):
        first.setdefault(id(cell), (square, cell))
    return list(first.values())
