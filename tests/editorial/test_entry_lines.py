"""Entries as JSON lines: what is exported can be imported, and faults save nothing."""

import io
import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as DatabaseTestCase

from bench.entries import lines as generated_lines
from catalog.models import Edition, FormerSlug, IndexEntry, Job, Resource, Tool, Topic, Video
from catalog.search import indexing
from catalog.search.index import current_index
from catalog.search.ranking import find
from courses.models import Course, Requirement
from editorial.entries import importing
from editorial.entries.exporting import export_lines
from editorial.entries.importing import FaultyLines, import_lines
from tests.catalog.search.test_index import assert_equals_rebuilt_index
from tests.makers import days_ago, make_course, make_tool, make_topic, make_video

pytestmark = pytest.mark.django_db


def as_lines(*facts):
    return [json.dumps(one).encode() for one in facts]


def import_facts(*facts, **options):
    return import_lines(as_lines(*facts), **options)


def faults_of(*facts):
    with pytest.raises(FaultyLines) as caught:
        import_facts(*facts)
    assert not Resource.objects.exists()
    return [sentence for _line, sentence in caught.value.faults]


def exported():
    return [json.loads(line) for line in export_lines()]


def empty_catalog():
    Requirement.objects.all().delete()
    Resource.objects.update(replaced_by=None)
    for model in (Course, Tool, Video):
        for resource in model.objects.all():
            resource.delete()


def test_a_line_needs_only_a_kind_and_a_title_and_makes_a_draft():
    import_facts({"kind": "tool", "title": "Waste  Walk"})
    tool = Tool.objects.get()
    assert (tool.title, tool.slug, tool.kind) == ("Waste Walk", "waste-walk", "tool")
    assert tool.published_at is None and not tool.is_public
    assert tool.uid and tool.created_at and tool.updated_at


def test_a_line_with_a_date_is_published_found_and_has_an_edition():
    import_facts(
        {
            "kind": "video",
            "title": "Cook Up a Change",
            "published_at": "2026-01-05T09:00:00+00:00",
            "levels": [2, 3],
            "audiences": ["sponsors", "Co-leads"],
            "tags": ["Lean", "lean"],
            "credits": [{"role": "Produced by", "name": "Ada"}],
            "seconds": 89,
        }
    )
    video = Video.objects.get()
    assert video.published_at == datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert list(current_index().set_of("level:3")) == [video.pk]
    assert list(find("produced ada", current_index()).hits) == [video.pk]
    assert [tag.name for tag in video.tags.all()] == ["Lean"]
    assert Edition.objects.get().facts["running_time"] == "1:29"
    assert Job.objects.filter(task=Job.Task.SHEET, resource=video).exists()
    assert_equals_rebuilt_index()


def test_texts_are_cleaned_as_save_cleans_them():
    import_facts({"kind": "tool", "title": "A\x00B", "body": "<p onclick='x'>Hi</p><script>1"})
    tool = Tool.objects.get()
    imported = tool.title, tool.body
    tool.save()
    tool.refresh_from_db()
    assert (tool.title, tool.body) == imported


def test_equal_titles_get_addresses_of_their_own():
    taken = make_tool("Sheet")
    FormerSlug.objects.create(slug="sheet-2", resource=taken)
    import_facts(*[{"kind": "tool", "title": "Sheet"}] * 2, {"kind": "tool", "title": "Feed"})
    slugs = Tool.objects.order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == ["sheet", "sheet-3", "sheet-4", "tool-feed"]


def test_an_entry_saved_after_an_import_gets_a_new_id():
    import_facts({"kind": "tool", "title": "Sheet"})
    assert make_tool("Poster").pk > Tool.objects.get(title="Sheet").pk


