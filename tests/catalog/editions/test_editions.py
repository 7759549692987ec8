"""Each change to a sheet's content makes one edition, in the same transaction."""

import json

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Edition, Level, Rendition, Resource, Tool
from catalog.models.edition import MAX_KEPT_LENGTH, facts_of
from catalog.search import indexing
from catalog.search.indexing import indexed_together
from courses.models import Course
from tests import files
from tests.admin import admin_url, sign_in_as_root, submit_form
from tests.makers import days_ago, make_course, make_tool, make_topic, make_video

pytestmark = pytest.mark.django_db


def numbers_of(resource):
    return list(resource.editions.order_by("number").values_list("number", flat=True))


def newest_facts(resource):
    return resource.editions.first().facts


def changed_by(resource, change):
    """Returns the keys of the facts that `change()` changes. It makes at most one edition."""
    before, count = newest_facts(resource), resource.editions.count()
    change()
    after = newest_facts(resource)
    assert resource.editions.count() - count <= 1
    return {key for key in before | after if before.get(key) != after.get(key)}


def save_with(resource, **fields):
    def change():
        row = type(resource).objects.get(pk=resource.pk)
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()

    return change


def test_saving_another_title_makes_a_second_edition():
    tool = make_tool("Huddle cards")
    assert numbers_of(tool) == [1]
    assert newest_facts(tool) == {"title": "Huddle cards"}
    save_with(tool, title="Huddle cards for nights")()
    assert numbers_of(tool) == [1, 2]
    assert newest_facts(tool) == {"title": "Huddle cards for nights"}
    assert tool.editions.get(number=1).facts == {"title": "Huddle cards"}


def test_a_draft_has_no_edition_until_it_is_published():
    tool = make_tool(published=False, levels=[2])
    save_with(tool, summary="Two minutes.")()
    assert numbers_of(tool) == []
    save_with(tool, published_at=days_ago(1))()
    assert numbers_of(tool) == [1]


def test_a_save_that_changes_nothing_on_the_sheet_makes_no_edition(django_user_model):
    tool = make_tool()
    save_with(tool)()
    save_with(tool, owner=django_user_model.objects.create(username="ann"), related_text="Others")()
    tool.tags.add("huddle")
    tool.related.add(make_video())
    assert numbers_of(tool) == [1]


@pytest.mark.parametrize(
    "field, value, key",
    [
        ("summary", "Two minutes.", "summary"),
        ("body", "<p>More</p>", "body"),
        ("level_text", "For teams at any level", "levels"),
        ("duration_text", "Two hours", "time"),
        ("audience_text", "Anyone", "audience"),
        ("best_used", "Before a huddle", "best_used"),
        ("size_text", "2 pages", "size"),
        ("format_text", "PDF", "format"),
    ],
)
def test_each_text_of_a_sheet_is_a_fact(field, value, key):
    tool = make_tool()
    assert changed_by(tool, save_with(tool, **{field: value})) == {key}


@pytest.mark.parametrize(
    "name, key",
    [
        ("audiences", "audience"),
        ("only_for", "only_for"),
        ("dimensions", "dimensions"),
        ("regions", "regions"),
        ("topics", "topics"),
    ],
)
def test_each_vocabulary_of_a_sheet_is_a_fact(name, key):
    tool, term = make_tool(), getattr(make_tool("Other", **{name: ["Night shift"]}), name).get()
    assert changed_by(tool, lambda: getattr(tool, name).add(term)) == {key}
    assert newest_facts(tool)[key] == "Night shift"


def test_levels_and_minutes_are_facts_in_words():
    tool = make_tool()
    assert changed_by(tool, lambda: tool.levels.set(Level.objects.filter(number__in=[2, 3])))
    assert newest_facts(tool)["levels"].startswith("Levels 2–3: ")
    assert changed_by(tool, save_with(tool, minutes_min=60, minutes_max=90)) == {"time"}
    assert newest_facts(tool)["time"] == "60 to 90 minutes"


def test_a_new_file_of_a_tool_is_a_change():
    tool = make_tool()

    def add_file():
        Rendition.objects.create(tool=tool, file=ContentFile(files.pdf(), "cards.pdf"))

    assert changed_by(tool, add_file) == {"files", "format", "size"}
    assert "version 1" in newest_facts(tool)["files"]
    rendition = tool.renditions.get()
    rendition.file = ContentFile(files.pdf(pages=2), "cards.pdf")
    assert changed_by(tool, rendition.save) == {"files"}
    assert "2 pages" in newest_facts(tool)["files"] and "version 2" in newest_facts(tool)["files"]


def test_the_rows_of_a_course_are_facts():
    course = make_course()
    assert changed_by(course, lambda: course.modules.create(title="One", minutes=60)) == {"modules"}
    assert newest_facts(course)["modules"] == "One (1 hour)"
    assert changed_by(course, lambda: course.deliveries.create(mode="online")) == {"delivery"}
    required = course.requirements.create
    assert changed_by(course, lambda: required(text="LMPO")) == {"requirements"}
    assert changed_by(course, lambda: course.follow_ups.create(text="Next")) == {"follow_ups"}
    course.requirements.get().delete()
    assert "requirements" not in newest_facts(course)


