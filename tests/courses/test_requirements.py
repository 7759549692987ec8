import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from courses.course_names import names_of
from courses.models import FollowUp, Requirement
from tests.makers import make_course

LMPO = "Labor Management Partnership Orientation (LMPO)"


@pytest.mark.parametrize(
    "title",
    [
        "LMP Orientation",
        "Labor Management Partnership Orientation",
        "Labor Management Partnership Orientation (LMPO)",
        "Labor Management Partnership Orientation (classroom)",
        "LMPO",
    ],
)
@pytest.mark.parametrize(
    "text", [LMPO, "LMP Orientation", "labor-management partnership orientation"]
)
def test_these_texts_name_the_same_course(title, text):
    assert names_of(title) & names_of(text)


@pytest.mark.parametrize("text", ["Co-Lead Workshop", "Orientation", "", "(LMPO)x", "🙂"])
def test_these_texts_do_not_name_the_same_course(text):
    assert not names_of("LMP Orientation") & names_of(text)


@pytest.mark.django_db
class TestLinkingUp:
    def test_a_requirement_is_linked_when_its_course_exists(self):
        orientation = make_course("LMP Orientation")
        requirement = make_course().requirements.create(text=LMPO)
        assert requirement.named_course == orientation

    def test_a_dangling_requirement_keeps_its_text_and_is_linked_when_its_course_is_added(self):
        requirement = make_course().requirements.create(text=LMPO)
        assert list(Requirement.objects.dangling()) == [requirement]
        orientation = make_course("LMP Orientation")
        requirement.refresh_from_db()
        assert (requirement.named_course, requirement.text) == (orientation, LMPO)

    def test_a_requirement_is_linked_when_a_course_gets_its_name(self):
        orientation = make_course("Welcome to partnership")
        requirement = make_course().requirements.create(text=LMPO)
        orientation.other_names = "LMPO"
        orientation.save()
        requirement.refresh_from_db()
        assert requirement.named_course == orientation

    def test_a_requirement_is_not_linked_when_two_courses_have_its_name(self):
        make_course("Consensus Decision Making (classroom)")
        make_course("Consensus Decision Making (online)")
        requirement = make_course().requirements.create(text="Consensus Decision Making (CDM)")
        assert requirement.named_course is None

    @pytest.mark.parametrize("leave", ["by deletion", "by another title"])
    def test_a_requirement_is_linked_when_one_of_two_courses_loses_its_name(self, leave):
        one, other = make_course("Consensus (classroom)"), make_course("Consensus (online)")
        requirement = make_course().requirements.create(text="Consensus")
        assert requirement.named_course is None
        if leave == "by deletion":
            other.delete()
        else:
            other.title = "Voting"
            other.save()
        requirement.refresh_from_db()
        assert requirement.named_course == one

    def test_a_course_named_twice_is_linked_once(self):
        course = make_course()
        for text in (LMPO, "LMP Orientation"):
            course.requirements.create(text=text)
        orientation = make_course("LMP Orientation")
        named = list(course.requirements.values_list("named_course", flat=True))
        assert named == [orientation.pk, None]

    def test_a_condition_is_never_linked(self):
        make_course("LMP Orientation")
        requirement = make_course().requirements.create(type="condition", text="LMP Orientation")
        assert requirement.named_course is None

    def test_a_course_is_not_linked_to_itself(self):
        course = make_course("LMP Orientation")
        assert course.requirements.create(text=LMPO).named_course is None

    def test_a_follow_up_is_linked_in_the_same_way(self):
        follow_up = make_course().follow_ups.create(text="Team Leadership for Co-leads")
        later = make_course("Team Leadership for Co-Leads (classroom)")
        follow_up.refresh_from_db()
        assert follow_up.named_course == later
        assert not FollowUp.objects.dangling()

    def test_the_title_of_a_chosen_course_becomes_the_text_when_there_is_none(self):
        orientation = make_course("LMP Orientation")
        assert make_course().requirements.create(named_course=orientation).text == "LMP Orientation"


