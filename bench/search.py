"""Times search, suggestions and deep pages at several sizes of the catalog, in one run.

    .venv/bin/python bench/search.py [1000 10000 100000]

In a database of its own: an SQLite file, or, where DATABASE_URL names a PostgreSQL, one that is
made there and removed. Prints milliseconds of server time. Every request of a row is another one,
drawn by chance from words as frequent as words are, the commonest too; nothing is asked twice.
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


def vocabulary(count):
    """`count` words, the first ones frequent: half of all text is some hundred of them."""
    chance = random.Random(7)
    made = ("".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _n in range(3 * count))
    words = list(dict.fromkeys([*COMMON, *made]))[:count]
    return words, list(accumulate(1 / (place + 2) for place in range(len(words))))


WORDS, WEIGHTS = vocabulary(20_000)


def text(chance, count):
    return " ".join(chance.choices(WORDS, cum_weights=WEIGHTS, k=count))


def fill(first, last):
    chance, now = random.Random(first), timezone.now()
    Resource.objects.bulk_create(
        (
            Resource(
                kind=KINDS[number % 3],
                title=text(chance, chance.randint(2, 7)).title(),
                slug=f"entry-{number}",
                summary=text(chance, 15),
                body=f"<p>{text(chance, 80)}</p>",
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
    """The rows of the three kinds, which bulk_create does not make."""
    for kind in KINDS:
        model = next(m for m in Resource.__subclasses__() if m._meta.model_name == kind)
        own = [field for field in model._meta.local_concrete_fields if not field.primary_key]
        columns = ", ".join(field.column for field in own)
        values = ", ".join("NULL" if field.null else "''" for field in own)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} (resource_ptr_id, {columns})"
                f" SELECT id, {values} FROM catalog_resource WHERE kind = %s AND id NOT IN"
                f" (SELECT resource_ptr_id FROM {model._meta.db_table})",
                [kind],
            )


def link(rows, chance):
    for name, model in (
        ("levels", Level),
        ("audiences", Audience),
        ("topics", Topic),
        ("dimensions", Dimension),
    ):
        through, terms = getattr(Resource, name).through, list(model.objects.all())
        term = through._meta.fields[2].attname
        through.objects.bulk_create(
            (
                through(resource_id=pk, **{term: one.pk})
                for pk, _kind in rows
                for one in chance.sample(terms, chance.randint(1, 2))
            ),
            batch_size=10_000,
        )
    tools = [pk for pk, kind in rows if kind == "tool"]
    Rendition.objects.bulk_create(
        (Rendition(tool_id=pk, format=chance.choice(["PDF", "PPT", "DOC"])) for pk in tools),
        batch_size=10_000,
    )
    Delivery.objects.bulk_create(
        (Delivery(resource_id=pk, mode="online") for pk, kind in rows if kind == "course"),
        batch_size=10_000,
    )


def times_of(client, paths):
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


def beginnings(chance):
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
        "search": times_of(client, searches(chance, filters=False)),
        "search, two filters": times_of(client, searches(chance)),
        "a topic, two filters": times_of(
            client,
            [f"/topics/topic-{n % 20}/?kind=tool&level={n % 5 + 1}" for n in range(REQUESTS)],
        ),
        "suggestions": times_of(client, beginnings(chance)),
        "a word with a typo": times_of(client, typos(chance)),
    }
    last = size // 10
    for word in ("team", ""):
        name = f"“{word}”" if word else "everything"
        rows[f"{name}, page 1"] = times_of(client, [f"/search/?q={word}&page=1"] * 7)
        rows[f"{name}, the last page"] = times_of(client, [f"/search/?q={word}&page={last}"] * 7)
    rows["first search after a save"] = [after_a_save(client) for _n in range(7)]
    rows["saving under a new title"] = [retitled(chance) for _n in range(7)]
    return rows


def retitled(chance):
    tool = Tool.objects.order_by("?").first()
    tool.title = text(chance, 4)
    start = time.perf_counter()
    tool.save()
    return (time.perf_counter() - start) * 1000


def after_a_save(client):
    resource = Resource.objects.order_by("?").first()
    indexing.update_index([resource.pk])
    return times_of(client, ["/search/?q=huddle&kind=tool&level=2"])[0]


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def show(size, build, rows):
    parts = sum(len(data) for data in IndexPart.objects.values_list("data", flat=True))
    print(f"\n{connection.vendor}, {size} resources: index built in {build:.0f} s,")
    print(f"words {engines.size() / 1e6:.0f} MB, sets and orders {parts / 1e6:.1f} MB")
    print(f"{'ms':>32} {'median':>8} {'p95':>8} {'most':>8}")
    for name, times in rows.items():
        figures = statistics.median(times), percentile(times, 0.95), max(times)
        print(f"{name:>32}" + "".join(f" {figure:8.1f}" for figure in figures), flush=True)


def run(sizes):
    for number in range(20):
        Topic.objects.get_or_create(name=f"Topic {number}")
    assert ToolType.objects.exists()
    there = 0
    for size in sizes:
        fill(there, size)
        began = time.perf_counter()
        indexing.rebuild()
        build = time.perf_counter() - began
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
        show(size, build, measure(size))
        there = size


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
