"""Times search, suggestions and late pages at several sizes of the catalog, in one run.

    .venv/bin/python bench/search.py [1000 10000 100000]

The script creates its own database and removes it: an SQLite file, or a database on the PostgreSQL
server that DATABASE_URL names. Prints milliseconds of server time. The requests of a row differ:
their words are random and as frequent as words in real text, the most common ones included.
"""

import os
import random
import statistics
import sys
import tempfile
import time
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

from bench.entries import KINDS, WEIGHTS, WORDS, lines, random_text
from catalog.models import IndexPart, Resource, Tool
from catalog.search import engines, indexing
from catalog.search.processes import count_cores
from editorial.entries.importing import import_lines

REQUESTS = 200


def fill(first, last):
    entries = (line.encode() for line in lines(first, last))
    import_lines(entries, add_terms=True, processes=count_cores())


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


def print_table(size, import_s, imported, build_s, rows):
    parts = sum(len(data) for data in IndexPart.objects.values_list("data", flat=True))
    print(f"\n{connection.vendor}, {size} resources: {imported} imported in {import_s:.0f} s,")
    print(f"index rebuilt in {build_s:.0f} s,", end=" ")
    print(f"words {engines.size() / 1e6:.0f} MB, sets and orders {parts / 1e6:.1f} MB")
    print(f"{'ms':>32} {'median':>8} {'p95':>8} {'most':>8}")
    for name, times in rows.items():
        figures = statistics.median(times), percentile(times, 0.95), max(times)
        print(f"{name:>32}" + "".join(f" {figure:8.1f}" for figure in figures), flush=True)


def run(sizes):
    filled = 0
    for size in sizes:
        started = time.perf_counter()
        fill(filled, size)
        import_s, started = time.perf_counter() - started, time.perf_counter()
        indexing.rebuild(processes=count_cores())
        build_s = time.perf_counter() - started
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
        print_table(size, import_s, size - filled, build_s, measure(size))
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
