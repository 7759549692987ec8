"""Makes editorial/demo/videos/<slug>.mp4, .vtt and .txt, and the poster of each video.

python make_videos.py [slug …]
"""

import subprocess
import sys
import tempfile
import wave
from pathlib import Path

from kit import DEMO, pixels
from PIL import Image
from stage import FPS, HEIGHT, RATE, WIDTH
from stories import STORIES

BATCH = 300  # frames drawn at once; about 200 MB of memory
FADE = 5  # frames that a cut is blended over


def frames(story):
    """Every frame of `story`, with the first ones after a cut blended into the scene before."""
    cuts, shown, last, since = set(story.cuts()), None, None, FADE
    for number, fresh in enumerate(drawn(story)):
        if number in cuts:
            last, since = shown, 0
        since += 1
        shown = fresh if since > FADE else Image.blend(last, fresh, since / (FADE + 1))
        yield shown


def drawn(story):
    count = story.seconds * FPS
    for first in range(0, count, BATCH):
        numbers = range(first, min(first + BATCH, count))
        wanted = [story.drawing(number / FPS) for number in numbers]
        different = list(dict.fromkeys(wanted))
        images = dict(zip(different, pixels(different, WIDTH, HEIGHT), strict=True))
        yield from (images[drawing].convert("RGB") for drawing in wanted)


def write_sound(story, file):
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(story.sound())


def encode(story, sound, file):
    """Baseline H.264 and mono AAC, the pair that every browser and old phone plays."""
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
    for frame in frames(story):
        process.stdin.write(frame.tobytes())
    process.stdin.close()
    if process.wait():
        raise SystemExit(f"ffmpeg could not write {file}")


def stamp(second):
    minutes, rest = divmod(second, 60)
    return f"{int(minutes):02}:{rest:06.3f}"


def captions(story):
    cues = [f"{stamp(start)} --> {stamp(end)}\n{folded(text)}" for start, end, text in story.cues()]
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def folded(text, width=42):
    """`text` on one line, or on two of about the same length."""
    if len(text) <= width:
        return text
    spaces = [n for n, letter in enumerate(text) if letter == " "]
    middle = min(spaces, key=lambda n: abs(n - len(text) / 2))
    return f"{text[:middle]}\n{text[middle + 1 :]}"


def make(slug):
    story = STORIES[slug]
    file = DEMO / "videos" / f"{slug}.mp4"
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "sound.wav"
        write_sound(story, sound)
        encode(story, sound, file)
    file.with_suffix(".vtt").write_text(captions(story))
    file.with_suffix(".txt").write_text(story.transcript() + "\n")
    still = pixels([story.drawing(story.seconds * story.poster)], WIDTH, HEIGHT, 1200 / WIDTH)[0]
    still.convert("RGB").save(DEMO / "images" / f"{slug}.webp", quality=82, method=6)
    print(f"{slug}: {story.seconds} s, {file.stat().st_size // 1024} kB")


if __name__ == "__main__":
    for folder in ("videos", "images"):
        (DEMO / folder).mkdir(exist_ok=True)
    for slug in sys.argv[1:] or STORIES:
        make(slug)
