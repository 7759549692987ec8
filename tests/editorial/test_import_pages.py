import json
from io import StringIO
from pathlib import Path

import feedparser
import pypdfium2
import pytest
from django.core.management import CommandError, call_command

from catalog.models import Resource, Tool, Topic, Video
from courses.models import Course, Requirement
from tests.makers import make_course, make_tool, make_topic

SEED = Path(__file__).parents[3] / "shared" / "pages" / "lmp-processes.txt"
needs_seed = pytest.mark.skipif(not SEED.exists(), reason="the stored listing page is missing")

PAGE = """\
LMP Processes

Videos

Bread in Ninety Seconds

Loading the player...

(1:30)

How a team of bakers tried one change at a time.

TOOLS

Huddle Clock

Format:
PDF and PPT slide

Size:
2 pages, 8.5" x 11"

Intended audience:
UBT co-leads and sponsors

Best used:
On the wall, where the huddle stands.

You may also be interested in Bread in Ninety Seconds

Related tools:

Baking Together (classroom)

Story body part 1:

Course description

A day at the oven for whole teams.

Path to Performance

Level 2, 3

Duration

8 hours

Who should attend

Team members

Course requirements

Labor Management Partnership Orientation (LMPO)
"""


@pytest.fixture
def listing(tmp_path):
    file = tmp_path / "page.txt"
    file.write_text(PAGE)
    return file


