import pytest

from catalog.models import Dimension
from courses.models import Criterion
from tests.admin import (
    add_url,
    admin_url,
    errors_in,
    list_url,
    sign_in,
    sign_in_as_root,
    submit_form,
)
from tests.makers import make_course, make_tool

pytestmark = pytest.mark.django_db


def leadership(**fields):
    return {"dimension": Dimension.objects.get(slug="leadership").pk, "level": 2} | fields


def test_the_form_saves_a_criterion_with_its_best_resources_in_order(client):
    sign_in_as_root(client)
    tool, course = make_tool(), make_course()
    rows = [
        ("best_rows", {"resource": tool.pk, "position": "2"}),
        ("best_rows", {"resource": course.pk, "position": "1"}),
    ]
    facts = leadership(text="We plan together")
    assert errors_in(submit_form(client, add_url(Criterion), rows=rows, **facts)) == []
    criterion = Criterion.objects.get(text="We plan together")
    assert [row.resource.title for row in criterion.best_rows.all()] == [course.title, tool.title]


def test_a_cell_cannot_have_the_same_criterion_twice(client):
    sign_in_as_root(client)
    submit_form(client, add_url(Criterion), **leadership(text="We plan together"))
    response = submit_form(client, add_url(Criterion), **leadership(text="We plan together"))
    assert "This cell already has this criterion." in errors_in(response)


def test_a_criterion_needs_a_text(client):
    sign_in_as_root(client)
    assert errors_in(submit_form(client, add_url(Criterion), **leadership(text=" ")))


def test_the_list_shows_the_cell_of_each_criterion(client):
    sign_in_as_root(client)
    html = client.get(list_url(Criterion)).content.decode()
    assert "Our co-leads are named" in html and "Leadership" in html


@pytest.mark.parametrize("role, may_delete", [("Editors", False), ("Publishers", True)])
def test_editors_may_change_criteria_and_publishers_may_delete_them(client, role, may_delete):
    sign_in(client, "ann", role)
    criterion = Criterion.objects.first()
    assert errors_in(submit_form(client, admin_url(criterion), text="Said better")) == []
    criterion.refresh_from_db()
    assert criterion.text == "Said better"
    answer = client.get(admin_url(criterion, "delete"))
    assert answer.status_code == (200 if may_delete else 403)
