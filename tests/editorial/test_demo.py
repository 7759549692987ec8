import io
import re
import shutil
from collections import Counter
from importlib import import_module
from pathlib import Path

import pypdfium2
import pytest
import webvtt
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from django.utils.html import strip_tags
from PIL import Image
from pptx import Presentation
from taggit.models import Tag

from catalog.models import (
    Dimension,
    JudgedQuery,
    Level,
    Rendition,
    Resource,
    Tool,
    ToolType,
    Topic,
    Video,
)
from courses.models import BestResource, Course, Criterion, FollowUp, Requirement
from editorial.demo import loading
from editorial.demo.loading import FOLDER, copy_file, read_judged_queries
from editorial.models import DemoItem
from tests.makers import make_course, make_tool

pytestmark = pytest.mark.django_db

PAGES = Path(__file__).parents[3] / "shared" / "pages"
SEED_TITLES = [
    "Cook Up a Small Test of Change",
    "Find Better Solutions",
    "Consensus Decision Making Continuum",
    "Employment and Income Security Agreement",
    "How to Use LMPartnership.org",
    "Co-Lead Workshop (for consultant delivery via WebEx)",
    "Unit-Based Team Member (classroom)",
    "Team Leadership for Co-Leads (classroom)",
    "Effective Stakeholding (classroom)",
    "Effective Sponsorship (classroom)",
]
A_FILM_STARTS = b"ftyp"
RUN = 7  # words in a row that no text of the demo shares with a page of the old site