def test_renditions_get_a_format_and_a_name_of_their_own():
    rows = [{"address": "https://example.org/cards.pdf"}, {"format": "PDF"}, {"format": "PDF"}]
    import_facts({"kind": "tool", "title": "Cards", "renditions": rows})
    renditions = Tool.objects.get().renditions.values_list("format", "name")
    assert list(renditions) == [("PDF", "cards"), ("PDF", "pdf"), ("PDF", "pdf-2")]


class TestCourses:
    def test_requirements_link_by_slug_and_by_words(self):
        import_facts(
            {
                "kind": "course",
                "title": "Third",
                "slug": "third",
                "requirements": [{"course": "first"}, {"text": "The Second (classroom)"}],
            },
            {"kind": "course", "title": "First", "slug": "first"},
            {"kind": "course", "title": "Second", "other_names": "The Second"},
        )
        rows = Requirement.objects.values_list("text", "named_course__title")
        assert list(rows) == [("First", "First"), ("The Second (classroom)", "Second")]

    def test_words_that_two_courses_are_called_stay_words(self):
        import_facts(
            {"kind": "course", "title": "Third", "follow_ups": [{"text": "Basics"}]},
            {"kind": "course", "title": "Basics", "slug": "one"},
            {"kind": "course", "title": "Basics", "slug": "two"},
        )
        assert Course.objects.get(slug="third").follow_ups.get().named_course is None

    def test_a_new_course_is_linked_to_the_words_of_an_earlier_one(self):
        earlier = make_course("Earlier")
        earlier.requirements.create(text="Basics")
        import_facts({"kind": "course", "title": "Basics"})
        assert earlier.requirements.get().named_course.title == "Basics"

    def test_a_circle_of_slugs_is_refused_and_one_of_words_is_left_open(self):
        circle = [
            {"kind": "course", "title": "A", "slug": "a", "requirements": [{"course": "b"}]},
            {"kind": "course", "title": "B", "slug": "b", "requirements": [{"course": "a"}]},
        ]
        assert faults_of(*circle) == ["These requirements form a circle: B → A → B. Remove one."]
        for course, other in zip(circle, "BA", strict=True):
            course["requirements"] = [{"text": other}]
        import_facts(*circle)
        assert Requirement.objects.filter(named_course=None).count() == 1

    def test_courses_that_count_as_each_other_are_equivalent(self):
        import_facts(
            {"kind": "course", "title": "A", "slug": "a", "equivalents": ["b"]},
            {"kind": "course", "title": "B", "slug": "b", "equivalents": ["a"]},
        )
        assert Course.objects.get(slug="b").equivalents.get().slug == "a"


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"kind": "film", "title": "A"}, '“kind” is "film". Write one of: video, tool, course.'),
        ({"title": "A"}, "“kind” is null. Write one of: video, tool, course."),
        ({"kind": "tool"}, "“title”: This field cannot be blank."),
        ({"kind": "tool", "title": 7}, "“title” is not text in quotes."),
        (
            {"kind": "tool", "title": "A", "audience": ["Sponsors"]},
            "A tool has no field “audience”. Did you mean “audiences”?",
        ),
        (
            {"kind": "tool", "title": "A", "seconds": 3},
            "A tool has no field “seconds”. docs/importing.md lists them.",
        ),
        (
            {"kind": "tool", "title": "A", "levels": [7]},
            "No level is called “7”. Add it in the admin or correct it. "
            "Some that exist: 1, 2, 3, 4, 5.",
        ),
        (
            {"kind": "tool", "title": "A", "audiences": ["Sponsor"]},
            "No audience is called “Sponsor”. Add it in the admin or correct it. "
            "Some that exist: Sponsors.",
        ),
        (
            {"kind": "tool", "title": "A", "topics": "Roles"},
            "“topics” is not a list. Write it in [ ].",
        ),
        (
            {"kind": "tool", "title": "A", "minutes_min": 5},
            "Give both “minutes_min” and “minutes_max”, from 1 up, or neither.",
        ),
        (
            {"kind": "tool", "title": "A", "published_at": "soon"},
            "“published_at” is not a time. Write it like 2026-11-30T09:00:00-08:00.",
        ),
        (
            {"kind": "tool", "title": "A", "unpublished_at": "2026-01-01"},
            "“unpublished_at” needs an earlier “published_at”.",
        ),
        (
            {
                "kind": "video",
                "title": "A",
                "address": "https://example.org/a",
                "published_at": "2026-01-01",
            },
            "The video has no transcript. Remove the barrier, give an “access_reason”, or leave "
            "out “published_at”.",
        ),
        (
            {"kind": "course", "title": "A", "modules": [{"title": "B", "minutes": 0}]},
            "“minutes” in “modules” is 0. Count from 1, or leave it out.",
        ),
        (
            {"kind": "course", "title": "A", "requirements": [{"type": "course"}]},
            "A row of “requirements” has no “text” and no “course”. Give one of them.",
        ),
        (
            {"kind": "course", "title": "A", "requirements": [{"course": "nowhere"}]},
            "“course”: no entry has the slug “nowhere”. Add it or correct it.",
        ),
        (
            {"kind": "tool", "title": "A", "slug": "feed"},
            "“feed” is a page of the site. Choose another.",
        ),
        (
            {"kind": "tool", "title": "A", "uid": "x"},
            "“uid” is not a UUID. Leave it out, and the entry gets a new one.",
        ),
        (["tool"], "This is not a JSON object. Begin the line with { and end it with }."),
    ],
)
def test_a_fault_gives_a_sentence_and_saves_nothing(facts, sentence):
    assert faults_of({"kind": "tool", "title": "Good"}, facts) == [sentence]
    assert not IndexEntry.objects.exists()


