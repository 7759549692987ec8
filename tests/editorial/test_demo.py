"""What the entries and files of the demo have, and what loading and removing it changes."""

import re
from collections import Counter
from pathlib import Path

import pypdfium2
import pytest
import webvtt
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.html import strip_tags
from PIL import Image
from pptx import Presentation
from taggit.models import Tag

from catalog.models import (
    JudgedQuery,
    Rendition,
    Resource,
    Tool,
    ToolType,
    Topic,
    Video,
)
from courses.models import Course, Criterion, FollowUp, Requirement
from editorial.demo import loading
from editorial.demo.loading import FOLDER, copy_file, read_judged_queries
from editorial.models import DemoItem
from tests.editorial.commands import run_command
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
MP4_START = b"ftyp"
RUN_WORDS = 7  # in a row, which no text of the demo shares with a page of the old site


class TestEntries:
    def test_the_demo_has_enough_entries_to_look_around(self, demo):
        public = Resource.objects.published()
        kinds = Counter(public.values_list("kind", flat=True))
        assert public.count() >= 48
        assert kinds["video"] >= 10
        assert kinds["tool"] >= 22
        assert kinds["course"] >= 14

    def test_the_demo_has_the_ten_titles_of_the_seed_page(self, demo):
        topic = Topic.objects.get(name="LMP Processes")
        titles = set(topic.resources.published().values_list("title", flat=True))
        assert set(SEED_TITLES) <= titles

    def test_topics_are_a_tree_two_deep_and_none_is_empty(self, demo):
        assert Topic.objects.count() >= 10
        assert Topic.objects.filter(parent__isnull=False, parent__parent=None).exists()
        assert all(topic.resources.published().exists() for topic in Topic.objects.all())

    @pytest.mark.parametrize("links", ["levels", "dimensions", "audiences", "regions"])
    def test_every_term_of_a_vocabulary_is_used(self, demo, links):
        terms = Resource._meta.get_field(links).related_model.objects.all()
        assert [term for term in terms if not term.resources.published().exists()] == []

    def test_every_tool_type_is_used(self, demo):
        published = Tool.objects.published()
        assert set(ToolType.objects.all()) == {tool.tool_type for tool in published}

    def test_no_two_entries_were_published_at_the_same_time(self, demo):
        times = list(Resource.objects.published().values_list("published_at", flat=True))
        assert len(times) == len(set(times))

    def test_published_entries_have_a_summary_a_body_and_an_image_description(self, demo):
        public = Resource.objects.published()
        assert not public.filter(summary="").exists()
        assert not public.filter(body="").exists()
        assert not public.exclude(image="").filter(image_alt="").exists()

    def test_every_course_says_what_people_can_do_afterward(self, demo):
        assert [c for c in Course.objects.published() if len(c.outcome_list) < 3] == []

    def test_only_the_two_seed_videos_have_credits(self, demo):
        credited = Video.objects.filter(credits__isnull=False).distinct()
        assert sorted(credited.values_list("title", flat=True)) == SEED_TITLES[:2]


class TestSpecialCases:
    def test_one_entry_is_scheduled_and_one_is_a_draft(self, demo):
        assert Resource.objects.filter(published_at__gt=timezone.now()).count() == 1
        assert Resource.objects.filter(published_at=None).count() == 1

    def test_one_published_entry_has_no_image_and_one_has_a_very_long_title(self, demo):
        public = Resource.objects.published()
        assert public.filter(image="").count() == 1
        assert max(len(title) for title in public.values_list("title", flat=True)) > 150

    def test_times_are_exact_or_a_range_or_per_delivery_or_unknown(self, demo):
        by_slug = {course.slug: course for course in Course.objects.all()}
        exact = by_slug["effective-stakeholding"]
        ranged = by_slug["how-to-use-lmpartnership-org"]
        assert (exact.minutes_min, exact.minutes_max) == (480, 480)
        assert (ranged.minutes_min, ranged.minutes_max) == (30, 60)
        assert by_slug["lmp-orientation"].minutes_min is None
        modes = by_slug["consensus-decision-making"].deliveries.values_list("mode", "minutes")
        assert dict(modes) == {"classroom": 90, "online": 30}

    def test_modules_add_up_to_the_time_of_their_course(self, demo):
        for course in Course.objects.exclude(modules=None):
            assert sum(m.minutes for m in course.modules.all()) == course.minutes_max, course


