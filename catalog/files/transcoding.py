"""Describes videos to editors, and makes their posters and phone copies with ffmpeg."""

import os
import resource
import secrets
import shutil
import subprocess
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.files.inspection.captions import clock
from catalog.files.inspection.video import phone_problems

CODECS = {"AVC": "H.264", "HEVC": "HEVC (H.265)", "MPEG-4 Visual": "MPEG-4 Visual (DivX, Xvid)"}
PHONE_SENTENCES = {
    "picture_hevc": gettext_lazy(
        "Some phones cannot play this video because it uses %(picture)s. "
        "Export it as MP4 with H.264."
    ),
    "picture_webm": gettext_lazy(
        "Older iPhones cannot play this video because it uses %(picture)s. "
        "Export it as MP4 with H.264."
    ),
    "picture_other": gettext_lazy(
        "Some phones cannot play this video because it uses %(picture)s. "
        "Export it as MP4 with H.264."
    ),
    "picture_depth": gettext_lazy(
        "Some phones cannot show the colors of this video (%(colors)s). "
        "Export it with 8 bits and 4:2:0."
    ),
    "too_large": gettext_lazy(
        "Some phones cannot play this video because it has %(width)s × %(height)s pixels. "
        "Export it at 1920 × 1080 or smaller."
    ),
    "too_fast": gettext_lazy(
        "Some phones cannot play this video because it has %(rate)s frames per second. "
        "Export it with 30."
    ),
    "sound_other": gettext_lazy(
        "Some phones play this video without sound because its sound uses %(sound)s. "
        "Export it with AAC."
    ),
    "index_at_end": gettext_lazy(
        "Phones must load the whole video before it starts. "
        "Export it for the web (“fast start” or “streaming”)."
    ),
}

POSTER_TIMEOUT_S = 120
POSTER_CODECS = {".webp": ("webp", "libwebp"), ".jpg": ("mjpeg", "mjpeg")}
# Takes two frames a second for ten seconds. Each is made small before ffmpeg compares them.
POSTER_FILTER = "fps=2,scale=iw*sar:ih,setsar=1,scale=w='min(1280,iw)':h=-2,thumbnail=20"
PHONE_FILTER = (
    "scale=iw*sar:ih,setsar=1,"
    "scale=w='if(gt(iw,ih),min(1280,iw),min(720,iw))':h='if(gt(iw,ih),min(720,ih),min(1280,ih))'"
    ":force_original_aspect_ratio=decrease:force_divisible_by=2,format=yuv420p"
)
# An upload must not make ffmpeg open another file, an address or another format.
INPUT_OPTIONS = (
    "-protocol_whitelist file -format_whitelist mov,matroska -max_pixels 35389440 -threads 1"
)
COMMON_OPTIONS = "-nostdin -v error -y -progress pipe:1"
# Drops places and the camera owner's name.
STRIP_OPTIONS = "-sn -dn -map_metadata -1 -map_chapters -1"
PHONE_VIDEO = (
    "-c:v libx264 -profile:v high -preset fast -crf 24 -maxrate 1200k -bufsize 2400k -fpsmax 30"
)
MAX_LINES = 720
MAX_MEMORY = 4 << 30  # of address space, in bytes
MAX_BITRATE = 2_000_000  # bits per second
PHONE_AUDIO = "-c:a aac -b:a 96k -af aformat=channel_layouts=mono|stereo:sample_rates=44100|48000"


class VideoError(Exception):
    """ffmpeg failed. The message is a sentence for editors; `detail` is ffmpeg's last line."""

    def __init__(self, sentence, detail=""):
        super().__init__(sentence)
        self.detail = detail


def phone_sentences(facts):
    """Returns sentences for editors: what keeps a video from playing on phones, and how to fix it.

    `facts` are those of `video.read()` in files.inspection.
    """
    words = facts | {
        "picture": codec_name(facts["picture"]),
        "colors": " ".join(filter(None, [f"{facts['bits'] or 8} bit", facts["chroma"]])),
        "rate": f"{facts['rate'] or 0:g}",
    }
    return [str(PHONE_SENTENCES[code]) % words for code in phone_problems(facts)]


def describe_video(facts):
    """Returns a line such as "1:29 · 1280 × 720 · H.264 picture, AAC sound"."""
    without_sound, with_sound = (
        _("%(picture)s picture, no sound"),
        _("%(picture)s picture, %(sound)s sound"),
    )
    words = {"picture": codec_name(facts["picture"]), "sound": facts["sound"]}
    tracks = (with_sound if facts["sound"] else without_sound) % words
    return f"{clock(facts['seconds'])} · {facts['width']} × {facts['height']} · {tracks}"


def codec_name(name):
    return CODECS.get(name, name)


def has_ffmpeg():
    return bool(shutil.which("ffmpeg"))