def test_captions_and_credits_of_a_video_are_facts():
    video = make_video(transcript="Hello.")
    vtt = ContentFile(b"WEBVTT\n\n00:01.000 --> 00:02.000\nTaste it.", "captions.vtt")
    assert changed_by(video, save_with(video, captions=vtt)) == {"captions", "transcript"}
    assert changed_by(video, lambda: video.credits.create(role="By", name="Us")) == {"credits"}


def test_renaming_a_term_changes_all_entries_that_have_it():
    tools = [make_tool(f"Tool {n}", topics=["Roles"]) for n in range(3)]
    topic = make_topic("Roles")
    topic.name = "Roles and rights"
    topic.save()
    assert [newest_facts(tool)["topics"] for tool in tools] == ["Roles and rights"] * 3


def test_several_saves_in_one_transaction_make_one_edition():
    tool = make_tool()
    with indexed_together():
        save_with(tool, summary="One")()
        save_with(tool, summary="Two")()
        tool.topics.add(make_topic())
    assert numbers_of(tool) == [1, 2]


def test_saving_an_admin_form_makes_one_edition(client):
    sign_in_as_root(client)
    course = make_course()
    submit_form(
        client,
        admin_url(course),
        title="Effective sponsors",
        levels=["2"],
        rows=[("modules", {"title": "One", "minutes": "30"})],
    )
    assert numbers_of(course) == [1, 2]
    assert newest_facts(course).keys() == {"title", "levels", "modules"}


def test_a_save_that_is_rolled_back_makes_no_edition():
    tool = make_tool()
    with pytest.raises(RuntimeError), indexed_together():
        save_with(tool, title="Half done")()
        raise RuntimeError("the save breaks off")
    assert numbers_of(tool) == [1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("whole", [True, False])
def test_an_entry_is_deleted_with_its_editions(whole):
    tool = make_tool(topics=["Roles"], tags=["a"])
    tool.deliveries.create(mode="online")
    tool.renditions.create(format="PDF")
    tool.delete() if whole else Tool.objects.all().delete()
    assert not Edition.objects.exists() and not Resource.objects.exists()


def test_facts_are_small_and_long_texts_are_kept_as_a_hash():
    course = make_course(
        "A course with a title as long as people write them (classroom)",
        summary="word " * 90,
        body="<p>" + "word " * 3000 + "</p>",
        levels=[1, 2, 3],
        topics=["LMP Processes", "Roles"],
        audience_text="Frontline employees, managers and physicians",
        outcomes="Do this\n" * 40,
        enrollment_text="Write to us.",
    )
    facts = newest_facts(course)
    assert len(json.dumps(facts)) < 1000
    assert facts["body"].keys() == facts["summary"].keys() == {"hash"}
    assert all(len(text) <= MAX_KEPT_LENGTH for text in facts.values() if isinstance(text, str))


@pytest.mark.parametrize("make", [make_video, make_tool, make_course])
def test_every_fact_has_a_label(make):
    resource = make()
    assert resource.printed_facts().keys() == resource.PRINTED.keys()


def test_rebuilding_the_index_gives_each_entry_without_an_edition_its_first():
    tool, draft = make_tool(), make_tool("Draft", published=False)
    Edition.objects.all().delete()
    call_command("rebuild_index", verbosity=0)
    call_command("rebuild_index", verbosity=0)
    assert (numbers_of(tool), numbers_of(draft)) == ([1], [])


def count_queries(change):
    with CaptureQueriesContext(connection) as queries:
        change()
    return len(queries)


def test_editions_of_many_entries_take_as_many_queries_as_of_few():
    def change(resources):
        for resource in resources:
            Resource.objects.filter(pk=resource.pk).update(title="Another title")
        return count_queries(lambda: indexing.update_index([resource.pk for resource in resources]))

    make_tool("Another title")  # adds its words to the index, which takes queries once
    few = [make(f"{make.__name__} {n}") for n in range(2) for make in (make_tool, make_course)]
    many = [
        make(f"More {make.__name__} {n}") for n in range(8) for make in (make_tool, make_course)
    ]
    assert change(many) == change(few)
    assert all(numbers_of(resource) == [1, 2] for resource in few + many)


def test_facts_of_loaded_entries_take_no_queries(django_assert_num_queries):
    course = make_course(levels=[2], topics=["Roles"])
    course.requirements.create(named_course=make_course("LMPO"))
    tool, video = make_tool(), make_video()
    Rendition.objects.create(tool=tool, file=ContentFile(files.pdf(), "cards.pdf"))
    video.credits.create(role="By", name="Us")
    whole = Resource.objects.list_children([course.pk, tool.pk, video.pk])
    with django_assert_num_queries(0):
        assert all(facts_of(resource) for resource in whole)


def test_the_newest_edition_number_is_loaded_with_the_page(django_assert_num_queries):
    course, draft = make_course(), make_course("Draft", published=False)
    save_with(course, title="Another")()
    loaded = Course.objects.for_detail().get(pk=course.pk)
    with django_assert_num_queries(0):
        assert loaded.edition == 2
        assert loaded.get_print_url() == f"{course.get_short_url()}/2"
    plain = Resource.objects.get(pk=course.pk)
    with django_assert_num_queries(1):
        assert (plain.edition, plain.edition) == (2, 2)
    assert draft.edition is None and draft.get_print_url() == draft.get_short_url()
