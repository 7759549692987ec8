"""Images in the sizes that pages need: made once, without camera metadata, focus in view."""

import io
import re

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from catalog.files.images import WIDTHS, sizes_of
from catalog.models import Job, Video
from tests import files
from tests.admin import admin_url, sign_in, submit_form
from tests.makers import make_tool, make_video, run_jobs
from tests.pages import html_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def make_video_with_image(data=None, name="a.png", **fields):
    data = data or files.image(size=(1400, 800))
    return make_video("Huddle", image=ContentFile(data, name), image_alt="A kitchen", **fields)


def open_image(file):
    return Image.open(io.BytesIO(file.read()))


def test_an_image_is_made_in_each_width_up_to_its_own(media):
    video = make_video_with_image()
    run_jobs(Job.Task.PICTURE)
    video.refresh_from_db()
    assert video.image_widths == [320, 640, 960, 1280]
    for name in sizes_of(video.image.name, video.image_widths):
        with Image.open(media / name) as size:
            assert f"-{size.width}." in name
            assert size.height == pytest.approx(size.width * 800 / 1400, abs=1)
            assert size.format in ("WEBP", "AVIF")


def test_a_small_image_is_made_in_its_own_width():
    video = make_video_with_image(files.image(size=(200, 100)))
    run_jobs(Job.Task.PICTURE)
    video.refresh_from_db()
    assert video.image_widths == [200]


def test_a_card_offers_all_sizes_and_reserves_the_space(client):
    video = make_video_with_image()
    run_jobs(Job.Task.PICTURE)
    html = client.get("/videos/").content.decode()
    video.refresh_from_db()
    [avif, webp] = re.findall(r'<source type="image/(\w+)" srcset="([^"]+)" sizes="[^"]+">', html)
    assert (avif[0], webp[0]) == ("avif", "webp")
    for width in video.image_widths:
        assert f"-{width}.avif {width}w" in avif[1] and f"-{width}.webp {width}w" in webp[1]
    [image] = re.findall(r"<img [^>]*>", html)
    assert 'width="1400" height="800"' in image and 'loading="lazy"' in image
    for address in re.findall(r"/media/[^ \"]+", avif[1] + " " + webp[1]):
        assert client.get(address).status_code == 200


def test_the_original_image_is_shown_until_sizes_are_made(client):
    video = make_video_with_image()
    html = client.get("/videos/").content.decode()
    assert f'<img src="{video.image.url}"' in html and "srcset" not in html


def test_a_new_image_gets_its_own_sizes():
    video = make_video_with_image()
    run_jobs(Job.Task.PICTURE)
    video = Video.objects.get()
    video.image = ContentFile(files.image(size=(700, 400)), "b.png")
    video.save()
    assert video.image_widths == []
    run_jobs(Job.Task.PICTURE)
    assert Video.objects.get().image_widths == [320, 640]


def test_a_photo_is_turned_upright_and_loses_its_location():
    photo = files.photo(size=(80, 60), orientation=6)
    assert Image.open(io.BytesIO(photo)).getexif()
    video = make_video_with_image(photo, "a.jpg")
    stored = open_image(video.image)
    assert stored.size == (60, 80) and not dict(stored.getexif())
    assert (video.image_width, video.image_height) == (60, 80)
    assert b"GPS" not in video.image.storage.open(video.image.name).read()


def test_the_size_of_an_image_is_known_without_opening_it(django_assert_num_queries):
    video = Video.objects.get(pk=make_video_with_image().pk)
    video.image.storage.delete(video.image.name)
    assert (video.image_width, video.image_height) == (1400, 800)
    video.save()
    assert Video.objects.get().image_width == 1400


def test_removing_the_image_clears_its_size():
    video = make_video_with_image()
    video.image = ""
    video.save()
    assert (video.image_width, video.image_height, video.image_widths) == (None, None, [])


@pytest.mark.parametrize(
    ("focus", "classes"), [((50, 50), ""), ((20, 90), "fx2 fy9"), ((0, 100), "fx0 fy10")]
)
def test_the_focus_of_an_image_sets_its_css_classes(client, focus, classes):
    make_video_with_image(focus_x=focus[0], focus_y=focus[1])
    html = html_in(client.get("/videos/"))
    [image] = re.findall(r"<img [^>]*>", html)
    assert (f' class="{classes}"' in image) if classes else ("class=" not in image)


@pytest.mark.parametrize("focus", ["101", "-1", "x", "9999999"])
def test_a_focus_outside_the_image_is_refused(client, focus):
    sign_in(client, "ann", "Editors")
    video = make_video_with_image()
    submit_form(client, admin_url(video), focus_x=focus)
    assert Video.objects.get().focus_x == 50


def test_the_sizes_of_an_animation_do_not_move(media):
    video = make_video_with_image(files.animated_image(size=(640, 360)), "a.gif")
    run_jobs(Job.Task.PICTURE)
    video.refresh_from_db()
    for name in sizes_of(video.image.name, video.image_widths):
        with Image.open(media / name) as size:
            assert getattr(size, "n_frames", 1) == 1


def test_a_tool_shows_its_image_instead_of_its_first_page(client):
    tool = make_tool(image=ContentFile(files.image(), "a.png"), image_alt="A poster")
    tool.renditions.create(file=ContentFile(files.pdf(), "a.pdf"))
    run_jobs()
    [image] = re.findall(r"<img [^>]*>", client.get("/tools/").content.decode())
    assert "/sizes/a-png-40.webp" in image


def test_the_main_image_of_a_page_has_alt_text_and_is_not_lazy(client):
    make_tool("Poster", image=ContentFile(files.image(), "a.png"), image_alt="A poster")
    [image] = re.findall(r"<img [^>]*>", client.get("/tools/poster/").content.decode())
    assert 'alt="A poster"' in image and "lazy" not in image


def test_the_widths_are_in_ascending_order():
    assert sorted(WIDTHS) == list(WIDTHS)
