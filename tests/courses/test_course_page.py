import pytest

from tests.makers import make_course

pytestmark = pytest.mark.django_db


def html_of(client, course):
    return client.get(course.get_absolute_url()).content.decode()


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


def test_it_shows_what_it_requires_what_it_opens_and_what_follows(client):
    first, course, last = make_course("First"), make_course("Middle"), make_course("Last")
    course.requirements.create(named_course=first)
    last.requirements.create(named_course=course)
    course.follow_ups.create(named_course=last)
    html = html_of(client, course)
    assert html.count('<a href="/courses/first/">First</a>') == 2
    assert html.count('<a href="/courses/last/">Last</a>') == 2
    assert "Before it" in html and "It opens" in html and "What follows" in html


def test_a_requirement_without_a_course_is_words_not_a_broken_link(client):
    course = make_course()
    course.requirements.create(text="Labor Management Partnership Orientation (LMPO)")
    html = html_of(client, course)
    assert "Labor Management Partnership Orientation (LMPO)" in html
    assert "not yet in this catalog" in html


def test_a_required_course_that_is_not_public_is_words_too(client):
    course = make_course()
    course.requirements.create(named_course=make_course("Secret", published=False))
    html = html_of(client, course)
    assert "Secret" in html
    assert "/courses/secret/" not in html


def test_each_type_of_requirement_is_told_as_what_it_is(client):
    course = make_course()
    course.requirements.create(type="knowledge", text="Consensus Decision Making (CDM)")
    course.requirements.create(type="condition", text="Co-leads attend together")
    course.requirements.create(type="advice", text="Basic training", necessity="recommended")
    html = html_of(client, course)
    assert "Basic knowledge of: Consensus Decision Making (CDM)" in html
    assert "Co-leads attend together" in html
    assert "(recommended)" in html


def test_a_draft_that_it_opens_is_not_shown(client):
    course = make_course("First")
    make_course("Draft", published=False).requirements.create(named_course=course)
    assert "Draft" not in html_of(client, course)
