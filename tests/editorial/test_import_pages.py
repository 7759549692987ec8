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
needs_seed = pytest.mark.skipif(not SEED.exists(), reason="the stored listing page is not here")

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


def run(*arguments):
    out = StringIO()
    call_command("import_pages", *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue().splitlines()


@pytest.mark.django_db
class TestTakingIn:
    def test_by_default_it_says_what_it_would_do_and_changes_nothing(self, listing):
        lines = run(listing)
        assert lines[-1] == "3 created, 0 updated, 0 unchanged, 0 need attention"
        assert [line.split()[:2] for line in lines[:3]] == [
            ["create", "video"],
            ["create", "tool"],
            ["create", "course"],
        ]
        assert not Resource.objects.exists()

    def test_applied_it_makes_the_entries_as_drafts(self, listing):
        run(listing, "--apply")
        assert Resource.objects.count() == 3
        assert not Resource.objects.published()

    def test_each_text_stands_beside_what_was_read_from_it(self, listing):
        run(listing, "--apply")
        tool, course = Tool.objects.get(), Course.objects.get()
        rows = list(tool.renditions.values_list("format", "pages", "paper"))
        assert rows == [("PDF", 2, "8.5 × 11 in"), ("PPT", None, "8.5 × 11 in")]
        assert (tool.format_text, tool.size_text) == ("PDF and PPT slide", '2 pages, 8.5" x 11"')
        assert tool.audience_text == "UBT co-leads and sponsors"
        assert [str(audience) for audience in tool.audiences.all()] == ["Co-leads", "Sponsors"]
        assert (course.duration_text, course.minutes_min) == ("8 hours", 480)
        assert (course.level_text, course.level_numbers) == ("Level 2, 3", [2, 3])
        assert Video.objects.get().seconds == 90

    def test_published_it_stands_on_the_topic_page_in_the_page_s_order(self, client, listing):
        run(listing, "--apply", "--publish")
        shown = client.get("/topics/lmp-processes/").context["page"]
        assert [resource.title for resource in shown] == [
            "Bread in Ninety Seconds",
            "Huddle Clock",
            "Baking Together (classroom)",
        ]

    def test_titles_that_the_page_relates_are_related(self, listing):
        run(listing, "--apply")
        tool = Tool.objects.get()
        assert [str(other) for other in tool.related.all()] == ["Bread in Ninety Seconds"]

    def test_a_relation_that_an_editor_took_away_stays_away(self, listing):
        run(listing, "--apply")
        Tool.objects.get().related.clear()
        run(listing, "--apply")
        assert not Tool.objects.get().related.exists()

    def test_nothing_is_related_to_itself(self, listing):
        lead = "interested in "
        listing.write_text(PAGE.replace(f"{lead}Bread in Ninety Seconds", f"{lead}Huddle Clock"))
        run(listing, "--apply")
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
    def test_what_cannot_be_saved_is_told_by_the_plan_too(self, listing, was, becomes, outcome):
        listing.write_text(PAGE.replace(was, becomes, 1))
        planned, applied = run(listing), run(listing, "--apply")
        assert planned[-1] == applied[-1]
        assert applied[-1].startswith(outcome)

    def test_another_required_course_is_another_link(self, listing):
        for title in ("LMP Orientation", "Bread Basics"):
            make_course(title)
        run(listing, "--apply")
        lmpo = "Labor Management Partnership Orientation (LMPO)"
        listing.write_text(PAGE.replace(lmpo, "Bread Basics"))
        run(listing, "--apply")
        assert Requirement.objects.get().named_course.title == "Bread Basics"

    def test_rows_that_change_places_stay_the_same_rows(self, listing):
        credits = "Produced by Ann Lee and Bo Ray\n\nHow a team"
        listing.write_text(PAGE.replace("How a team", credits))
        run(listing, "--apply")
        before = dict(Video.objects.get().credits.values_list("name", "pk"))
        swapped = credits.replace("Ann Lee and Bo Ray", "Bo Ray and Ann Lee")
        listing.write_text(PAGE.replace("How a team", swapped))
        run(listing, "--apply")
        assert [credit.name for credit in Video.objects.get().credits.all()] == [
            "Bo Ray",
            "Ann Lee",
        ]
        assert dict(Video.objects.get().credits.values_list("name", "pk")) == before

    def test_an_editor_keeps_both_ends_of_a_range(self, listing):
        run(listing, "--apply")
        Course.objects.update(minutes_max=500)
        listing.write_text(PAGE.replace("8 hours", "10 hours"))
        lines = run(listing, "--apply")
        assert Course.objects.values_list("minutes_min", "minutes_max").get() == (480, 500)
        assert len([line for line in lines if "minutes, at" in line]) == 2

    def test_a_page_that_was_cut_off_changes_nothing_the_second_time(self, listing):
        listing.write_text(PAGE[: PAGE.index("ole teams")])
        run(listing, "--apply")
        assert run(listing, "--apply")[-1].startswith("0 created, 0 updated, 3 unchanged")

    def test_a_limit_to_nobody_we_count_needs_a_person(self, listing):
        listing.write_text(PAGE.replace("Team members", "Bakers only"))
        lines = run(listing)
        assert lines[-1] == "3 created, 0 updated, 0 unchanged, 1 need attention"
        assert any("is limited to “Bakers only”" in line for line in lines)

    def test_a_heading_meets_the_topic_of_its_address(self, listing):
        make_topic("LMP Processes!")
        run(listing, "--apply")
        assert run(listing, "--apply")[-1].startswith("0 created, 0 updated, 3 unchanged")
        assert [topic.name for topic in Topic.objects.all()] == ["LMP Processes!"]

    def test_what_was_cut_off_is_not_published(self, listing):
        listing.write_text(PAGE[: PAGE.index("ole teams")])
        run(listing, "--apply", "--publish")
        assert Course.objects.get().published_at is None
        assert Tool.objects.get().published_at

    def test_a_second_run_changes_nothing(self, listing):
        run(listing, "--apply", "--publish")
        before = list(Resource.objects.values())
        lines = run(listing, "--apply", "--publish")
        assert lines[-1] == "0 created, 0 updated, 3 unchanged, 0 need attention"
        assert list(Resource.objects.values()) == before

    def test_a_page_that_says_something_new_updates(self, listing):
        run(listing, "--apply")
        listing.write_text(PAGE.replace("8 hours", "3 hours"))
        lines = run(listing, "--apply")
        assert lines[-1] == "0 created, 1 updated, 2 unchanged, 0 need attention"
        assert Course.objects.get().minutes_max == 180

    def test_what_an_editor_wrote_since_is_kept_and_named(self, listing):
        run(listing, "--apply")
        Course.objects.update(duration_text="a day")
        listing.write_text(PAGE.replace("8 hours", "3 hours"))
        lines = run(listing, "--apply")
        assert Course.objects.get().duration_text == "a day"
        [note] = [line for line in lines if line.startswith("needs attention")]
        assert "page.txt:33" in note and "time needed as written" in note

    def test_a_file_hung_on_a_rendition_stays_there(self, listing):
        run(listing, "--apply")
        rendition = Tool.objects.get().renditions.first()
        rendition.address = "https://files.example.org/clock.pdf"
        rendition.save()
        listing.write_text(PAGE.replace("2 pages", "4 pages"))
        run(listing, "--apply")
        rendition.refresh_from_db()
        assert (rendition.pages, rendition.address) == (4, "https://files.example.org/clock.pdf")

    def test_an_entry_of_the_same_title_is_met_not_doubled(self, listing):
        mine = make_tool("Huddle Clock", best_used="Anywhere.")
        lines = run(listing, "--apply")
        assert Tool.objects.get() == mine
        assert Tool.objects.get().best_used == "Anywhere."
        assert any("best used" in line for line in lines if "needs attention" in line)

    def test_a_record_on_two_pages_comes_in_once_with_both_topics(self, listing, tmp_path):
        other = tmp_path / "other.txt"
        other.write_text(PAGE.replace("LMP Processes", "Performance Improvement", 1))
        assert run(listing, other, "--apply")[-1].startswith("3 created, 0 updated")
        assert [str(topic) for topic in Tool.objects.get().topics.all()] == [
            "LMP Processes",
            "Performance Improvement",
        ]

    def test_a_requirement_links_to_a_course_that_is_there(self, listing):
        orientation = make_course("LMP Orientation")
        run(listing, "--apply")
        assert Requirement.objects.get().named_course == orientation

    def test_an_entry_that_cannot_be_saved_is_set_aside_with_the_reason(self, listing):
        listing.write_text(PAGE.replace("PDF and PPT slide", "PDF " * 60))
        lines = run(listing, "--apply")
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
    def test_one_that_is_no_page_stops_all(self, listing, tmp_path, content, sentence):
        bad = tmp_path / "bad.txt"
        bad.write_bytes(content)
        with pytest.raises(CommandError, match=f"bad.txt {sentence}.*Nothing was changed"):
            run(listing, bad, "--apply")
        assert not Resource.objects.exists()

    @pytest.mark.parametrize("name", ["missing.txt", "."])
    def test_one_that_cannot_be_opened_is_named(self, tmp_path, name):
        with pytest.raises(CommandError, match="cannot be opened"):
            run(tmp_path / name)

    @pytest.mark.parametrize("text", ["", "\n\n", "Dear all,\n\nthe canteen is closed today.\n"])
    def test_one_that_holds_no_record_says_so(self, listing, text):
        listing.write_text(text)
        lines = run(listing, "--apply")
        assert lines[-1] == "0 created, 0 updated, 0 unchanged, 1 need attention"
        assert "page.txt:1" in lines[0]

    def test_publishing_without_applying_is_refused(self, listing):
        with pytest.raises(CommandError, match="--publish needs --apply"):
            run(listing, "--publish")


def test_json_prints_one_record_a_line_and_needs_no_database(listing):
    records = [json.loads(line) for line in run(listing, "--json")]
    assert [record["kind"] for record in records] == ["video", "tool", "course"]
    assert {record["file"] for record in records} == {"page.txt"}
    assert records[0]["duration_seconds"] == 90
    assert records[1]["formats"] == ["PDF", "PPT"]
    assert records[2]["prerequisites"] == ["Labor Management Partnership Orientation (LMPO)"]


@needs_seed
@pytest.mark.django_db
class TestTheSeedPage:
    @pytest.fixture(autouse=True)
    def seed(self):
        self.lines = run(SEED, "--apply", "--publish")

    def test_it_gives_two_videos_two_tools_and_six_courses(self, client):
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

    def test_the_limit_to_labor_is_kept(self):
        limited = Course.objects.filter(only_for__name="Union members")
        assert [course.title for course in limited] == ["Effective Stakeholding (classroom)"]

    def test_the_feed_holds_the_ten(self, client):
        feed = feedparser.parse(client.get("/topics/lmp-processes/feed/").content)
        titles = set(Resource.objects.values_list("title", flat=True))
        assert {entry.title for entry in feed.entries} == titles
        assert len(feed.entries) == 10

    def test_the_pdf_prints_the_ten(self, client):
        pdf = pypdfium2.PdfDocument(client.get("/topics/lmp-processes.pdf").getvalue())
        text = " ".join(page.get_textpage().get_text_range() for page in pdf)
        words = " ".join(text.split())
        assert all(title in words for title in Resource.objects.values_list("title", flat=True))

    def test_no_leaked_label_reaches_a_page(self, client):
        pages = [client.get(r.get_absolute_url()).content.decode() for r in Resource.objects.all()]
        for label in ("Story body", "Loading the player", "Deck:", "Related tools:"):
            assert not any(label in html for html in pages)
        assert Topic.objects.get().name == "LMP Processes"