def needs_phone_copy(facts):
    """Whether a phone cannot play the video, or should not have to load all of it.

    `facts` are those of `video.read()`, with the size of the file as "bytes".
    """
    is_heavy = 8 * facts.get("bytes", 0) > MAX_BITRATE * facts["seconds"]
    is_large = min(facts["width"], facts["height"]) > MAX_LINES
    return is_heavy or is_large or bool(phone_problems(facts))


def make_poster(path, out, seconds):
    """Writes a typical frame of the first half minute to `out`, a .webp or .jpg file.

    `seconds` is the length of the video. Raises VideoError.
    """
    format, codec = POSTER_CODECS[Path(out).suffix]
    output_options = f"-frames:v 1 {STRIP_OPTIONS} -an -c:v {codec} -f {format}".split()
    with replaced_when_done(out) as part:
        # A video with few frames may have none at that second, so the start is tried too.
        for start in (min(seconds, 30) / 3, 0):
            source = ["-ss", f"{start:.2f}", "-t", "10", *input_arguments(path)]
            run(
                [*source, "-map", "0:v:0", "-vf", POSTER_FILTER, *output_options, file_url(part)],
                POSTER_TIMEOUT_S,
            )
            if part.exists() and part.stat().st_size:
                return
        raise VideoError(_("We could not make a picture from the video."))


def make_phone_copy(path, out, seconds, progress=lambda percent: None):
    """Writes the video to `out` as an MP4 that phones play and load fast.

    It fits into 1280 × 720 pixels, or 720 × 1280 if upright. `seconds` is its length. Calls
    progress(percent), from 0 to 100, each time the percentage changes. Raises VideoError.
    """
    streams = "-map 0:v:0 -map 0:a:0? -movflags +faststart -threads 1 -f mp4"
    output_options = f"{streams} {STRIP_OPTIONS} {PHONE_VIDEO} {PHONE_AUDIO}".split()
    with replaced_when_done(out) as part:
        arguments = [*input_arguments(path), *output_options, "-vf", PHONE_FILTER, file_url(part)]
        run(arguments, 20 * seconds + 60, percent_reader(seconds, progress))
    progress(100)


def input_arguments(path):
    return [*INPUT_OPTIONS.split(), "-i", file_url(path)]


def file_url(path):
    # With "file:" in front, ffmpeg cannot take a name for an option or an address.
    return f"file:{Path(path).absolute()}"


@contextmanager
def replaced_when_done(out):
    """Yields a temporary path beside `out`, and renames that file to `out` at the end.

    Removes the temporary file after an error. Raises VideoError if nothing was written.
    """
    out = Path(out)
    part = out.with_name(f".{secrets.token_hex(8)}.part")
    try:
        yield part
        if not part.exists():
            raise VideoError(_("The video could not be converted."), "nothing was written")
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)


def percent_reader(seconds, progress):
    """Returns a function that reads the lines of ffmpeg's report.

    It calls progress(percent) when the percentage of `seconds` has grown.
    """
    last_percent = 0

    def read_line(line):
        nonlocal last_percent
        name, _sign, value = line.strip().partition("=")
        if name == "out_time_us" and value.isdecimal():
            percent = min(99, int(value) // (10_000 * max(1, seconds)))
            if percent > last_percent:
                last_percent = percent
                progress(percent)

    return read_line


def run(arguments, limit, report=lambda line: None):
    """Runs ffmpeg at low priority for at most `limit` seconds. Raises VideoError."""
    program = shutil.which("ffmpeg")
    if not program:
        raise VideoError(_("The program ffmpeg is not installed on the server."))
    command = [program, *COMMON_OPTIONS.split(), *arguments]
    with tempfile.TemporaryFile() as errors:
        process, timed_out = run_with_timeout(command, limit, report, errors)
        if timed_out:
            raise VideoError(_("The video took too long to convert."), last_line(errors))
        if process.returncode:
            raise VideoError(_("The video could not be converted."), last_line(errors))


def run_with_timeout(command, limit, report, errors):
    """Runs `command` and calls `report` with each line of its output.

    Returns (the ended process, whether it was stopped because it took too long). The process ends
    even if `report` raises an error.
    """
    timed_out = threading.Event()
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True
    ) as process:
        timer = threading.Timer(limit, stop, [process, timed_out])
        timer.start()
        try:
            os.setpriority(os.PRIO_PROCESS, process.pid, 10)
            limit_memory(process.pid)
            for line in process.stdout:
                report(line)
            process.wait()
        finally:
            timer.cancel()
            process.kill()
    return process, timed_out.is_set()


def limit_memory(pid):
    """Limits the address space of another process, on systems that support it."""
    if hasattr(resource, "prlimit"):
        resource.prlimit(pid, resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


def stop(process, timed_out):
    timed_out.set()
    process.kill()


def last_line(errors):
    errors.seek(0, os.SEEK_END)
    errors.seek(max(0, errors.tell() - 2000))
    lines = errors.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""
