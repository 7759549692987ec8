import pytest
from django.core.management import CommandError

from catalog.models import Resource
from courses.models import Course, Requirement
from tests.editorial.test_import_pages import run
from tests.makers import make_course

pytestmark = pytest.mark.django_db

COURSE = """
{title}

Story body part 1:

Course description

A day with others.

Path to Performance

Level 2

Duration

8 hours

Who should attend

Team members

Course requirements

{required}
"""


def page_of(tmp_path, **requirements):
    file = tmp_path / "page.txt"
    courses = (COURSE.format(title=t, required=r) for t, r in requirements.items())
    file.write_text("LMP Processes\n" + "".join(courses))
    return file


def test_a_circle_inside_a_page_is_noted_and_refused_with_its_chain(tmp_path):
    page = page_of(tmp_path, Baking="Kneading", Kneading="Milling", Milling="Baking")
    [note] = [line for line in run(page) if "circle" in line]
    assert "Baking → Kneading → Milling → Baking" in note
    with pytest.raises(CommandError, match="would close a circle: Milling → Baking → Kneading"):
        run(page, "--apply")
    assert not Resource.objects.exists()


def test_one_with_a_course_of_the_catalog_is_too(tmp_path):
    milling = make_course("Milling")
    milling.requirements.create(text="Baking")
    page = page_of(tmp_path, Baking="Milling")
    with pytest.raises(CommandError, match="Nothing was changed"):
        run(page, "--apply")
    assert [str(course) for course in Course.objects.all()] == ["Milling"]


def test_one_that_is_in_the_database_already_is_none_of_the_page_s(tmp_path):
    a, b = make_course("A"), make_course("B")
    Requirement.objects.bulk_create(
        Requirement(course=one, named_course=other, text="x") for one, other in ((a, b), (b, a))
    )
    assert not any("circle" in line for line in run(page_of(tmp_path, Baking="Kneading")))


def test_a_page_without_one_is_taken_in(tmp_path):
    page = page_of(tmp_path, Baking="Kneading", Kneading="Milling")
    assert not any("circle" in line for line in run(page, "--apply"))
    baking = Course.objects.get(title="Baking")
    assert baking.requirements.get().named_course.title == "Kneading"