class TestCoursesRequireEachOther:
    def test_a_chain_of_courses_leads_from_the_orientation_to_coaching(self, demo):
        chain = ["lmp-orientation", "co-lead-workshop", "team-leadership-for-co-leads"]
        for first, second in zip(chain, [*chain[1:], "coaching-teams-to-level-5"], strict=True):
            assert Requirement.objects.filter(
                named_course__slug=first, course__slug=second
            ).exists()

    def test_one_requirement_names_a_missing_course(self, demo):
        assert [row.text for row in Requirement.objects.dangling()] == ["Advanced Facilitation"]

    def test_the_demo_has_all_five_types_of_requirement(self, demo):
        types = set(Requirement.objects.values_list("type", flat=True))
        assert types == set(Requirement.Type.values)


class TestFiles:
    def test_videos_are_mp4_files_and_their_captions_end_with_the_video(self, demo):
        for video in Video.objects.all():
            captions = webvtt.from_string(video.captions.read().decode())
            assert video.file.read()[4:8] == MP4_START
            assert video.seconds - 3 < captions[-1].end_in_seconds <= video.seconds, video

    def test_a_video_file_is_as_long_as_its_entry_says(self, demo):
        for video in Video.objects.all():
            assert mp4_seconds(video.file.open().read()) == pytest.approx(video.seconds, abs=0.05)

    def test_captions_say_what_the_transcript_says(self, demo):
        for video in Video.objects.all():
            captions = webvtt.from_string(video.captions.open().read().decode())
            assert words(" ".join(cue.text for cue in captions)) == words(video.transcript)

    def test_pdfs_have_the_stated_number_of_pages_and_paper_size(self, demo):
        renditions = Rendition.objects.filter(format="PDF")
        assert renditions.count() >= 18
        for rendition in renditions:
            with rendition.file.open() as file:
                pdf = pypdfium2.PdfDocument(file.read())
            inches = sorted(round(points / 72, 1) for points in pdf[0].get_size())
            assert len(pdf) == rendition.pages, rendition.file.name
            assert "{:g} × {:g} in".format(*inches) == rendition.paper, rendition.file.name
            pdf.close()

    def test_decks_have_the_stated_number_of_slides_with_titles(self, demo):
        renditions = Rendition.objects.filter(format="PPT")
        assert renditions.count() >= 4
        for rendition in renditions:
            slides = Presentation(rendition.file.open()).slides
            assert len(slides) == rendition.pages
            assert all(slide.shapes.title.text for slide in slides)

    def test_images_are_wide_enough(self, demo):
        for resource in Resource.objects.exclude(image=""):
            with Image.open(resource.image) as image:
                assert image.width >= 800

    def test_the_demo_folder_stays_small(self):
        sizes = {file: file.stat().st_size for file in FOLDER.rglob("*") if file.is_file()}
        limits = {".mp4": 350_000, ".webp": 60_000, ".pdf": 80_000}
        assert [file for file, size in sizes.items() if size > limits.get(file.suffix, size)] == []
        assert sum(size for file, size in sizes.items() if file.suffix != ".pyc") < 6_200_000


def mp4_seconds(data):
    """The running time in the movie header of an MP4 file: duration over time scale."""
    header = data.index(b"mvhd") + 4
    assert data[header] == 0
    scale, duration = (int.from_bytes(data[header + n : header + n + 4]) for n in (12, 16))
    return duration / scale


def words(text):
    return re.findall(r"[a-z0-9']+", strip_tags(text).lower().replace("’", "'"))


def word_runs(text, length=RUN_WORDS):
    found = words(text)
    return {" ".join(found[n : n + length]) for n in range(len(found) - length + 1)}


class TestTexts:
    @pytest.mark.skipif(not PAGES.exists(), reason="the stored pages are missing")
    def test_no_text_of_the_demo_is_on_a_stored_page(self, demo):
        pages = set().union(*(word_runs(page.read_text()) for page in PAGES.glob("*.txt")))
        titles = "|".join(map(re.escape, Resource.objects.values_list("title", flat=True)))
        texts = {text: re.sub(titles, " | ", text, flags=re.I) for text in demo_texts()}
        assert len(texts) > 300
        assert {run for text in texts.values() for run in word_runs(text) & pages} == set()

    def test_no_two_entries_have_the_same_body(self, demo):
        bodies = Counter(Resource.objects.values_list("body", flat=True))
        assert bodies.most_common(1)[0][1] == 1


