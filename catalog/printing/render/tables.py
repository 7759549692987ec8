"""Tables of a parsed page made regular, as PDF/UA wants them."""

import re
from xml.etree.ElementTree import SubElement

# To find the width of a cell whose words may break anywhere, WeasyPrint sets it once for each of
# its letters: 4000 of them take 20 s. Words in longer cells break where PIECE says.
LONG_CELL = 200  # letters
PIECE = re.compile(r"[^\s\u200b]{12}(?=[^\s\u200b]{8})")


def tidy(table):
    """Changes the element `table`: each row fills the same columns, no cell lies on another.

    Headings stay headings only where every other cell has one, in its row or its column.
    """
    rows = in_one_body(table)
    squares = fill(rows)
    width = max((x + 1 for _y, x in squares), default=0)
    for y, row in enumerate(rows):
        for x in range(width):
            if (y, x) not in squares:
                squares[y, x] = SubElement(row, "td")
    if not headed(squares):
        for heading in list(table.iter("th")):
            heading.tag = "td"
            heading.set("class", "headed")
    for cell in {id(cell): cell for cell in squares.values()}.values():
        if sum(map(len, cell.itertext())) > LONG_CELL:
            let_words_break(cell)


def let_words_break(cell):
    """Only at places that are marked: unseen ones, within the words that are long."""
    cell.set("class", f"{cell.get('class', '')} long".strip())
    for part in cell.iter():
        part.text = part.text and PIECE.sub("\\g<0>\u200b", part.text)
        if part is not cell:
            part.tail = part.tail and PIECE.sub("\\g<0>\u200b", part.tail)


def in_one_body(table):
    """The rows of `table`, brought together, for a span ends with the body that it is in."""
    parts = list(table)
    rows = [row for part in parts for row in ([part] if part.tag == "tr" else part)]
    for part in parts:
        table.remove(part)
    SubElement(table, "tbody").extend(rows)
    return rows


def fill(rows):
    """The squares that cells cover, {(row, column): cell}; spans that do not fit are cut."""
    squares = {}
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while (y, x) in squares:
                x += 1
            wide = next((n for n in range(span(cell, "colspan")) if (y, x + n) in squares), None)
            wide = wide or span(cell, "colspan")
            high = min(span(cell, "rowspan"), len(rows) - y)
            cell.attrib |= {"colspan": str(wide), "rowspan": str(high)}
            squares |= {(y + down, x + n): cell for down in range(high) for n in range(wide)}
    return squares


def span(cell, name):
    return int(cell.get(name, 1))


def headed(squares):
    """Whether each cell has a heading as WeasyPrint finds them, or none has."""
    begins = first_squares(squares)
    headings = [(square, cell) for square, cell in begins if cell.tag == "th"]
    if any(span(cell, "rowspan") > 1 for _square, cell in begins):
        return not headings
    rows = {y for (y, _x), cell in headings if cell.get("scope") == "row"}
    columns = {x for (_y, x), cell in headings if cell.get("scope") != "row"}
    others = [square for square, cell in begins if cell.tag == "td"]
    return not headings or all(y in rows or x in columns for y, x in others)


def first_squares(squares):
    """Of each cell the square where it begins."""
    first = {}
    for square, cell in sorted(squares.items(), key=lambda pair: pair[0]):
        first.setdefault(id(cell), (square, cell))
    return list(first.values())
