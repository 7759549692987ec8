"""Animated scenes: what they show at each second, and when the voice speaks each sentence.

A scene's parts enter at a place that counts lines: 0 is the start of the scene's first sentence and
1.5 the middle of the second one. So drawings follow the voice at any speed.
"""

import array
import subprocess
import tempfile
import wave
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kit import INK, LEVELS, LINE, PAPER, TEAL, WHITE, dot, group, path, rect, svg, words
from pictograms import sign

WIDTH, HEIGHT, FPS = 640, 360, 12
SAMPLE_RATE_HZ = 22050  # of espeak-ng
VOICE = ["espeak-ng", "-v", "en-us", "-s", "150", "-p", "42", "-g", "2"]
# Seconds of silence before, between and after the sentences of a scene.
LEAD_S, GAP_S, TAIL_S = 0.7, 0.4, 1.1


def trim_silence(samples, quiet=100):
    """Removes the silence before and after the voice."""
    loud = [n for n, sample in enumerate(samples) if abs(sample) > quiet]
    return samples[loud[0] : loud[-1] + SAMPLE_RATE_HZ // 20]


@dataclass
class Line:
    text: str
    pause: float = GAP_S  # seconds of silence after it

    @cached_property
    def samples(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "line.wav"
            subprocess.run([*VOICE, "-w", file, self.text], check=True)
            with wave.open(str(file)) as sound:
                return trim_silence(array.array("h", sound.readframes(sound.getnframes())))

    @property
    def seconds(self):
        return len(self.samples) / SAMPLE_RATE_HZ


class Scene:
    def __init__(self, lines, *parts, background=PAPER):
        self.lines = [line if isinstance(line, Line) else Line(line) for line in lines]
        self.parts, self.background, self.stretch = parts, background, 1.0

    def starts(self):
        """Returns the second at which each line starts, and the end of the scene."""
        second, starts = LEAD_S * self.stretch, []
        for line in self.lines:
            starts.append(second)
            second += line.seconds + line.pause * self.stretch
        return [*starts, second + (TAIL_S - GAP_S) * self.stretch]

    def clock(self, place):
        """Returns the second at `place`, which counts lines."""
        if place <= 0:
            return 0.0
        starts = self.starts()
        number = min(int(place), len(starts) - 2)
        return starts[number] + (place - number) * (starts[number + 1] - starts[number])

    def draw(self, second):
        inside = "".join(
            part(second - self.clock(place))
            for place, part in self.parts
            if second >= self.clock(place)
        )
        return rect(0, 0, WIDTH, HEIGHT, self.background) + inside


class Story:
    """Scenes in order. `seconds` sets an exact length, which the story reaches with its pauses."""

    def __init__(self, *scenes, seconds=None, poster=0.5):
        self.scenes, self.poster = scenes, poster
        natural = sum(scene.starts()[-1] for scene in scenes)
        self.seconds = seconds or int(natural) + 1
        self.stretch_to(natural)

    def stretch_to(self, natural):
        spoken = sum(line.seconds for scene in self.scenes for line in scene.lines)
        for scene in self.scenes:
            scene.stretch = (self.seconds - spoken) / (natural - spoken)

    def cues(self):
        """Yields (start, end, text) of every line, in seconds from the start of the video."""
        begin = 0.0
        for scene in self.scenes:
            *starts, end = scene.starts()
            for start, line in zip(starts, scene.lines, strict=True):
                yield begin + start, begin + start + line.seconds, line.text
            begin += end

    def transcript(self):
        return "\n\n".join(" ".join(line.text for line in scene.lines) for scene in self.scenes)

    def sound(self):
        samples = array.array("h", bytes(2 * SAMPLE_RATE_HZ * self.seconds))
        lines = (line for scene in self.scenes for line in scene.lines)
        for (start, _end, _text), line in zip(self.cues(), lines, strict=True):
            first = int(start * SAMPLE_RATE_HZ)
            samples[first : first + len(line.samples)] = line.samples
        return samples[: SAMPLE_RATE_HZ * self.seconds].tobytes()

    def drawing(self, second):
        """Returns the SVG text of the video at `second`."""
        begin = 0.0
        for scene in self.scenes:
            end = begin + scene.starts()[-1]
            if second < end or scene is self.scenes[-1]:
                break
            begin = end
        return svg(WIDTH, HEIGHT, scene.draw(second - begin), draw_progress(second / self.seconds))

    def cuts(self):
        """Yields the number of the first frame of every scene except the first."""
        second = 0.0
        for scene in self.scenes[:-1]:
            second += scene.starts()[-1]
            yield round(second * FPS) + 1


def draw_progress(share):
    """Draws five small dots at the top that fill while the video plays."""
    filled = share * 5
    dots = [
        dot(x, 26, 4.6, LEVELS[n])
        if filled >= n + 0.5
        else dot(x, 26, 3.8, WHITE, stroke="#8fa0a3")
        for n, x in enumerate(range(30, 31 + 4 * 15, 15))
    ]
    return path("M30 26 h60", LINE, 2) + "".join(dots)


def ease(second, length=0.6):
    share = min(max(second / length, 0), 1)
    return share * share * (3 - 2 * share)


def enter(place, drawing, rise=12):
    """Fades `drawing` in from below, starting at `place`."""
    return place, lambda second: group(
        drawing, 0, rise * (1 - ease(second)), opacity=round(ease(second), 2)
    )


def slide(place, drawing, dx=0, dy=0, length=1.0):
    """Moves `drawing` by dx, dy to its own position."""
    return place, lambda second: group(
        drawing, -dx * (1 - ease(second, length)), -dy * (1 - ease(second, length))
    )


def grow(place, x, base, width, height, color, length=0.8):
    """Draws a bar that grows up from the line at `base`."""

    def drawing(second):
        tall = max(height * ease(second, length), 0.5)
        return rect(x, round(base - tall, 1), width, round(tall, 1), color, radius=4)

    return place, drawing


def trace(place, shape, long, color=TEAL, width=5, length=1.2):
    """Draws a line along `shape`, which is at most `long` units long."""
    return place, lambda second: path(
        shape, color, width, stroke_dasharray=f"{long * ease(second, length):.1f} {long * 2}"
    )


def pop(place, x, y, radius, color):
    return place, lambda second: dot(x, y, round(radius * ease(second, 0.4), 2), color)


def icon(place, name, x, y, size=110, **colors):
    """Shows the pictogram `name` centered on x, y."""
    return enter(place, sign(name, x - size / 2, y - size / 2, size, **colors))


def text(place, content, x=320, y=180, size=30, **look):
    return enter(place, words(content, x, y, size, **{"weight": 800, **look}))


def note(place, content, x=320, y=180, size=20, **look):
    return enter(place, words(content, x, y, size, **{"weight": 700, "fill": INK, **look}))
