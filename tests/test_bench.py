"""The programs that measure the whole site ask for addresses that exist, and read wrk right."""

import random

import pytest

from bench.entries import lines
from bench.reader_addresses import SHARES, DemoCatalog, GeneratedCatalog, choose
from bench.site import Load, addresses, first_addresses
from bench.static_server import StaticServer, quoted
from editorial.entries.importing import import_lines

SIZE = 120
WRK = """
  Latency Distribution
     50%  635.91us
     75%    1.34ms
     90%    2.04ms
     99%    1.20s
Requests/sec:   1523.50
"""


@pytest.fixture
def generated(db):
    import_lines((line.encode() for line in lines(0, SIZE)), add_terms=True)


def statuses(client, paths):
    """Returns {path: status} of those that fail. PDFs take too long here, so their pages answer."""
    pages = {path.replace(".pdf", "/") for path in paths}
    found = {path: client.get(path).status_code for path in pages}
    return {path: status for path, status in found.items() if status != 200}


def test_each_measured_address_exists(generated, client):
    firsts = [path for paths in first_addresses(SIZE).values() for path in paths]
    assert len(set(firsts)) == len(firsts)
    assert statuses(client, [*addresses(SIZE).values(), *firsts]) == {}


def test_readers_of_generated_entries_ask_for_addresses_that_exist(generated, client):
    catalog, chance = GeneratedCatalog(SIZE), random.Random(1)
    chosen = [choose(catalog, chance) for _request in range(60)]
    assert {kind for kind, _path in chosen} == set(SHARES)
    assert statuses(client, [path for _kind, path in chosen]) == {}


def test_readers_of_the_demo_ask_for_each_kind_of_address():
    chance = random.Random(1)
    chosen = [choose(DemoCatalog(), chance) for _request in range(200)]
    assert {kind for kind, _path in chosen} == set(SHARES)
    assert all(path.startswith("/") for _kind, path in chosen)


def test_numbers_of_wrk_are_read_in_milliseconds():
    load = Load()
    load.add(WRK)
    assert (load.rates, load.medians, load.p99s) == ([1523.5], [0.63591], [1200.0])


def test_nginx_repeats_the_headers_of_the_site_but_not_its_own(tmp_path):
    static = StaticServer(tmp_path)
    policy = "default-src 'self'"
    headers = {"Content-Type": "text/html", "ETag": '"1"', "Content-Security-Policy": policy}
    static.add("0", headers, b"body")
    configuration = static.configuration()
    assert f'add_header Content-Security-Policy "{policy}";' in configuration
    assert "ETag" not in configuration
    assert (tmp_path / "static" / "0").read_bytes() == b"body"


def test_quotes_in_a_header_stay_in_it():
    assert quoted('a "b" \\') == '"a \\"b\\" \\\\"'
