"""The reader against pages of the old site, as far as they are at hand."""

import json
from pathlib import Path

import pytest

from editorial.pagetext import read_page

PAGES = Path(__file__).parents[3] / "shared" / "pages"
EXPECTED = PAGES / "expected.json"
LISTING = PAGES / "lmp-processes.txt"

needs_pages = pytest.mark.skipif(not EXPECTED.exists(), reason="the stored pages are not here")


def read(file):
    return read_page((PAGES / file).read_text(encoding="utf-8"), file)


def even(value):
    return " ".join(value.split()) if isinstance(value, str) else value


def agrees(stated, name, read_value):
    """Whether a stated field was read; nothing is as good as null or an empty list."""
    accepted = [stated["expected"][name], stated.get("duration_also_accept")]
    wanted = accepted if name == "duration_minutes" and accepted[1] else accepted[:1]
    return any(even(read_value) == even(one) or not (read_value or one) for one in wanted)


def record_for(stated):
    """The JSON of the record that `stated` speaks of: by title, or else by its words."""
    words = {*stated["raw"].values()} if not stated["title"] else set()
    for record in (record.as_json() for record in read(stated["file"]).records):
        same = record["title"] == stated["title"] and record["kind"] == stated["type"]
        if same and (not words or words <= {*record["raw"].values()}):
            return record
    raise AssertionError(f"{stated['file']}: {stated['title']} was not found")


def stated_records():
    return json.loads(EXPECTED.read_text(encoding="utf-8")) if EXPECTED.exists() else []


@needs_pages
@pytest.mark.parametrize(
    "stated", stated_records(), ids=lambda one: f"{one['file']} {one['title']}"
)
def test_a_stored_record_reads_as_a_careful_person_reads_it(stated):
    record = record_for(stated)
    wrong = {
        name: (value, record[name])
        for name, value in stated["expected"].items()
        if not agrees(stated, name, record[name])
    }
    assert wrong == {}
    assert record["complete"] == stated["complete"]


@needs_pages
def test_no_editors_word_or_leaked_label_reaches_a_record():
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
        pytest.skip("the stored listing page is not here")
    return read(LISTING.name)


def test_the_listing_holds_two_videos_two_tools_and_six_courses(listing):
    kinds = [record.kind for record in listing.records]
    assert (listing.topic, kinds) == (
        "LMP Processes",
        ["video"] * 2 + ["tool"] * 2 + ["course"] * 6,
    )
    assert all(record.complete for record in listing.records)


def test_the_listings_levels_and_minutes(listing):
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


def test_the_listings_requirements(listing):
    asked = [record.prerequisites for record in listing.records]
    assert asked.count(("Labor Management Partnership Orientation (LMPO)",)) == 3
    assert asked.count(()) == 7
    (attention,) = listing.attention
    assert (attention.line, "knowledge of:" in attention.sentence) == (124, True)


def test_the_listings_follow_ups_limits_and_related(listing):
    assert [record.next_courses for record in listing.records if record.next_courses] == [
        ("Team Leadership for Co-leads",)
    ]
    assert [record.related for record in listing.records if record.related] == [
        ("Interest-Based Problem Solving: A Step-by-Step Guide",)
    ]
    assert [record.title for record in listing.records if record.audience_only] == [
        "Effective Stakeholding (classroom)"
    ]
