"""A rebuild with several processes writes the same rows as one process."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Edition, FileText, IndexEntry, IndexPart, Passage, Resource, Word
from catalog.search import engines, indexing, orders, processes
from catalog.search.index import (
    ORDER,
    SET,
    VERSION_KEY,
    IndexSnapshot,
    current_index,
    version_now,
)
from catalog.search.index_rows import entry_values
from catalog.search.loading import read_batch
from tests.makers import days_ago, make_course, make_tool, make_topic, make_video

pytestmark = pytest.mark.django_db


def make_catalog():
    outer = make_topic("Processes")
    make_topic("Decisions", parent=outer)
    course = make_course("Workshop (online)", topics=["Decisions"], outcomes="Listen", levels=[2])
    course.modules.create(title="Listening", minutes=20)
    course.requirements.create(text="Orientation", type="condition")
    course.deliveries.create(mode="online")
    video = make_video("Film", transcript="One spoken word", tags=["lean", "kaizen"], seconds=89)
    video.credits.create(role="Produced by", name="Ada")
    tool = make_tool("Sheet", audiences=["Sponsors"], only_for=["Sponsors"], regions=["Hawaii"])
    tool.renditions.create(format="PDF", color="bw", pages=2, address="https://x.org/a.pdf")
    make_tool("Draft", published=False, minutes_min=5, minutes_max=9)
    for number in range(5):
        make_tool(f"Card {number}", published=days_ago(number), dimensions=["Sponsorship"])


def clear_index():
    engines.clear()
    for model in (IndexEntry, IndexPart, Word, Edition, FileText):
        model.objects.all().delete()


def word_rows():
    with connection.cursor() as cursor:
        key = "rowid" if connection.vendor == "sqlite" else "id"
        for table in engines.TABLES:
            cursor.execute(f"SELECT {key}, words FROM {table} ORDER BY 1")
            yield table, cursor.fetchall()


def index_rows():
    parts = IndexPart.objects.all().values_list("key", "data")
    return {
        "parts": {key: bytes(data) for key, data in parts if key.startswith((SET, ORDER))},
        "entries": list(IndexEntry.objects.order_by("pk").values()),
        "editions": list(
            Edition.objects.order_by("resource").values("resource", "number", "facts")
        ),
        "vocabulary": sorted(Word.objects.values_list("word", "length")),
        "passages": list(Passage.objects.order_by("source", "place").values("place", "stems")),
        "words": dict(word_rows()),
    }


def rebuilt(processes, monkeypatch):
    clear_index()
    with monkeypatch.context() as patched:
        patched.setattr(indexing, "CHUNK", 2)
        indexing.rebuild(processes=processes)
    return index_rows()


def test_two_processes_write_the_same_rows_as_one(monkeypatch):
    make_catalog()
    one = rebuilt(1, monkeypatch)
    assert one["entries"] and one["words"]["catalog_words_texts"]
    assert rebuilt(2, monkeypatch) == one


def test_a_process_that_computes_cannot_ask_the_database():
    make_tool("Sheet")
    with pytest.raises(RuntimeError, match="only computes"):
        list(processes.compute_each(ask_for_titles, [1, 2], processes=2))


def ask_for_titles(_value):
    return list(Resource.objects.values_list("title", flat=True))


def test_entries_made_from_a_batch_equal_those_with_their_links_from_the_database():
    make_catalog()
    ids = list(Resource.objects.values_list("pk", flat=True))
    batch = read_batch(ids)
    with CaptureQueriesContext(connection) as asked:
        made = [facts(resource) for resource in batch.resources()]
    assert len(asked) == 0
    assert made == [facts(resource) for resource in Resource.objects.list_children(ids)]


def facts(resource):
    return type(resource), resource.texts(), resource.printed_facts(), entry_values(resource)


def test_a_batch_takes_as_many_queries_for_more_entries():
    def queries():
        with CaptureQueriesContext(connection) as asked:
            read_batch(list(Resource.objects.values_list("pk", flat=True)))
        return len(asked)

    def add(numbers):
        for number in numbers:
            make_tool(f"Card {number}", levels=[1], tags=["lean"])
            make_course(f"Workshop {number}").modules.create(title="Part")

    add(range(2))
    few = queries()
    add(range(2, 8))
    assert queries() == few


def test_an_entry_saved_while_a_rebuild_computes_is_indexed_as_saved(monkeypatch):
    sheet, other = make_tool("Sheet"), make_tool("Poster")
    monkeypatch.setattr(indexing, "CHUNK", 1)

    def read_then_save(ids, read=read_batch):
        batch = read(ids)
        if ids == [sheet.pk] and sheet.title == "Sheet":
            sheet.title = "Renamed"
            sheet.save()
        return batch

    def all_at_once(function, batches, processes):
        yield from [function(batch) for batch in list(batches)]

    monkeypatch.setattr(indexing, "read_batch", read_then_save)
    monkeypatch.setattr(indexing, "compute_each", all_at_once)
    indexing.rebuild()
    titles = IndexEntry.objects.order_by("pk").values_list("pk", "title")
    assert dict(titles) == {sheet.pk: "renamed", other.pk: "poster"}


class TestSavingByDifference:
    @pytest.fixture
    def tool(self):
        make_catalog()
        return make_tool("Waste Walk", levels=[1])

    @pytest.fixture
    def saved(self, tool, monkeypatch):
        """What is written of the index from now on: [(parts, whether words changed)]."""
        saved = []
        monkeypatch.setattr(
            indexing, "save_parts", lambda parts, words: saved.append((parts, words))
        )
        return saved

    def test_saving_an_entry_as_it_is_writes_no_set_and_no_order(self, tool, saved):
        tool.save()
        assert saved == [({}, False)]

    def test_a_new_title_writes_one_order(self, tool, saved):
        tool.title = "Gemba Walk"
        tool.save()
        assert [(set(parts), words) for parts, words in saved] == [({f"{ORDER}title"}, True)]

    def test_moving_single_entries_gives_the_same_orders_as_sorting_all(self, monkeypatch):
        monkeypatch.setattr(orders, "PROBES", 2)
        tools = [
            make_tool(
                f"Card {n % 7}",
                published=days_ago(n % 5),
                minutes_min=n % 3 or None,
                minutes_max=n % 3 or None,
            )
            for n in range(20)
        ]
        for number, tool in enumerate(tools[::3]):
            tool.title = f"Card {number}b"
            tool.published_at += timedelta(days=2)
            tool.save()
        for name, data in orders.all_orders().items():
            assert bytes(IndexPart.objects.get(pk=name).data) == data

    def test_a_reader_reads_only_the_parts_that_changed(self):
        make_catalog()
        tool = make_tool("Waste Walk", levels=[1])
        before = current_index()
        before.hits(("walk",))
        tool.title = "Gemba Walk"
        tool.save()
        after = current_index()
        assert after.orders["newest"] is before.orders["newest"]
        assert after.orders["title"] is not before.orders["title"]
        assert after.sets["level:1"] is before.sets["level:1"]
        assert not after.hits_by_phrase
        assert same_data(after, IndexSnapshot(version_now()))

    def test_answers_stay_while_no_words_change(self):
        tool = make_tool("Waste Walk")
        before = current_index()
        before.hits(("walk",))
        tool.levels.set([])
        tool.published_at = days_ago(3)
        tool.save()
        assert current_index() is not before
        assert current_index().hits_by_phrase is before.hits_by_phrase

    def test_an_index_of_an_earlier_release_is_read_whole_until_it_is_written(self):
        tool = make_tool("Waste Walk", levels=[1])
        IndexPart.objects.filter(pk="stamps").delete()
        IndexPart.objects.filter(pk=VERSION_KEY).update(data=b"other")
        assert tool.pk in current_index().set_of("level:1")
        tool.levels.set([2])
        assert tool.pk in current_index().set_of("level:2", "kind:tool")
        assert same_data(current_index(), IndexSnapshot(version_now()))


def same_data(index, other):
    assert {key: ids for key, ids in index.sets.items() if ids} == {
        key: ids for key, ids in other.sets.items() if ids
    }
    return {n: o.ids for n, o in index.orders.items()} == {
        n: o.ids for n, o in other.orders.items()
    }


def test_the_command_says_how_far_it_is(capsys):
    make_tool("Sheet")
    call_command("rebuild_index")
    assert "Indexed 1 of 1 entries" in capsys.readouterr().out
