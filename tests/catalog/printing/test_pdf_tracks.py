"""The level track as it is drawn on paper."""

from itertools import product

import pypdfium2
import pytest
from PIL import ImageOps

from catalog.printing.render import layout

SETS = ["".join(dots) for dots in product("01", repeat=5)]


@pytest.fixture(scope="module", params=["color", "saving"])
def drawn(request):
    """{dots: the picture of its track}, each drawn large on a page of its own."""
    pages = "".join(
        f'<p style="break-before: page; font-size: 23.37pt"><span class="track t{dots}"></span></p>'
        for dots in SETS
    )
    html = f'<html lang="en" class="{request.param} normal"><title>A</title>{pages}'
    data = layout.numbered({"html": html}).write_pdf(pdf_variant=layout.VARIANT)
    with pypdfium2.PdfDocument(data) as document:
        pictures = [page.render(scale=4).to_pil().convert("L") for page in document]
    return {dots: cut(one) for dots, one in zip(SETS, pictures, strict=True)}


def cut(picture):
    return picture.crop(ImageOps.invert(picture).getbbox())


def dots_of(picture):
    """The columns of each end that a dot takes, from the left and from the right."""
    size = picture.height
    ends = picture.crop((0, 0, size, size)), picture.crop((picture.width - size, 0, *picture.size))
    return [[high_of(end, column) for column in range(size)] for end in ends]


def high_of(picture, column):
    """How high the ink of a column reaches."""
    box = ImageOps.invert(picture.crop((column, 0, column + 1, picture.height))).getbbox()
    return box[3] - box[1] if box else 0


def test_both_ends_are_round(drawn):
    for dots, picture in drawn.items():
        left, right = dots_of(picture)
        mirrored = zip(left, reversed(right), strict=True)
        assert max(abs(one - other) for one, other in mirrored) <= 6, dots


def test_each_set_looks_different(drawn):
    assert len({picture.tobytes() for picture in drawn.values()}) == len(SETS)
