"""`manage.py sweep_media` removes the files that nothing refers to, and no others."""

import os
import time
import tracemalloc
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, models

from catalog.files import transcoding
from catalog.jobs import sweeping
from catalog.models import RenditionVersion, Resource, Video
from tests import files
from tests.makers import make_tool, make_video, run_jobs

pytestmark = pytest.mark.django_db
DAYS = 3 * 24 * 3600  # seconds
STRAY = "videos/gone/film.mp4"


@pytest.fixture
def media(settings, tmp_path):
    """MEDIA_ROOT with a file of an entry."""
    settings.MEDIA_ROOT = tmp_path / "media"
    make_video("In use", file=SimpleUploadedFile("in-use.mp4", files.mp4()))
    return settings.MEDIA_ROOT


def put(folder, name, content=b"x" * 1000, age=DAYS):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    make_old(path, age)
    return path


def make_old(path, age=DAYS):
    os.utime(path, (time.time() - age,) * 2)


def everything(folder):
    """The files below `folder`, made old enough to be removed."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in [*paths, *folder.rglob("*")]:
        make_old(path)
    return paths


def sweep(*options):
    said = StringIO()
    call_command("sweep_media", *options, stdout=said, stderr=said)
    return said.getvalue().replace("\xa0", " ").splitlines()


def test_a_stray_file_is_listed_and_then_removed(media):
    stray = put(media, STRAY, b"x" * 2048)
    assert sweep() == [
        "videos/gone/film.mp4  2.0 KB",
        "1 file is not in use: 2.0 KB. Use --delete to remove it.",
    ]
    assert stray.exists()
    assert sweep("--delete") == ["videos/gone/film.mp4  2.0 KB", "1 file removed: 2.0 KB."]
    assert not stray.parent.exists()
    assert sweep() == ["All files are in use or too new to remove."]


def test_several_files_are_added_up(media):
    for number in range(3):
        put(media, f"tools/gone/{number}.pdf", b"x" * 1024)
    assert sweep()[-1] == "3 files are not in use: 3.0 KB. Use --delete to remove them."
    assert sweep("--delete")[-1] == "3 files removed: 3.0 KB."
    assert sweep("--delete") == ["0 files removed: 0 bytes."]


def test_all_files_of_an_entry_stay(media):
    """Its picture in all sizes, the first pages, the tracks, every version of a file, a copy."""
    video = make_video(
        image=SimpleUploadedFile("a.png", files.image(size=(700, 400))),
        image_alt="A board",
        captions=SimpleUploadedFile("a.vtt", files.CAPTIONS.encode()),
    )
    tool = make_tool()
    rendition = tool.renditions.create(file=SimpleUploadedFile("a.pdf", files.pdf(1)))
    rendition.file = SimpleUploadedFile("a.pdf", files.pdf(2))
    rendition.save()
    run_jobs()
    copy = default_storage.save(f"videos/{video.uid}/film-phone.mp4", ContentFile(b"x"))
    Video.objects.filter(pk=video.pk).update(phone_file=copy)
    kept = everything(media)
    made_by_ffmpeg = 1 + 2 * 2 if transcoding.has_ffmpeg() else 0  # a still of the other video
    # The video; a picture, two widths of it in two formats; captions; two PDFs, a page; the copy.
    assert len(kept) == 1 + 1 + 4 + 1 + 2 + 1 + 1 + made_by_ffmpeg
    assert sweep("--delete") == ["0 files removed: 0 bytes."]
    assert everything(media) == kept


def test_a_file_field_of_a_new_model_is_known():
    """The command asks for every file field of every model."""
    fields = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.FileField)
    ]
    asked = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sweeping, "names_in", lambda model, field: asked.append(field) or [])
        sweeping.names_in_use()
    assert sorted(f"{field.model.__name__}.{field.name}" for field in asked) == sorted(fields)
    assert {"Resource.image", "RenditionVersion.file", "Video.phone_file"} <= set(fields)


def test_the_files_of_a_deleted_entry_are_removed(media):
    gone = make_tool("Gone")
    gone.renditions.create(file=SimpleUploadedFile("a.pdf", files.pdf()))
    folder = media / "tools" / str(gone.uid)
    assert folder.exists()
    gone.delete()
    everything(media)
    sweep("--delete")
    assert not folder.exists()
    assert [path.name for path in everything(media)] == ["in-use.mp4"]


def test_the_sizes_of_an_unused_picture_are_removed_with_it(media):
    video = make_video(image=SimpleUploadedFile("a.png", files.image()), image_alt="A board")
    run_jobs("picture")
    Resource.objects.filter(pk=video.pk).update(image="", image_widths=[], image_alt="")
    names = [path.name for path in everything(media) if path.name.startswith("a")]
    assert names == ["a.png", "a-png-40.avif", "a-png-40.webp"]
    sweep("--delete")
    assert [path.name for path in everything(media) if path.name.startswith("a")] == []


@pytest.mark.parametrize(
    "options, gone",
    [((), False), (("--younger-than", "0.5"), True), (("--younger-than", "48"), False)],
)
def test_a_new_file_stays(media, options, gone):
    path = put(media, STRAY, age=2 * 3600)
    sweep("--delete", *options)
    assert path.exists() is not gone


@pytest.mark.parametrize("hours", ["-1", "a day", "nan", "inf"])
def test_an_age_has_to_be_a_number(media, hours):
    with pytest.raises(CommandError, match="invalid hours value"):
        sweep(f"--younger-than={hours}")


@pytest.mark.parametrize("name", [".gitkeep", "videos/.gitkeep", "videos/.thumbs/a.png", ".a/b"])
def test_hidden_files_stay(media, name):
    path = put(media, name)
    for folder in path.parents[:2]:
        make_old(folder)
    sweep("--delete")
    assert path.exists()


def test_empty_folders_are_removed_unless_they_are_new(media):
    (media / "tools" / "old" / "older").mkdir(parents=True)
    (media / "videos" / "new").mkdir()
    for folder in ("tools/old/older", "tools/old", "tools"):
        make_old(media / folder)
    sweep("--delete")
    assert not (media / "tools" / "old" / "older").exists()
    assert (media / "videos" / "new").exists()
    assert media.exists()


def test_a_dry_run_removes_no_folder(media):
    (media / "old").mkdir()
    make_old(media / "old")
    sweep()
    assert (media / "old").exists()


def test_the_target_of_a_symbolic_link_stays(media, tmp_path):
    """Through a link, a file in use has a second name that no row refers to."""
    elsewhere = put(tmp_path, "elsewhere/a.pdf")
    (media / "videos" / "elsewhere").symlink_to(elsewhere.parent)
    (media / "videos" / "round").symlink_to(media)
    (media / "videos" / "a.pdf").symlink_to(elsewhere)
    kept = everything(media)
    assert sweep("--delete") == ["0 files removed: 0 bytes."]
    assert everything(media) == kept and elsewhere.exists()


def test_nothing_is_removed_if_the_names_in_use_cannot_all_be_read(media, monkeypatch):
    path = put(media, STRAY)
    read = sweeping.names_in

    def broken(model, field):
        if model is RenditionVersion:
            raise DatabaseError("no such table")
        return read(model, field)

    monkeypatch.setattr(sweeping, "names_in", broken)
    with pytest.raises(CommandError, match="Could not read which files are in use"):
        sweep("--delete")
    assert path.exists()


def test_nothing_is_removed_if_the_database_is_empty(media):
    path = put(media, STRAY)
    Resource.objects.all().delete()
    with pytest.raises(CommandError, match="Is this the right database"):
        sweep("--delete")
    assert path.exists()


def test_a_file_that_cannot_be_removed_is_named_and_the_others_are_removed(media, monkeypatch):
    stays, goes = put(media, "a/a.pdf"), put(media, "b/b.pdf")
    delete = default_storage.delete

    def refuse(name):
        if name == "a/a.pdf":
            raise PermissionError(13, "Permission denied")
        delete(name)

    monkeypatch.setattr(default_storage, "delete", refuse)
    said = StringIO()
    with pytest.raises(CommandError, match="Could not remove 1 file."):
        call_command("sweep_media", "--delete", stdout=StringIO(), stderr=said)
    assert said.getvalue() == "a/a.pdf: Permission denied\n"
    assert stays.exists() and not goes.exists()


def test_a_file_that_disappears_meanwhile_is_skipped(media, monkeypatch):
    put(media, STRAY).unlink()
    monkeypatch.setattr(sweeping, "names_below", lambda storage: iter([STRAY]))
    assert sweep("--delete") == ["0 files removed: 0 bytes."]


def test_an_object_storage_is_swept_too(settings):
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = settings.STORAGES | {"default": memory}
    video = make_video(file=SimpleUploadedFile("in-use.mp4", files.mp4()))
    default_storage.save(STRAY, ContentFile(b"x"))
    assert sweep() == ["All files are in use or too new to remove."]
    assert sweep("--delete", "--younger-than", "0")[-1] == "1 file removed: 1 byte."
    assert default_storage.exists(video.file.name) and not default_storage.exists(STRAY)


class Large:
    """An object storage with 10 000 files."""

    def path(self, name):
        raise NotImplementedError

    def listdir(self, folder):
        numbers = [f"{number:03}" for number in range(100)]
        return ([], numbers) if folder else (numbers, [])

    def get_modified_time(self, name):
        return datetime(2020, 1, 1, tzinfo=UTC)

    def size(self, name):
        return 1


def test_a_large_storage_needs_no_more_memory():
    """Ten times the files need no more memory, because names come one by one."""
    strays = sweeping.strays(Large(), {"000/000"}, sweeping.hours_ago(24))
    tracemalloc.start()
    try:
        assert sum(stray.size for stray in strays) == 9_999
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()
