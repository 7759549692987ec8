"""However many readers ask for an answer at once, it is made once; the memory has a limit."""

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmp_site.page_store.entries import Entry
from lmp_site.page_store.memory import Memory
from lmp_site.page_store.middleware import ENTRY
from lmp_site.page_store.wsgi import PageStore

HEADERS = [("Content-Type", "text/html; charset=utf-8")]


class Made(list):
    def close(self):
        pass


class SlowSite:
    """A WSGI application whose pages take a moment. It keeps them if `keeps`."""

    def __init__(self, keeps=True, fails=0):
        self.keeps, self.fails, self.paths = keeps, fails, []

    def __call__(self, environ, start_response):
        self.paths.append(environ["PATH_INFO"])
        time.sleep(0.05)
        if self.fails:
            self.fails -= 1
            raise ValueError("broken")
        body = environ["PATH_INFO"].encode() * 100
        if self.keeps:
            environ[ENTRY] = Entry(HEADERS, body)
        start_response("200 OK", HEADERS)
        return Made([body])


class NoChanges:
    def generation(self):
        return 1


def store_of(site, max_bytes=1 << 20):
    return PageStore(site, NoChanges(), "sid", max_bytes)


def get(store, path, query=""):
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query}
    statuses = []
    body = b"".join(store(environ, lambda status, headers: statuses.append(status)))
    assert statuses == ["200 OK"]
    return body


def get_at_once(store, path, readers):
    bodies = []
    threads = [
        threading.Thread(target=lambda: bodies.append(get(store, path))) for _ in range(readers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return bodies


def test_a_burst_on_a_new_address_makes_the_answer_once():
    site = SlowSite()
    bodies = get_at_once(store_of(site), "/tools/", readers=50)
    assert len(site.paths) == 1 and bodies == [b"/tools/" * 100] * 50


def test_answers_that_are_not_kept_do_not_wait_for_each_other_for_long():
    site = SlowSite(keeps=False)
    bodies = get_at_once(store_of(site), "/tools/", readers=5)
    assert len(site.paths) == 5 and bodies == [b"/tools/" * 100] * 5


def test_after_an_error_the_next_reader_makes_the_answer():
    site = SlowSite(fails=1)
    store = store_of(site)
    with pytest.raises(ValueError, match="broken"):
        get(store, "/tools/")
    assert get(store, "/tools/") == b"/tools/" * 100 and store.rendering == {}


def test_a_robot_with_many_addresses_does_not_drive_out_what_people_read():
    site = SlowSite()
    store = store_of(site, max_bytes=60_000)
    for _time in range(2):
        get(store, "/tools/")
    for number in range(100):
        get(store, "/search/", f"q={number}")
    before = len(site.paths)
    get(store, "/tools/")
    assert len(site.paths) == before
    assert sum(store.memory.sizes) <= 60_000


sizes = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 4000), st.booleans()), max_size=80)


@given(sizes)
def test_the_memory_never_holds_more_than_its_limit_and_counts_right(steps):
    memory = Memory(20_000)
    for key, size, reads in steps:
        if reads:
            memory.get(key)
        else:
            memory.put(key, Entry(HEADERS, b"x" * size))
        for place, entries in enumerate((memory.new, memory.used)):
            assert memory.sizes[place] == sum(entry.size for entry in entries.values())
            assert memory.sizes[place] <= memory.limits[place]
        assert not memory.new.keys() & memory.used.keys()
