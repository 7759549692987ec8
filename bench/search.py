"""Times search, suggestions and late pages at several sizes of the catalog, in one run.

    .venv/bin/python bench/search.py [1000 10000 100000]

The script creates its own database and removes it: an SQLite file, or a database on the PostgreSQL
server that DATABASE_URL names. Prints milliseconds of server time. The requests of a row differ:
their words are random and as frequent as words in real text, the most common ones included.
"""

import os
import random
import re
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from itertools import accumulate
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
folder = tempfile.TemporaryDirectory(prefix="bench-")
os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder.name}/bench.sqlite3")
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from catalog.models import (
    Audience,
    Delivery,
    Dimension,
    IndexPart,
    Level,
    Rendition,
    Resource,
    Tool,
    ToolType,
    Topic,
)
from catalog.search import engines, indexing

KINDS = ["video", "tool", "course"]
REQUESTS = 200
SYLLABLES = re.findall("..", "bacodafegihojukaleminopurasetivowaxeyozi")
COMMON = ["team", "huddle", "safety", "consensus", "sponsor", "meeting", "change", "poster"]


def make_vocabulary(count):
    """Returns (`count` words, their weights). About a hundred words make up half of all text."""
    chance = random.Random(7)
    lengths = (chance.randint(2, 4) for _n in range(3 * count))
    invented = ("".join(chance.choices(SYLLABLES, k=length)) for length in lengths)
    words = list(dict.fromkeys([*COMMON, *invented]))[:count]
    return words, list(accumulate(1 / (place + 2) for place in range(len(words))))


WORDS, WEIGHTS = make_vocabulary(20_000)


def random_text(chance, count):
    return " ".join(chance.choices(WORDS, cum_weights=WEIGHTS, k=count))


def fill(first, last):
    chance, now = random.Random(first), timezone.now()
    Resource.objects.bulk_create(
        (
            Resource(
                kind=KINDS[number % 3],
                title=random_text(chance, chance.randint(2, 7)).title(),
                slug=f"entry-{number}",
                summary=random_text(chance, 15),
                body=f"<p>{random_text(chance, 80)}</p>",
                minutes_min=10 + number % 400,
                minutes_max=10 + number % 400,
                published_at=now - timedelta(minutes=number),
            )
            for number in range(first, last)
        ),
        batch_size=5000,
    )
    make_children()
    link(list(Resource.objects.order_by("-pk").values_list("pk", "kind")[: last - first]), chance)


def make_children():
    """Adds the rows of the three kinds, which bulk_create does not create."""
    for kind in KINDS:
        model = next(m for m in Resource.__subclasses__() if m._meta.model_name == kind)
        fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
        columns = ", ".join(field.column for field in fields)
        values = [field.get_db_prep_save(field.get_default(), connection) for field in fields]
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} (resource_ptr_id, {columns})"
                f" SELECT id{', %s' * len(fields)} FROM catalog_resource WHERE kind = %s"
                f" AND id NOT IN (SELECT resource_ptr_id FROM {model._meta.db_table})",
                [*values, kind],
            )


def link(rows, chance):
    for name, model in (
        ("levels", Level),
        ("audiences", Audience),
        ("topics", Topic),
        ("dimensions", Dimension),
    ):
        through, terms = getattr(Resource, name).through, list(model.objects.all())
        column = through._meta.fields[2].attname
        through.objects.bulk_create(
            (
                through(resource_id=pk, **{column: term.pk})
                for pk, _kind in rows
                for term in chance.sample(terms, chance.randint(1, 2))
            ),
            batch_size=10_000,
        )
    tools = [pk for pk, kind in rows if kind == "tool"]
    Rendition.objects.bulk_create(
        (
            Rendition(tool_id=pk, format=chance.choice(["PDF", "PPT", "DOC"]), name=f"tool-{pk}")
            for pk in tools
        ),
        batch_size=10_000,
    )
    Delivery.objects.bulk_create(
        (Delivery(resource_id=pk, mode="online") for pk, kind in rows if kind == "course"),
        batch_size=10_000,
    )


