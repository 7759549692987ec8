"""Films in words for editors, and what ffmpeg makes of them: a poster and a copy for phones."""

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
        "Phones may not play it: the picture is coded as %(picture)s. Export it as MP4 with H.264."
    ),
    "picture_webm": gettext_lazy(
        "Older iPhones do not play it: the picture is coded as %(picture)s. "
        "Export it as MP4 with H.264."
    ),
    "picture_other": gettext_lazy(
        "Phones may not play it: the picture is coded as %(picture)s. Export it as MP4 with H.264."
    ),
    "picture_depth": gettext_lazy(
        "Phones may not play it: its colors are finer than they can show (%(colors)s). "
        "Export it with 8 bits and 4:2:0."
    ),
    "too_large": gettext_lazy(
        "Phones may not play it: %(width)s × %(height)s pixels are too many. "
        "Export it with 1920 × 1080 or fewer."
    ),
    "too_fast": gettext_lazy(
        "Phones may not play it: it has %(rate)s pictures a second. Export it with 30."
    ),
    "sound_other": gettext_lazy(
        "Phones may play it without sound: that is coded as %(sound)s. Export it with AAC."
    ),
    "index_at_end": gettext_lazy(
        "Phones have to load all of it before it starts. "
        "Export it for the web (“fast start” or “streaming”)."
    ),
}

POSTER_LIMIT = 120  # seconds that ffmpeg may take
POSTER_CODECS = {".webp": ("webp", "libwebp"), ".jpg": ("mjpeg", "mjpeg")}
# Two pictures a second for ten seconds, made small before they are held and compared.
POSTER = "fps=2,scale=iw*sar:ih,setsar=1,scale=w='min(1280,iw)':h=-2,thumbnail=20"
PHONE = (
    "scale=iw*sar:ih,setsar=1,"
    "scale=w='if(gt(iw,ih),min(1280,iw),min(720,iw))':h='if(gt(iw,ih),min(720,ih),min(1280,ih))'"
    ":force_original_aspect_ratio=decrease:force_divisible_by=2,format=yuv420p"
)
# What comes from outside opens no other file or address, and no format but those of films.
READING = "-protocol_whitelist file -format_whitelist mov,matroska -max_pixels 35389440 -threads 1"
RUNNING = "-nostdin -v error -y -progress pipe:1"
ALONE = "-sn -dn -map_metadata -1 -map_chapters -1"  # no place, no name of a camera's owner
PHONE_PICTURE = (
    "-c:v libx264 -profile:v high -preset fast -crf 24 -maxrate 1200k -bufsize 2400k -fpsmax 30"
)
LINES = 720
MOST_MEMORY = 4 << 30  # of address space, in bytes
HEAVY = 2_000_000  # bits a second
PHONE_SOUND = "-c:a aac -b:a 96k -af aformat=channel_layouts=mono|stereo:sample_rates=44100|48000"


class FilmError(Exception):
    """A plain sentence; `detail` is the last that ffmpeg said."""

    def __init__(self, sentence, detail=""):
        super().__init__(sentence)
        self.detail = detail


def phone_sentences(facts):
    """What keeps a film from playing on phones and how to mend it; `facts` as films.read gives."""
    words = facts | {
        "picture": codec_name(facts["picture"]),
        "colors": " ".join(filter(None, [f"{facts['bits'] or 8} bit", facts["chroma"]])),
        "rate": f"{facts['rate'] or 0:g}",
    }
    return [str(PHONE_SENTENCES[code]) % words for code in phone_problems(facts)]


def described(facts):
    """As "1:29 · 1280 × 720 · H.264 picture, AAC sound"."""
    silent, heard = _("%(picture)s picture, no sound"), _("%(picture)s picture, %(sound)s sound")
    words = {"picture": codec_name(facts["picture"]), "sound": facts["sound"]}
    tracks = (heard if facts["sound"] else silent) % words
    return f"{clock(facts['seconds'])} · {facts['width']} × {facts['height']} · {tracks}"


