import io
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms

from catalog.files.inspection import images
from catalog.sandbox.exceptions import Refused
from tests import files

WIDTHS = [20, 40, 80]
DEMO = Path(__file__).resolve().parents[3] / "editorial" / "demo"
RED, BLUE = (255, 0, 0), (0, 0, 255)
ZIP = files.office()
FOLDER = tempfile.TemporaryDirectory()  # deleted after the tests
GOOD = {
    "jpg": files.image("JPEG"),
    "png": files.image("PNG"),
    "webp": files.image("WEBP"),
    "gif": files.image("GIF"),
}
WITH_METADATA = {
    "jpg": files.photo(comment=b"Secret garden", quality=80),
    "png": files.photo("PNG"),
    "webp": files.photo("WEBP"),
}
ANIMATED = {
    "gif": files.animated_image("GIF", comment=b"Secret garden"),
    "png": files.animated_image("PNG"),
    "webp": files.animated_image("WEBP", exif=b"Exif\0\0Secret garden"),
}


def write_file(content, ending):
    """Writes `content` to a new file and returns its path."""
    path = Path(tempfile.mkdtemp(dir=FOLDER.name)) / f"a.{ending}"
    path.write_bytes(content)
    return str(path)


def refusal(content, ending):
    with pytest.raises(Refused) as caught:
        images.read(write_file(content, ending), ending)
    return caught.value.code


def clean_image(content, ending):
    out = write_file(b"", ending)
    images.clean(write_file(content, ending), ending, out)
    return Path(out).read_bytes()


def make_variants(content, ending, widths=WIDTHS):
    """Returns {width: (WebP image, AVIF image)}."""
    path = write_file(content, ending)
    variants = images.variants(path, ending, f"{path}-made", widths)
    stems = {width: f"{path}-made-{width}" for width in variants}
    return {
        width: (Image.open(f"{stem}.webp"), Image.open(f"{stem}.avif"))
        for width, stem in stems.items()
    }


def open_image(content):
    return Image.open(io.BytesIO(content))


def are_alike(first, second, most=12):
    """Whether two colors, or the pixels of two images, differ by at most `most`."""
    if isinstance(first, Image.Image):
        differences = ImageChops.difference(first.convert("RGB"), second.convert("RGB"))
        return (
            first.size == second.size and max(high for _, high in differences.getextrema()) <= most
        )
    return all(abs(a - b) <= most for a, b in zip(first, second, strict=True))


def test_the_facts_of_an_image_are_read():
    facts = images.read(write_file(GOOD["jpg"], "jpg"), "jpg")
    assert facts == {"width": 40, "height": 30, "format": "JPEG", "moves": False, "pixels": 1200}


def test_the_readers_do_not_import_django():
    command = "import catalog.files.inspection.documents, sys; assert 'django' not in sys.modules"
    subprocess.run([sys.executable, "-c", command], check=True, cwd=DEMO.parents[1])


@pytest.mark.parametrize("ending", GOOD)
def test_an_image_without_metadata_is_copied_byte_for_byte(ending):
    assert clean_image(GOOD[ending], ending) == GOOD[ending]


@pytest.mark.parametrize("path", sorted(DEMO.glob("images/*.webp")), ids=lambda path: path.name)
def test_every_image_of_the_demo_is_accepted_unchanged(path):
    assert clean_image(path.read_bytes(), "webp") == path.read_bytes()


@pytest.mark.parametrize("ending", WITH_METADATA)
def test_a_photo_is_turned_upright_and_loses_its_metadata(ending):
    assert images.read(write_file(WITH_METADATA[ending], ending), ending)["width"] == 60
    content = clean_image(WITH_METADATA[ending], ending)
    result = open_image(content)
    assert result.size == (60, 80)
    assert are_alike(result.convert("RGB").getpixel((50, 40)), RED)
    assert are_alike(result.convert("RGB").getpixel((10, 40)), BLUE)
    assert not result.getexif()
    assert b"Exif" not in content and b"Secret" not in content


