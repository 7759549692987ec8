from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from catalog.models import FormerSlug, Tool, Video
from courses.models import Course
from tests import files
from tests.admin import add_row, admin_url, errors_in, form_data, sign_in_as_root, submit_form
from tests.makers import make_course, make_tool, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def signed_in(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return sign_in_as_root(client)


def copy_of(client, row, **changes):
    response = submit_form(client, admin_url(row), button="_saveasnew", **changes)
    assert errors_in(response) == []
    return type(row).objects.exclude(pk=row.pk).get()


def test_a_copy_is_a_draft_with_its_own_address(client):
    tool = make_tool("Huddle Card", minutes_min=5, minutes_max=10, owner=None)
    copy = copy_of(client, tool)
    assert (copy.title, copy.slug, copy.state) == ("Huddle Card", "huddle-card-2", "draft")
    assert copy.uid != tool.uid
    assert (copy.minutes_min, copy.minutes_max) == (5, 10)
    assert Tool.objects.get(pk=tool.pk).is_public
    assert not FormerSlug.objects.exists()


def test_a_copy_keeps_an_address_that_was_written_for_it(client):
    assert copy_of(client, make_tool(), slug="of-its-own").slug == "of-its-own"


def test_a_copy_has_all_links_and_rows_of_the_entry(client):
    other = make_course("Orientation")
    course = make_course(
        levels=[2, 3],
        topics=["Roles"],
        audiences=["Co-leads"],
        regions=["Hawaii"],
        dimensions=["Training"],
        tags=["two words", "one"],
        related=[other],
    )
    course.modules.create(title="One", minutes=60)
    course.requirements.create(named_course=other)
    course.requirements.create(text="Be there", type="condition")
    course.follow_ups.create(text="Not Yet Made")
    course.deliveries.create(mode="online")
    submit_form(client, admin_url(course), button="_saveasnew")
    copy = Course.objects.exclude(pk__in=[course.pk, other.pk]).get()
    for name in ("levels", "topics", "audiences", "regions", "dimensions", "tags", "related"):
        assert set(getattr(copy, name).all()) == set(getattr(course, name).all())
    for name in ("modules", "requirements", "follow_ups", "deliveries"):
        rows = [str(row) for row in getattr(course, name).all()]
        assert [str(row) for row in getattr(copy, name).all()] == rows != []


def test_a_copy_has_its_own_files(client):
    tool = make_tool(image=ContentFile(files.image(), "p.png"), image_alt="A page")
    tool.renditions.create(format="PDF", file=ContentFile(files.pdf(), "a.pdf"))
    copy = copy_of(client, tool)
    assert copy.image.name == f"tools/{copy.uid}/p.png"
    assert copy.image.read() == files.image()
    assert (copy.image_width, copy.image_height) == (40, 30)
    rendition = copy.renditions.get()
    assert rendition.file.name == f"tools/{copy.uid}/a.pdf"
    assert rendition.sha256 == tool.renditions.get().sha256
    assert Path(tool.image.path).exists() and Path(tool.renditions.get().file.path).exists()


def test_a_copy_can_be_saved_without_the_image(client):
    video = make_video(image=ContentFile(files.image(), "p.png"), image_alt="A page")
    assert not copy_of(client, video, **{"image-clear": "on", "image_alt": ""}).image


def test_the_image_of_a_copy_needs_a_description_too(client):
    video = make_video(image=ContentFile(files.image(), "p.png"), image_alt="A page")
    response = submit_form(client, admin_url(video), button="_saveasnew", image_alt="")
    assert errors_in(response) == ["Say what the image shows, or check that it is only decoration."]
    assert Video.objects.count() == 1


def test_an_entry_whose_file_is_lost_can_be_copied(client):
    video = make_video(file=ContentFile(files.mp4(), "a.mp4"))
    Path(video.file.path).unlink()
    assert not copy_of(client, video).file


def test_a_row_added_before_copying_is_copied(client):
    video = make_video()
    sent = form_data(client.get(admin_url(video)))
    add_row(sent, "credits", {"role": "By", "name": "Us"})
    client.post(admin_url(video), sent | {"_saveasnew": "1"})
    assert not video.credits.exists()
    assert Video.objects.exclude(pk=video.pk).get().credits.get().name == "Us"
