"""Every process knows of each change that readers can see, in the moment after it."""

import sqlite3
import threading
import time

import pytest
from django.apps import apps
from django.db import connection, transaction

from catalog.models import Job, SearchCount
from courses.models import Criterion
from lmp_site.page_store import changes
from lmp_site.page_store.changes import Changes, TokenReader
from tests.makers import make_course, make_tool

pytestmark = pytest.mark.django_db


def test_every_table_is_seen_or_has_a_reason():
    labels = {model._meta.label for model in apps.get_models()}
    assert changes.UNSEEN_MODELS.keys() <= labels and all(changes.UNSEEN_MODELS.values())
    triggers = {table for _name, table in changes.existing_triggers(connection)}
    assert triggers == set(changes.seen_tables())
    assert {"catalog_resource", "courses_criterion", "taggit_tag"} <= triggers


def test_each_seen_table_has_a_trigger_for_each_event():
    names = {name for name, _table in changes.existing_triggers(connection)}
    expected = {
        changes.trigger_name(table, event)
        for table in changes.seen_tables()
        for event in changes.EVENTS
    }
    assert names == expected


def test_making_the_triggers_again_changes_nothing():
    before = sorted(changes.existing_triggers(connection))
    changes.create_triggers()
    assert sorted(changes.existing_triggers(connection)) == before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL sends a notification")
class TestToken:
    @pytest.fixture
    def reader(self):
        reader = TokenReader()
        reader.has_changed()
        return reader

    def test_nothing_new_is_no_change(self, reader):
        assert not reader.has_changed() and not reader.has_changed()

    def test_a_save_an_update_and_a_deletion_are_changes(self, reader):
        course = make_course("Sponsoring")
        assert reader.has_changed()
        type(course).objects.filter(pk=course.pk).update(other_names="Sponsors")
        assert reader.has_changed()
        course.delete()
        assert reader.has_changed() and not reader.has_changed()

    def test_a_change_of_a_vocabulary_or_a_criterion_is_a_change(self, reader):
        tool = make_tool("Poster", topics=["Roles"])
        reader.has_changed()
        tool.topics.update(name="Duties")
        assert reader.has_changed()
        Criterion.objects.filter(pk=Criterion.objects.first().pk).update(text="Another")
        assert reader.has_changed()

    def test_background_work_and_counts_are_none(self, reader):
        make_tool("Poster")
        reader.has_changed()
        Job.objects.update(progress=50)
        SearchCount.objects.create(words="poster", day="2026-11-30")
        assert not reader.has_changed()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has a token")
def test_postgres_tells_another_connection_of_a_commit():
    listener = changes.listener_for(connection)
    assert listener.has_changed() and not listener.has_changed()
    with transaction.atomic():
        make_tool("Poster")
        assert not listener.has_changed()
    assert listener.has_changed() and not listener.has_changed()
    Job.objects.update(progress=50)
    assert not listener.has_changed()
    listener.connection.close()
    assert listener.has_changed()  # what happened meanwhile is not known
    listener.has_changed()
    assert not listener.has_changed()
    listener.connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has a token")
def test_postgres_tells_another_connection_between_two_queries(monkeypatch):
    monkeypatch.setattr(changes.PostgresListener, "interval", 3600)
    listener = changes.listener_for(connection)
    assert listener.has_changed() and not listener.has_changed()
    asked = listener.next_query
    make_tool("Poster")
    deadline = time.monotonic() + 30
    while not listener.has_changed():
        assert time.monotonic() < deadline
    assert not listener.has_changed() and listener.next_query == asked
    listener.connection.close()
    assert listener.has_changed()


def test_a_clock_that_is_set_back_makes_all_answers_old(monkeypatch, db):
    class Never:
        def has_changed(self, at_once=False):
            return False

    state, now = Changes(Never()), time.time()
    assert state.generation() == state.generation() == 1
    monkeypatch.setattr(changes.time, "time", lambda: now - 3600)
    assert state.generation() == state.generation() == 2


class Quiet:
    """A listener that hears what a test tells it."""

    heard = False

    def has_changed(self, at_once=False):
        heard, self.heard = self.heard, False
        return heard

    def is_quiet(self):
        return not self.heard