def run_import(*arguments):
    out = StringIO()
    call_command("import_pages", *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue().splitlines()


@pytest.mark.django_db
class TestImporting:
    def test_without_apply_it_shows_the_changes_and_saves_nothing(self, listing):
        lines = run_import(listing)
        assert lines[-1] == "3 created, 0 updated, 0 unchanged, 0 need attention"
        assert [line.split()[:2] for line in lines[:3]] == [
            ["create", "video"],
            ["create", "tool"],
            ["create", "course"],
        ]
        assert not Resource.objects.exists()

    def test_apply_makes_the_entries_as_drafts(self, listing):
        run_import(listing, "--apply")
        assert Resource.objects.count() == 3
        assert not Resource.objects.published()

    def test_an_entry_keeps_each_text_beside_the_facts_read_from_it(self, listing):
        run_import(listing, "--apply")
        tool, course = Tool.objects.get(), Course.objects.get()
        rows = list(tool.renditions.values_list("format", "pages", "paper"))
        assert rows == [("PDF", 2, "8.5 × 11 in"), ("PPT", None, "8.5 × 11 in")]
        assert (tool.format_text, tool.size_text) == ("PDF and PPT slide", '2 pages, 8.5" x 11"')
        assert tool.audience_text == "UBT co-leads and sponsors"
        assert [str(audience) for audience in tool.audiences.all()] == ["Co-leads", "Sponsors"]
        assert (course.duration_text, course.minutes_min) == ("8 hours", 480)
        assert (course.level_text, course.level_numbers) == ("Level 2, 3", [2, 3])
        assert Video.objects.get().seconds == 90

    def test_published_entries_are_on_the_topic_page_in_page_order(self, client, listing):
        run_import(listing, "--apply", "--publish")
        shown = client.get("/topics/lmp-processes/").context["page"]
        assert [resource.title for resource in shown] == [
            "Bread in Ninety Seconds",
            "Huddle Clock",
            "Baking Together (classroom)",
        ]

    def test_titles_that_the_page_names_as_related_are_linked(self, listing):
        run_import(listing, "--apply")
        tool = Tool.objects.get()
        assert [str(other) for other in tool.related.all()] == ["Bread in Ninety Seconds"]

    def test_a_relation_that_an_editor_removed_stays_removed(self, listing):
        run_import(listing, "--apply")
        Tool.objects.get().related.clear()
        run_import(listing, "--apply")
        assert not Tool.objects.get().related.exists()

    def test_no_entry_is_related_to_itself(self, listing):
        lead = "interested in "
        listing.write_text(PAGE.replace(f"{lead}Bread in Ninety Seconds", f"{lead}Huddle Clock"))
        run_import(listing, "--apply")
        assert not Tool.objects.get().related.exists()

    @pytest.mark.parametrize(
        ("was", "becomes", "outcome"),
        [
            (
                "How a team of bakers",
                "Produced by Ann and Ann\n\nHow a team of bakers",
                "3 created",
            ),
            (
                "How a team of bakers",
                f"Produced by {'A' * 130}\n\nHow a team of bakers",
                "2 created",
            ),
            ("LMP Processes", "L" * 90, "0 created"),
        ],
    )
    def test_the_plan_already_shows_what_cannot_be_saved(self, listing, was, becomes, outcome):
        listing.write_text(PAGE.replace(was, becomes, 1))
        planned, applied = run_import(listing), run_import(listing, "--apply")
        assert planned[-1] == applied[-1]
        assert applied[-1].startswith(outcome)

    def test_a_new_required_course_gets_a_new_link(self, listing):
        for title in ("LMP Orientation", "Bread Basics"):
            make_course(title)
        run_import(listing, "--apply")
        lmpo = "Labor Management Partnership Orientation (LMPO)"
        listing.write_text(PAGE.replace(lmpo, "Bread Basics"))
        run_import(listing, "--apply")
        assert Requirement.objects.get().named_course.title == "Bread Basics"

    def test_rows_that_change_places_stay_the_same_rows(self, listing):
        credits = "Produced by Ann Lee and Bo Ray\n\nHow a team"
        listing.write_text(PAGE.replace("How a team", credits))
        run_import(listing, "--apply")
        before = dict(Video.objects.get().credits.values_list("name", "pk"))
        swapped = credits.replace("Ann Lee and Bo Ray", "Bo Ray and Ann Lee")
        listing.write_text(PAGE.replace("How a team", swapped))
        run_import(listing, "--apply")
        assert [credit.name for credit in Video.objects.get().credits.all()] == [
            "Bo Ray",
            "Ann Lee",
        ]
        assert dict(Video.objects.get().credits.values_list("name", "pk")) == before

    def test_an_editor_keeps_both_ends_of_a_range(self, listing):
        run_import(listing, "--apply")
        Course.objects.update(minutes_max=500)
        listing.write_text(PAGE.replace("8 hours", "10 hours"))
        lines = run_import(listing, "--apply")
        assert Course.objects.values_list("minutes_min", "minutes_max").get() == (480, 500)
        assert len([line for line in lines if "minutes, at" in line]) == 2

    def test_a_second_import_of_a_cut_off_page_changes_nothing(self, listing):
        listing.write_text(PAGE[: PAGE.index("ole teams")])
        run_import(listing, "--apply")
        assert run_import(listing, "--apply")[-1].startswith("0 created, 0 updated, 3 unchanged")

    def test_a_limit_to_an_unknown_audience_needs_attention(self, listing):
        listing.write_text(PAGE.replace("Team members", "Bakers only"))
        lines = run_import(listing)
        assert lines[-1] == "3 created, 0 updated, 0 unchanged, 1 need attention"
        assert any("is limited to “Bakers only”" in line for line in lines)

    def test_a_heading_finds_the_topic_of_its_address(self, listing):
        make_topic("LMP Processes!")
        run_import(listing, "--apply")
        assert run_import(listing, "--apply")[-1].startswith("0 created, 0 updated, 3 unchanged")
        assert [topic.name for topic in Topic.objects.all()] == ["LMP Processes!"]

    def test_a_cut_off_entry_is_not_published(self, listing):
        listing.write_text(PAGE[: PAGE.index("ole teams")])
        run_import(listing, "--apply", "--publish")
        assert Course.objects.get().published_at is None
        assert Tool.objects.get().published_at

    def test_a_second_run_changes_nothing(self, listing):
        run_import(listing, "--apply", "--publish")
        before = list(Resource.objects.values())
        lines = run_import(listing, "--apply", "--publish")
        assert lines[-1] == "0 created, 0 updated, 3 unchanged, 0 need attention"
        assert list(Resource.objects.values()) == before

    def test_a_page_with_new_facts_updates_the_entry(self, listing):
        run_import(listing, "--apply")
        listing.write_text(PAGE.replace("8 hours", "3 hours"))
        lines = run_import(listing, "--apply")
        assert lines[-1] == "0 created, 1 updated, 2 unchanged, 0 need attention"
        assert Course.objects.get().minutes_max == 180

    def test_an_editors_change_is_kept_and_gets_a_note(self, listing):
        run_import(listing, "--apply")
        Course.objects.update(duration_text="a day")
        listing.write_text(PAGE.replace("8 hours", "3 hours"))
        lines = run_import(listing, "--apply")
        assert Course.objects.get().duration_text == "a day"
        [note] = [line for line in lines if line.startswith("needs attention")]
        assert "page.txt:33" in note and "time needed as written" in note

    def test_a_rendition_keeps_the_file_that_an_editor_added(self, listing):
        run_import(listing, "--apply")
        rendition = Tool.objects.get().renditions.first()
        rendition.address = "https://files.example.org/clock.pdf"
        rendition.save()
        listing.write_text(PAGE.replace("2 pages", "4 pages"))
        run_import(listing, "--apply")
        rendition.refresh_from_db()
        assert (rendition.pages, rendition.address) == (4, "https://files.example.org/clock.pdf")

    def test_an_entry_with_the_same_title_is_updated_and_not_copied(self, listing):
        mine = make_tool("Huddle Clock", best_used="Anywhere.")
        lines = run_import(listing, "--apply")
        assert Tool.objects.get() == mine
        assert Tool.objects.get().best_used == "Anywhere."
        assert any("best used" in line for line in lines if "needs attention" in line)

    def test_a_record_on_two_pages_is_imported_once_with_both_topics(self, listing, tmp_path):
        other = tmp_path / "other.txt"
        other.write_text(PAGE.replace("LMP Processes", "Performance Improvement", 1))
        assert run_import(listing, other, "--apply")[-1].startswith("3 created, 0 updated")
        assert [str(topic) for topic in Tool.objects.get().topics.all()] == [
            "LMP Processes",
            "Performance Improvement",
        ]

    def test_a_requirement_links_to_an_existing_course(self, listing):
        orientation = make_course("LMP Orientation")
        run_import(listing, "--apply")
        assert Requirement.objects.get().named_course == orientation

    def test_an_entry_that_cannot_be_saved_is_skipped_with_the_reason(self, listing):
        listing.write_text(PAGE.replace("PDF and PPT slide", "PDF " * 60))
        lines = run_import(listing, "--apply")
        assert lines[-1] == "2 created, 0 updated, 0 unchanged, 1 need attention"
        assert any("We skipped" in line and "200" in line for line in lines)


@pytest.mark.django_db
class TestBadFiles:
    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"\xff\xfe\x00P", "is not text in UTF-8"),
            (b"Videos\n\x00\x00", "is not text: it contains zero bytes"),
            (b"x" * 10_000_001, "is larger than 10 MB"),
        ],
    )
    def test_a_file_that_is_not_a_page_stops_the_import(self, listing, tmp_path, content, sentence):
        bad = tmp_path / "bad.txt"
        bad.write_bytes(content)
        with pytest.raises(CommandError, match=f"bad.txt {sentence}.*Nothing was changed"):
            run_import(listing, bad, "--apply")
        assert not Resource.objects.exists()

    @pytest.mark.parametrize("name", ["missing.txt", "."])
    def test_a_file_that_cannot_be_opened_is_named(self, tmp_path, name):
        with pytest.raises(CommandError, match="cannot be opened"):
            run_import(tmp_path / name)

    @pytest.mark.parametrize("text", ["", "\n\n", "Dear all,\n\nthe canteen is closed today.\n"])
    def test_a_file_without_a_record_gets_a_note(self, listing, text):
        listing.write_text(text)
        lines = run_import(listing, "--apply")
        assert lines[-1] == "0 created, 0 updated, 0 unchanged, 1 need attention"
        assert "page.txt:1" in lines[0]

    def test_publish_needs_apply(self, listing):
        with pytest.raises(CommandError, match="--publish needs --apply"):
            run_import(listing, "--publish")


