"""Lets 200 readers use the catalog while two editors save, and says how long readers wait.

    .venv/bin/python bench/readers.py [--readers 200] [--editors 2] [--seconds 60]
    .venv/bin/python bench/readers.py --readers 2000 --only page feed
    .venv/bin/python bench/readers.py --entries 10000 --seconds 300 --import

Each reader requests something every 0.5 to 2 seconds; each editor writes another summary of an
entry every 5 seconds (`--save-every`). The site runs as in production, with an SQLite file or with
a database of its own on the PostgreSQL server that DATABASE_URL names. It holds the demo, or the
first entries of bench/entries.py. With `--import`, an import of 500 more begins after a third of
the time. Prints the waiting times, the errors, memory from the start to the end, and the processor
time, this program's own included.
"""

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.reader_addresses import SHARES, DemoCatalog, GeneratedCatalog, choose
from bench.running import (
    Site,
    cpu_between,
    cpu_seconds,
    largest_mb,
    memory_mb,
    own_database,
    running,
)

PAUSE_S, TIMEOUT_S = (0.5, 2), 60
IMPORTED = 500
MEMORY_SAMPLES = 6
LARGEST_HEAD = 1 << 17
LOG_TAIL = 1500  # characters of the site's log, if it failed
REQUEST = (
    "GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n\r\n"
)
SAVE = """
import random, time
from catalog.models import Resource
pks = list(Resource.objects.values_list("pk", flat=True))
while True:
    for resource in Resource.objects.list_children([random.choice(pks)]):
        words = f"{resource.title} {resource.summary}".split()
        resource.summary = " ".join(random.choices(words, k=12))
        resource.save()
    time.sleep(%s)
"""


class Connection:
    """A connection that stays open. After an error, the next request opens another."""

    def __init__(self, port):
        self.port, self.reader, self.writer = port, None, None

    async def get(self, address):
        """Returns the status of one answer, which it reads to the end."""
        try:
            if self.writer is None:
                opened = await asyncio.open_connection("127.0.0.1", self.port, limit=LARGEST_HEAD)
                self.reader, self.writer = opened
            self.writer.write(REQUEST.format(address, self.port).encode())
            head = await self.reader.readuntil(b"\r\n\r\n")
            await self.read_body(head.lower())
        except BaseException:
            self.close()
            raise
        return int(head.split(None, 2)[1])

    async def read_body(self, head):
        if b"transfer-encoding: chunked" in head:
            while size := int(await self.reader.readline(), 16):
                await self.reader.readexactly(size + 2)
            await self.reader.readexactly(2)
        elif b"content-length:" in head:
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            await self.reader.readexactly(int(length))

    def close(self):
        if self.writer:
            self.writer.close()
        self.reader = self.writer = None


class Notes:
    """Seconds of each kind of request, and how often each error came with one address for it."""

    def __init__(self):
        self.times, self.errors, self.examples = defaultdict(list), Counter(), {}

    def add(self, kind, address, seconds, status):
        self.times[kind].append(seconds)
        if status != 200:
            self.errors[kind, status] += 1
            self.examples.setdefault((kind, status), address)


async def read(number, port, catalog, kinds, until, notes):
    """Reads like one person until that time."""
    chance, connection = random.Random(number), Connection(port)
    await asyncio.sleep(chance.uniform(0, PAUSE_S[1]))
    while time.monotonic() < until:
        (kind, address), started = choose(catalog, chance, kinds), time.monotonic()
        try:
            status = await asyncio.wait_for(connection.get(address), TIMEOUT_S)
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            status = type(error).__name__
        notes.add(kind, address, time.monotonic() - started, status)
        await asyncio.sleep(chance.uniform(*PAUSE_S))
    connection.close()


async def sample_memory(pid, seconds):
    """Returns the megabytes of the site at the start, at the end and in between."""
    samples = [memory_mb(pid)]
    for _sample in range(MEMORY_SAMPLES):
        await asyncio.sleep(seconds / MEMORY_SAMPLES)
        samples.append(await asyncio.to_thread(memory_mb, pid))
    return samples


async def import_more(site, path, pause):
    """Returns the seconds of an import that begins after `pause` seconds."""
    await asyncio.sleep(pause)
    started = time.monotonic()
    await asyncio.to_thread(site.manage, "import_entries", "--add-terms", path)
    return time.monotonic() - started


