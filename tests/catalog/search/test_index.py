"""The index matches the catalog after every kind of change, in the same transaction."""

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as DatabaseTestCase
from taggit.models import Tag

from catalog.management.commands import rebuild_index
from catalog.models import (
    Audience,
    IndexEntry,
    IndexPart,
    Level,
    Resource,
    Topic,
    Word,
)
from catalog.search import indexing
from catalog.search.index import ORDER, SET, current_index
from catalog.search.ranking import find
from courses.models import Course
from tests.makers import days_ago, make_course, make_tool, make_topic, make_video

pytestmark = pytest.mark.django_db


def found(words):
    hits = list(find(words, current_index()).hits)
    return sorted(Resource.objects.filter(pk__in=hits).values_list("title", flat=True))


def members(key):
    ids = list(current_index().set_of(key))
    return sorted(Resource.objects.filter(pk__in=ids).values_list("title", flat=True))


def index_as_data():
    parts = {
        key: bytes(data)
        for key, data in IndexPart.objects.values_list("key", "data")
        if key.startswith((SET, ORDER)) and bytes(data)
    }
    entries = IndexEntry.objects.order_by("pk").values_list(
        "pk", "keys", "newest", "title", "minutes"
    )
    return parts, list(entries)


def assert_equals_rebuilt_index():
    before = index_as_data()
    indexing.rebuild()
    assert index_as_data() == before


def test_a_new_entry_is_found_by_its_texts():
    make_course(
        "Effective Stakeholding", outcomes="Name your allies", other_names="ESH", levels=[2]
    )
    assert found("stakeholder") == found("allies") == found("esh") == ["Effective Stakeholding"]
    assert members("level:2") == ["Effective Stakeholding"]


def test_a_removed_word_is_no_longer_found():
    tool = make_tool("Waste Walk")
    tool.title = "Gemba"
    tool.save()
    assert found("waste") == []
    assert found("gemba") == ["Gemba"]


def test_tags_topics_and_audiences_are_found_until_they_are_removed():
    tool = make_tool("Sheet", tags=["lean"], topics=["Quality"], audiences=["Sponsors"])
    assert found("lean") == found("quality") == found("sponsor") == ["Sheet"]
    tool.tags.clear()
    tool.topics.clear()
    Audience.objects.get(name="Sponsors").resources.clear()
    assert found("lean") == found("quality") == found("sponsor") == []
    assert_equals_rebuilt_index()


def test_a_renamed_term_is_found_by_its_new_name():
    make_tool("Sheet", tags=["lean"], topics=["Quality"])
    tag, topic = Tag.objects.get(name="lean"), Topic.objects.get(name="Quality")
    tag.name, topic.name = "kaizen", "Excellence"
    tag.save()
    topic.save()
    assert found("kaizen") == found("excellence") == ["Sheet"]
    assert found("lean") == found("quality") == []


def test_an_entry_is_also_in_the_outer_topic_after_its_topic_moves():
    outer, other = make_topic("Processes"), make_topic("Roles")
    inner = make_topic("Decisions", parent=outer)
    make_tool("Sheet", topics=["Decisions"])
    assert members("topic:processes") == ["Sheet"]
    inner.parent = other
    inner.save()
    assert members("topic:processes") == []
    assert members("topic:roles") == ["Sheet"]
    assert_equals_rebuilt_index()


def test_an_entry_is_found_by_its_rows():
    course, video = make_course("Workshop"), make_video("Film")
    course.modules.create(title="Listening")
    course.deliveries.create(mode="virtual")
    credit = video.credits.create(role="Produced by", name="Ada")
    assert found("listening") == ["Workshop"]
    assert found("ada") == ["Film"]
    assert members("delivery:virtual") == ["Workshop"]
    credit.delete()
    assert found("ada") == []


def test_entries_may_be_added_from_the_side_of_the_level():
    tool = make_tool("Sheet")
    level = Level.objects.get(number=3)
    level.resources.add(tool)
    assert members("level:3") == ["Sheet"]
    level.resources.remove(tool)
    assert members("level:3") == []


def test_a_deleted_entry_is_in_no_part_of_the_index():
    make_tool("Stays")
    make_course("Goes", levels=[1]).delete()
    Course.objects.filter(title="Other").delete()
    assert found("goes") == []
    assert members("level:1") == []
    assert list(IndexEntry.objects.values_list("title", flat=True)) == ["stays"]
    assert_equals_rebuilt_index()


def test_a_change_that_is_rolled_back_is_not_indexed():
    make_tool("Before")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        make_tool("Never", levels=[4])
        assert found("never") == ["Never"]
        raise ZeroDivisionError
    assert found("never") == []
    assert members("level:4") == []
    assert found("before") == ["Before"]


