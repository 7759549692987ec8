"""The page store as a WSGI application before Django."""

import time
from math import inf
from threading import Event, Lock

from django.conf import settings

from catalog.search import counting
from catalog.search.index import forget_kept
from lmp_site.page_store.changes import Changes
from lmp_site.page_store.memory import Pages
from lmp_site.page_store.middleware import ENTRY, STORE
from lmp_site.page_store.query import read_pairs
from lmp_site.page_store.repeats import Repeats
from lmp_site.page_store.shared import SharedPages
from lmp_site.page_store.state import State
from lmp_site.page_store.threads import run_here, threads_of_own
from lmp_site.page_store.version import version_of_site

READING = ("GET", "HEAD")  # methods that change nothing
NOT_KEPT = "/admin/"
MAX_ADDRESS = 2000  # characters; longer ones are packets, which hardly anybody asks for twice
RENDER_TIMEOUT_S = 10  # that a request waits for another one that makes the same answer
# Pages that a process makes at once. More of them share the same time of the processor, so each
# reader would wait for all of them. They have threads of their own, because each thread that asks
# the database keeps a connection, which takes a megabyte.
PAGES_AT_ONCE = 2
SHARED_SHARE = 4  # the shared file may take as many times the memory of a process
MAX_OLD = 2  # earlier states of the catalog whose answers are kept for some seconds
# Headers that Django does not see, so that it makes the whole answer for everybody.
OWN_HEADERS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_ACCEPT_ENCODING")
OWN_ADDRESSES = ("127.0.0.1", "::1")


def store_pages(application):
    """Returns a PageStore before `application`, as the settings say."""
    max_bytes = settings.PAGE_STORE_MB << 20
    shared = SharedPages(settings.PAGE_STORE_FILE, max_bytes * SHARED_SHARE, version_of_site())
    # What asks when the next entry appears waits for nothing else: all requests wait for it.
    return PageStore(
        application,
        Changes(run=threads_of_own(1)),
        settings.SESSION_COOKIE_NAME,
        max_bytes,
        settings.PAGE_STORE_STALE_S,
        shared,
        making=threads_of_own(PAGES_AT_ONCE),
        asking=threads_of_own(1),
    )