def test_json_prints_one_record_a_line_and_needs_no_database(listing):
    records = [json.loads(line) for line in run_import(listing, "--json")]
    assert [record["kind"] for record in records] == ["video", "tool", "course"]
    assert {record["file"] for record in records} == {"page.txt"}
    assert records[0]["duration_seconds"] == 90
    assert records[1]["formats"] == ["PDF", "PPT"]
    assert records[2]["prerequisites"] == ["Labor Management Partnership Orientation (LMPO)"]


@needs_seed
@pytest.mark.django_db
class TestStoredListingPage:
    @pytest.fixture(autouse=True)
    def seed(self):
        self.lines = run_import(SEED, "--apply", "--publish")

    def test_it_has_two_videos_two_tools_and_six_courses(self, client):
        assert self.lines[-1].startswith("10 created, 0 updated, 0 unchanged")
        shown = client.get("/topics/lmp-processes/").context["page"]
        kinds = [resource.kind for resource in shown]
        assert [kinds.count(kind) for kind in ("video", "tool", "course")] == [2, 2, 6]

    def test_levels_and_durations_are_right(self):
        courses = Course.objects.all()
        read = {c.title: (c.level_numbers, c.minutes_min, c.minutes_max) for c in courses}
        assert read == {
            "How to Use LMPartnership.org": ([1, 2, 3, 4, 5], 30, 60),
            "Co-Lead Workshop (for consultant delivery via WebEx)": ([2, 3], 240, 240),
            "Unit-Based Team Member (classroom)": ([1], 240, 240),
            "Team Leadership for Co-Leads (classroom)": ([3, 4, 5], 480, 480),
            "Effective Stakeholding (classroom)": ([2], 480, 480),
            "Effective Sponsorship (classroom)": ([2], 180, 180),
        }
        assert sorted(Video.objects.values_list("seconds", flat=True)) == [89, 120]

    def test_lmpo_is_required_three_times_and_not_in_the_catalog_yet(self, client):
        dangling = Requirement.objects.dangling()
        assert {requirement.text for requirement in dangling} == {
            "Labor Management Partnership Orientation (LMPO)"
        }
        assert dangling.count() == 3
        for requirement in dangling:
            html = client.get(requirement.course.get_absolute_url()).content.decode()
            assert "not yet in this catalog" in html

    def test_the_course_for_labor_only_has_its_limit(self):
        limited = Course.objects.filter(only_for__name="Union members")
        assert [course.title for course in limited] == ["Effective Stakeholding (classroom)"]

    def test_the_feed_has_all_ten_entries(self, client):
        feed = feedparser.parse(client.get("/topics/lmp-processes/feed/").content)
        titles = set(Resource.objects.values_list("title", flat=True))
        assert {entry.title for entry in feed.entries} == titles
        assert len(feed.entries) == 10

    def test_the_pdf_has_all_ten_entries(self, client):
        pdf = pypdfium2.PdfDocument(client.get("/topics/lmp-processes.pdf").getvalue())
        text = " ".join(page.get_textpage().get_text_range() for page in pdf)
        words = " ".join(text.split())
        assert all(title in words for title in Resource.objects.values_list("title", flat=True))

    def test_no_leaked_label_reaches_a_page(self, client):
        pages = [client.get(r.get_absolute_url()).content.decode() for r in Resource.objects.all()]
        for label in ("Story body", "Loading the player", "Deck:", "Related tools:"):
            assert not any(label in html for html in pages)
        assert Topic.objects.get().name == "LMP Processes"