def test_all_changes_inside_indexed_together_are_indexed():
    with indexing.indexed_together():
        for number in range(3):
            make_tool(f"Sheet {number}", levels=[1], tags=["many"])
        with indexing.indexed_together():
            make_tool("Sheet inside", tags=["many"])
    assert len(found("many")) == 4
    assert_equals_rebuilt_index()


def test_a_failed_batch_leaves_nothing_to_the_next_one():
    with pytest.raises(ZeroDivisionError), indexing.indexed_together():
        make_tool("Never")
        raise ZeroDivisionError
    make_tool("After")
    assert list(IndexEntry.objects.values_list("title", flat=True)) == ["after"]


def test_the_public_set_equals_published_at_any_moment():
    make_tool("Draft", published=False)
    make_tool("Scheduled", published=days_ago(-1))
    make_tool("Leaving", published=days_ago(9), unpublished_at=days_ago(-1))
    make_tool("Withdrawn", published=days_ago(9), unpublished_at=days_ago(1))
    make_tool("Shown")
    published = Resource.objects.published().values_list("pk", flat=True)
    assert list(current_index().public()) == sorted(published)


def test_words_of_drafts_are_not_offered_to_readers():
    make_tool("Confidential layoffs", published=False)
    assert find("confidentiel", current_index()).read_as == []


def test_orders_follow_title_time_and_date():
    long = make_tool("B", minutes_min=90, minutes_max=90, published=days_ago(1))
    unknown = make_tool("C", published=days_ago(2))
    short = make_tool("A", minutes_min=5, minutes_max=5, published=days_ago(3))
    by_time = current_index().ranked(current_index().public(), "time")[:]
    assert by_time == [short.pk, long.pk, unknown.pk]
    assert current_index().ranked(current_index().public(), "title")[:] == [
        short.pk,
        long.pk,
        unknown.pk,
    ]
    short.published_at = timezone.now()
    short.title = "D"
    short.save()
    assert current_index().ranked(current_index().public(), "newest")[:] == [
        short.pk,
        long.pk,
        unknown.pk,
    ]
    assert current_index().ranked(current_index().public(), "title")[:] == [
        long.pk,
        unknown.pk,
        short.pk,
    ]


def test_saving_one_entry_takes_as_many_queries_among_more_entries():
    def queries():
        with CaptureQueriesContext(connection) as asked:
            Resource.objects.order_by("pk").first().tool.save()
        return len(asked)

    for number in range(3):
        make_tool(f"Tool {number}")
    few = queries()
    for number in range(3, 9):
        make_tool(f"Tool {number}")
    assert queries() == few


class TestRebuilding:
    def test_it_repairs_changes_made_without_the_models(self, capsys):
        tool = make_tool("Sheet", levels=[1])
        Resource.objects.filter(pk=tool.pk).update(title="Poster")
        IndexPart.objects.filter(key=f"{SET}level:1").update(data=b"")
        Word.objects.create(word="stale", length=5)
        call_command("rebuild_index")
        assert found("poster") == ["Poster"]
        assert members("level:1") == ["Poster"]
        assert not Word.objects.filter(word="stale").exists()
        assert "Indexed 1 of 1 entries" in capsys.readouterr().out

    def test_an_interrupted_rebuild_leaves_an_index_that_answers(self, monkeypatch, capsys):
        for number in range(3):
            make_tool(f"Sheet {number}")
        monkeypatch.setattr(indexing, "CHUNK", 1)

        def stop(done, total):
            raise KeyboardInterrupt

        with monkeypatch.context() as patched, pytest.raises(SystemExit):
            patched.setattr(rebuild_index.Command, "show_progress", stop_at(stop))
            call_command("rebuild_index")
        assert len(found("sheet")) == 3
        assert "Stopped" in capsys.readouterr().err

    def test_an_empty_catalog_gets_an_empty_index(self, capsys):
        call_command("rebuild_index")
        assert "Done" in capsys.readouterr().out


def stop_at(stop):
    return lambda self, done, total: stop(done, total)


@pytest.mark.django_db
class TestAnyChanges(DatabaseTestCase):
    @settings(max_examples=15, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["add", "title", "level", "unpublish", "tag", "delete"]),
                st.integers(0, 4),
            ),
            max_size=12,
        )
    )
    def test_after_any_changes_the_index_equals_a_rebuilt_one(self, changes):
        for change, number in changes:
            make_change(change, number)
        assert_equals_rebuilt_index()


def make_change(change, number):
    resources = list(Resource.objects.order_by("pk"))
    if change == "add" or not resources:
        make_tool(f"Sheet {number}", levels=[number + 1], published=number % 2 == 0)
        return
    tool = resources[number % len(resources)].tool
    if change == "delete":
        tool.delete()
    elif change == "level":
        tool.levels.set([number + 1])
    elif change == "tag":
        tool.tags.add(f"tag {number}")
    else:
        tool.title = f"Renamed {number}" if change == "title" else tool.title
        tool.published_at = None if change == "unpublish" else days_ago(number)
        tool.save()