@pytest.mark.django_db
class TestWhatTheDatabaseRefuses:
    def test_a_course_that_requires_itself(self):
        course = make_course()
        row = Requirement(course=course, named_course=course, text="Itself")
        with pytest.raises(IntegrityError):
            Requirement.objects.bulk_create([row])

    def test_the_same_course_required_twice(self):
        course, other = make_course(), make_course("Other")
        course.requirements.create(named_course=other)
        with pytest.raises(IntegrityError):
            course.requirements.create(named_course=other)

    def test_a_condition_with_a_course(self):
        with pytest.raises(IntegrityError):
            make_course().requirements.create(type="condition", named_course=make_course("Other"))

    def test_a_module_of_no_minutes(self):
        with pytest.raises(IntegrityError):
            make_course().modules.create(title="Empty", minutes=0)

    def test_a_requirement_of_nothing(self):
        course = make_course()
        with pytest.raises(ValidationError, match="Say what is required"):
            Requirement(course=course).full_clean()
        with pytest.raises(IntegrityError):
            course.requirements.create()

    def test_deleting_a_course_that_another_requires(self):
        orientation = make_course("LMP Orientation")
        requirement = make_course().requirements.create(named_course=orientation)
        with pytest.raises(ProtectedError) as refusal:
            orientation.delete()
        assert refusal.value.protected_objects == {requirement}


def chain(*titles, type="course"):
    """Makes courses, each of which requires the next one."""
    courses = [make_course(title) for title in titles]
    for course, required in zip(courses, courses[1:], strict=False):
        course.requirements.create(named_course=required, type=type)
    return courses


@pytest.mark.django_db
class TestCircles:
    @pytest.mark.parametrize("type", ["course", "knowledge"])
    @pytest.mark.parametrize("necessity", ["required", "recommended"])
    def test_a_circle_is_refused_with_its_chain_of_titles(self, type, necessity):
        a, b, c = chain("A", "B", "C", type=type)
        with pytest.raises(ValidationError, match="C → A → B → C") as refusal:
            c.requirements.create(named_course=a, type=type, necessity=necessity)
        assert "come before itself" in refusal.value.message
        assert not c.requirements.exists()

    def test_a_circle_through_a_text_is_refused_too(self):
        _a, b = chain("A way", "B way")
        with pytest.raises(ValidationError, match="B way → A way → B way"):
            b.requirements.create(text="A way")

    def test_a_circle_is_found_before_anything_is_saved(self):
        a, b = chain("A", "B")
        with pytest.raises(ValidationError, match="B → A → B"):
            Requirement(course=b, named_course=a).full_clean()

    def test_a_change_that_closes_a_circle_is_refused(self):
        a, b = chain("A", "B")
        row = b.requirements.create(named_course=make_course("C"))
        row.named_course = a
        with pytest.raises(ValidationError, match="B → A → B"):
            row.save()

    def test_a_requirement_whose_link_would_close_a_circle_stays_dangling(self):
        a, b = chain("A", "B")
        waiting = b.requirements.create(text="The other way")
        a.title = "The other way"
        a.save()
        waiting.refresh_from_db()
        assert waiting.named_course is None

    def test_a_condition_never_closes_a_circle(self):
        _a, b = chain("A", "B")
        assert b.requirements.create(text="A", type="condition").named_course is None

    def test_two_paths_to_one_course_are_not_a_circle(self):
        a, b, c = chain("A", "B", "C")
        assert a.requirements.create(named_course=c).pk

    def test_a_circle_through_an_equivalent_course_is_refused(self):
        a, b = chain("A", "B")
        other = make_course("B online")
        b.equivalents.add(other)
        with pytest.raises(ValidationError, match="B online → A → B = B online"):
            other.requirements.create(named_course=a)

    def test_a_course_cannot_count_as_a_course_that_it_requires(self):
        a, b, c = chain("A", "B", "C")
        with pytest.raises(ValidationError, match="circle: A → B → C = A"), transaction.atomic():
            c.equivalents.add(a)
        assert not a.equivalents.exists()

    def test_two_equivalents_added_together_cannot_close_a_circle(self):
        a, (b, c) = make_course("A"), chain("B", "C")
        with pytest.raises(ValidationError, match="would make a circle"), transaction.atomic():
            a.equivalents.set([b, c])
        assert not a.equivalents.exists()
