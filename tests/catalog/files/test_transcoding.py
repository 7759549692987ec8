import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from catalog.files import transcoding
from catalog.files.inspection.video import phone_problems, read
from catalog.sandbox.exceptions import Refused
from tests import files

DEMO = Path(__file__).resolve().parents[3] / "editorial/demo/videos/what-consensus-is.mp4"
SAFE = {
    "seconds": 89,
    "width": 1280,
    "height": 720,
    "rotated": False,
    "picture": "AVC",
    "profile": "High@L3.1",
    "bits": 8,
    "chroma": "4:2:0",
    "rate": 30.0,
    "sound": "AAC",
    "streamable": True,
}
PICTURE = "-f lavfi -i testsrc=size=64x64:rate=10:duration=1"
SOUND = "-f lavfi -i sine=duration=1"
H264 = "-c:v libx264 -pix_fmt yuv420p"
VIDEOS = {
    "safe.mp4": f"{PICTURE} {SOUND} {H264} -metadata location=+37-122/ -movflags +faststart",
    "late.mp4": f"{PICTURE} {H264}",
    "hevc.mp4": f"{PICTURE} -c:v libx265 -x265-params log-level=none -pix_fmt yuv420p",
    "deep.mp4": f"{PICTURE} -c:v libx264 -pix_fmt yuv420p10le",
    "mp3.mp4": f"{PICTURE} {SOUND} {H264} -c:a libmp3lame",
    "opus.mp4": f"{PICTURE} {SOUND} {H264} -c:a libopus",
    "vp9.webm": f"{PICTURE} {SOUND} -c:v libvpx-vp9 -c:a libopus",
    "matroska.mkv": f"{PICTURE} {H264}",
    "sound.mp4": f"{SOUND}",
    "sound.webm": f"{SOUND} -c:a libopus",
    "wide.mp4": f"-f lavfi -i testsrc=size=128x64:rate=10:duration=1 {H264}",
    "large.mp4": f"-f lavfi -i color=teal:size=2000x100:rate=2:duration=1 {H264}",
}


@pytest.fixture(scope="module")
def video_path(tmp_path_factory):
    """video_path("hevc.mp4") returns the path of one of VIDEOS, and makes it on the first call."""
    if not transcoding.has_ffmpeg():
        pytest.skip("ffmpeg, which makes the videos, is not installed")
    folder = tmp_path_factory.mktemp("videos")

    def path_of(name):
        path = folder / name
        if not path.exists():
            make(path, VIDEOS[name])
        return path

    return path_of


def make(path, arguments):
    command = ["ffmpeg", "-nostdin", "-v", "error", *arguments.split(), str(path)]
    if subprocess.run(command, stdin=subprocess.DEVNULL).returncode:
        pytest.skip(f"this ffmpeg cannot make {path.name}")


@pytest.fixture
def rotated_video(video_path, tmp_path):
    """A video as a phone records it upright: 128 × 64 pixels, marked as rotated."""
    path = tmp_path / "turned.mp4"
    make(path, f"-i {video_path('wide.mp4')} -c copy -metadata:s:v rotate=90")
    return path


def refusal(path, ending=None):
    with pytest.raises(Refused) as caught:
        read(path, ending or path.suffix[1:])
    assert caught.value.facts == {}
    return caught.value.code


def test_the_facts_of_the_demo_video_are_read_and_described():
    facts = read(DEMO, "mp4")
    assert facts == SAFE | {
        "seconds": 45,
        "width": 640,
        "height": 360,
        "profile": "Constrained Baseline@L3.1",
        "rate": 12.0,
    }
    assert phone_problems(facts) == []
    assert transcoding.describe_video(facts) == "0:45 · 640 × 360 · H.264 picture, AAC sound"


@pytest.mark.parametrize(
    "name, picture, sound, problems",
    [
        ("safe.mp4", "AVC", "AAC", []),
        ("late.mp4", "AVC", "", ["index_at_end"]),
        ("hevc.mp4", "HEVC", "", ["picture_hevc", "index_at_end"]),
        ("deep.mp4", "AVC", "", ["picture_depth", "index_at_end"]),
        ("mp3.mp4", "AVC", "MP3", ["index_at_end"]),
        ("opus.mp4", "AVC", "Opus", ["sound_other", "index_at_end"]),
        ("vp9.webm", "VP9", "Opus", ["picture_webm"]),
        ("large.mp4", "AVC", "", ["too_large", "index_at_end"]),
    ],
)
def test_a_video_is_read(video_path, name, picture, sound, problems):
    path = video_path(name)
    facts = read(path, path.suffix[1:])
    assert (facts["seconds"], facts["picture"], facts["sound"]) == (1, picture, sound)
    assert phone_problems(facts) == problems