def codec_name(name):
    return CODECS.get(name, name)


def ffmpeg_is_there():
    return bool(shutil.which("ffmpeg"))


def needs_phone_copy(facts):
    """Whether a film is more than a phone plays, or than it should have to load."""
    heavy = 8 * facts.get("bytes", 0) > HEAVY * facts["seconds"]
    large = min(facts["width"], facts["height"]) > LINES
    return heavy or large or bool(phone_problems(facts))


def make_poster(path, out, seconds):
    """Writes a typical picture of the film's first half minute to `out`, a .webp or .jpg.

    Raises FilmError.
    """
    format, codec = POSTER_CODECS[Path(out).suffix]
    making = f"-frames:v 1 {ALONE} -an -c:v {codec} -f {format}".split()
    with made_whole(out) as part:
        # A film of few pictures may have none so far in.
        for start in (min(seconds, 30) / 3, 0):
            source = ["-ss", f"{start:.2f}", "-t", "10", *source_of(path)]
            run([*source, "-map", "0:v:0", "-vf", POSTER, *making, local(part)], POSTER_LIMIT)
            if part.exists() and part.stat().st_size:
                return
        raise FilmError(_("No picture could be taken from the film."))


def make_phone_copy(path, out, seconds, progress=lambda percent: None):
    """Writes the film to `out` as an MP4 that phones play and load soon, at most 720 lines high.

    Calls progress(0 … 100) when the percentage has changed. Raises FilmError.
    """
    streams = "-map 0:v:0 -map 0:a:0? -movflags +faststart -threads 1 -f mp4"
    making = f"{streams} {ALONE} {PHONE_PICTURE} {PHONE_SOUND}".split()
    with made_whole(out) as part:
        arguments = [*source_of(path), *making, "-vf", PHONE, local(part)]
        run(arguments, 20 * seconds + 60, percents(seconds, progress))
    progress(100)


def source_of(path):
    return [*READING.split(), "-i", local(path)]


def local(path):
    # With its protocol a name cannot be taken for an option or for an address.
    return f"file:{Path(path).absolute()}"


@contextmanager
def made_whole(out):
    """A path beside `out` to write to, which takes its place at the end or leaves nothing."""
    out = Path(out)
    part = out.with_name(f".{secrets.token_hex(8)}.part")
    try:
        yield part
        if not part.exists():
            raise FilmError(_("The film could not be converted."), "nothing was written")
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)


def percents(seconds, progress):
    """A function that takes each line of ffmpeg's report and tells `progress` of new percents."""
    told = 0

    def read(line):
        nonlocal told
        name, _sign, value = line.strip().partition("=")
        if name == "out_time_us" and value.isdecimal():
            percent = min(99, int(value) // (10_000 * max(1, seconds)))
            if percent > told:
                told = percent
                progress(percent)

    return read


def run(arguments, limit, report=lambda line: None):
    """Runs ffmpeg behind all other work, for `limit` seconds at most; raises FilmError."""
    program = shutil.which("ffmpeg")
    if not program:
        raise FilmError(_("The program ffmpeg is not installed on the server."))
    command = [program, *RUNNING.split(), *arguments]
    with tempfile.TemporaryFile() as errors:
        process, late = watched(command, limit, report, errors)
        if late:
            raise FilmError(_("The film took too long to convert."), last_line(errors))
        if process.returncode:
            raise FilmError(_("The film could not be converted."), last_line(errors))


def watched(command, limit, report, errors):
    """(the ended process, whether it was stopped for its time), whatever `report` raises."""
    late = threading.Event()
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True
    ) as process:
        timer = threading.Timer(limit, stop, [process, late])
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
    return process, late.is_set()


def limit_memory(pid):
    """Where the system lets it be said of another process."""
    if hasattr(resource, "prlimit"):
        resource.prlimit(pid, resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def stop(process, late):
    late.set()
    process.kill()


def last_line(errors):
    errors.seek(0, os.SEEK_END)
    errors.seek(max(0, errors.tell() - 2000))
    lines = errors.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""