def demo_texts():
    """Yields every text that somebody wrote, including the printed sheets, but no course names."""
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
    def test_each_expects_a_published_entry(self, demo):
        judged = JudgedQuery.objects.filter(resource__in=Resource.objects.published())
        assert judged.count() == len(read_judged_queries())

    def test_a_judged_query_that_an_editor_deleted_is_not_made_again(self, demo_copy):
        JudgedQuery.objects.first().delete()
        before = set(JudgedQuery.objects.all())
        run_command("load_demo")
        assert set(JudgedQuery.objects.all()) == before

    def test_an_editors_entry_gets_no_judged_query(self, demo_copy):
        Course.objects.get(slug="free-to-speak").delete()
        mine = make_course("Free to Speak")
        run_command("load_demo")
        assert not mine.judged_queries.exists()

    def test_removing_the_demo_removes_its_judged_queries(self, demo_copy):
        mine = JudgedQuery.objects.create(words="poster", resource=make_tool("Our Own Poster"))
        run_command("remove_demo")
        assert list(JudgedQuery.objects.all()) == [mine]


class TestLoadingAgain:
    def test_a_second_run_changes_nothing(self, demo_copy):
        before = dict(Resource.objects.values_list("pk", "updated_at"))
        assert run_command("load_demo") == [
            "Added 0 videos, 0 tools, 0 courses and 0 terms; 70 entries existed already"
        ]
        assert dict(Resource.objects.values_list("pk", "updated_at")) == before

    def test_an_editors_change_stays(self, demo_copy):
        course = Course.objects.get(slug="lmp-orientation")
        course.summary = "Our own words."
        course.save()
        run_command("load_demo")
        course.refresh_from_db()
        assert course.summary == "Our own words."

    def test_a_deleted_entry_is_made_and_linked_again(self, demo_copy):
        Video.objects.get(slug="find-better-solutions").delete()
        assert run_command("load_demo") == [
            "Added 1 videos, 0 tools, 0 courses and 0 terms; 69 entries existed already"
        ]
        again = Video.objects.get(slug="find-better-solutions")
        assert again.related.count() == 2
        assert again.topics.count() == 2

    def test_an_entry_with_the_same_title_is_left_alone(self, demo_copy):
        Course.objects.get(slug="free-to-speak").delete()
        mine = make_course("Free to Speak", slug="speak-freely", summary="Mine.")
        run_command("load_demo")
        assert list(Course.objects.filter(title="Free to Speak")) == [mine]


class TestFailedLoading:
    def test_no_rows_and_no_files_remain(self, demo_copy, settings, monkeypatch):
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
    def test_it_removes_everything_that_load_demo_made(self, demo_copy):
        assert run_command("remove_demo")[-1].startswith(
            "70 entries removed (0 of them edited since)"
        )
        assert not Resource.objects.exists()
        assert not Topic.objects.exists()
        assert not Tag.objects.exists()
        assert not DemoItem.objects.exists()
        assert ToolType.objects.exists()

    def test_it_removes_edited_entries_and_counts_them(self, demo_copy):
        Course.objects.get(slug="free-to-speak").save()
        assert "(1 of them edited since)" in run_command("remove_demo")[-1]

    def test_an_editors_entry_keeps_its_file_and_its_terms(self, demo_copy):
        mine = make_tool("Our Own Poster", topics=["Service"], tags=["huddle", "ours"])
        mine.image, mine.image_alt = copy_file("images/five-whys.webp"), "A chain of circles."
        mine.save()
        mine.related.add(Tool.objects.get(slug="five-whys"))
        lines = run_command("remove_demo")
        assert list(Resource.objects.values_list("title", flat=True)) == ["Our Own Poster"]
        assert default_storage.exists(mine.image.name)
        assert sorted(mine.tags.names()) == ["huddle", "ours"]
        assert sorted(Topic.objects.values_list("name", flat=True)) == [
            "Performance Improvement",
            "Service",
        ]
        assert "“Service” stays because your own entries use it." in lines

    def test_an_editors_course_keeps_the_words_of_its_requirements(self, demo_copy):
        mine = make_course("Our Own Course")
        Requirement.objects.create(course=mine, text="LMPO")
        FollowUp.objects.create(course=mine, text="Free to Speak")
        assert mine.requirements.get().named_course
        lines = run_command("remove_demo")
        assert list(mine.requirements.values_list("text", "named_course")) == [("LMPO", None)]
        assert list(mine.follow_ups.values_list("text", "named_course")) == [
            ("Free to Speak", None)
        ]
        assert "“Our Own Course” still names “LMPO”, but only as text without a course." in lines

    def test_a_term_that_editors_use_is_no_longer_part_of_the_demo(self, demo_copy):
        make_tool("Our Own Poster", topics=["Service"])
        run_command("remove_demo")
        assert Topic.objects.filter(name="Service").exists()
        assert not DemoItem.objects.exists()
