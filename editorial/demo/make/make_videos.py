"""Makes editorial/demo/videos/<slug>.mp4, .vtt and .txt, and the poster image of each video.

python make_videos.py [slug …]
"""

import subprocess
import sys
import tempfile
import wave
from pathlib import Path

from kit import DEMO, render_svgs
from PIL import Image
from stage import FPS, HEIGHT, SAMPLE_RATE_HZ, WIDTH
from stories import STORIES

BATCH_FRAMES = 300  # drawn at once; needs about 200 MB of memory
FADE_FRAMES = 5  # the frames that blend after a cut


def blend_frames(story):
    """Yields every frame of `story`. The first frames after a cut blend with the scene before."""
    cuts, previous, last, since = set(story.cuts()), None, None, FADE_FRAMES
    for number, fresh in enumerate(draw_frames(story)):
        if number in cuts:
            last, since = previous, 0
        since += 1
        previous = (
            fresh if since > FADE_FRAMES else Image.blend(last, fresh, since / (FADE_FRAMES + 1))
        )
        yield previous


def draw_frames(story):
    count = story.seconds * FPS
    for first in range(0, count, BATCH_FRAMES):
        numbers = range(first, min(first + BATCH_FRAMES, count))
        drawings = [story.drawing(number / FPS) for number in numbers]
        different = list(dict.fromkeys(drawings))
        images = dict(zip(different, render_svgs(different, WIDTH, HEIGHT), strict=True))
        yield from (images[drawing].convert("RGB") for drawing in drawings)


def write_sound(story, file):
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(SAMPLE_RATE_HZ)
        sound.writeframes(story.sound())


def encode(story, sound, file):
    """Writes baseline H.264 and mono AAC, which every browser and old phone plays."""
    long = story.seconds > 60
    tone = ["-ar", "16000", "-b:a", "8k"] if long else ["-ar", "22050", "-b:a", "24k"]
    command = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS), "-i", "-", "-i", sound]
    command += ["-af", "highpass=f=90,lowpass=f=7000,loudnorm=I=-18:TP=-2"]
    command += ["-c:v", "libx264", "-profile:v", "baseline", "-pix_fmt", "yuv420p"]
    command += [
        "-preset",
        "veryslow",
        "-tune",
        "animation",
        "-crf",
        "35" if long else "31",
        "-g",
        "480",
    ]
    command += ["-c:a", "aac", "-ac", "1", *tone, "-t", str(story.seconds)]
    command += ["-movflags", "+faststart", "-map_metadata", "-1", file]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    for frame in blend_frames(story):
        process.stdin.write(frame.tobytes())
    process.stdin.close()
    if process.wait():
        raise SystemExit(f"ffmpeg could not write {file}")


def format_time(second):
    minutes, rest = divmod(second, 60)
    return f"{int(minutes):02}:{rest:06.3f}"


def format_captions(story):
    cues = [
        f"{format_time(start)} --> {format_time(end)}\n{fold_caption(text)}"
        for start, end, text in story.cues()
    ]
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def fold_caption(text, width=42):
    """Puts `text` on one line, or on two lines of about the same length."""
    if len(text) <= width:
        return text
    spaces = [n for n, letter in enumerate(text) if letter == " "]
    middle = min(spaces, key=lambda n: abs(n - len(text) / 2))
    return f"{text[:middle]}\n{text[middle + 1 :]}"


def make_video(slug):
    story = STORIES[slug]
    file = DEMO / "videos" / f"{slug}.mp4"
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "sound.wav"
        write_sound(story, sound)
        encode(story, sound, file)
    file.with_suffix(".vtt").write_text(format_captions(story))
    file.with_suffix(".txt").write_text(story.transcript() + "\n")
    poster = story.drawing(story.seconds * story.poster)
    [still] = render_svgs([poster], WIDTH, HEIGHT, 1200 / WIDTH)
    still.convert("RGB").save(DEMO / "images" / f"{slug}.webp", quality=82, method=6)
    print(f"{slug}: {story.seconds} s, {file.stat().st_size // 1024} kB")


if __name__ == "__main__":
    for folder in ("videos", "images"):
        (DEMO / folder).mkdir(exist_ok=True)
    for slug in sys.argv[1:] or STORIES:
        make_video(slug)
