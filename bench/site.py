"""Measures the whole site: started as in production, asked by wrk, beside nginx in the same run.

    .venv/bin/python bench/site.py [1000 10000 100000] [--seconds 4] [--connections 8]
    .venv/bin/python bench/site.py 1000 --peer other=http://127.0.0.1:9000/

Needs wrk and nginx. The entries come from bench/entries.py through `import_entries`. A copy of the
project serves them, with an SQLite file or with a database of its own on the PostgreSQL server that
DATABASE_URL names. nginx serves the same bytes as static files. Each address is measured by turns:
the site, nginx, and the site with a cookie that makes the page store step aside ("made each time").
`--peer` adds a row for the address of any other site, beside nginx with what that site sent.
Prints one Markdown table for docs/performance.md.
"""

import argparse
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.running import (
    Site,
    cpu_between,
    cpu_seconds,
    fetch,
    memory_mb,
    own_database,
    running,
)
from bench.static_server import StaticServer, require_programs

SIZES = [1000, 10_000]
ROUNDS = 2
ENCODINGS = {"Accept-Encoding": "gzip, deflate, br, zstd"}  # as browsers send it
MADE = {"Cookie": "sessionid=nobody"}  # the page store steps aside for people who may sign in
FIRSTS = 10  # requests of other addresses that nobody has asked for before
QUIET_S, IDLE_S = 40, 30
READY_TRIES = 60
TIMEOUT = "60s"  # wrk calls a slower answer an error
UNITS = {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}
HEADINGS = (
    "| | entries | the site, req/s | p50, p99, ms | of nginx"
    " | made each time, req/s | p50, p99, ms | of nginx |"
)


def addresses(size):
    """Returns {row: path}. A topic has about a twentieth of all entries twice over."""
    return {
        "home": "/",
        "topic": "/topics/topic-0/",
        "deep page": f"/new/?page={size // 10}",
        "detail": "/tools/entry-1/",
        "search": "/search/?q=team",
        "filtered search": "/search/?q=team&kind=tool&level=2",
        "suggestions": "/search/suggestions/?q=hud",
        "feed": "/topics/topic-0/feed/",
        "plan": "/path/plan/?from=1&to=3",
        "kept PDF": "/tools/entry-1.pdf",
    }


def first_addresses(size):
    """Returns {row: FIRSTS paths that were not asked for before}."""
    step = max(3, size // FIRSTS // 3 * 3)
    audiences = ["co-leads", "sponsors", "stewards", "managers", "physicians"]
    plans = [f"from=1&to={to}&audience={audience}" for to in (2, 4) for audience in audiences]
    return {
        "a first sheet": [f"/tools/entry-{n}.pdf" for n in range(4, 4 + FIRSTS * step, step)],
        "a first plan": [f"/path/plan/?{plan}" for plan in plans],
    }


# ---- One measurement ----


@dataclass
class Load:
    """What wrk measured of one address: requests a second, and milliseconds."""

    rates: list = field(default_factory=list)
    medians: list = field(default_factory=list)
    p99s: list = field(default_factory=list)

    def add(self, output):
        self.rates.append(float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]))
        self.medians.append(milliseconds(output, "50%"))
        self.p99s.append(milliseconds(output, "99%"))

    @property
    def rate(self):
        return statistics.mean(self.rates)

    def times(self):
        return f"{show(statistics.mean(self.medians))}, {show(statistics.mean(self.p99s))}"


def milliseconds(output, percentile):
    line = re.search(rf"^\s+{percentile}\s+([\d.]+)([a-z]+)", output, re.MULTILINE)
    return float(line[1]) * UNITS[line[2]]


def show(number):
    """Returns a number with two digits that count, and whole numbers in full.

    >>> [show(value) for value in (0.000066, 0.58, 4.26, 38.4, 1234.5)]
    ['0.000066', '0.58', '4.3', '38', '1,234']
    """
    digits = 1 - math.floor(math.log10(number)) if number else 0
    return f"{number:,.{max(0, digits)}f}"


def run_wrk(url, headers, options):
    """Returns the output of wrk. Ends this program if an answer was an error."""
    command = ["wrk", "-t1", f"-c{options.connections}", f"-d{options.seconds}s", "--latency"]
    command += ["--timeout", TIMEOUT]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    output = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        sys.exit(f"{url} answered with errors:\n{output}")
    return output


def measure_by_turns(targets, options):
    """`targets` is {name: (url, headers)}. Returns {name: Load}, one after another each round."""
    loads = {name: Load() for name in targets}
    for _round in range(ROUNDS):
        for name, (url, headers) in targets.items():
            loads[name].add(run_wrk(url, headers, options))
    return loads


def fetch_ready(url, **headers):
    """Returns (headers, body) as soon as the address answers with 200; a PDF may take a while."""
    for _try in range(READY_TRIES):
        status, answer_headers, body = fetch(url, **headers)
        if status == 200:
            return answer_headers, body
        time.sleep(1)
    sys.exit(f"{url} answered {status} for {READY_TRIES} s.")


