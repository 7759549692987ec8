import random
import re
from itertools import combinations, pairwise
from time import perf_counter

from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from courses.map_layout import NOTE_SIZE, PADDING, SIZE, Box, columns, length, rail

KEYS = st.integers(0, 12)
STATES = st.sampled_from(["before", "this", "after", "missing"])
BOXES = st.lists(
    st.builds(Box, KEYS, st.text(max_size=90), st.text(max_size=50), st.just(""), STATES),
    max_size=13,
    unique_by=lambda box: box.key,
)
BEFORE = st.dictionaries(KEYS, st.frozensets(KEYS, max_size=3), max_size=13)


def make_boxes(*titles):
    return [Box(title, title, "Level 1 · 1 hr", f"/{title}/") for title in titles]


def fifty_before_one():
    boxes, before = make_boxes(*map(str, range(51))), {}
    choose = random.Random(1)
    for later in [*range(1, 51), *choose.choices(range(1, 51), k=70)]:
        before.setdefault(str(later), set()).add(str(choose.randrange(later)))
    return boxes, before


def numbers(path):
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path)]


def drawings(boxes, before):
    return [drawing for drawing in (columns(boxes, before), rail(boxes, before)) if drawing]


def apart(one, other):
    beside = one.x + one.width < other.x or other.x + other.width < one.x
    return beside or one.y + one.height < other.y or other.y + other.height < one.y


def edges(drawing):
    """Yields (number, number) of the boxes that each line of the rail joins, by their dots."""
    at = {(dot.x, dot.y): n for n, dot in enumerate(drawing.dots)}
    ends = [re.fullmatch(r"M(\S+) (\d+)V.*", line).groups() for line in drawing.lines]
    rows = {dot.y: n for n, dot in enumerate(drawing.dots)}
    for line, (x, y) in zip(drawing.lines, ends, strict=True):
        down = [n for n in numbers(line.partition("V")[2]) if n in rows and n > float(y)]
        yield at[float(x), float(y)], rows[down[0]]


@given(BOXES, BEFORE)
def test_every_box_is_drawn_once_and_in_order(boxes, before):
    for drawing in drawings(boxes, before):
        assert [placed.box for placed in drawing.boxes] == boxes


@given(BOXES, BEFORE)
def test_no_two_boxes_overlap_and_all_are_inside_the_drawing(boxes, before):
    for drawing in drawings(boxes, before):
        assert all(apart(one, other) for one, other in combinations(drawing.boxes, 2))
        assert all(p.x >= 0 and p.x + p.width <= drawing.width for p in drawing.boxes)
        assert all(p.y >= 0 and p.y + p.height <= drawing.height for p in drawing.boxes)


@given(BOXES, BEFORE)
def test_text_stays_inside_its_box(boxes, before):
    for drawing in drawings(boxes, before):
        for placed in drawing.boxes:
            room, foot = placed.width - 2 * PADDING, placed.y + placed.height
            assert all(length(line, SIZE) <= room for line, _y in placed.title)
            assert all(length(line, NOTE_SIZE) <= room for line, _y in placed.note)
            assert all(placed.y < y < foot for _line, y in placed.title + placed.note)


@given(BOXES, BEFORE)
def test_in_columns_every_line_goes_from_left_to_right(boxes, before):
    drawing = columns(boxes, before)
    for line in drawing.lines if drawing else []:
        curve, _h, passing = line.partition("H")
        xs = numbers(curve)[::2] + numbers(passing)
        assert xs == sorted(xs) and xs[0] < xs[-1]


@given(BOXES, BEFORE)
def test_in_columns_no_line_passes_through_a_box(boxes, before):
    drawing = columns(boxes, before)
    for line in drawing.lines if drawing else []:
        *_, end_x, end_y = numbers(line.partition("H")[0])
        until = (numbers(line.partition("H")[2]) or [end_x])[0]
        crossed = [p for p in drawing.boxes if p.x < until and p.x + p.width > end_x]
        assert not any(p.y <= end_y <= p.y + p.height for p in crossed)


@given(BOXES, BEFORE)
def test_the_rail_fits_a_phone_and_its_boxes_stay_wide(boxes, before):
    drawing = rail(boxes, before)
    assert drawing.width <= 320
    assert all(placed.width >= 190 for placed in drawing.boxes)
    assert all(dot.x - dot.radius > 0 for dot in drawing.dots)
    assert all(dot.x < p.x for dot, p in zip(drawing.dots, drawing.boxes, strict=True))


@given(BOXES, BEFORE)
def test_the_rail_joins_exactly_the_boxes_that_require_each_other(boxes, before):
    number = {box.key: n for n, box in enumerate(boxes)}
    above = {}
    for n, box in enumerate(boxes):
        direct = {number[key] for key in before.get(box.key, ()) if number.get(key, n) < n}
        above[n] = direct.union(*(above[other] for other in direct))
    joined, found = {}, set(edges(rail(boxes, before)))
    for n in range(len(boxes)):
        direct = {earlier for earlier, later in found if later == n}
        joined[n] = direct.union(*(joined[other] for other in direct))
    assert joined == above
    assert not any(e in joined[o] for e, n in found for o, m in found if m == n and o != e)