async def run(site, catalog, options):
    """Returns (notes, samples of memory, seconds of the import or None)."""
    notes, until = Notes(), time.monotonic() + options.seconds
    tasks = [sample_memory(site.process.pid, options.seconds)]
    if options.add:
        path = site.write_entries(options.entries, options.entries + IMPORTED)
        tasks.append(import_more(site, path, options.seconds / 3))
    what = site.port, catalog, options.only, until, notes
    readers = [read(number, *what) for number in range(options.readers)]
    memory, *imports = (await asyncio.gather(*tasks, *readers))[: len(tasks)]
    return notes, memory, imports


# ---- What it prints ----


def print_times(notes, seconds):
    every = [spent for times in notes.times.values() for spent in times]
    rate, errors = len(every) / seconds, sum(notes.errors.values())
    print(f"{len(every):,} requests, {rate:.0f} a second, {errors} errors\n")
    print("| | requests | median, ms | p95 | p99 | slowest |\n|---|---:|---:|---:|---:|---:|")
    for kind in SHARES:
        print_row(kind, notes.times[kind])
    print_row("all", every)
    for (kind, status), count in notes.errors.most_common(8):
        print(f"{count} × {status} for a {kind}, such as {notes.examples[kind, status]}")


def print_row(name, times):
    if len(times) > 1:
        quantiles = statistics.quantiles(times, n=100, method="inclusive")
        cuts = [f"{1000 * cut:,.0f}" for cut in quantiles]
        cells = [f"{len(times):,}", cuts[49], cuts[94], cuts[98], f"{1000 * max(times):,.0f}"]
        print(f"| {name} | {' | '.join(cells)} |")


def print_costs(memory, largest, imports, cpu, seconds):
    middle = ", ".join(f"{sample:.0f}" for sample in memory[1:-1])
    print(f"\nMemory of the site, MB: {memory[0]:.0f} at the start, then {middle}", end=", ")
    print(f"and {memory[-1]:.0f} at the end; the largest process takes {largest:.0f}")
    for spent in imports:
        print(f"The import of {IMPORTED} entries took {spent:.0f} s")
    shares = ", ".join(f"{name} {100 * spent / seconds:.0f} %" for name, spent in cpu.items())
    print(f"Processor time, in percent of one core: {shares}")


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--editors", type=int, default=2)
    parser.add_argument("--save-every", type=float, default=5, metavar="SECONDS")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--entries", type=int, default=0, help="0 is the demo catalog")
    kinds = list(SHARES)
    parser.add_argument("--only", nargs="+", choices=kinds, default=kinds, help="what they request")
    parser.add_argument("--import", action="store_true", dest="add")
    return parser.parse_args()


def measure(site, options):
    """Runs the readers beside the editors. Prints all of it."""
    catalog = GeneratedCatalog(options.entries) if options.entries else DemoCatalog()
    editors = [
        site.begin("shell", "-c", SAVE % options.save_every) for _editor in range(options.editors)
    ]
    pids = {"the site": [site.process.pid], "the editors": [editor.pid for editor in editors]}
    before = {name: cpu_of(members) for name, members in pids.items()}
    own, started = time.process_time(), time.monotonic()
    try:
        notes, memory, imports = asyncio.run(run(site, catalog, options))
        cpu = {name: cpu_between(before[name], cpu_of(pids[name])) for name in pids}
        largest = largest_mb(site.process.pid)
    finally:
        for editor in editors:
            editor.terminate()
            editor.wait()
    cpu["this program"] = time.process_time() - own
    print_times(notes, options.seconds)
    print_costs(memory, largest, imports, cpu, time.monotonic() - started)
    if any(status == 500 for _kind, status in notes.errors):
        print("\nThe end of the site's log:", site.log.read_text()[-LOG_TAIL:], sep="\n")


def cpu_of(pids):
    return {pid: spent for parent in pids for pid, spent in cpu_seconds(parent).items()}


def main():
    options = read_options()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-readers-"))
        site = Site(folder, stack.enter_context(own_database(folder)))
        if options.entries:
            site.import_entries(options.entries)
        stack.enter_context(running(site))
        site.wait_for_jobs()
        measure(site, options)


if __name__ == "__main__":
    main()
