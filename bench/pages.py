"""Times every type of page with n and with 10n entries, in a database in memory.

    .venv/bin/python bench/pages.py [n]

Prints milliseconds of server time (median of 7), the ratio, the size of each page and the memory of
the process. Compare the ratios: they hardly depend on the machine.
"""

import os
import resource
import shutil
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ |= {"DATABASE_URL": "sqlite://:memory:", "DJANGO_SETTINGS_MODULE": "tests.settings"}

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from catalog.models import Audience, Level, Tool, ToolType, Topic, Video
from courses.models import Course

MODELS = [Video, Tool, Course]
PATHS = [
    "/",
    "/topics/",
    "/topics/topic-0/",
    "/topics/topic-0/?kind=tool&level=2",
    "/tools/?page=9",
    "/levels/2/",
    "/courses/course-2/",
    "/topics/topic-0/feed/",
    "/courses/course-2.pdf",
    "/topics/topic-0.pdf",
]
RUNS = 7


def fill(first, last):
    topics = [Topic.objects.get_or_create(name=f"Topic {number}")[0] for number in range(20)]
    audiences, levels = list(Audience.objects.all()), list(Level.objects.all())
    types = list(ToolType.objects.all())
    for number in range(first, last):
        model = MODELS[number % 3]
        entry = model.objects.create(
            title=f"{model.__name__} {number}",
            summary="One sheet for the huddle board, to be read in a minute.",
            body="<p>" + "How a team uses it. " * 40 + "</p>",
            published_at=timezone.now() - timedelta(minutes=number),
        )
        entry.topics.add(topics[number % 20])
        entry.audiences.add(audiences[number % len(audiences)])
        entry.levels.add(levels[number % 5])
        if model is Tool:
            entry.renditions.create(format="PDF", pages=1)
            Tool.objects.filter(pk=entry.pk).update(tool_type=types[number % len(types)])


def measure(client, path):
    times = []
    for _run in range(RUNS):
        client.get(path)
        shutil.rmtree(settings.PDF_ROOT, ignore_errors=True)
        start = time.perf_counter()
        size = len(client.get(path).getvalue())
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times), size


def main(count):
    call_command("migrate", verbosity=0)
    client = Client(HTTP_HOST="127.0.0.1")
    fill(0, count)
    few = {path: measure(client, path) for path in PATHS}
    fill(count, 10 * count)
    many = {path: measure(client, path) for path in PATHS}
    print(f"{'ms at':>42} {count:>6} {10 * count:>7}   ratio   kB")
    for path in PATHS:
        (before, _size), (after, size) = few[path], many[path]
        print(f"{path:>42} {before:6.1f} {after:7.1f} {after / before:7.2f} {size / 1000:4.0f}")
    print(f"{'largest memory':>42} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
