"""However many readers ask for an answer at once, it is made once; the memory has a limit."""

import sys
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmp_site.page_store.entries import Entry
from lmp_site.page_store.memory import Memory
from lmp_site.page_store.middleware import ENTRY
from lmp_site.page_store.threads import threads_of_own
from lmp_site.page_store.wsgi import PAGES_AT_ONCE, PageStore

HEADERS = [("Content-Type", "text/html; charset=utf-8")]


class Made(list):
    def close(self):
        pass


class SlowSite:
    """A WSGI application whose pages take a moment. It keeps them if `keeps`.

    It notes how many it makes at once.
    """

    now = most = 0

    def __init__(self, keeps=True, fails=0):
        self.keeps, self.fails, self.paths = keeps, fails, []

    def __call__(self, environ, start_response):
        self.paths.append(environ["PATH_INFO"])
        self.now += 1
        self.most = max(self.most, self.now)
        time.sleep(0.05)
        self.now -= 1
        if self.fails:
            self.fails -= 1
            raise ValueError("broken")
        body = environ["PATH_INFO"].encode() * 100
        if self.keeps:
            environ[ENTRY] = Entry(HEADERS, body)
        start_response("200 OK", HEADERS)
        return Made([body])


class Generations:
    """The generation of a catalog that changes when the test says so."""

    number, until = 1, float("inf")

    def generation(self):
        return self.number

    def look(self):
        return self.number, self.until


def store_of(site, max_bytes=1 << 20, stale_s=0):
    making = threads_of_own(PAGES_AT_ONCE)
    return PageStore(site, Generations(), "sid", max_bytes, stale_s, making=making)


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
    bodies = get_at_once(store_of(site), "/tools/", readers=1000)
    assert len(site.paths) == 1 and bodies == [b"/tools/" * 100] * 1000


def test_answers_that_are_not_kept_do_not_wait_for_each_other_for_long():
    site = SlowSite(keeps=False)
    bodies = get_at_once(store_of(site), "/tools/", readers=5)
    assert len(site.paths) == 5 and bodies == [b"/tools/" * 100] * 5


def test_answers_that_are_no_longer_kept_do_not_wait_for_each_other_either():
    site = SlowSite()
    store = store_of(site)
    get(store, "/tools/")
    site.keeps, site.most = False, 0
    store.changes.number += 1
    get_at_once(store, "/tools/", readers=8)
    assert site.most == PAGES_AT_ONCE and len(site.paths) == 9


def test_a_slow_answer_does_not_take_the_place_of_a_newer_one():
    store, answers = store_of(SlowSite()), [Entry(HEADERS, body) for body in (b"old", b"new")]
    for number, entry in ((2, answers[1]), (1, answers[0])):
        store.keep(("http", "", "/tools/", False), (), number, entry)
    assert store.find(("http", "", "/tools/", False), (), 2) is answers[1]


def test_after_an_error_the_next_reader_makes_the_answer():
    site = SlowSite(fails=1)
    store = store_of(site)
    with pytest.raises(ValueError, match="broken"):
        get(store, "/tools/")
    assert get(store, "/tools/") == b"/tools/" * 100 and store.rendering == {}


class CountingSite(SlowSite):
    """Its pages say how many it has made."""

    def __call__(self, environ, start_response):
        super().__call__(environ, start_response)
        body = str(len(self.paths)).encode()
        environ[ENTRY] = Entry(HEADERS, body)
        return Made([body])


def test_few_pages_are_made_at_once_so_that_each_is_finished_soon():
    site = CountingSite()
    store = store_of(site)
    threads = [
        threading.Thread(target=get, args=(store, f"/tools/{number}/")) for number in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert site.most == PAGES_AT_ONCE and len(site.paths) == 12


def test_a_pdf_takes_no_place_of_a_page():
    site = CountingSite()
    store = store_of(site)
    store.making = None
    assert get(store, "/tools.pdf") == b"1"


def answers_during_a_change(stale_s):
    """Returns what two readers get who ask at once after a change."""
    store = store_of(CountingSite(), stale_s=stale_s)
    assert get(store, "/tools/") == b"1"
    store.changes.number += 1
    return sorted(get_at_once(store, "/tools/", readers=2)), get(store, "/tools/")


def test_after_a_change_every_reader_gets_the_new_answer():
    assert answers_during_a_change(stale_s=0) == ([b"2", b"2"], b"2")


def test_where_an_old_answer_may_be_sent_only_one_reader_waits_for_the_new_one():
    assert answers_during_a_change(stale_s=5) == ([b"1", b"2"], b"2")


def test_where_an_old_answer_may_be_sent_no_reader_waits_until_others_are_made():
    store = store_of(CountingSite(), stale_s=5)
    assert get(store, "/tools/") == b"1"
    for _change in range(2):  # the second comes before anybody has asked for the new answer
        store.changes.number += 1
        store.begin_generation(store.changes.number)
    store.rendering = {f"another page {number}": None for number in range(PAGES_AT_ONCE)}
    assert get(store, "/tools/") == b"1"
    store.rendering = {}
    assert get(store, "/tools/") == b"2"


def test_an_old_answer_is_not_sent_after_its_time():
    store = store_of(CountingSite(), stale_s=0.01)
    get(store, "/tools/")
    store.changes.number += 1
    get(store, "/topics/")
    time.sleep(0.02)
    assert sorted(get_at_once(store, "/tools/", readers=2)) == [b"3", b"3"]


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
    assert sum(store.pages.memory.sizes) <= 60_000


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


def test_few_threads_make_pages_because_each_keeps_a_connection():
    site = SlowSite()
    store, threads = store_of(site), set()
    make = store.application

    def note_thread(environ, start_response):
        threads.add(threading.get_ident())
        return make(environ, start_response)

    store.application = note_thread
    readers = [threading.Thread(target=get, args=(store, f"/{number}/")) for number in range(12)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(30)
    assert len(site.paths) == 12 and len(threads) <= PAGES_AT_ONCE


def test_a_kept_text_takes_no_more_memory_than_its_compressed_form():
    entry = Entry(HEADERS, b"<p>A poster</p>" * 1000)
    [variant] = entry.variants.values()
    assert sys.getsizeof(variant.body) < 200 and entry.body == b"<p>A poster</p>" * 1000
    assert entry.size < 3000