def test_a_glance_knows_the_generation_only_while_nothing_has_changed(monkeypatch, db):
    monkeypatch.setattr(changes, "LOOK_S", 0)
    listener = Quiet()
    state = Changes(listener)
    assert state.glance() is None, "Nobody has asked yet when the next entry appears."
    number = state.generation()
    assert state.glance() == number
    listener.heard = True
    assert state.glance() is None is state.glance()
    assert state.generation() == number + 1 == state.glance()
    state.until = 0  # an entry appears
    assert state.glance() is None
    assert state.generation() == number + 2 == state.glance()


def test_a_glance_does_not_wait_for_somebody_who_asks(monkeypatch, db):
    monkeypatch.setattr(changes, "LOOK_S", 0)
    state = Changes(Quiet())
    state.generation()
    with state.lock:
        assert state.glance() is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has a token")
def test_a_glance_at_postgres_does_not_lose_a_notification():
    listener = changes.listener_for(connection)
    assert not listener.is_quiet()
    assert listener.has_changed() and not listener.has_changed()
    listener.interval, listener.next_query = 3600, time.monotonic() + 3600
    assert listener.is_quiet()
    make_tool("Poster")
    deadline = time.monotonic() + 30
    while listener.is_quiet():
        assert time.monotonic() < deadline
    assert not listener.is_quiet()
    assert listener.has_changed() and not listener.has_changed() and listener.is_quiet()
    listener.connection.close()
    assert not listener.is_quiet()


def test_a_database_file_tells_another_connection_of_a_commit(tmp_path):
    path = tmp_path / "catalog.sqlite3"
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA journal_mode = WAL")
    for statement in changes.PREPARE["sqlite"]:
        writer.execute(statement)
    writer.execute("CREATE TABLE page (id INTEGER)")
    writer.execute("CREATE TABLE job (id INTEGER)")
    writer.execute(changes.TRIGGER["sqlite"].format("change_page_insert", "INSERT", "page"))
    listener = changes.SqliteListener(path)
    assert not listener.is_quiet()
    assert listener.has_changed() and not listener.has_changed()
    writer.execute("BEGIN")
    writer.execute("INSERT INTO page VALUES (1)")
    assert listener.is_quiet() and not listener.has_changed()
    writer.execute("COMMIT")
    assert not listener.is_quiet() and not listener.is_quiet()
    assert listener.has_changed() and not listener.has_changed()
    writer.execute("INSERT INTO job VALUES (1)")
    assert not listener.has_changed()


def test_a_database_file_that_cannot_be_read_makes_all_answers_old(tmp_path):
    listener = changes.SqliteListener(tmp_path / "no folder" / "catalog.sqlite3")
    assert listener.has_changed() and listener.has_changed()
    path = tmp_path / "catalog.sqlite3"
    with sqlite3.connect(path) as database:
        for statement in changes.PREPARE["sqlite"]:
            database.execute(statement)
    listener = changes.SqliteListener(path)
    assert listener.has_changed() and not listener.has_changed()
    listener.connection.close()
    assert listener.has_changed()
    listener.has_changed()
    assert not listener.has_changed()


def test_threads_that_ask_at_once_agree():
    class Always:
        def has_changed(self, at_once=False):
            return False

    state, numbers = Changes(Always()), []
    state.generation()
    threads = [threading.Thread(target=lambda: numbers.append(state.generation())) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert numbers == [1, 1]


@pytest.mark.parametrize(("method", "waits"), [("POST", True), ("DELETE", True), ("GET", False)])
def test_the_answer_to_a_change_waits_until_each_process_knows_of_it(
    site, monkeypatch, method, waits
):
    settled = []
    monkeypatch.setattr(site.store.changes, "settle", lambda: settled.append(site.made[-1]))
    site.get("/admin/login/", method=method)
    assert settled == ["/admin/login/"] * waits


def test_the_wait_is_as_long_as_a_process_may_look_away(monkeypatch):
    class Listener:
        interval = 0.02

    slept = []
    monkeypatch.setattr(changes, "LOOK_S", 0.002)
    monkeypatch.setattr(changes.time, "sleep", slept.append)
    Changes(Listener()).settle()
    Changes(changes.SqliteListener("")).settle()
    assert slept == [0.022, 0.002]