def test_a_rotated_video_has_the_size_as_shown(rotated_video):
    facts = read(rotated_video, "mp4")
    assert (facts["width"], facts["height"], facts["rotated"]) == (64, 128, True)


@pytest.mark.parametrize(
    "name, ending, code",
    [
        ("safe.mp4", "webm", "video_other_format"),
        ("vp9.webm", "mp4", "video_other_format"),
        ("matroska.mkv", "webm", "video_other_format"),
        ("sound.mp4", "mp4", "video_no_picture"),
        ("sound.webm", "webm", "video_no_picture"),
    ],
)
def test_another_format_and_a_video_without_a_video_track_are_refused(
    video_path, name, ending, code
):
    assert refusal(video_path(name), ending) == code


@pytest.mark.parametrize("name", ["safe.mp4", "late.mp4", "vp9.webm"])
def test_a_video_that_is_cut_off_is_refused(video_path, tmp_path, name):
    content = video_path(name).read_bytes()
    path = tmp_path / name
    for length in (len(content) - 1, len(content) // 2, 70):
        path.write_bytes(content[:length])
        assert refusal(path) == "video_cut_off"


def test_a_video_that_does_not_say_its_length_is_refused(video_path, tmp_path):
    """Browsers write such files: the length is not known yet when the file begins."""
    path = tmp_path / "live.webm"
    make(path, f"-i {video_path('vp9.webm')} -c copy -live 1")
    assert refusal(path) == "video_no_length"


def test_an_mp4_without_tracks_is_refused(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(files.mp4_boxes())
    assert refusal(path) == "video_no_picture"


@given(st.binary(max_size=200), st.sampled_from([b"", files.mp4_boxes(), DEMO.read_bytes()[:3000]]))
@settings(max_examples=50, deadline=None)
def test_no_bytes_crash_the_reader(tmp_path_factory, tail, head):
    path = tmp_path_factory.getbasetemp() / "wild"
    for start in (head, b"\x1aE\xdf\xa3\x9fB\x82\x84webm" + head, b"\x1aE\xdf\xa3\x00" + b"webm"):
        path.write_bytes(start + tail)
        for ending in ("mp4", "webm"):
            assert refusal(path, ending).startswith("video_")


@pytest.mark.parametrize(
    "facts, sentence",
    [
        (
            {"picture": "HEVC"},
            "Some phones cannot play this video because it uses HEVC (H.265). "
            "Export it as MP4 with H.264.",
        ),
        (
            {"picture": "VP9", "sound": "Opus", "streamable": None},
            "Older iPhones cannot play this video because it uses VP9. "
            "Export it as MP4 with H.264.",
        ),
        (
            {"picture": "MPEG Video"},
            "Some phones cannot play this video because it uses MPEG Video. "
            "Export it as MP4 with H.264.",
        ),
        (
            {"bits": 10, "chroma": "4:2:2"},
            "Some phones cannot show the colors of this video (10 bit 4:2:2). "
            "Export it with 8 bits and 4:2:0.",
        ),
        (
            {"width": 2160, "height": 3840},
            "Some phones cannot play this video because it has 2160 × 3840 pixels. "
            "Export it at 1920 × 1080 or smaller.",
        ),
        (
            {"rate": 120.0},
            "Some phones cannot play this video because it has 120 frames per second. "
            "Export it with 30.",
        ),
        (
            {"sound": "AC-3"},
            "Some phones play this video without sound because its sound uses AC-3. "
            "Export it with AAC.",
        ),
        (
            {"streamable": False},
            "Phones must load the whole video before it starts. "
            "Export it for the web (“fast start” or “streaming”).",
        ),
    ],
)
def test_an_editor_reads_what_keeps_a_video_from_phones(facts, sentence):
    assert transcoding.phone_sentences(SAFE | facts) == [sentence]


@pytest.mark.parametrize(
    "facts", [{}, {"sound": ""}, {"width": 1080, "height": 1920}, {"rate": None}]
)
def test_a_video_that_every_phone_plays_gets_no_sentence(facts):
    assert transcoding.phone_sentences(SAFE | facts) == []


def test_a_silent_video_is_described():
    facts = SAFE | {"sound": "", "picture": "VP8"}
    assert transcoding.describe_video(facts) == "1:29 · 1280 × 720 · VP8 picture, no sound"


@pytest.mark.parametrize("suffix, format", [(".webp", "WEBP"), (".jpg", "JPEG")])
def test_a_poster_is_made(video_path, tmp_path, suffix, format):
    out = tmp_path / f"%d poster{suffix}"
    transcoding.make_poster(DEMO, out, 45)
    with Image.open(out) as picture:
        assert (picture.format, picture.size) == (format, (640, 360))
        darkest, lightest = picture.convert("L").getextrema()
        assert lightest - darkest > 100
    assert list(tmp_path.iterdir()) == [out]


def test_a_short_or_rotated_video_gets_a_poster(video_path, rotated_video, tmp_path):
    for path, size in [(video_path("late.mp4"), (64, 64)), (rotated_video, (64, 128))]:
        transcoding.make_poster(path, tmp_path / "a.webp", 1)
        with Image.open(tmp_path / "a.webp") as picture:
            assert picture.size == size


@pytest.mark.parametrize("name", ["safe.mp4", "hevc.mp4", "deep.mp4", "opus.mp4", "vp9.webm"])
def test_phones_can_play_the_copy(video_path, tmp_path, name):
    out, percents = tmp_path / "copy", []
    transcoding.make_phone_copy(video_path(name), out, 1, percents.append)
    facts = read(out, "mp4")
    assert phone_problems(facts) == []
    assert (facts["seconds"], facts["width"], facts["height"]) == (1, 64, 64)
    assert bool(facts["sound"]) == bool(read(video_path(name), name.split(".")[1])["sound"])
    assert percents == sorted(set(percents)) and percents[-1] == 100
    assert b"+37-122" not in out.read_bytes()
    assert list(tmp_path.iterdir()) == [out]


def test_the_copy_is_upright_and_smaller(video_path, rotated_video, tmp_path):
    out = tmp_path / "copy.mp4"
    for path, size in [(rotated_video, (64, 128)), (video_path("large.mp4"), (1280, 64))]:
        transcoding.make_phone_copy(path, out, 1)
        facts = read(out, "mp4")
        assert (facts["width"], facts["height"], facts["rotated"]) == (*size, False)


def test_a_file_that_is_not_a_video_leaves_no_copy_and_no_poster(video_path, tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"#EXTM3U\n#EXTINF:1.0,\n" + str(video_path("safe.mp4")).encode())
    for function in (transcoding.make_poster, transcoding.make_phone_copy):
        with pytest.raises(transcoding.VideoError, match="could not be converted") as caught:
            function(path, tmp_path / "out.webp", 1)
        assert "a.mp4: " in caught.value.detail
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_ffmpeg_gives_a_plain_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not transcoding.has_ffmpeg()
    with pytest.raises(transcoding.VideoError, match="The program ffmpeg is not installed"):
        transcoding.make_phone_copy(DEMO, tmp_path / "copy.mp4", 45)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def fake_ffmpeg(monkeypatch, tmp_path):
    """fake_ffmpeg("sleep 60") installs an ffmpeg that only sleeps; returns its PID file's path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def install(script):
        program = folder / "ffmpeg"
        program.write_text(f"#!/bin/sh\necho $$ > {folder}/pid\n{script}\n")
        program.chmod(0o755)
        return folder / "pid"

    return install


def is_running(pid):
    return Path(f"/proc/{pid.read_text().strip()}").exists()


def test_an_ffmpeg_that_hangs_is_stopped(fake_ffmpeg, tmp_path):
    pid = fake_ffmpeg("exec sleep 60")
    with pytest.raises(transcoding.VideoError, match="too long"):
        transcoding.run([], 1)
    assert not is_running(pid)


def test_an_ffmpeg_that_dies_leaves_its_last_error_line(fake_ffmpeg, tmp_path):
    pid = fake_ffmpeg("echo first >&2; echo last >&2; kill -9 $$")
    with pytest.raises(transcoding.VideoError, match="could not be converted") as caught:
        transcoding.make_phone_copy(DEMO, tmp_path / "copy.mp4", 45)
    assert caught.value.detail == "last"
    assert not is_running(pid)


def test_long_output_of_ffmpeg_is_read_and_a_missing_copy_is_an_error(fake_ffmpeg, tmp_path):
    fake_ffmpeg("head -c 300000 /dev/zero >&2; echo out_time_us=N/A; echo out_time_us=500000")
    percents = []
    with pytest.raises(transcoding.VideoError, match="could not be converted"):
        transcoding.make_phone_copy(DEMO, tmp_path / "copy.mp4", 1, percents.append)
    assert percents == [50]


def test_an_error_in_the_progress_function_stops_ffmpeg(fake_ffmpeg, tmp_path):
    pid = fake_ffmpeg("echo out_time_us=500000; exec sleep 60")
    with pytest.raises(KeyError):
        transcoding.make_phone_copy(DEMO, tmp_path / "copy.mp4", 1, {}.__getitem__)
    assert not is_running(pid)
    assert [path.name for path in tmp_path.iterdir()] == ["bin"]


def test_an_earlier_copy_is_kept_when_the_next_one_fails(fake_ffmpeg, tmp_path):
    out = tmp_path / "copy.mp4"
    shutil.copy(DEMO, out)
    fake_ffmpeg("exit 1")
    with pytest.raises(transcoding.VideoError):
        transcoding.make_phone_copy(DEMO, out, 45)
    assert out.stat().st_size == DEMO.stat().st_size
