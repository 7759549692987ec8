"""Any pasted table is made regular before it is printed."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.printing.render import layout
from catalog.printing.render.tables import make_regular
from tests.pdfs import pdf_ua_errors, read_pdf


def make_regular_table(rows):
    table = ElementTree.fromstring(f"<table>{rows}</table>")
    make_regular(table)
    return table


def shape(table):
    """Returns a string for each row, with its cells and their spans: "td th2x1"."""
    return [" ".join(cell_shape(cell) for cell in row) for row in table.iter("tr")]


def cell_shape(cell):
    spans = f"{cell.get('colspan', '1')}x{cell.get('rowspan', '1')}"
    return cell.tag + ("" if spans == "1x1" else spans)


def test_a_regular_table_is_not_changed():
    table = make_regular_table(
        "<tr><th>Who</th><th>What</th></tr><tr><td>Co-leads</td><td>Plan</td></tr>"
    )
    assert shape(table) == ["th th", "td td"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("<tr><td/><td/></tr><tr><td/></tr>", ["td td", "td td"]),
        ("<tr><td/></tr><tr><td/><td/><td/></tr>", ["td td td", "td td td"]),
        ("<tr><td colspan='3'/></tr><tr><td/></tr>", ["td3x1", "td td td"]),
        ("<tr><td rowspan='9'/><td/></tr><tr><td/></tr>", ["td1x2 td", "td"]),
        ("<tr><td/><td rowspan='2'/></tr><tr><td colspan='2'/></tr>", ["td td1x2", "td"]),
    ],
)
def test_each_row_fills_the_same_columns(rows, expected):
    assert shape(make_regular_table(rows)) == expected


def test_bodies_are_joined_so_that_row_spans_are_not_cut():
    table = make_regular_table(
        "<tbody><tr><td rowspan='2'/><td/></tr></tbody><tbody><tr><td/></tr></tbody>"
    )
    assert shape(table) == ["td1x2 td", "td"]
    assert [part.tag for part in table] == ["tbody"]


def test_headings_stay_if_each_cell_has_one():
    table = make_regular_table("<tr><td/><th/></tr><tr><th scope='row'/><td/></tr>")
    assert shape(table) == ["td td", "td td"]
    table = make_regular_table("<tr><th/><th/></tr><tr><th scope='row'/><td/></tr>")
    assert shape(table) == ["th th", "th td"]


def test_headings_that_do_not_cover_all_cells_become_styled_cells():
    table = make_regular_table("<tr><th/><td/></tr>")
    assert [cell.get("class") for cell in table.iter("td")] == ["headed", None]


def test_a_table_without_rows_raises_no_error():
    assert shape(make_regular_table("")) == []


cells = st.builds(
    "<{0} colspan='{1}' rowspan='{2}'>x</{0}>".format,
    st.sampled_from(["td", "th"]),
    st.integers(1, 4),
    st.integers(1, 4),
)
rows = st.lists(cells, min_size=1, max_size=4).map(lambda row: f"<tr>{''.join(row)}</tr>")


@settings(max_examples=25, deadline=None)
@given(st.lists(rows, min_size=1, max_size=5).map("".join))
def test_any_table_makes_an_accessible_pdf(table):
    html = f'<html lang="en"><title>x</title><h1>y</h1><table>{table}</table></html>'
    data = layout.lay_out(layout.parse_document({"html": html}), {}).write_pdf(
        pdf_variant=layout.VARIANT
    )
    assert pdf_ua_errors(data) == []
    assert read_pdf(data).text.count("x") == table.count(">x<")


def test_a_long_cell_breaks_only_at_marked_places_and_keeps_its_text():
    words = " ".join(f"word{number}" for number in range(1000)) + " " + "x" * 50
    table = make_regular_table(
        f"<tr><td><p>{words} <b>bold</b> end</p></td><td>Short{'x' * 50}</td></tr>"
    )
    long, short = table.iter("td")
    assert (long.get("class"), short.get("class")) == ("long", None)
    assert "".join(long.itertext()).replace("\u200b", "") == f"{words} bold end"
    assert max(map(len, re.split(r"[\s\u200b]", "".join(long.itertext())))) <= 20
    assert "\u200b" not in "".join(short.itertext())
