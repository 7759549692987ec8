"""Reads the stored pages of the old site, if they are available."""

import json
from pathlib import Path

import pytest

from editorial.pagetext import read_page

PAGES = Path(__file__).parents[3] / "shared" / "pages"
EXPECTED = PAGES / "expected.json"
LISTING = PAGES / "lmp-processes.txt"

needs_pages = pytest.mark.skipif(not EXPECTED.exists(), reason="the stored pages are missing")


def read(file):
    return read_page((PAGES / file).read_text(encoding="utf-8"), file)


def normalize(value):
    return " ".join(value.split()) if isinstance(value, str) else value


def is_right(stated, name, read_value):
    """Whether a field has the expected value. None and an empty list are the same."""
    values = [stated["expected"][name], stated.get("duration_also_accept")]
    accepted = values if name == "duration_minutes" and values[1] else values[:1]
    return any(
        normalize(read_value) == normalize(value) or not (read_value or value) for value in accepted
    )


def find_record(stated):
    """Finds the JSON of the record that `stated` describes by its title, or else by its words."""
    words = {*stated["raw"].values()} if not stated["title"] else set()
    for record in (record.as_json() for record in read(stated["file"]).records):
        same = record["title"] == stated["title"] and record["kind"] == stated["type"]
        if same and (not words or words <= {*record["raw"].values()}):
            return record
    raise AssertionError(f"{stated['file']}: {stated['title']} was not found")


def load_expected():
    return json.loads(EXPECTED.read_text(encoding="utf-8")) if EXPECTED.exists() else []


@needs_pages
@pytest.mark.parametrize(
    "stated", load_expected(), ids=lambda stated: f"{stated['file']} {stated['title']}"
)
def test_a_stored_record_has_the_facts_that_a_careful_person_reads(stated):
    record = find_record(stated)
    wrong = {
        name: (value, record[name])
        for name, value in stated["expected"].items()
        if not is_right(stated, name, record[name])
    }
    assert wrong == {}
    assert record["complete"] == stated["complete"]


@needs_pages
def test_no_stored_record_has_an_editors_word_or_a_leaked_label():
    leaks = [
        "Story body",
        "Loading the player",
        "Related tools:",
        "Deck",
        "Use with",
        "(reporters)",
    ]
    leaks += ["(editors)", "Submitted by", "not migrated", "Request Number", "Non-LMP", "_"]
    for path in sorted(PAGES.glob("*.txt")):
        for record in read(path.name).records:
            values = json.dumps([*record.as_json().values()][1:], ensure_ascii=False)
            assert [leak for leak in leaks if leak in values] == [], path.name


@pytest.fixture(scope="module")
def listing():
    if not LISTING.exists():
        pytest.skip("the stored listing page is missing")
    return read(LISTING.name)


def test_the_listing_has_two_videos_two_tools_and_six_courses(listing):
    kinds = [record.kind for record in listing.records]
    assert (listing.topic, kinds) == (
        "LMP Processes",
        ["video"] * 2 + ["tool"] * 2 + ["course"] * 6,
    )
    assert all(record.complete for record in listing.records)


def test_the_listing_has_the_right_levels_and_minutes(listing):
    courses = [record for record in listing.records if record.kind == "course"]
    assert [course.levels for course in courses] == [
        (1, 2, 3, 4, 5),
        (2, 3),
        (1,),
        (3, 4, 5),
        (2,),
        (2,),
    ]
    minutes = [(course.minutes_min, course.minutes_max) for course in courses]
    assert minutes == [(30, 60), (240, 240), (240, 240), (480, 480), (480, 480), (180, 180)]
    assert [record.levels for record in listing.records[:4]] == [()] * 4


def test_the_listing_has_the_right_requirements(listing):
    asked = [record.prerequisites for record in listing.records]
    assert asked.count(("Labor Management Partnership Orientation (LMPO)",)) == 3
    assert asked.count(()) == 7
    (attention,) = listing.attention
    assert (attention.line, "knowledge of:" in attention.sentence) == (124, True)


def test_the_listing_has_the_right_follow_ups_limits_and_related_titles(listing):
    assert [record.next_courses for record in listing.records if record.next_courses] == [
        ("Team Leadership for Co-leads",)
    ]
    assert [record.related for record in listing.records if record.related] == [
        ("Interest-Based Problem Solving: A Step-by-Step Guide",)
    ]
    assert [record.title for record in listing.records if record.audience_only] == [
        "Effective Stakeholding (classroom)"
    ]