@given(BOXES, BEFORE)
def test_no_line_passes_through_the_dot_of_another_box(boxes, before):
    drawing = rail(boxes, before)
    for line, (start, end) in zip(drawing.lines, edges(drawing), strict=True):
        between = drawing.dots[start + 1 : end]
        assert numbers(line)[0] not in [dot.x for dot in between]


@given(BOXES, BEFORE)
def test_equal_input_gives_equal_drawings(boxes, before):
    reordered = {key: set(before[key]) for key in reversed(before)}
    assert columns(boxes, before) == columns(list(boxes), reordered)
    assert rail(boxes, before) == rail(list(boxes), reordered)


def test_a_chain_of_three_is_three_columns_joined_by_two_straight_arrows():
    drawing = columns(make_boxes("a", "b", "c"), {"b": {"a"}, "c": {"b", "a"}})
    assert drawing.width <= 740
    assert [placed.x for placed in drawing.boxes] == [2, 246, 490]
    assert len(drawing.lines) == len(drawing.heads) == 2
    assert all(len({*numbers(line)[1::2]}) == 1 for line in drawing.lines)


def test_four_columns_fit_and_five_do_not():
    boxes = make_boxes(*"abcde")
    before = {later: {earlier} for earlier, later in pairwise("abcde")}
    assert columns(boxes[:4], before).width <= 740
    assert columns(boxes, before) is None


def test_a_column_of_seven_does_not_fit():
    boxes = make_boxes(*"abcdefgh")
    before = {box.key: {"a"} for box in boxes[1:]}
    assert columns(boxes, before) is None
    assert columns(boxes[:7], before)


def test_a_course_is_in_the_column_before_the_course_that_requires_it():
    drawing = columns(make_boxes(*"abcd"), {"b": {"a"}, "d": {"b", "c"}})
    _a, b, c, _d = drawing.boxes
    assert b.x == c.x


def test_fifty_courses_make_a_rail_only_and_are_drawn_quickly():
    boxes, before = fifty_before_one()
    start = perf_counter()
    wide, narrow = columns(boxes, before), rail(boxes, before)
    assert perf_counter() - start < 0.2  # About 3 ms, with room for a busy machine.
    assert wide is None and len(narrow.boxes) == 51


def test_a_title_of_200_letters_is_cut_and_fits():
    for drawing in drawings([Box(1, "W" * 200)], {}):
        [placed] = drawing.boxes
        [(line, _y)] = placed.title
        assert placed.cut and re.fullmatch("W{5,}…", line)
        assert length(line, SIZE) <= placed.width - 2 * PADDING


def test_a_title_breaks_at_a_hyphen_only_when_its_word_is_too_long():
    [placed] = columns([Box(1, "Facilitation for Co-Leads")], {}).boxes
    assert [line for line, _y in placed.title] == ["Facilitation for", "Co-Leads"]
    [placed] = columns([Box(1, "Labor-Management-Partnership")], {}).boxes
    assert [line for line, _y in placed.title] == ["Labor-Management-", "Partnership"]


def test_a_note_breaks_before_its_time_and_a_long_range_after_its_dash():
    note = "Levels 2–3 · 44\xa0hr\xa030\xa0min–46\xa0hr\xa045\xa0min"
    chain = [Box("a", "A", note), Box("b", "B"), Box("c", "C"), Box("d", "D")]
    placed = columns(chain, {"b": {"a"}, "c": {"b"}, "d": {"c"}}).boxes[0]
    lines = [line.replace("\xa0", " ") for line, _y in placed.note]
    assert placed.width == 150 and lines == ["Levels 2–3 ·", "44 hr 30 min–", "46 hr 45 min"]


def test_a_circle_is_drawn_without_its_backward_line():
    before = {"a": {"b", "a"}, "b": {"a"}}
    assert list(edges(rail(make_boxes("a", "b"), before))) == [(0, 1)]
    assert len(columns(make_boxes("a", "b"), before).lines) == 1


def test_no_boxes_give_an_empty_rail_and_no_columns():
    assert columns([], {}) is None
    assert rail([], {}).boxes == []


def page_of(boxes, before=None):
    drawn = {"columns": columns(boxes, before or {}), "rail": rail(boxes, before or {})}
    return render_to_string("courses/map.html", {"map": drawn})


def test_the_page_has_both_drawings_and_their_links_have_full_names():
    page = page_of([Box(1, "Mission & " + "m" * 99, "Level 1 · 1 hr", "/m/")])
    assert page.count("<svg ") == 2
    name = f"Mission &amp; {'m' * 99}"
    assert page.count(f'<a href="/m/" aria-label="{name}, Level 1 · 1 hr">') == 2
    assert page.count(f"<title>{name}</title>") == 2


def test_the_page_shows_a_missing_course_without_a_link():
    page = page_of([Box(1, "Orientation", state="missing")])
    assert page.count("not yet in this catalog") == 2
    assert "<a " not in page


def test_the_page_marks_this_course():
    page = page_of([*make_boxes("a"), Box("b", "B", state="this")], {"b": {"a"}})
    assert page.count('class="box this" role="listitem" aria-current="true"') == 2


def test_a_map_that_is_too_wide_for_columns_has_a_rail_only():
    page = page_of(*fifty_before_one())
    assert "map-rail" in page and "map-columns" not in page
