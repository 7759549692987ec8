"""The level track in PDFs."""

from itertools import product

import pypdfium2
import pytest
from PIL import ImageOps

from catalog.printing.render import layout

SETS = ["".join(dots) for dots in product("01", repeat=5)]


@pytest.fixture(scope="module", params=["color", "saving"])
def tracks(request):
    """{dots: the picture of its track}, each drawn large on its own page."""
    pages = "".join(
        f'<p style="break-before: page; font-size: 23.37pt"><span class="track t{dots}"></span></p>'
        for dots in SETS
    )
    html = f'<html lang="en" class="{request.param} normal"><title>A</title>{pages}'
    data = layout.lay_out_with_page_numbers({"html": html}).write_pdf(pdf_variant=layout.VARIANT)
    with pypdfium2.PdfDocument(data) as document:
        pictures = [page.render(scale=4).to_pil().convert("L") for page in document]
    return {dots: crop_margins(picture) for dots, picture in zip(SETS, pictures, strict=True)}


def crop_margins(picture):
    return picture.crop(ImageOps.invert(picture).getbbox())


def end_heights(picture):
    """Returns the heights of the ink in each column of the left and the right end."""
    size = picture.height
    ends = picture.crop((0, 0, size, size)), picture.crop((picture.width - size, 0, *picture.size))
    return [[ink_height(end, column) for column in range(size)] for end in ends]


def ink_height(picture, column):
    """Returns the height of the ink in a column."""
    box = ImageOps.invert(picture.crop((column, 0, column + 1, picture.height))).getbbox()
    return box[3] - box[1] if box else 0


def test_both_ends_of_a_track_are_round(tracks):
    for dots, picture in tracks.items():
        left, right = end_heights(picture)
        mirrored = zip(left, reversed(right), strict=True)
        assert max(abs(a - b) for a, b in mirrored) <= 6, dots


def test_each_set_of_levels_looks_different(tracks):
    assert len({picture.tobytes() for picture in tracks.values()}) == len(SETS)
