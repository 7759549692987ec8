import pytest
from django.core.management import CommandError

from catalog.models import Resource
from courses.models import Course, Requirement
from tests.editorial.test_import_pages import run_import
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


def write_page(tmp_path, **requirements):
    file = tmp_path / "page.txt"
    courses = (COURSE.format(title=t, required=r) for t, r in requirements.items())
    file.write_text("LMP Processes\n" + "".join(courses))
    return file


def test_a_circle_in_a_page_gets_a_note_and_fails_with_its_chain(tmp_path):
    page = write_page(tmp_path, Baking="Kneading", Kneading="Milling", Milling="Baking")
    [note] = [line for line in run_import(page) if "circle" in line]
    assert "Baking → Kneading → Milling → Baking" in note
    with pytest.raises(CommandError, match="would make a circle: Milling → Baking → Kneading"):
        run_import(page, "--apply")
    assert not Resource.objects.exists()


def test_a_circle_with_a_course_of_the_catalog_fails_too(tmp_path):
    milling = make_course("Milling")
    milling.requirements.create(text="Baking")
    page = write_page(tmp_path, Baking="Milling")
    with pytest.raises(CommandError, match="Nothing was changed"):
        run_import(page, "--apply")
    assert [str(course) for course in Course.objects.all()] == ["Milling"]


def test_a_circle_that_is_in_the_database_already_gets_no_note(tmp_path):
    a, b = make_course("A"), make_course("B")
    Requirement.objects.bulk_create(
        Requirement(course=course, named_course=other, text="x")
        for course, other in ((a, b), (b, a))
    )
    assert not any("circle" in line for line in run_import(write_page(tmp_path, Baking="Kneading")))


def test_a_page_without_a_circle_is_imported(tmp_path):
    page = write_page(tmp_path, Baking="Kneading", Kneading="Milling")
    assert not any("circle" in line for line in run_import(page, "--apply"))
    baking = Course.objects.get(title="Baking")
    assert baking.requirements.get().named_course.title == "Kneading"