class PageStore:
    """Answers with kept pages, or asks `application` and keeps the answer if it may.

    `changes` has the generation of the catalog. After a change, a kept answer is sent again if its
    sources say the same as before. Else it is made anew; meanwhile others get the old one for
    `stale_s` seconds after the change. Pages that another process has made are in `shared`, if any.
    `making` and `asking` run a function: one that makes a page, one that asks the database.
    """

    def __init__(
        self,
        application,
        changes,
        session_cookie,
        max_bytes,
        stale_s=0,
        shared=None,
        making=run_here,
        asking=run_here,
    ):
        self.application, self.changes = application, changes
        self.cookie = f"{session_cookie}="
        self.pages, self.state = Pages(max_bytes), State(0)
        self.changed, self.stale_s = [], stale_s  # the last [(number, when it began)]
        self.shared, self.repeats = shared, Repeats()
        self.lock, self.rendering = Lock(), {}
        self.making, self.asking = making, asking

    def repeat(self, environ):
        """Returns a kept Answer if it can be known without waiting that it is right, else None.

        The event loop of a web process asks this. `environ` has what DECIDING and count_reader()
        name. It need not have more.
        """
        believe_proxy(environ)
        number = self.changes.glance()
        return None if number is None else self.find_repeat(environ, number)

    def find_repeat(self, environ, number):
        repeat = self.repeats.find(environ, number)
        if not repeat:
            return None
        entry, answer = repeat
        count_reader(entry, environ)
        return answer

    def __call__(self, environ, start_response):
        believe_proxy(environ)
        number = self.changes.generation()
        if answer := self.find_repeat(environ, number):
            start_response(answer.status, answer.headers)
            return answer.parts
        if number != self.state.number:
            self.begin_generation(number)
        address = self.address_of(environ)
        if address is None:
            return self.ask_for_one(environ, start_response)
        place, pairs = address
        entry = self.find(place, pairs, number)
        if entry is None and environ["REQUEST_METHOD"] == "HEAD":
            return self.application(environ, start_response)
        entry = entry or self.wait_for(place, pairs, number)
        if entry is None:
            return self.render(place, pairs, environ, start_response)
        count_reader(entry, environ)
        return self.send(entry, environ, start_response)

    def ask_for_one(self, environ, start_response):
        """Returns an answer that is not kept, and that may be that to a change."""
        parts = self.application(environ, start_response)
        if environ["REQUEST_METHOD"] not in READING:
            self.changes.settle()
        return parts

    def begin_generation(self, number):
        with self.lock:
            if number <= self.state.number:
                return
            forget_kept()
            self.changed = [*self.changed, (number, time.monotonic())][-MAX_OLD:]
            self.state, self.repeats = State(number), Repeats()

    def find(self, place, pairs, number):
        """Returns an entry that is known to be right, or None."""
        entry = self.pages.find(place, pairs, number)
        return entry if entry and entry.number >= number else None

    def address_of(self, environ):
        """Returns (place, pairs of the query); None for a request that must reach Django."""
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        if (
            environ["REQUEST_METHOD"] not in READING
            or self.cookie in environ.get("HTTP_COOKIE", "")
            or len(path) + len(query) > MAX_ADDRESS
            or path.startswith(NOT_KEPT)
            or "HTTP_RANGE" in environ
        ):
            return None
        saves_data = environ.get("HTTP_SAVE_DATA", "").lower() == "on"
        host = environ.get("HTTP_HOST", "")
        return (environ.get("wsgi.url_scheme"), host, path, saves_data), read_pairs(query)

    def wait_for(self, place, pairs, number):
        """Waits while another thread makes this answer. Returns the entry, None if there is none.

        If an old answer may be sent, nobody waits, neither for this one nor for a slot. If nobody
        makes it, the caller does. Files and PDFs do not wait for each other.
        """
        if is_file(place[2]):
            return None
        until, before = time.monotonic() + RENDER_TIMEOUT_S, self.newest(place, pairs)
        while True:
            with self.lock:
                old = self.find_old(place, pairs, number)
                event = self.rendering.get((place, pairs))
                if event is None and not (old and len(self.rendering) >= PAGES_AT_ONCE):
                    self.rendering[place, pairs] = Event()
                    return None
            if old:
                return old
            event.wait(until - time.monotonic())
            newest = self.newest(place, pairs)
            if newest == before or time.monotonic() >= until:  # such an answer may not be kept
                return None
            if newest >= number:
                return self.find(place, pairs, number)
            before = newest

    def newest(self, place, pairs):
        """Returns the generation of the newest kept answer, 0 if there is none."""
        entry = self.pages.find(place, pairs, inf)
        return entry.number if entry else 0

    def find_old(self, place, pairs, number):
        """Returns an old answer that may still be sent, or None."""
        entry = self.stale_s and self.pages.find(place, pairs, number)
        if not entry or not self.changed or entry.number + 1 < self.changed[0][0]:
            return None
        changed = next((when for number, when in self.changed if number > entry.number), 0)
        return entry if time.monotonic() < changed + self.stale_s else None

    def render(self, place, pairs, environ, start_response):
        started, entry = [], None
        try:
            number, until = self.changes.look()
            since = time.time()
            self.begin_generation(number)
            entry = self.confirm(place, pairs, number)
            if entry:
                count_reader(entry, environ)
            else:
                own = dict(environ) | {STORE: True}
                for name in OWN_HEADERS:
                    own.pop(name, None)
                parts = self.ask(own, started)
                entry = own.pop(ENTRY, None)
                if entry:
                    parts.close()
                    entry.since, entry.until = since, until
                    self.keep(place, pairs, number, entry)
        finally:
            with self.lock:
                if event := self.rendering.pop((place, pairs), None):
                    event.set()
        if entry:
            return self.send(entry, environ, start_response)
        start_response(*started[-1])
        return parts

    def confirm(self, place, pairs, number):
        """Returns a kept entry that is still right after a change, else None."""
        entry = self.pages.find(place, pairs, number)
        if entry and (entry.number >= number or self.is_right(entry)):
            entry.number = max(entry.number, number)
            return entry
        shared = self.shared.find(place, pairs) if self.shared and not is_file(place[2]) else []
        for entry in shared:
            if self.is_right(entry):
                self.pages.put(place, pairs, entry, number)
                return entry
        return None

    def is_right(self, entry):
        """Whether the entry would be made the same now."""
        if entry.sources is None or not entry.since <= time.time() < entry.until:
            return False
        return self.asking(self.state.digest, entry.sources) == entry.sources.digest

    def keep(self, place, pairs, number, entry):
        """Keeps an answer, unless there is a newer one.

        Generation `number` began before it was made, and may have ended since. Then the next
        reader's request confirms it.
        """
        if self.newest(place, pairs) > number:
            return
        self.pages.put(place, pairs, entry, number)
        if self.shared and entry.sources and not is_file(place[2]):
            self.shared.put(place, pairs, entry)

    def ask(self, environ, started):
        """Returns the parts of Django's answer. A file or PDF does not wait for pages."""
        run = run_here if is_file(environ["PATH_INFO"]) else self.making
        return run(self.application, environ, lambda *status: started.append(status))

    def send(self, entry, environ, start_response):
        before = len(entry.variants)
        answer = entry.answer(environ)
        if len(entry.variants) > before:
            self.pages.measure(entry)
        if entry.number is not None:  # else there is a newer one; see keep()
            self.repeats.put(environ, entry, answer)
        start_response(answer.status, answer.headers)
        return answer.parts


def is_file(path):
    """Whether an address is that of a file, or of a PDF: pages and feeds end with a slash."""
    return not path.endswith("/")


def believe_proxy(environ):
    """Takes the scheme of the reader from a proxy on this machine, and from nobody else."""
    scheme = environ.get("HTTP_X_FORWARDED_PROTO")
    if scheme in ("http", "https") and environ.get("REMOTE_ADDR") in OWN_ADDRESSES:
        environ["wsgi.url_scheme"] = scheme


def count_reader(entry, environ):
    """Counts a search or a click as Django would have done, in the background."""
    if environ["REQUEST_METHOD"] != "GET":
        return
    if entry.count:
        counting.count_later(*entry.count)
    referer = environ.get("HTTP_REFERER", "") if entry.is_result else ""
    if referer and environ.get("HTTP_SEC_FETCH_DEST", "document") == "document":
        words = counting.words_in_referer(referer, environ.get("HTTP_HOST", ""))
        if words:
            counting.count_later(counting.count_click, words)
