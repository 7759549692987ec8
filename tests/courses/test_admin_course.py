import pytest

from courses.models import Course
from tests.admin import (
    add_url,
    admin_url,
    errors_in,
    form_data,
    parse_page,
    sign_in_as_root,
    submit_form,
)
from tests.makers import make_course

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def signed_in(client):
    return sign_in_as_root(client)


def requirement(**fields):
    return ("requirements", fields)


def test_the_form_saves_a_course_with_every_kind_of_row(client):
    orientation = make_course("LMP Orientation")
    response = submit_form(
        client,
        add_url(Course),
        title="Co-Lead Workshop",
        outcomes="Plan together\nLead together",
        duration_text="two 4-hour modules",
        minutes_min="480",
        rows=[
            requirement(text="LMPO"),
            requirement(text="Consensus Decision Making", type="knowledge"),
            requirement(text="Co-leads attend together", type="condition"),
            ("follow_ups", {"text": "Team Leadership for Co-Leads"}),
            ("modules", {"title": "Morning", "minutes": "240"}),
            ("deliveries", {"mode": "classroom"}),
        ],
    )
    assert errors_in(response) == []
    course = Course.objects.get(title="Co-Lead Workshop")
    links = [(r.text, r.named_course) for r in course.requirements.all()]
    assert links == [
        ("LMPO", orientation),
        ("Consensus Decision Making", None),
        ("Co-leads attend together", None),
    ]
    assert course.follow_ups.get().named_course is None
    assert course.modules.get().minutes == 240


def test_a_dangling_requirement_is_marked_and_is_linked_when_the_course_is_added(client):
    course = make_course()
    course.requirements.create(text="LMP Orientation (LMPO)")
    course.requirements.create(text="Be there", type="condition")
    assert links_in(client.get(admin_url(course))) == ["not yet", ""]
    submit_form(client, add_url(Course), title="LMP Orientation")
    assert links_in(client.get(admin_url(course))) == ["yes", ""]


def links_in(response):
    cells = parse_page(response).xpath(
        "//div[@id='requirements-group']//div[contains(@class, 'has_original')]"
        "//div[contains(@class, 'field-linked')]//div[@class='readonly']"
    )
    return [cell.text_content().strip() for cell in cells]


def test_a_chosen_course_needs_no_text(client):
    orientation, course = make_course("LMP Orientation"), make_course()
    rows = [
        requirement(named_course=orientation.pk),
        ("follow_ups", {"named_course": orientation.pk}),
    ]
    assert errors_in(submit_form(client, admin_url(course), rows=rows)) == []
    assert course.requirements.get().text == "LMP Orientation"
    assert course.follow_ups.get().text == "LMP Orientation"


@pytest.mark.parametrize(
    "row, sentence",
    [
        (requirement(type="course", position="1"), "Say what is required, or choose the course."),
        (requirement(text="x" * 501), "Ensure this value has at most 500 characters (it has 501)."),
        (
            requirement(text="A", named_course="999"),
            "Select a valid choice. That choice is not one",
        ),
        (requirement(text="A", type="rumor"), "Select a valid choice. rumor is not one of the"),
        (("follow_ups", {"position": "1"}), "Name the follow-up course, or choose it."),
        (
            ("modules", {"title": "A", "minutes": "0"}),
            "Write 1 or more. Leave it empty if you do not know.",
        ),
        (("modules", {"title": "", "minutes": "5"}), "This field is required."),
        (
            ("deliveries", {"mode": "online", "minutes": "0"}),
            "Write 1 or more. Leave it empty if you",
        ),
        (("deliveries", {"mode": "by pigeon"}), "Select a valid choice. by pigeon is not one of"),
    ],
)
def test_a_mistake_in_a_row_is_reported_in_one_sentence(client, row, sentence):
    course = make_course()
    errors = errors_in(submit_form(client, admin_url(course), rows=[row]))
    assert len(errors) == 1 and errors[0].startswith(sentence)


def test_a_course_cannot_require_or_follow_itself(client):
    course = make_course()
    rows = [requirement(named_course=course.pk), ("follow_ups", {"named_course": course.pk})]
    errors = errors_in(submit_form(client, admin_url(course), rows=rows))
    assert errors == ["Choose a different course. A course cannot name itself."] * 2


def test_a_course_cannot_be_required_twice(client):
    orientation, course = make_course("LMP Orientation"), make_course()
    row = requirement(named_course=orientation.pk)
    errors = errors_in(submit_form(client, admin_url(course), rows=[row, row]))
    assert errors[0] == "Two rows have the same course. Change or remove one."
    assert not course.requirements.exists()


@pytest.mark.parametrize("text", ["LMPO", "LMP Orientation (online)", "Not Yet Made"])
def test_a_course_cannot_be_required_twice_by_different_names(client, text):
    orientation, course = make_course("LMP Orientation"), make_course()
    other = {"named_course": orientation.pk} if text != "Not Yet Made" else {"text": "not yet made"}
    rows = [requirement(**other), requirement(text=text)]
    errors = errors_in(submit_form(client, admin_url(course), rows=rows))
    assert errors == ["Two rows have the same course. Change or remove one."]