@pytest.mark.parametrize("format, ending", [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_an_upright_photo_keeps_every_pixel(format, ending):
    content = files.photo(format, orientation=1)
    result = open_image(clean_image(content, ending))
    assert are_alike(result, open_image(content), most=0)
    assert not result.getexif() and "comment" not in result.info


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_turned_upright(orientation):
    content = files.photo("PNG", orientation=orientation)
    shown = open_image(clean_image(content, "png"))
    top, side = shown.getpixel((shown.width // 2, 1)), shown.getpixel((1, shown.height // 2))
    expected = {1: (RED, None), 2: (RED, None), 3: (BLUE, None), 4: (BLUE, None)}
    expected |= {5: (None, RED), 6: (None, BLUE), 7: (None, BLUE), 8: (None, RED)}
    assert expected[orientation] in ((top, None), (None, side))


def test_a_lossless_image_is_turned_without_loss():
    content = files.photo("WEBP", lossless=True)
    result = open_image(clean_image(content, "webp"))
    assert are_alike(result, open_image(content).transpose(Image.Transpose.ROTATE_270), most=0)


def test_a_photo_with_damaged_exif_data_is_accepted():
    content = files.image("JPEG")
    note = b"Exif\0\0" + b"\xff" * 30
    content = content[:2] + b"\xff\xe1" + (len(note) + 2).to_bytes(2, "big") + note + content[2:]
    assert images.read(write_file(content, "jpg"), "jpg")["width"] == 40
    assert clean_image(content, "jpg") == files.image("JPEG")


@pytest.mark.parametrize("ending", ANIMATED)
def test_an_animation_keeps_its_frames_and_loses_its_metadata(ending):
    facts = images.read(write_file(ANIMATED[ending], ending), ending)
    content = clean_image(ANIMATED[ending], ending)
    assert facts["moves"] and facts["pixels"] == 1200
    assert open_image(content).n_frames == 3
    assert b"Secret" not in content


def test_the_sizes_of_an_animation_do_not_move():
    webp, avif = make_variants(ANIMATED["gif"], "gif", [20])[20]
    assert webp.n_frames == avif.n_frames == 1


def test_the_color_profile_is_kept():
    profile = ImageCms.ImageCmsProfile(images.SRGB).tobytes()
    for format, ending in [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")]:
        for orientation in (1, 6):
            content = files.photo(format, orientation=orientation, icc_profile=profile)
            assert open_image(clean_image(content, ending)).info["icc_profile"] == profile


def test_data_after_a_jpeg_is_cut_off():
    """Phones append a second image or a short video."""
    content = files.image("JPEG")
    assert clean_image(content + content + b"video", "jpg") == content


@pytest.mark.parametrize("ending", ["png", "gif", "webp"])
def test_data_after_an_image_of_another_format_is_refused(ending):
    assert refusal(GOOD[ending] + b"<script>", ending) == "picture_with_more"


@pytest.mark.parametrize("ending", GOOD)
def test_an_image_that_is_also_a_zip_is_refused(ending):
    assert refusal(GOOD[ending] + ZIP, ending) == "picture_with_more"


@pytest.mark.parametrize("ending", GOOD)
def test_an_image_in_another_format_is_refused(ending):
    for other in GOOD.keys() - {ending}:
        assert refusal(GOOD[other], ending) == "picture_unreadable"


@pytest.mark.parametrize("ending", GOOD)
def test_an_image_that_is_cut_off_is_refused(ending):
    content = files.photo({"jpg": "JPEG"}.get(ending, ending.upper()), (200, 100), 1)
    for length in (0, 1, len(content) // 2, len(content) - 1):
        assert refusal(content[:length], ending) == "picture_unreadable"


def test_a_png_with_a_changed_byte_is_refused():
    content = bytearray(GOOD["png"])
    content[50] ^= 1
    assert refusal(bytes(content), "png") == "picture_unreadable"


@pytest.mark.parametrize(
    "content, ending",
    [
        (files.png_header(12_000, 12_000), "png"),
        (files.png_header(200_000, 200_000), "png"),
        (GOOD["gif"][:6] + b"\xff" * 4 + GOOD["gif"][10:], "gif"),
        (ANIMATED["webp"][:24] + b"\xff\x3f\x00" * 2 + ANIMATED["webp"][30:], "webp"),
        (GOOD["webp"][:26] + b"\xff\x3f" * 2 + GOOD["webp"][30:], "webp"),
    ],
)
def test_an_image_with_too_many_pixels_is_refused_before_decoding(content, ending):
    assert refusal(content, ending) == "picture_too_many_pixels"


def test_the_refusal_of_too_many_pixels_names_the_limit(monkeypatch):
    monkeypatch.setattr(images, "MAX_MEGAPIXELS", 0)
    with pytest.raises(Refused) as caught:
        images.read(write_file(GOOD["jpg"], "jpg"), "jpg")
    assert caught.value.facts == {"most": 0}


def test_an_animation_with_too_many_pixels_is_refused(monkeypatch):
    monkeypatch.setattr(images, "MAX_ANIMATION_MEGAPIXELS", 0)
    assert refusal(ANIMATED["gif"], "gif") == "picture_moves_too_much"
    assert images.read(write_file(GOOD["gif"], "gif"), "gif")["moves"] is False


def test_sizes_have_the_widths_that_are_returned():
    variants = make_variants(files.photo(size=(60, 90), orientation=1), "jpg")
    assert list(variants) == [20, 40]
    for width, pictures in variants.items():
        for picture in pictures:
            assert picture.size == (width, width * 3 // 2)
            assert picture.mode == "RGB"
            assert not picture.getexif()


def test_the_sizes_of_a_photo_are_turned_upright():
    webp, avif = make_variants(files.photo(size=(80, 60), orientation=6), "jpg")[40]
    assert webp.size == avif.size == (40, 53)
    for picture in (webp, avif):
        assert are_alike(picture.getpixel((35, 25)), RED, 30)
        assert are_alike(picture.getpixel((5, 25)), BLUE, 30)


def test_an_image_narrower_than_all_widths_keeps_its_own_width():
    assert list(make_variants(GOOD["png"], "png", [320, 640])) == [40]


def test_an_image_too_tall_for_webp_has_no_sizes():
    content = files.image("PNG", (20, 20_000))
    assert make_variants(content, "png", [20, 40]) == {}


@pytest.mark.parametrize(
    "picture, color",
    [
        (Image.new("L", (40, 30), 100), (100, 100, 100)),
        (Image.new("1", (40, 30), 1), (255, 255, 255)),
        (Image.new("I;16", (40, 30), 40_000), (156, 156, 156)),
        (Image.new("RGB", (40, 30), "green").quantize(8), (0, 128, 0)),
        (Image.new("LA", (40, 30), (100, 50)), (100, 100, 100, 50)),
        (Image.new("RGBA", (40, 30), (200, 10, 10, 90)), (200, 10, 10, 90)),
    ],
    ids=lambda value: getattr(value, "mode", None),
)
def test_sizes_keep_the_colors_of_every_mode(picture, color):
    data = io.BytesIO()
    picture.save(data, "PNG")
    for variant in make_variants(data.getvalue(), "png")[40]:
        assert are_alike(variant.getpixel((20, 15)), color)


def test_the_sizes_of_a_cmyk_photo_are_rgb():
    data = io.BytesIO()
    Image.new("CMYK", (40, 30), (0, 255, 255, 0)).save(data, "JPEG")
    for variant in make_variants(data.getvalue(), "jpg")[40]:
        assert variant.mode == "RGB" and variant.getpixel((20, 15))[0] > 180


def test_sizes_are_in_srgb():
    """The profile here swaps red and green."""
    profile = ImageCms.ImageCmsProfile(images.SRGB).tobytes()
    profile = profile.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(data, "PNG", icc_profile=profile)
    for variant in make_variants(data.getvalue(), "png")[40]:
        assert are_alike(variant.getpixel((20, 15)), (0, 255, 0))
        assert "icc_profile" not in variant.info


def test_a_profile_for_other_channels_is_ignored():
    profile = ImageCms.ImageCmsProfile(images.SRGB).tobytes()
    data = io.BytesIO()
    Image.new("L", (40, 30), 100).save(data, "PNG", icc_profile=profile)
    for variant in make_variants(data.getvalue(), "png")[40]:
        assert are_alike(variant.getpixel((20, 15)), (100, 100, 100))


def call_everything(content, ending):
    """Calls every function on `content`. Each returns or raises Refused."""
    path = Path(FOLDER.name) / f"any.{ending}"
    path.write_bytes(content)
    for function, options in (
        (images.read, ()),
        (images.clean, (f"{path}.out",)),
        (images.variants, (f"{path}.out", [20])),
    ):
        try:
            function(str(path), ending, *options)
        except Refused as refused:
            assert refused.code.startswith("picture_")


@given(st.binary(max_size=300), st.sampled_from([b"", *(good[:40] for good in GOOD.values())]))
@example(b"", b"")
@settings(max_examples=60, deadline=None)
def test_any_bytes_under_any_ending_are_read_or_refused(tail, head):
    for ending in images.FORMATS:
        call_everything(head + tail, ending)


ALTERED = [*GOOD.items(), *WITH_METADATA.items(), *ANIMATED.items()]


@given(st.sampled_from(ALTERED), st.data())
@settings(max_examples=150, deadline=None)
def test_altered_images_are_read_or_refused(picture, data):
    ending, content = picture
    content = bytearray(content)
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    call_everything(bytes(content[: data.draw(st.integers(0, len(content)))]), ending)
    call_everything(bytes(content), ending)


@given(st.integers(1, 60), st.integers(1, 60), st.sampled_from(range(1, 9)), st.booleans())
@settings(max_examples=40, deadline=None)
def test_cleaning_a_clean_image_changes_nothing(width, height, orientation, progressive):
    content = files.photo("JPEG", (width, height), orientation, progressive=progressive)
    once = clean_image(content, "jpg")
    assert clean_image(once, "jpg") == once
    facts = images.read(write_file(content, "jpg"), "jpg")
    assert open_image(once).size == (facts["width"], facts["height"])