def time_requests(client, paths):
    times = []
    for path in paths:
        start = time.perf_counter()
        assert client.get(path).status_code == 200
        times.append((time.perf_counter() - start) * 1000)
    return times


def searches(chance, filters=True):
    for _n in range(REQUESTS):
        words = "+".join(
            chance.choices(WORDS, cum_weights=WEIGHTS, k=chance.choice([1, 1, 2, 2, 3]))
        )
        narrowed = f"&kind={chance.choice(KINDS)}&level={chance.randint(1, 5)}"
        yield f"/search/?q={words}{narrowed if filters else ''}"


def word_beginnings(chance):
    for _n in range(REQUESTS):
        word = chance.choices(WORDS, cum_weights=WEIGHTS)[0]
        yield f"/search/suggestions/?q={word[: chance.randint(2, len(word))]}"


def typos(chance):
    for _n in range(20):
        word = chance.choice([word for word in WORDS if len(word) > 6])
        yield f"/search/?q={word[:3]}q{word[4:]}"


def measure(size):
    client, chance = Client(HTTP_HOST="127.0.0.1"), random.Random(size)
    client.get("/search/?q=warm")
    rows = {
        "search": time_requests(client, searches(chance, filters=False)),
        "search, two filters": time_requests(client, searches(chance)),
        "a topic, two filters": time_requests(
            client,
            [f"/topics/topic-{n % 20}/?kind=tool&level={n % 5 + 1}" for n in range(REQUESTS)],
        ),
        "suggestions": time_requests(client, word_beginnings(chance)),
        "a word with a typo": time_requests(client, typos(chance)),
    }
    last = size // 10
    for word in ("team", ""):
        name = f"“{word}”" if word else "everything"
        for label, number in (("page 1", 1), ("the last page", last)):
            paths = [f"/search/?q={word}&page={number}"] * 7
            rows[f"{name}, {label}"] = time_requests(client, paths)
    rows["first search after a save"] = [time_first_search_after_save(client) for _n in range(7)]
    rows["saving under a new title"] = [time_retitling(chance) for _n in range(7)]
    return rows


def time_retitling(chance):
    tool = Tool.objects.order_by("?").first()
    tool.title = random_text(chance, 4)
    start = time.perf_counter()
    tool.save()
    return (time.perf_counter() - start) * 1000


def time_first_search_after_save(client):
    resource = Resource.objects.order_by("?").first()
    indexing.update_index([resource.pk])
    return time_requests(client, ["/search/?q=huddle&kind=tool&level=2"])[0]


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def print_table(size, build_s, rows):
    parts = sum(len(data) for data in IndexPart.objects.values_list("data", flat=True))
    print(f"\n{connection.vendor}, {size} resources: index built in {build_s:.0f} s,")
    print(f"words {engines.size() / 1e6:.0f} MB, sets and orders {parts / 1e6:.1f} MB")
    print(f"{'ms':>32} {'median':>8} {'p95':>8} {'most':>8}")
    for name, times in rows.items():
        figures = statistics.median(times), percentile(times, 0.95), max(times)
        print(f"{name:>32}" + "".join(f" {figure:8.1f}" for figure in figures), flush=True)


def run(sizes):
    for number in range(20):
        Topic.objects.get_or_create(name=f"Topic {number}")
    assert ToolType.objects.exists()
    filled = 0
    for size in sizes:
        fill(filled, size)
        started = time.perf_counter()
        indexing.rebuild()
        build_s = time.perf_counter() - started
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
        print_table(size, build_s, measure(size))
        filled = size


def main(sizes):
    if connection.vendor == "sqlite":
        call_command("migrate", verbosity=0)
        run(sizes)
    else:
        connection.creation.create_test_db(verbosity=0, serialize=False)
        try:
            run(sizes)
        finally:
            connection.creation.destroy_test_db("", verbosity=0)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1_000, 10_000, 100_000])
