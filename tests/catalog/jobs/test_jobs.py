"""Workers process saved files: once, visibly, and again if a worker stops in the middle."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import OperationalError, transaction
from django.utils import timezone

from catalog.files import transcoding
from catalog.jobs import queue
from catalog.models import FileText, Job, Rendition, Resource, Video
from tests import files
from tests.admin import admin_url, form_data, parse_page, sign_in, submit_form
from tests.makers import make_tool, make_video, run_jobs
from tests.migrated_copy import copy_migrated_file

ROOT = Path(__file__).resolve().parents[3]
State, Task = Job.State, Job.Task
OF_FILES = [Task.TEXT, Task.PREVIEW, Task.PICTURE, Task.VIDEO]
needs_ffmpeg = pytest.mark.skipif(not transcoding.has_ffmpeg(), reason="ffmpeg is not installed")


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def sheet(db, media):
    """A waiting job: the text of a PDF."""
    make_tool("Sheet").renditions.create(file=ContentFile(files.pdf(), "sheet.pdf"))
    return Job.objects.get(task=Task.TEXT)


def make_film(**fields):
    return make_video("Film", file=ContentFile(files.mp4(), "film.mp4"), **fields)


def of_files():
    return Job.objects.filter(task__in=OF_FILES)


def state_of(job):
    job.refresh_from_db()
    return job.state


def test_saving_files_starts_their_jobs(db, media):
    make_tool(image=ContentFile(files.image(), "a.png"), image_decorative=True).renditions.create(
        file=ContentFile(files.pdf(), "sheet.pdf")
    )
    make_film()
    wanted = of_files().order_by("task").values_list("task", "state")
    assert list(wanted) == [(task, "waiting") for task in ("film", "picture", "preview", "text")]


def test_saving_again_starts_no_job(sheet):
    run_jobs()
    for resource in Resource.objects.all():
        resource.save()
    assert not of_files().exclude(state=State.DONE).exists()


def test_a_save_that_fails_starts_no_job(db, media):
    """The row of the job belongs to the same transaction."""
    with pytest.raises(RuntimeError), transaction.atomic():
        make_film()
        raise RuntimeError
    assert not Job.objects.exists()


def test_the_oldest_job_comes_first_and_is_taken_once(sheet):
    later = Job.objects.get(task=Task.PREVIEW)
    assert queue.claim_job(OF_FILES, "a") == sheet
    assert queue.claim_job(OF_FILES, "b") == later
    assert queue.claim_job(OF_FILES, "c") is None
    assert state_of(sheet) == State.RUNNING and sheet.worker == "a"


def test_a_failed_job_says_why_and_the_next_one_runs(sheet, monkeypatch):
    monkeypatch.setitem(queue.TASKS, Task.TEXT, lambda job, progress: 1 / 0)
    assert queue.run_waiting_jobs(OF_FILES) == 2
    assert state_of(sheet) == State.FAILED
    assert sheet.failure == "This job failed: division by zero"
    assert Job.objects.get(task=Task.PREVIEW).state == State.DONE


def test_a_missing_file_is_named(sheet):
    Path(Resource.objects.get().tool.renditions.get().file.path).unlink()
    queue.run_waiting_jobs([Task.TEXT])
    assert state_of(sheet) == State.FAILED
    assert sheet.failure == "The file “sheet.pdf” is missing from the disk."


def test_an_editor_restarts_failed_jobs(client, sheet):
    Job.objects.filter(pk=sheet.pk).update(state=State.FAILED, failure="“sheet.pdf” was lost.")
    sign_in(client, "ann", "Editors")
    tool = sheet.resource.tool
    page = parse_page(client.get(admin_url(tool)))
    assert "“sheet.pdf” was lost." in page.text_content()
    [form] = page.xpath("//form[@id='jobs-again']")
    assert page.xpath("//button[@form='jobs-again']")
    client.post(form.action)
    assert state_of(sheet) == State.WAITING and not sheet.failure


def test_the_list_of_jobs_lets_an_editor_restart_failed_ones(client, sheet):
    Job.objects.filter(pk=sheet.pk).update(state=State.FAILED)
    sign_in(client, "ann", "Editors")
    chosen = {"action": "try_again", "_selected_action": [sheet.pk]}
    response = client.post("/admin/catalog/job/", chosen, follow=True)
    assert "Trying 1 job again." in response.content.decode()
    assert state_of(sheet) == State.WAITING


def test_the_form_shows_how_far_a_job_is(client, sheet):
    Job.objects.filter(pk=sheet.pk).update(state=State.RUNNING, progress=42)
    sign_in(client, "ann", "Editors")
    tool = sheet.resource.tool
    [bar] = parse_page(client.get(admin_url(tool))).xpath("//progress")
    assert (bar.get("value"), bar.get("max")) == ("42", "100")
    part = client.get(f"/admin/catalog/tool/{tool.pk}/jobs/")
    assert 'value="42"' in part.content.decode()


def test_progress_is_saved_now_and_then_as_a_heartbeat(sheet, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(queue.time, "monotonic", lambda: now[0])
    progress = queue.Progress(Job.objects.filter(pk=sheet.pk))
    progress(10)
    sheet.refresh_from_db()
    assert sheet.progress == 10 and sheet.beat_at
    now[0] += queue.HEARTBEAT_S / 2
    progress(11)
    sheet.refresh_from_db()
    assert sheet.progress == 10
    now[0] += queue.HEARTBEAT_S
    progress(12)
    sheet.refresh_from_db()
    assert sheet.progress == 12


def test_a_job_without_a_heartbeat_runs_again(sheet):
    queue.claim_job([Task.TEXT], "gone")
    everything = Job.objects.all()
    queue.requeue(everything.filter(beat_at__lt=timezone.now() - queue.STALE_AFTER))
    assert state_of(sheet) == State.RUNNING
    everything.update(beat_at=timezone.now() - queue.STALE_AFTER - timedelta(seconds=1))
    queue.requeue(everything.filter(beat_at__lt=timezone.now() - queue.STALE_AFTER))
    assert state_of(sheet) == State.WAITING
    run_jobs()
    assert FileText.objects.exists()


def test_a_job_that_killed_its_worker_three_times_has_failed(sheet):
    for _time in range(queue.MAX_TRIES):
        assert queue.claim_job([Task.TEXT], "worker") == sheet
        queue.requeue(Job.objects.filter(worker="worker"))
    assert state_of(sheet) == State.FAILED
    assert sheet.failure == "This job stopped 3 times before it was finished."


def test_a_job_of_a_replaced_file_changes_nothing(db, media):
    video = make_film()
    Video.objects.update(file="videos/other.mp4")
    run_jobs(Task.VIDEO)
    video.refresh_from_db()
    assert not video.phone_file and not video.image


@needs_ffmpeg
def test_a_video_without_an_image_gets_a_still(client, db, media):
    video = make_film()
    run_jobs(Task.VIDEO, Task.PICTURE)
    video.refresh_from_db()
    assert video.image.name.endswith("poster.webp") and video.image_decorative
    assert (video.image_width, video.image_height) == (640, 360)
    html = client.get("/videos/film/").content.decode()
    assert f'poster="{video.picture.url}"' in html
    assert client.get(video.picture.url)["Content-Type"] == "image/webp"


@needs_ffmpeg
def test_a_video_is_converted_once_even_if_its_text_is_saved_often(db, media, monkeypatch):
    monkeypatch.setattr(transcoding, "MAX_BITRATE", 1)
    make_film()
    run_jobs(Task.VIDEO)
    first = Video.objects.get()
    first.summary = "A better word."
    first.save()
    assert not Job.objects.filter(task=Task.VIDEO, state=State.WAITING).exists()
    assert Video.objects.get().phone_file == first.phone_file


@needs_ffmpeg
def test_a_still_of_a_replaced_video_is_dropped(db, media, monkeypatch):
    video, make = make_film(), transcoding.make_poster

    def replace_meanwhile(path, out, seconds):
        make(path, out, seconds)
        now = Video.objects.get()
        now.file = ContentFile(files.mp4() + files.mp4_box(b"free"), "film.mp4")
        now.save()

    monkeypatch.setattr(transcoding, "make_poster", replace_meanwhile)
    job = queue.claim_job([Task.VIDEO], "worker")
    queue.run_job(job)
    now = Video.objects.get()
    assert not now.image and now.bytes == video.bytes + 8


@needs_ffmpeg
def test_a_form_that_was_open_when_the_still_came_can_be_saved(client, db, media):
    sign_in(client, "ann", "Publishers")
    video = make_film(published=False)
    sent = form_data(client.get(admin_url(video)))
    run_jobs(Task.VIDEO)
    client.post(admin_url(video), sent | {"summary": "A better word."})
    video.refresh_from_db()
    assert video.summary == "A better word."
    assert video.image and video.image_decorative


def test_a_save_keeps_what_a_job_wrote_meanwhile(db, media):
    stale = make_film()
    rendition = make_tool().renditions.create(file=ContentFile(files.pdf(), "a.pdf"))
    Video.objects.update(phone_file="videos/phone.mp4")
    run_jobs(Task.PREVIEW)
    stale.save()
    rendition.save()
    assert Video.objects.get().phone_file == "videos/phone.mp4"
    rendition.refresh_from_db()
    assert rendition.preview


def test_a_busy_database_is_not_the_fault_of_a_file(sheet, monkeypatch):
    def busy(job, progress):
        raise OperationalError("database is locked")

    monkeypatch.setitem(queue.TASKS, Task.TEXT, busy)
    job = queue.claim_job([Task.TEXT], "worker")
    with pytest.raises(OperationalError):
        queue.run_job(job)
    assert state_of(sheet) == State.RUNNING
    queue.requeue(Job.objects.filter(worker="worker"))
    assert state_of(sheet) == State.WAITING


def test_jobs_of_a_replaced_file_are_deleted(sheet):
    rendition = Resource.objects.get().tool.renditions.get()
    rendition.file = ContentFile(files.pdf(3), "sheet.pdf")
    rendition.save()
    assert set(of_files().values_list("file", flat=True)) == {rendition.file.name}


@pytest.mark.parametrize("role", ["jobs", "versions"])
def test_a_number_too_large_for_a_database_answers_404(client, db, role):
    sign_in(client, "ann", "Editors")
    assert client.get(f"/admin/catalog/tool/{10**30}/{role}/").status_code in (400, 404)


def test_nobody_changes_a_job_by_hand(client, sheet):
    sign_in(client, "ann", "Editors")
    page = parse_page(client.get(f"/admin/catalog/job/{sheet.pk}/change/"))
    assert not page.xpath("//form[@id='job_form']//*[@name='file' or @name='state']")


@needs_ffmpeg
def test_another_video_gets_another_still(db, media):
    video = make_film()
    run_jobs(Task.VIDEO)
    video = Video.objects.get()
    first = video.image.name
    video.file = ContentFile(files.mp4() + files.mp4_box(b"free"), "film.mp4")
    video.save()
    assert not video.image and not video.image_decorative
    run_jobs(Task.VIDEO)
    assert Video.objects.get().image.name not in ("", first)


@needs_ffmpeg
def test_the_image_of_an_editor_stays(db, media):
    picture = ContentFile(files.image(), "mine.png")
    video = make_film(image=picture, image_alt="A kitchen")
    run_jobs(Task.VIDEO)
    video.refresh_from_db()
    assert video.image.name.endswith("mine.png") and not video.image_decorative


@needs_ffmpeg
def test_the_version_of_an_entry_stays_so_that_its_editor_meets_no_conflict(db, media):
    video = make_film()
    before = video.updated_at
    run_jobs()
    video.refresh_from_db()
    assert video.updated_at == before


@needs_ffmpeg
def test_a_video_that_phones_cannot_play_gets_a_phone_version(client, db, media, monkeypatch):
    monkeypatch.setattr(transcoding, "MAX_BITRATE", 1)
    video = make_film()
    run_jobs(Task.VIDEO)
    video.refresh_from_db()
    assert video.phone_file.name.endswith("film-phone.mp4")
    html = client.get("/videos/film/").content.decode()
    assert video.phone_file.url in html and video.file.url in html


def test_a_video_that_every_phone_plays_gets_no_phone_version(db, media):
    video = make_film()
    run_jobs(Task.VIDEO)
    video.refresh_from_db()
    assert not video.phone_file


def test_without_ffmpeg_the_editor_is_asked_for_an_image(client, db, media, monkeypatch):
    monkeypatch.setattr(transcoding.shutil, "which", lambda name: None)
    sign_in(client, "ann", "Publishers")
    video = make_video("Film", published=False)
    film = ContentFile(files.mp4(), "film.mp4")
    page = submit_form(client, admin_url(video), files={"file": film})
    assert "Choose an image too" in page.content.decode()
    run_jobs(Task.VIDEO)
    video.refresh_from_db()
    assert not video.image and video.file_info["width"] == 640


def test_files_from_earlier_versions_of_the_catalog_get_their_jobs(sheet):
    make_film()
    run_jobs(Task.TEXT)
    Video.objects.update(file_info={})
    Rendition.objects.update(accessibility_issues=None)
    Job.objects.exclude(task=Task.TEXT).delete()
    call_command("run_jobs", once=True)
    assert Video.objects.get().file_info["seconds"] == 45
    assert Rendition.objects.get().accessibility_issues == ["title", "language", "tags"]
    assert set(Job.objects.values_list("task", flat=True)) >= {"film", "preview"}


class Site:
    """A separate catalog on disk, with workers that are processes."""

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

    def start(self, *words):
        return subprocess.Popen(self.command(*words), **self.options())

    def command(self, *words):
        return [sys.executable, "manage.py", *words]

    def options(self):
        return {"cwd": ROOT, "env": self.environment, "stderr": subprocess.DEVNULL}

    def ask(self, question):
        with sqlite3.connect(self.database, timeout=10) as database:
            return database.execute(question).fetchall()

    def until(self, question, answer, seconds=60):
        deadline = time.monotonic() + seconds
        while self.ask(question) != answer:
            assert time.monotonic() < deadline, self.ask("SELECT * FROM catalog_job")
            time.sleep(0.02)


LONG_JOB = """
from django.core.files.base import ContentFile
from catalog.models import Tool
from tests import files
tool = Tool(title="Sheet")
tool.save()
tool.renditions.create(file=ContentFile(files.slow_pdf(), "sheet.pdf"))
"""


def children_of(pid):
    listing = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listing.read_text().split()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's list of processes")
def test_the_job_of_a_killed_worker_runs_again(tmp_path):
    """The command starts a new worker at once, which takes up the job."""
    site = Site(tmp_path)
    copy_migrated_file(site.database)
    site.run("shell", "--no-imports", "--command", LONG_JOB)
    preview = "SELECT state, tries FROM catalog_job WHERE task = 'preview'"
    workers = site.start("run_jobs")
    try:
        site.until(preview, [("running", 1)])
        [killed] = [pid for pid in children_of(workers.pid) if b"rest" in command_line(pid)]
        os.kill(killed, signal.SIGKILL)
        site.until(preview, [("done", 2)])
        left = children_of(workers.pid)
    finally:
        workers.terminate()
        workers.wait(timeout=20)
    assert killed not in left and len(left) == len(queue.LANES)
    assert [pid for pid in left if Path(f"/proc/{pid}").exists()] == []


def command_line(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def test_the_old_name_of_the_command_still_answers_and_says_the_new_one(sheet, capsys):
    call_command("work", once=True)
    assert "The command work is now called run_jobs." in capsys.readouterr().err
    assert not Job.objects.filter(state=State.WAITING).exists()