def test_the_classroom_and_online_versions_of_a_course_are_two_courses(client):
    course = make_course()
    titles = ("Co-Lead Workshop (classroom)", "Co-Lead Workshop (online)")
    chosen = [requirement(named_course=make_course(title).pk) for title in titles]
    to_come = [requirement(text=f"Decisions {way}") for way in ("(classroom)", "(online)")]
    assert errors_in(submit_form(client, admin_url(course), rows=chosen + to_come)) == []
    assert course.requirements.count() == 4


def test_a_row_may_name_the_course_of_a_deleted_row(client):
    one, two, course = make_course("One"), make_course("Two"), make_course()
    kept = course.requirements.create(named_course=one)
    course.requirements.create(named_course=two)
    changes = {"requirements-0-named_course": two.pk, "requirements-0-text": ""}
    response = submit_form(client, admin_url(course), **changes, **{"requirements-1-DELETE": "1"})
    assert errors_in(response) == []
    assert [(r.pk, r.named_course) for r in course.requirements.all()] == [(kept.pk, two)]
    assert "Deleted requirement" in client.get(admin_url(course, "history")).content.decode()


def test_two_rows_cannot_swap_their_courses_in_one_save(client):
    one, two, course = make_course("One"), make_course("Two"), make_course()
    course.requirements.create(named_course=one)
    course.requirements.create(named_course=two)
    changes = {"requirements-0-named_course": two.pk, "requirements-1-named_course": one.pk}
    errors = errors_in(submit_form(client, admin_url(course), **changes))
    assert errors == ["Two rows trade values. Change and save one of them, then the other."]


def test_only_a_course_or_knowledge_requirement_names_a_course(client):
    orientation, course = make_course("LMP Orientation"), make_course()
    row = requirement(text="A", type="advice", named_course=orientation.pk)
    errors = errors_in(submit_form(client, admin_url(course), rows=[row]))
    assert errors == ["Only a course or knowledge requirement names a course."]


def test_an_error_keeps_every_row(client):
    orientation, course = make_course("LMP Orientation"), make_course()
    rows = [
        requirement(text="One", necessity="recommended"),
        requirement(named_course=orientation.pk),
        ("modules", {"title": "Morning", "minutes": "zero"}),
    ]
    kept = form_data(submit_form(client, admin_url(course), rows=rows))
    assert kept["requirements-0-text"] == ["One"]
    assert kept["requirements-0-necessity"] == ["recommended"]
    assert kept["requirements-1-named_course"] == [str(orientation.pk)]
    assert kept["modules-0-title"] == ["Morning"]
    assert kept["modules-0-minutes"] == ["zero"]


FORGED = [
    {"requirements-TOTAL_FORMS": "99999999999"},
    {"requirements-INITIAL_FORMS": "99999999999"},
    {"requirements-INITIAL_FORMS": "-1"},
    {"requirements-TOTAL_FORMS": "abc"},
    {"requirements-TOTAL_FORMS": []},
    {"requirements-0-id": "abc"},
    {"requirements-0-id": "99999999999999999999999"},
    {"requirements-0-named_course": "99999999999999999999999"},
    {"requirements-0-course": "999"},
    {"topics": ["99999999999999999999999"]},
    {"topics": ["abc", "\x00"]},
    {"related": ["99999999999999999999999"]},
    {"owner": "99999999999999999999999"},
    {"owner": "abc"},
    {"version": ["abc", "\x00"]},
    {"version": []},
    {"published_at_0": "99999-99-99"},
    {"published_at_0": "0001-01-01", "published_at_1": "00:00"},
    {"published_at_0": "9999-12-31", "published_at_1": "23:59:59"},
    {"_saveasnew": "1", "requirements-0-id": "²"},
    {"_to_field": "password"},
    {"_popup": "1"},
]


@pytest.mark.parametrize("changes", FORGED, ids=str)
def test_forged_form_data_never_causes_a_server_error(client, changes):
    course = make_course()
    course.requirements.create(text="One")
    sent = form_data(client.get(admin_url(course))) | {"_save": "1"} | changes
    response = client.post(admin_url(course), sent, follow=True)
    assert response.status_code in (200, 400)
    assert Course.objects.get(pk=course.pk).title == course.title


class TestCircles:
    def test_a_row_that_closes_a_circle_is_refused_with_the_chain_of_titles(self, client):
        a, b = make_course("A"), make_course("B")
        a.requirements.create(named_course=b)
        rows = [requirement(named_course=a.pk)]
        response = submit_form(client, admin_url(b), rows=rows, summary="Typed for an hour")
        assert "This would make a circle: B → A → B." in " ".join(errors_in(response))
        assert "Typed for an hour" in response.content.decode()
        assert not b.requirements.exists()

    def test_a_circle_through_the_title_of_a_new_course_is_refused(self, client):
        b = make_course("B")
        b.requirements.create(text="The new one")
        rows = [requirement(text="B")]
        response = submit_form(client, add_url(Course), title="The new one", rows=rows)
        assert "The new one → B → The new one" in " ".join(errors_in(response))
        assert not Course.objects.filter(title="The new one").exists()
        assert "The new one" in form_data(response)["title"]

    def test_a_circle_through_an_equivalent_course_is_refused(self, client):
        a, b = make_course("A"), make_course("B")
        a.requirements.create(named_course=b)
        response = submit_form(client, admin_url(a), equivalents=[str(b.pk)])
        assert "A → B = A" in " ".join(errors_in(response))
        assert not a.equivalents.exists()
