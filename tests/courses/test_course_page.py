import pytest
from lxml.html import fromstring

from courses.models import Requirement
from tests.makers import make_course
from tests.pages import html_in

pytestmark = pytest.mark.django_db


def html_of(client, course):
    return html_in(client.get(course.get_absolute_url()))


def test_it_shows_every_field_that_has_a_value(client):
    course = make_course(
        outcomes="Plan a meeting together\nAgree on who does what",
        enrollment_text="Ask your UBT consultant.",
        enrollment_address="https://learn.example.org/seats",
        duration_text="Two 2-hour modules (4 hours in all)",
        audience_text="Co-leads with a new partner",
        levels=[2, 3],
        dimensions=["Leadership"],
        regions=["Hawaii"],
        topics=["Roles"],
        tags=["facilitation"],
    )
    course.modules.create(title="Roles and agreements", minutes=120)
    course.deliveries.create(mode="classroom", minutes=90)
    html = html_of(client, course)
    for text in (
        "<li>Plan a meeting together</li>",
        "Ask your UBT consultant.",
        "https://learn.example.org/seats",
        "Two 2-hour modules (4 hours in all)",
        "Co-leads with a new partner",
        "Levels 2–3",
        "Leadership",
        "Hawaii",
        "/topics/roles/",
        "/tags/facilitation/",
        "Roles and agreements",
        "120 minutes",
        "90 minutes",
    ):
        assert text in html


def test_its_map_shows_all_courses_before_it_and_those_it_unlocks(client):
    first = make_course("First", levels=[1], minutes_min=60, minutes_max=60)
    second, course = make_course("Second"), make_course("Middle")
    last, later = make_course("Last"), make_course("Later still")
    for one, other in ((second, first), (course, second), (last, course), (later, last)):
        one.requirements.create(named_course=other)
    html = html_of(client, course)
    for drawing in ("map-columns", "map-rail"):
        assert boxes_in(html, drawing) == [
            ("before", "First Level 1 · 1 hr", "/courses/first/"),
            ("before", "Second no stated duration", "/courses/second/"),
            ("this", "Middle no stated duration", None),
            ("after", "Last no stated duration", "/courses/last/"),
        ]
    assert "Before this course: 1 hr + 1 course with no stated duration." in html
    assert "/path/plan/?want=middle" in html


def boxes_in(html, drawing):
    """[(state, text, address)] of the boxes of the map, in the order of a screen reader."""
    [svg] = fromstring(html).xpath("//svg[@role='list' and @class=$name]", name=drawing)
    return [
        (
            box.get("class").split()[1],
            " ".join(" ".join(box.xpath(".//text//text()")).split()),
            (box.xpath(".//a/@href") or [None])[0],
        )
        for box in svg.xpath(".//g[@role='listitem']")
    ]


def test_a_missing_course_is_in_the_map_without_a_link(client):
    course = make_course()
    course.requirements.create(text="Labor Management Partnership Orientation (LMPO)")
    course.requirements.create(named_course=make_course("Secret", published=False))
    missing = [box for box in boxes_in(html_of(client, course), "map-rail") if box[0] == "missing"]
    assert len(missing) == 2
    assert all("not yet in this catalog" in words for _state, words, _address in missing)
    assert [address for _state, _words, address in missing] == [None, None]


def test_a_circle_in_the_database_does_not_break_the_page_or_the_sheet(client):
    a, b, c = make_course("A"), make_course("B"), make_course("C")
    Requirement.objects.bulk_create(
        Requirement(course=one, named_course=other, text=other.title)
        for one, other in ((a, b), (b, a), (c, a))
    )
    for course in (a, b, c):
        for address in (course.get_absolute_url(), course.get_pdf_url()):
            assert client.get(address).status_code == 200


def test_of_many_unlocked_courses_some_are_drawn_and_the_rest_are_counted(client):
    hub = make_course("Hub")
    for number in range(15):
        make_course(f"Course {number:02}").requirements.create(named_course=hub)
    html = html_of(client, hub)
    assert len(boxes_in(html, "map-rail")) == 13
    assert "It leads to 3 more courses." in html
    assert client.get(hub.get_pdf_url()).status_code == 200


def test_the_time_before_a_course_counts_only_one_of_two_equivalent_courses(client):
    one = make_course("One", minutes_min=60, minutes_max=60)
    other = make_course("Other", minutes_min=60, minutes_max=60)
    one.equivalents.add(other)
    course = make_course()
    course.requirements.create(named_course=one)
    course.requirements.create(named_course=other)
    assert "Before this course: 1 hr." in html_of(client, course)


def test_a_course_without_connections_has_no_map(client):
    html = html_of(client, make_course())
    assert '<svg class="map' not in html and "Where it sits" not in html


def test_follow_up_courses_are_named_beside_the_map(client):
    course = make_course()
    course.follow_ups.create(named_course=make_course("Last"))
    course.follow_ups.create(text="Some day")
    html = html_of(client, course)
    assert '<a href="/courses/last/">Last</a>, Some day' in html


def test_a_requirement_without_a_course_is_text_and_not_a_broken_link(client):
    course = make_course()
    course.requirements.create(text="Labor Management Partnership Orientation (LMPO)")
    html = html_of(client, course)
    assert "Labor Management Partnership Orientation (LMPO)" in html
    assert "not yet in this catalog" in html


def test_a_required_course_that_is_not_public_is_text_too(client):
    course = make_course()
    course.requirements.create(named_course=make_course("Secret", published=False))
    html = html_of(client, course)
    assert "Secret" in html
    assert "/courses/secret/" not in html


def test_each_type_of_requirement_has_its_own_words(client):
    course = make_course()
    course.requirements.create(type="knowledge", text="Consensus Decision Making (CDM)")
    course.requirements.create(type="condition", text="Co-leads attend together")
    course.requirements.create(type="advice", text="Basic training", necessity="recommended")
    html = html_of(client, course)
    assert "Basic knowledge of: Consensus Decision Making (CDM)" in html
    assert "Co-leads attend together" in html
    assert "(recommended)" in html


def test_a_draft_that_requires_the_course_is_not_shown(client):
    course = make_course("First")
    make_course("Draft", published=False).requirements.create(named_course=course)
    assert "Draft" not in html_of(client, course)