def command(name):
    out = io.StringIO()
    call_command(name, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """What load_demo printed. It runs once for all tests here and is undone after them."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        yield command("load_demo")
        transaction.set_rollback(True)


@pytest.fixture
def fresh(demo, settings, tmp_path):
    """The loaded demo, for a test that changes it: rows come back, and the files are a copy."""
    settings.MEDIA_ROOT = shutil.copytree(settings.MEDIA_ROOT, tmp_path / "media")
    return demo


class TestWhatIsThere:
    def test_there_is_enough_to_look_around(self, demo):
        public = Resource.objects.published()
        kinds = Counter(public.values_list("kind", flat=True))
        assert public.count() >= 48
        assert kinds["video"] >= 10
        assert kinds["tool"] >= 22
        assert kinds["course"] >= 14

    def test_the_ten_titles_of_the_seed_page_are_there(self, demo):
        topic = Topic.objects.get(name="LMP Processes")
        titles = set(topic.resources.published().values_list("title", flat=True))
        assert set(SEED_TITLES) <= titles

    def test_topics_are_a_tree_two_deep_and_none_is_empty(self, demo):
        assert Topic.objects.count() >= 10
        assert Topic.objects.filter(parent__isnull=False, parent__parent=None).exists()
        assert all(topic.resources.published().exists() for topic in Topic.objects.all())

    @pytest.mark.parametrize("links", ["levels", "dimensions", "audiences", "regions"])
    def test_every_word_of_a_vocabulary_is_used(self, demo, links):
        terms = Resource._meta.get_field(links).related_model.objects.all()
        assert [term for term in terms if not term.resources.published().exists()] == []

    def test_every_tool_type_is_used(self, demo):
        published = Tool.objects.published()
        assert set(ToolType.objects.all()) == {tool.tool_type for tool in published}

    def test_no_two_entries_appeared_at_the_same_time(self, demo):
        times = list(Resource.objects.published().values_list("published_at", flat=True))
        assert len(times) == len(set(times))

    def test_published_entries_say_what_they_are_and_what_their_picture_shows(self, demo):
        public = Resource.objects.published()
        assert not public.filter(summary="").exists()
        assert not public.filter(body="").exists()
        assert not public.exclude(image="").filter(image_alt="").exists()

    def test_every_course_says_what_people_can_do_afterward(self, demo):
        assert [c for c in Course.objects.published() if len(c.outcome_list) < 3] == []

    def test_the_running_credits_are_those_of_the_two_seed_videos(self, demo):
        credited = Video.objects.filter(credits__isnull=False).distinct()
        assert sorted(credited.values_list("title", flat=True)) == SEED_TITLES[:2]


class TestEdges:
    def test_one_entry_is_scheduled_and_one_is_a_draft(self, demo):
        assert Resource.objects.filter(published_at__gt=timezone.now()).count() == 1
        assert Resource.objects.filter(published_at=None).count() == 1

    def test_one_public_entry_has_no_picture_and_one_a_very_long_title(self, demo):
        public = Resource.objects.published()
        assert public.filter(image="").count() == 1
        assert max(len(title) for title in public.values_list("title", flat=True)) > 150

    def test_times_are_exact_ranges_per_delivery_or_unknown(self, demo):
        by_slug = {course.slug: course for course in Course.objects.all()}
        exact = by_slug["effective-stakeholding"]
        a_range = by_slug["how-to-use-lmpartnership-org"]
        assert (exact.minutes_min, exact.minutes_max) == (480, 480)
        assert (a_range.minutes_min, a_range.minutes_max) == (30, 60)
        assert by_slug["lmp-orientation"].minutes_min is None
        modes = by_slug["consensus-decision-making"].deliveries.values_list("mode", "minutes")
        assert dict(modes) == {"classroom": 90, "online": 30}

    def test_modules_add_up_to_the_time_of_their_course(self, demo):
        for course in Course.objects.exclude(modules=None):
            assert sum(m.minutes for m in course.modules.all()) == course.minutes_max, course


class TestHowCoursesHangTogether:
    def test_a_chain_leads_from_the_orientation_to_coaching(self, demo):
        chain = ["lmp-orientation", "co-lead-workshop", "team-leadership-for-co-leads"]
        for first, second in zip(chain, [*chain[1:], "coaching-teams-to-level-5"], strict=True):
            assert Requirement.objects.filter(
                named_course__slug=first, course__slug=second
            ).exists()

    def test_one_requirement_names_a_course_that_is_not_there(self, demo):
        assert [row.text for row in Requirement.objects.dangling()] == ["Advanced Facilitation"]

    def test_all_five_types_of_requirement_occur(self, demo):
        types = set(Requirement.objects.values_list("type", flat=True))
        assert types == set(Requirement.Type.values)


class TestFiles:
    def test_videos_are_films_and_their_captions_end_in_time(self, demo):
        for video in Video.objects.all():
            captions = webvtt.from_string(video.captions.read().decode())
            assert video.file.read()[4:8] == A_FILM_STARTS
            assert video.seconds - 3 < captions[-1].end_in_seconds <= video.seconds, video

    def test_a_film_lasts_as_long_as_it_says(self, demo):
        for video in Video.objects.all():
            assert film_seconds(video.file.open().read()) == pytest.approx(video.seconds, abs=0.05)

    def test_captions_say_what_the_transcript_says(self, demo):
        for video in Video.objects.all():
            captions = webvtt.from_string(video.captions.open().read().decode())
            assert words(" ".join(cue.text for cue in captions)) == words(video.transcript)

    def test_pdfs_open_with_the_stated_number_of_pages_and_paper(self, demo):
        renditions = Rendition.objects.filter(format="PDF")
        assert renditions.count() >= 18
        for rendition in renditions:
            with rendition.file.open() as file:
                pdf = pypdfium2.PdfDocument(file.read())
            inches = sorted(round(points / 72, 1) for points in pdf[0].get_size())
            assert len(pdf) == rendition.pages, rendition.file.name
            assert "{:g} × {:g} in".format(*inches) == rendition.paper, rendition.file.name
            pdf.close()

    def test_decks_open_with_the_stated_number_of_titled_slides(self, demo):
        renditions = Rendition.objects.filter(format="PPT")
        assert renditions.count() >= 4
        for rendition in renditions:
            slides = Presentation(rendition.file.open()).slides
            assert len(slides) == rendition.pages
            assert all(slide.shapes.title.text for slide in slides)

    def test_pictures_open_and_are_wide_enough(self, demo):
        for resource in Resource.objects.exclude(image=""):
            with Image.open(resource.image) as picture:
                assert picture.width >= 800

    def test_the_whole_folder_stays_small(self):
        sizes = {file: file.stat().st_size for file in FOLDER.rglob("*") if file.is_file()}
        limits = {".mp4": 350_000, ".webp": 60_000, ".pdf": 80_000}
        assert [file for file, size in sizes.items() if size > limits.get(file.suffix, size)] == []
        assert sum(size for file, size in sizes.items() if file.suffix != ".pyc") < 6_200_000


def film_seconds(data):
    """The running time in the movie header of an MP4 file: duration over time scale."""
    header = data.index(b"mvhd") + 4
    assert data[header] == 0
    scale, duration = (int.from_bytes(data[header + n : header + n + 4]) for n in (12, 16))
    return duration / scale


def words(text):
    return re.findall(r"[a-z0-9']+", strip_tags(text).lower().replace("’", "'"))


def runs(text, length=RUN):
    found = words(text)
    return {" ".join(found[n : n + length]) for n in range(len(found) - length + 1)}


class TestItsWords:
    @pytest.mark.skipif(not PAGES.exists(), reason="the stored pages are not here")
    def test_no_text_of_the_demo_stands_on_a_stored_page(self, demo):
        pages = set().union(*(runs(page.read_text()) for page in PAGES.glob("*.txt")))
        titles = "|".join(map(re.escape, Resource.objects.values_list("title", flat=True)))
        texts = {text: re.sub(titles, " | ", text, flags=re.I) for text in demo_texts()}
        assert len(texts) > 300
        assert {run for text in texts.values() for run in runs(text) & pages} == set()

    def test_tools_and_courses_do_not_share_a_text(self, demo):
        bodies = Counter(Resource.objects.values_list("body", flat=True))
        assert bodies.most_common(1)[0][1] == 1


def demo_texts():
    """Every text that somebody wrote, down to the printed sheets; names of courses apart."""
    for name in ("summary", "body", "audience_text", "image_alt"):
        yield from Resource.objects.values_list(name, flat=True)
    yield from Video.objects.values_list("transcript", flat=True)
    yield from Tool.objects.values_list("best_used", flat=True)
    for course in Course.objects.all():
        yield from [*course.outcome_list, course.enrollment_text]
    yield from Topic.objects.values_list("summary", flat=True)
    yield from Criterion.objects.values_list("text", flat=True)
    for sheet in (FOLDER / "make" / "sheets").glob("*.html"):
        yield sheet.read_text()


class TestJudgedQueries:
    def test_each_wants_an_entry_that_readers_may_see(self, demo):
        judged = JudgedQuery.objects.filter(resource__in=Resource.objects.published())
        assert judged.count() == len(read_judged_queries())

    def test_what_an_editor_deleted_is_not_made_again(self, fresh):
        JudgedQuery.objects.first().delete()
        before = set(JudgedQuery.objects.all())
        command("load_demo")
        assert set(JudgedQuery.objects.all()) == before

    def test_an_entry_of_an_editor_gets_none(self, fresh):
        Course.objects.get(slug="free-to-speak").delete()
        mine = make_course("Free to Speak")
        command("load_demo")
        assert not mine.judged_queries.exists()

    def test_none_is_left_when_the_demo_is_removed(self, fresh):
        mine = JudgedQuery.objects.create(words="poster", resource=make_tool("Our Own Poster"))
        command("remove_demo")
        assert list(JudgedQuery.objects.all()) == [mine]


class TestCriteria:
    def test_every_cell_of_the_path_has_one_or_two(self, demo):
        cells = Criterion.objects.in_cells()
        assert len(cells) == Dimension.objects.count() * Level.objects.count() == 35
        assert {len(criteria) for criteria in cells.values()} == {1, 2}

    def test_those_of_the_migration_are_there_once_and_not_the_demos(self, demo):
        marked = DemoItem.objects.exclude(criterion=None).values("criterion")
        known = {(c.dimension.slug, c.level_id, c.text) for c in not_the_demos()}
        assert known == {
            (*cell, text) for cell, texts in known_criteria().items() for text in texts
        }
        assert Criterion.objects.count() == marked.count() + len(known)

    def test_they_are_short_and_are_no_finished_sentences(self, demo):
        texts = list(Criterion.objects.values_list("text", flat=True))
        assert [text for text in texts if len(text) > 90 or text.endswith(".")] == []

    def test_what_stands_first_is_public_and_made_for_the_level(self, demo):
        public = Resource.objects.published()
        for criterion in Criterion.objects.all():
            fitting = public.filter(levels=criterion.level, best_for=criterion)
            assert fitting.count() == criterion.best.count() <= 3, criterion
        assert BestResource.objects.count() > 50

    def test_what_stands_first_is_about_the_dimension(self, demo):
        rows = BestResource.objects.select_related("criterion", "resource")
        elsewhere = [
            (str(row.criterion), row.resource.slug)
            for row in rows
            if not row.resource.dimensions.contains(row.criterion.dimension)
        ]
        assert elsewhere == []

    def test_every_cell_has_something_to_use(self, demo):
        cells = set(Resource.objects.published().values_list("dimensions__slug", "levels"))
        assert Criterion.objects.in_cells().keys() <= cells

    def test_loading_again_makes_none_twice(self, fresh):
        before = criteria_and_best()
        command("load_demo")
        assert criteria_and_best() == before

    def test_what_editors_named_stays_as_it_is(self, fresh):
        criterion = BestResource.objects.first().criterion
        mine = make_tool("Our Own Poster")
        criterion.best.set([mine])
        command("load_demo")
        assert list(criterion.best.values_list("title", flat=True)) == ["Our Own Poster"]

    def test_an_entry_that_is_made_again_is_named_again(self, fresh):
        text = "We have reached a goal and set the next one"
        before = best_of(text)
        Tool.objects.get(slug="smart-goal-worksheet").delete()
        command("load_demo")
        assert best_of(text) == before == ["smart-goal-worksheet", "questions-and-answers-goals"]

    def test_an_entry_of_an_editor_is_named_nowhere(self, fresh):
        Course.objects.get(slug="free-to-speak").delete()
        mine = make_course("Free to Speak", slug="free-to-speak")
        command("load_demo")
        assert not mine.best_rows.exists()

    def test_removing_leaves_those_of_the_migration_and_nothing_named(self, fresh):
        known = list(not_the_demos())
        command("remove_demo")
        assert list(Criterion.objects.all()) == known
        assert not BestResource.objects.exists()

    def test_one_that_an_editor_reworded_stays(self, fresh):
        criterion = Criterion.objects.get(text="Both co-leads have taken the Co-Lead Workshop")
        criterion.text = "Both co-leads have taken our own workshop"
        criterion.save()
        command("remove_demo")
        assert Criterion.objects.contains(criterion)
        assert not DemoItem.objects.exists()

    def test_one_that_an_editor_named_an_entry_for_stays(self, fresh):
        criterion = Criterion.objects.get(text="Both co-leads have taken the Co-Lead Workshop")
        mine = make_tool("Our Own Poster")
        BestResource.objects.create(criterion=criterion, resource=mine)
        command("remove_demo")
        assert list(criterion.best.all()) == [mine.resource_ptr]


def known_criteria():
    return import_module("courses.migrations.0003_known_criteria").KNOWN


def not_the_demos():
    marked = DemoItem.objects.exclude(criterion=None).values("criterion")
    return Criterion.objects.exclude(pk__in=marked)


def criteria_and_best():
    return set(Criterion.objects.values_list("pk", "text", "position")), set(
        BestResource.objects.values_list("pk", "resource")
    )


def best_of(text):
    rows = BestResource.objects.filter(criterion__text=text)
    return list(rows.values_list("resource__slug", flat=True))


class TestLoadingAgain:
    def test_a_second_run_changes_nothing(self, fresh):
        before = dict(Resource.objects.values_list("pk", "updated_at"))
        assert command("load_demo") == [
            "Made 0 videos, 0 tools, 0 courses and 0 terms. 70 entries were already there."
        ]
        assert dict(Resource.objects.values_list("pk", "updated_at")) == before

    def test_what_an_editor_changed_stays_changed(self, fresh):
        course = Course.objects.get(slug="lmp-orientation")
        course.summary = "Our own words."
        course.save()
        command("load_demo")
        course.refresh_from_db()
        assert course.summary == "Our own words."

    def test_what_was_deleted_is_made_again_and_linked_again(self, fresh):
        Video.objects.get(slug="find-better-solutions").delete()
        assert command("load_demo") == [
            "Made 1 videos, 0 tools, 0 courses and 0 terms. 69 entries were already there."
        ]
        again = Video.objects.get(slug="find-better-solutions")
        assert again.related.count() == 2
        assert again.topics.count() == 2

    def test_an_entry_of_the_same_title_is_left_alone(self, fresh):
        Course.objects.get(slug="free-to-speak").delete()
        mine = make_course("Free to Speak", slug="speak-freely", summary="Mine.")
        command("load_demo")
        assert list(Course.objects.filter(title="Free to Speak")) == [mine]


class TestWhenLoadingFails:
    def test_neither_rows_nor_files_are_left(self, fresh, settings, monkeypatch):
        def stop(*_entry):
            raise KeyError("broken file")

        monkeypatch.setattr(loading, "link_entry", stop)
        Video.objects.get(slug="find-better-solutions").delete()
        before = files_in(settings.MEDIA_ROOT)
        with pytest.raises(KeyError):
            loading.load_demo()
        assert not Video.objects.filter(slug="find-better-solutions").exists()
        assert files_in(settings.MEDIA_ROOT) == before


def files_in(folder):
    return sorted(file for file in Path(folder).rglob("*") if file.is_file())


class TestRemoving:
    def test_it_takes_everything_it_made(self, fresh):
        assert command("remove_demo")[-1].startswith("Removed 70 entries (0 of them edited)")
        assert not Resource.objects.exists()
        assert not Topic.objects.exists()
        assert not Tag.objects.exists()
        assert not DemoItem.objects.exists()
        assert ToolType.objects.exists()

    def test_it_takes_an_entry_that_an_editor_changed_and_says_so(self, fresh):
        Course.objects.get(slug="free-to-speak").save()
        assert "(1 of them edited)" in command("remove_demo")[-1]

    def test_an_entry_of_an_editor_stays_with_its_file_and_its_terms(self, fresh):
        mine = make_tool("Our Own Poster", topics=["Service"], tags=["huddle", "ours"])
        mine.image, mine.image_alt = copy_file("images/five-whys.webp"), "A chain of circles."
        mine.save()
        mine.related.add(Tool.objects.get(slug="five-whys"))
        lines = command("remove_demo")
        assert list(Resource.objects.values_list("title", flat=True)) == ["Our Own Poster"]
        assert default_storage.exists(mine.image.name)
        assert sorted(mine.tags.names()) == ["huddle", "ours"]
        assert sorted(Topic.objects.values_list("name", flat=True)) == [
            "Performance Improvement",
            "Service",
        ]
        assert "Kept “Service”: your own entries use it." in lines

    def test_a_course_of_an_editor_keeps_the_words_of_what_it_asks_for(self, fresh):
        mine = make_course("Our Own Course")
        Requirement.objects.create(course=mine, text="LMPO")
        FollowUp.objects.create(course=mine, text="Free to Speak")
        assert mine.requirements.get().named_course
        lines = command("remove_demo")
        assert list(mine.requirements.values_list("text", "named_course")) == [("LMPO", None)]
        assert list(mine.follow_ups.values_list("text", "named_course")) == [
            ("Free to Speak", None)
        ]
        assert "“Our Own Course” still names “LMPO”, which is now text without a link." in lines

    def test_a_term_that_editors_took_over_is_theirs_from_then_on(self, fresh):
        make_tool("Our Own Poster", topics=["Service"])
        command("remove_demo")
        assert Topic.objects.filter(name="Service").exists()
        assert not DemoItem.objects.exists()
