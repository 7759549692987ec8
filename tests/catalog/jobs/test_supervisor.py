"""A worker starts when there is work for it and ends without; what a dead one left is taken up."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection, transaction

from catalog.jobs.supervisor import host_name
from catalog.lib import notices
from catalog.models import Job
from tests.migrated_copy import copy_migrated_file
from tests.processes import start_process

ROOT = Path(__file__).resolve().parents[3]
# Workers of the tests end soon.
SUPERVISE = """
from catalog.jobs import supervisor
supervisor.LINGER_S = 0.2
supervisor.supervise({lanes})
"""
MAKE_TOOL = """
from django.core.files.base import ContentFile
from catalog.models import Tool
from tests import files
tool = Tool(title="{title}")
tool.save()
tool.renditions.create(file=ContentFile(files.{file}(), "{title}.pdf"))
"""
PREVIEWS = "SELECT state, tries FROM catalog_job WHERE task = 'preview' ORDER BY id DESC LIMIT 1"
pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux")


class Site:
    """A separate catalog on disk, with a supervisor and workers that are processes."""

    def __init__(self, folder):
        self.database = folder / "catalog.sqlite3"
        self.environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": f"sqlite:///{self.database}",
            "MEDIA_ROOT": str(folder / "media"),
            "SECRET_KEY": "a-secret-of-the-tests-that-protects-nothing-at-all-0123456789",
        }

    def run(self, *words):
        return subprocess.run(self.command(*words), check=True, **self.options())

    def shell(self, code):
        return self.run("shell", "--no-imports", "--command", code)

    def supervise(self, *lanes):
        words = ["shell", "--no-imports", "--command", SUPERVISE.format(lanes=lanes)]
        return start_process(self.command(*words), **self.options())

    def command(self, *words):
        return [sys.executable, "manage.py", *words]

    def options(self):
        return {"cwd": ROOT, "env": self.environment, "stderr": subprocess.DEVNULL}

    def ask(self, question, *values):
        with sqlite3.connect(self.database, timeout=10) as database:
            return database.execute(question, values).fetchall()

    def until(self, question, answer, seconds=60):
        wait_until(lambda: self.ask(question) == answer, seconds)


def wait_until(is_true, seconds=60):
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def children_of(pid):
    listing = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listing.read_text().split()]


def times_woken(pid):
    """How often the system has let this process go on after a wait."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("\nvoluntary_ctxt_switches:")[1].split()[0])


def stop(supervisor):
    supervisor.terminate()
    assert supervisor.wait(timeout=20) == 0


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("site"))
    copy_migrated_file(site.database)
    return site


@pytest.fixture
def site(migrated):
    yield migrated
    migrated.ask("DELETE FROM catalog_job")


def test_the_job_of_a_killed_worker_runs_again(site):
    """The supervisor starts a new worker at once, which takes up the job."""
    site.shell(MAKE_TOOL.format(title="Long", file="slow_pdf"))
    supervisor = site.supervise("rest")
    try:
        site.until(PREVIEWS, [("running", 1)])
        [killed] = children_of(supervisor.pid)
        os.kill(killed, signal.SIGKILL)
        site.until(PREVIEWS, [("done", 2)])
        left = children_of(supervisor.pid)
    finally:
        stop(supervisor)
    assert killed not in left
    assert [pid for pid in left if Path(f"/proc/{pid}").exists()] == []


def test_a_worker_starts_with_a_new_job_and_ends_without_work(site):
    supervisor = site.supervise("rest")
    try:
        wait_until(lambda: Path(f"{site.database}.{Job.NOTICE}").exists())
        site.shell(MAKE_TOOL.format(title="Short", file="pdf"))
        site.until(PREVIEWS, [("done", 1)])
        wait_until(lambda: children_of(supervisor.pid) == [])
        time.sleep(1)  # it looks for work once more
        before = times_woken(supervisor.pid)
        time.sleep(1.5)
        assert times_woken(supervisor.pid) == before, "It asks although nothing has happened."
    finally:
        stop(supervisor)


def test_a_job_for_later_starts_at_its_time_without_a_notice(site):
    site.shell(MAKE_TOOL.format(title="Later", file="pdf"))
    site.ask("DELETE FROM catalog_job WHERE task <> 'preview'")
    site.ask("UPDATE catalog_job SET due_at = datetime('now', '+6 seconds')")
    supervisor = site.supervise("rest")
    try:
        site.until(PREVIEWS, [("done", 1)])
        late = "SELECT beat_at >= due_at FROM catalog_job WHERE task = 'preview'"
        assert site.ask(late) == [(1,)]
    finally:
        stop(supervisor)


def test_what_a_dead_supervisor_of_this_machine_left_is_taken_up_at_the_start(site):
    dead = subprocess.Popen(["true"])
    dead.wait()
    site.shell(MAKE_TOOL.format(title="Left", file="pdf"))
    sql = "UPDATE catalog_job SET state = 'running', tries = 1, beat_at = ?, worker = ?"
    site.ask(
        sql, time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime()), f"{host_name()}:{dead.pid}:rest"
    )
    supervisor = site.supervise("rest")
    try:
        site.until(PREVIEWS, [("done", 2)])
    finally:
        stop(supervisor)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs PostgreSQL")
def test_on_postgresql_a_notice_comes_with_the_commit():
    listener = notices.listen("test_notice")
    try:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            notices.send("test_notice")
            raise ZeroDivisionError
        assert notices.wait(listener, 0.1) == []
        with transaction.atomic():
            notices.send("test_notice")
            assert notices.wait(listener, 0.1) == []
        assert notices.wait(listener, 10) == [listener]
        assert notices.wait(listener, 0.1) == []
    finally:
        listener.close()
        connection.close()
