"""The sheet of a course: its requirements, its content, and the courses after it."""

import pytest

from tests.makers import make_course
from tests.pdfs import pdf_content, pdf_ua_errors

pytestmark = pytest.mark.django_db


def words_of(client, course):
    return pdf_content(client.get(course.get_pdf_url())).text


def test_the_sheet_shows_title_delivery_and_time(client):
    course = make_course("Co-Lead Workshop", levels=[2, 3], minutes_min=480, minutes_max=480)
    course.deliveries.create(mode="classroom", minutes=450)
    words = words_of(client, course)
    assert "COURSE · CLASSROOM Co-Lead Workshop" in words
    assert "Delivery Classroom · 450 minutes Time needed 8 hours" in words


def test_requirements_are_marked_as_required_or_recommended(client):
    course = make_course()
    workshop = make_course("Co-Lead Workshop")
    course.requirements.create(named_course=workshop)
    course.requirements.create(text="Goals", type="knowledge", necessity="recommended")
    course.requirements.create(text="Attend together", type="condition")
    response = client.get(course.get_pdf_url())
    words = pdf_content(response).text
    assert "Before this course REQUIRED Co-Lead Workshop" in words
    assert "RECOMMENDED Basic knowledge of: Goals" in words
    assert "REQUIRED Attend together" in words
    assert f"http://127.0.0.1:8000{workshop.get_absolute_url()}" in pdf_content(response).links
    assert pdf_ua_errors(response) == []


def test_a_required_course_that_is_missing_is_text_without_a_link(client):
    course = make_course()
    course.requirements.create(text="Labor Management Partnership Orientation (LMPO)")
    found = pdf_content(client.get(course.get_pdf_url()))
    assert "REQUIRED Labor Management Partnership Orientation (LMPO)" in found.text
    assert not [link for link in found.links if "orientation" in link]


def test_a_required_draft_is_text_without_a_link(client):
    course = make_course()
    course.requirements.create(named_course=make_course("Orientation", published=False))
    found = pdf_content(client.get(course.get_pdf_url()))
    assert "REQUIRED Orientation" in found.text
    assert not [link for link in found.links if "orientation" in link]


def test_it_lists_unlocked_and_follow_up_courses_but_no_drafts(client):
    course = make_course()
    opened = make_course("Team Leadership", levels=[3, 4])
    opened.requirements.create(named_course=course)
    hidden = make_course("Secret Leadership", published=False)
    hidden.requirements.create(named_course=course)
    course.follow_ups.create(text="Leading Across Teams")
    words = words_of(client, course)
    assert "After this course LEADS TO Team Leadership" in words
    assert "Levels 3–4" in words
    assert "NEXT Leading Across Teams" in words
    assert "Secret" not in words


def test_it_shows_outcomes_modules_and_enrollment(client):
    course = make_course(
        outcomes="Plan a test\nRead a chart",
        enrollment_text="Ask your consultant.",
        enrollment_address="https://learn.example.org/1",
    )
    course.modules.create(title="First half", minutes=120, position=1)
    course.modules.create(title="Second half", position=2)
    found = pdf_content(client.get(course.get_pdf_url()))
    assert "What you will be able to do • Plan a test • Read a chart" in found.text
    assert "Modules 1. First half · 120 minutes 2. Second half" in found.text
    assert "Enrollment Ask your consultant. Find a session learn.example.org/1" in found.text
    assert "https://learn.example.org/1" in found.links


def test_a_course_with_only_a_title_has_no_empty_headings(client):
    words = words_of(client, make_course("Bare"))
    headings = ["Before", "After", "Modules", "able to do", "Enrollment", "Delivery", "attend"]
    assert [heading for heading in headings if heading in words] == []


def test_a_listing_shows_the_requirements_of_each_course(client):
    course = make_course("Effective Sponsorship", levels=[2], audience_text="Sponsors")
    course.requirements.create(text="Orientation")
    course.requirements.create(text="Goals", type="knowledge", necessity="recommended")
    course.deliveries.create(mode="online")
    words = pdf_content(client.get("/courses.pdf")).text
    for part in (
        "Required: Orientation",
        "Recommended: Goals",
        "Online",
        "For: Sponsors",
        "Level 2",
    ):
        assert part in words


def test_a_long_and_a_short_course_conform_to_pdf_ua(client):
    long = make_course("Long", body="<h2>One</h2><p>Words.</p>" * 40, outcomes="Do\n" * 30)
    for number in range(30):
        long.modules.create(title=f"Module {number}")
        long.requirements.create(text=f"Requirement {number}", type="advice")
    for course in (long, make_course("Short")):
        assert pdf_ua_errors(client.get(course.get_pdf_url())) == []