@pytest.mark.parametrize("line", [b"{", b"\xff", b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}"])
def test_lines_that_are_not_json_are_named_by_number(line):
    with pytest.raises(FaultyLines) as caught:
        import_lines([b'{"kind": "tool", "title": "A"}', b"", line])
    assert [number for number, _sentence in caught.value.faults] == [3]
    assert not Resource.objects.exists()


def test_slugs_and_uids_that_exist_are_refused():
    tool = make_tool("Sheet")
    with pytest.raises(FaultyLines) as caught:
        import_facts(
            {"kind": "tool", "title": "A", "slug": "sheet"},
            {"kind": "tool", "title": "B", "uid": str(tool.uid)},
            {"kind": "tool", "title": "C", "slug": "new"},
            {"kind": "tool", "title": "D", "slug": "new"},
        )
    assert [line for line, _sentence in caught.value.faults] == [1, 2, 4]


def test_unknown_terms_are_added_when_asked_for():
    facts = {"kind": "tool", "title": "A", "topics": ["Roles"], "tool_type": "Game"}
    import_facts(facts, facts | {"title": "B"}, add_terms=True)
    assert Topic.objects.get().resources.count() == 2
    assert set(Tool.objects.values_list("tool_type__name", flat=True)) == {"Game"}


def test_two_processes_import_the_same_as_one(monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 4)
    monkeypatch.setattr(indexing, "CHUNK", 4)
    results = []
    for processes in (1, 2):
        import_lines(
            [line.encode() for line in generated_lines(0, 12)], add_terms=True, processes=processes
        )
        results.append([{**facts, "uid": ""} for facts in exported()])
        assert_equals_rebuilt_index()
        empty_catalog()
    assert results[0] == results[1] and len(results[0]) == 12


class TestTheCommands:
    def test_a_dry_run_saves_nothing_and_says_what_it_would_do(self, tmp_path, capsys):
        path = tmp_path / "lines"
        path.write_text('{"kind": "tool", "title": "A"}\n')
        call_command("import_entries", str(path), "--dry-run")
        assert "Nothing was saved. 1 entry can be imported: 1 × tool." in capsys.readouterr().out
        assert not Resource.objects.exists()

    def test_standard_input_is_read_for_a_dash(self, monkeypatch, capsys):
        lines = io.TextIOWrapper(io.BytesIO(b'{"kind": "tool", "title": "A"}\n'))
        monkeypatch.setattr("sys.stdin", lines)
        call_command("import_entries", "-")
        out = capsys.readouterr().out
        assert "Imported 1 entry: 1 × tool." in out and "Indexed 1 of 1 entries" in out
        assert Tool.objects.get().title == "A"

    def test_twenty_faults_are_shown_and_the_others_counted(self, tmp_path):
        path = tmp_path / "lines"
        path.write_text("{}\n" * 23)
        with pytest.raises(CommandError) as caught:
            call_command("import_entries", str(path))
        lines = str(caught.value).splitlines()
        assert lines[0].startswith("Line 1: “kind” is null.")
        assert lines[19].startswith("Line 20: ")
        assert lines[20:] == ["3 more lines have faults.", "Nothing was saved."]

    def test_a_missing_file_gives_a_sentence(self):
        with pytest.raises(CommandError, match="No such file.* Nothing was saved"):
            call_command("import_entries", "nowhere.jsonl")


def test_the_whole_catalog_comes_back_from_its_lines(capsys):
    make_topic("Quality")
    first = make_course("First", levels=[1], other_names="One\nUno", minutes_min=5, minutes_max=9)
    second = make_course("Second (online)", published=False, outcomes="Listen\nAsk")
    second.requirements.create(named_course=first)
    second.requirements.create(text="Badge", type="condition", necessity="recommended")
    second.follow_ups.create(text="Elsewhere")
    second.modules.create(title="Part", minutes=20)
    second.deliveries.create(mode="online", minutes=30)
    make_course("First, online").equivalents.add(first)
    tool = make_tool("Sheet", tags=["lean"], topics=["Quality"], only_for=["Sponsors"])
    tool.renditions.create(format="PDF", color="bw", pages=2, paper="Letter")
    make_video("Film", related=[tool], transcript="Words", unpublished_at=days_ago(-9))
    old = make_tool("Old", unpublished_at=days_ago(0.5))
    Tool.objects.filter(pk=old.pk).update(replaced_by=tool)
    call_command("export_entries")
    text = capsys.readouterr().out
    before = exported()
    empty_catalog()
    import_lines(text.encode().splitlines())
    assert exported() == before
    assert_equals_rebuilt_index()


TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
TITLE = TEXT.filter(lambda text: any(c.isalnum() for c in text))
FACTS = st.fixed_dictionaries(
    {"kind": st.sampled_from(["video", "tool", "course"]), "title": TITLE},
    optional={
        "summary": TEXT,
        "body": TEXT,
        "audience_text": TEXT,
        "levels": st.lists(st.integers(1, 5), max_size=3),
        "audiences": st.lists(st.sampled_from(["Sponsors", "Managers", "leaders"]), max_size=3),
        "tags": st.lists(TITLE, max_size=2),
        "published_at": st.datetimes(
            datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)
        ).map(str),
        "deliveries": st.lists(
            st.fixed_dictionaries(
                {"mode": st.sampled_from(["classroom", "online"])},
                optional={"minutes": st.integers(1, 999)},
            ),
            max_size=2,
            unique_by=lambda row: row["mode"],
        ),
    },
)


class TestAnyEntries(DatabaseTestCase):
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(FACTS, min_size=1, max_size=4))
    def test_exported_entries_are_the_same_after_an_import(self, entries):
        import_facts(*entries)
        before = exported()
        assert len(before) == len(entries)
        empty_catalog()
        import_lines(as_lines(*before))
        assert exported() == before
        for resource in Resource.objects.list_children(
            Resource.objects.values_list("pk", flat=True)
        ):
            resource.save()  # changes nothing: the import cleaned all texts as save() does
        assert exported() == before
