"""The criteria of the demo name its best resources, and those of editors stay."""

from importlib import import_module

import pytest

from catalog.models import Dimension, Level, Resource, Tool
from courses.models import BestResource, Course, Criterion
from editorial.models import DemoItem
from tests.editorial.commands import run_command
from tests.makers import make_course, make_tool

pytestmark = pytest.mark.django_db


class TestCriteria:
    def test_every_cell_of_the_path_has_one_or_two_criteria(self, demo):
        cells = Criterion.objects.in_cells()
        assert len(cells) == Dimension.objects.count() * Level.objects.count() == 35
        assert {len(criteria) for criteria in cells.values()} == {1, 2}

    def test_the_criteria_of_the_migration_exist_once_and_are_not_the_demos(self, demo):
        marked = DemoItem.objects.exclude(criterion=None).values("criterion")
        known = {(c.dimension.slug, c.level_id, c.text) for c in criteria_of_the_migration()}
        assert known == {
            (*cell, text) for cell, texts in migrated_criteria().items() for text in texts
        }
        assert Criterion.objects.count() == marked.count() + len(known)

    def test_criteria_are_short_and_are_not_full_sentences(self, demo):
        texts = list(Criterion.objects.values_list("text", flat=True))
        assert [text for text in texts if len(text) > 90 or text.endswith(".")] == []

    def test_best_resources_are_published_and_made_for_the_level(self, demo):
        public = Resource.objects.published()
        for criterion in Criterion.objects.all():
            fitting = public.filter(levels=criterion.level, best_for=criterion)
            assert fitting.count() == criterion.best.count() <= 3, criterion
        assert BestResource.objects.count() > 50

    def test_best_resources_are_about_the_dimension(self, demo):
        rows = BestResource.objects.select_related("criterion", "resource")
        elsewhere = [
            (str(row.criterion), row.resource.slug)
            for row in rows
            if not row.resource.dimensions.contains(row.criterion.dimension)
        ]
        assert elsewhere == []

    def test_every_cell_has_an_entry(self, demo):
        cells = set(Resource.objects.published().values_list("dimensions__slug", "levels"))
        assert Criterion.objects.in_cells().keys() <= cells

    def test_loading_again_makes_no_criterion_twice(self, demo_copy):
        before = criteria_and_best()
        run_command("load_demo")
        assert criteria_and_best() == before

    def test_the_best_resources_that_editors_named_stay(self, demo_copy):
        criterion = BestResource.objects.first().criterion
        mine = make_tool("Our Own Poster")
        criterion.best.set([mine])
        run_command("load_demo")
        assert list(criterion.best.values_list("title", flat=True)) == ["Our Own Poster"]

    def test_a_criterion_names_an_entry_that_is_made_again(self, demo_copy):
        text = "We have reached a goal and set the next one"
        before = best_slugs(text)
        Tool.objects.get(slug="smart-goal-worksheet").delete()
        run_command("load_demo")
        assert best_slugs(text) == before == ["smart-goal-worksheet", "questions-and-answers-goals"]

    def test_no_criterion_names_an_editors_entry(self, demo_copy):
        Course.objects.get(slug="free-to-speak").delete()
        mine = make_course("Free to Speak", slug="free-to-speak")
        run_command("load_demo")
        assert not mine.best_rows.exists()

    def test_removing_keeps_the_criteria_of_the_migration_and_no_best_resource(self, demo_copy):
        known = list(criteria_of_the_migration())
        run_command("remove_demo")
        assert list(Criterion.objects.all()) == known
        assert not BestResource.objects.exists()

    def test_a_criterion_that_an_editor_changed_stays(self, demo_copy):
        criterion = Criterion.objects.get(text="Both co-leads have taken the Co-Lead Workshop")
        criterion.text = "Both co-leads have taken our own workshop"
        criterion.save()
        run_command("remove_demo")
        assert Criterion.objects.contains(criterion)
        assert not DemoItem.objects.exists()

    def test_a_criterion_with_an_editors_entry_stays(self, demo_copy):
        criterion = Criterion.objects.get(text="Both co-leads have taken the Co-Lead Workshop")
        mine = make_tool("Our Own Poster")
        BestResource.objects.create(criterion=criterion, resource=mine)
        run_command("remove_demo")
        assert list(criterion.best.all()) == [mine.resource_ptr]


def migrated_criteria():
    return import_module("courses.migrations.0003_known_criteria").KNOWN


def criteria_of_the_migration():
    marked = DemoItem.objects.exclude(criterion=None).values("criterion")
    return Criterion.objects.exclude(pk__in=marked)


def criteria_and_best():
    return set(Criterion.objects.values_list("pk", "text", "position")), set(
        BestResource.objects.values_list("pk", "resource")
    )


def best_slugs(text):
    rows = BestResource.objects.filter(criterion__text=text)
    return list(rows.values_list("resource__slug", flat=True))
