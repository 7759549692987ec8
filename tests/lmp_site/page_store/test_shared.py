"""What one process has made, others send too, also after a restart. The file may be torn."""

import os
import random
import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import zstandard
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from catalog.lib.sources import NOW, Sources
from catalog.search import counting
from lmp_site.page_store import shared
from lmp_site.page_store.entries import Entry
from lmp_site.page_store.query import read_pairs
from lmp_site.page_store.shared import SharedPages, as_data, entry_of
from tests.lmp_site.page_store.conftest import Site
from tests.makers import make_tool

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.django_db(transaction=connection.vendor == "postgresql")
PLACE = ("http", "testserver", "/tools/", False)
PAGES = ["/", "/tools/", "/tools/poster/", "/new/feed/", "/search/?q=poster", "/topics/goals/"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "pages" / "pages.sqlite3"


@pytest.fixture
def start(site, path):
    """start() returns a new process of the site. `site` has set it up."""
    return lambda version="1": Site(shared=SharedPages(path, 1 << 24, version))


@pytest.fixture
def tools(db):
    return make_tool("Poster", topics=["Roles"]), make_tool("Form", topics=["Goals"])


def bodies(site):
    return [site.get(address).body for address in PAGES]


def test_another_process_and_the_one_after_a_restart_make_no_page_again(start, tools):
    first = start()
    made = bodies(first)
    other = start()
    assert bodies(other) == made and other.made == []
    assert first.get("/tools/").headers == other.get("/tools/").headers


def test_after_a_restart_what_has_changed_meanwhile_is_made_again(start, tools):
    bodies(start())
    tools[0].title = "Sign"
    tools[0].save()
    after = start()
    assert b"Sign" in after.get("/tools/").body
    assert b"Form" in after.get("/topics/goals/").body
    assert after.made == ["/tools/"]


def test_what_one_process_made_after_a_change_the_other_sends(start, tools):
    one, two = start(), start()
    bodies(one), bodies(two)
    tools[0].summary = "To pin up."
    tools[0].save()
    one.get("/tools/")
    two.made.clear()
    assert b"To pin up." in two.get("/tools/").body and two.made == []


def test_searches_are_counted_and_unknown_parameters_make_no_difference(start, tools, counted):
    bodies(start())
    after = start()
    after.get("/search/?q=poster")
    after.get("/tools/?utm_source=mail")
    assert after.made == [] and counted == [("poster", 1), ("poster", 1)]


def test_other_code_or_settings_begin_anew(start, tools):
    bodies(start("1"))
    other = start("2")
    other.get("/tools/")
    assert other.made == ["/tools/"]
    again = start("1")
    again.get("/topics/goals/")
    assert again.made == ["/topics/goals/"]


def test_two_versions_at_once_never_read_what_the_other_wrote(start, tools):
    old, new = start("1"), start("2")
    old.get("/tools/")
    new.get("/tools/")
    old.get("/topics/goals/")  # its file has been emptied by then
    assert new.get("/topics/goals/").status == 200
    assert new.made == ["/tools/", "/topics/goals/"]


def test_a_process_goes_on_with_the_file_that_another_one_began_anew(start, tools, path):
    one, two = start(), start()
    one.get("/tools/"), two.get("/tools/")
    two.store.shared.remove()
    two.get("/topics/goals/")
    one.get("/topics/goals/")
    assert one.made == ["/tools/"]


def test_the_version_is_the_same_in_each_process():
    code = "import django; django.setup()\nfrom lmp_site.page_store.version import *\n"
    command = [sys.executable, "-c", f"{code}print(version_of_site())"]
    options = {"cwd": ROOT, "env": os.environ | {"DJANGO_SETTINGS_MODULE": "lmp_site.settings"}}
    versions = {subprocess.run(command, capture_output=True, **options).stdout for _time in "ab"}
    assert len(versions) == 1 and len(versions.pop().strip()) == 64


def test_after_midnight_or_with_an_earlier_clock_a_page_is_made_again(start, tools, monkeypatch):
    start().get("/tools/")
    [entry] = SharedPages(start().store.shared.path, 1 << 24, "1").find(PLACE, ())
    # Each later process believes that nothing has happened in the catalog.
    monkeypatch.setattr("lmp_site.page_store.changes.next_moment", lambda: 1e12)
    for moment in (entry.until + 1, entry.since - 60):
        monkeypatch.setattr("lmp_site.page_store.wsgi.time.time", lambda now=moment: now)
        later = start()
        later.get("/tools/")
        assert later.made == ["/tools/"]


# ---- A bad file ----


def tear(path):
    path.write_bytes(path.read_bytes()[:5000])


def overwrite(path):
    path.write_bytes(b"This is no database." * 1000)


def flip(path):
    with sqlite3.connect(path) as file:
        file.execute("UPDATE page SET data = zeroblob(length(data))")


def rename_columns(path):
    with sqlite3.connect(path) as file:
        file.execute("ALTER TABLE page RENAME COLUMN data TO something")


def spoil_facts(path):
    with sqlite3.connect(path) as file:
        data = zstandard.compress(b"{}\n")
        for (key,) in file.execute("SELECT key FROM page").fetchall():
            row = data, shared.hash_of(key, data), key
            file.execute("UPDATE page SET data = ?, hash = ? WHERE key = ?", row)


def mix_up(path):
    """Lets the key of each page lead to another one."""
    with sqlite3.connect(path) as file:
        rows = file.execute("SELECT data, hash FROM page").fetchall()
        keys = [key for (key,) in file.execute("SELECT key FROM page").fetchall()]
        for key, row in zip(keys, rows[1:] + rows[:1], strict=True):
            file.execute("UPDATE page SET data = ?, hash = ? WHERE key = ?", [*row, key])


SPOIL = [tear, overwrite, flip, rename_columns, spoil_facts, mix_up]


@pytest.mark.parametrize("spoil", SPOIL)
def test_a_spoiled_file_costs_nothing_but_time(start, tools, path, spoil):
    site = start()
    made = bodies(site)
    site.store.shared.connection.close()  # writes everything to the file
    spoil(path)
    for _time in range(2):
        assert bodies(start()) == made
    last = start()
    assert bodies(last) == made
    if spoil is not rename_columns:
        assert last.made == []


def test_a_place_where_nothing_can_be_written_is_no_error(site, tools, tmp_path):
    (tmp_path / "file").write_text("")
    sites = [Site(shared=SharedPages(tmp_path / "file" / "pages", 1 << 24, "1")) for _time in "ab"]
    assert bodies(sites[0]) == bodies(sites[1])


def test_nobody_waits_long_for_a_process_that_writes(start, tools, path):
    made = bodies(start())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    site = start()
    assert bodies(site) == made
    other.execute("ROLLBACK")


# ---- How much it holds ----


def entry_with(body, names=None, until=1e12):
    sources = Sources((), (), b"1")
    entry = Entry([("Content-Type", "text/html")], body, names=names, sources=sources)
    entry.until = until
    return entry


def in_file(pages, text=""):
    return [entry.body for entry in pages.find(PLACE, read_pairs(text))]


def fill(pages, count=400):
    chance = random.Random(1)
    for number in range(count):
        body = entry_with(chance.randbytes(8000), names={"q"})
        pages.put(PLACE, read_pairs(f"q={number}"), body)


def test_a_robot_does_not_drive_out_what_was_read(path):
    pages = SharedPages(path, 1 << 20, "1")
    pages.put(PLACE, (), entry_with(b"popular", names={"q"}))
    assert in_file(pages) == [b"popular"]
    fill(pages)
    assert path.stat().st_size < 3 << 20 and pages.size() < 2 << 20
    assert in_file(pages) == [b"popular"]
    assert in_file(pages, "q=1") == [] and len(in_file(pages, "q=399")) == 1


def test_answers_of_yesterday_make_room_first(path):
    pages = SharedPages(path, 1 << 20, "1")
    for number in range(100):
        old = entry_with(random.Random(number).randbytes(8000), names={"q"}, until=1)
        pages.put(PLACE, read_pairs(f"q=old{number}"), old)
        in_file(pages, f"q=old{number}")
    fill(pages, 60)
    assert all(in_file(pages, f"q={number}") for number in range(60))


def test_all_answers_for_an_address_are_found(path):
    pages = SharedPages(path, 1 << 20, "1")
    for names in (set(), {"q"}, None):
        pages.put(PLACE, (), entry_with(b"one", names=names))
    assert in_file(pages) == [b"one"] * 3


# ---- An entry as text ----

values = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(), st.just(NOW), st.dates(),
    st.datetimes(timezones=st.just(UTC)), st.floats(allow_nan=False))  # fmt: skip
queries = st.tuples(st.text(), st.none() | st.lists(values, min_size=1).map(tuple))


@given(st.lists(queries), st.lists(st.text()), st.binary(), st.none() | st.sets(st.text()))
def test_an_entry_that_is_read_is_the_one_that_was_written(queries, parts, body, names):
    sources = Sources(tuple(queries), tuple(parts), b"12")
    headers = [("Content-Type", "text/html"), ("ETag", '"abc"'), ("Last-Modified", "today")]
    count = counting.count_search, "words", 3
    entry = Entry(headers, body, names=names, count=count, is_result=True, sources=sources)
    entry.since, entry.until = 1.5, 2.5
    read = entry_of(as_data(entry))
    for name in ("headers", "names", "count", "is_result", "sources", "since", "until", "tag",
                 "modified", "variants"):  # fmt: skip
        assert getattr(read, name) == getattr(entry, name)


def test_times_keep_their_kind():
    for value in (date(2026, 11, 30), datetime(2026, 11, 30, 12, tzinfo=UTC)):
        assert shared.from_json(shared.as_json(value)) == value