def time_single(url):
    """Returns (milliseconds, headers, body) of one request."""
    started = time.perf_counter()
    headers, body = fetch_ready(url, **ENCODINGS)
    return (time.perf_counter() - started) * 1000, headers, body


# ---- Rows ----


def row(name, size, *cells):
    cells = [name, f"{size:,}" if size else "", *cells]
    cells += [""] * (8 - len(cells))
    return f"| {' | '.join(cells)} |"


def load_row(name, size, loads):
    """A row of "site" and "nginx", and "made" if it was measured."""
    cells, nginx = [], loads["nginx"]
    for load in (loads["site"], loads.get("made")):
        if load:
            cells += [f"{load.rate:,.0f}", load.times(), show(load.rate / nginx.rate)]
    return row(name, size, *cells)


def tagged(url, **headers):
    """Returns the headers of a request that the server answers with 304."""
    headers = ENCODINGS | headers
    etag = fetch_ready(url, **headers)[0]["ETag"]
    return headers | {"If-None-Match": etag}


def measure_pages(site, folder, size, options):
    paths, static = addresses(size), StaticServer(folder)
    for number, path in enumerate(paths.values()):
        for _time in range(4):  # both web processes keep it
            headers, body = fetch_ready(site.url(path), **ENCODINGS)
        static.add(str(number), headers, body)
    with static.running():
        for number, (name, path) in enumerate(paths.items()):
            url, twin = site.url(path), static.url(str(number))
            targets = {"site": (url, ENCODINGS), "nginx": (twin, ENCODINGS)}
            targets["made"] = (url, ENCODINGS | MADE)
            yield load_row(name, size, measure_by_turns(targets, options))
        home, twin = site.url(), static.url("0")
        targets = {"site": (home, tagged(home)), "nginx": (twin, tagged(twin))}
        targets["made"] = (home, tagged(home, **MADE))
        yield load_row("304", size, measure_by_turns(targets, options))


def measure_firsts(site, folder, size):
    for name, paths in first_addresses(size).items():
        static = StaticServer(tempfile.mkdtemp(dir=folder))
        times = [time_single(site.url(path)) for path in paths]
        static.add("0", *times[-1][1:])
        with static.running():
            twin = statistics.median(time_single(static.url("0"))[0] for _time in paths)
        spent = sorted(milliseconds for milliseconds, _headers, _body in times)
        median = statistics.median(spent)
        facts = f"{show(median)}, {show(spent[-1])} (slowest)", show(twin / median)
        yield row(name, size, "", "", "", "", *facts)


def measure_idle(site):
    """Returns the share of one core that all processes of the site take when nobody asks."""
    time.sleep(QUIET_S)
    before = cpu_seconds(site.process.pid)
    time.sleep(IDLE_S)
    return cpu_between(before, cpu_seconds(site.process.pid)) / IDLE_S


def measure(size, options):
    """Yields the rows of a catalog of `size` entries."""
    with tempfile.TemporaryDirectory(prefix="bench-site-") as folder, own_database(folder) as url:
        site = Site(folder, url)
        yield row("import with its index", size, f"{show(site.import_entries(size))} s")
        with running(site):  # collects the static files
            site.wait_for_jobs()
        with running(site) as seconds:
            yield row("start-up", size, f"{show(seconds)} s")
            yield from measure_pages(site, folder, size, options)
            yield from measure_firsts(site, folder, size)
            yield row("memory after load", size, f"{memory_mb(site.process.pid):.0f} MB")
            idle = 100 * measure_idle(site)
            yield row("memory when idle", size, f"{memory_mb(site.process.pid):.0f} MB")
            yield row("idle", size, f"{idle:.2f} % of a core")


def measure_peers(options):
    with tempfile.TemporaryDirectory(prefix="bench-site-") as folder:
        static, urls = StaticServer(folder), dict(peer.split("=", 1) for peer in options.peer)
        for number, url in enumerate(urls.values()):
            static.add(str(number), *fetch_ready(url, **ENCODINGS))
        with static.running():
            for number, (name, url) in enumerate(urls.items()):
                targets = {"site": (url, ENCODINGS), "nginx": (static.url(str(number)), ENCODINGS)}
                yield load_row(name, 0, measure_by_turns(targets, options))


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=URL")
    return parser.parse_args()


def main():
    options = read_options()
    require_programs("wrk", "nginx")
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before the run\n")
    print(HEADINGS, "|---|" + "---:|" * 7, sep="\n", flush=True)
    for size in options.sizes or SIZES:
        for line in measure(size, options):
            print(line, flush=True)
    if options.peer:
        for line in measure_peers(options):
            print(line, flush=True)


if __name__ == "__main__":
    main()
