"""The page store as a WSGI application before Django."""

import re
from threading import Event, Lock

from django.conf import settings

from catalog.search import counting
from lmp_site.page_store.changes import Changes
from lmp_site.page_store.memory import Memory
from lmp_site.page_store.middleware import ENTRY, STORE

# Pages and feeds end with a slash. Files and PDFs have ways of their own.
KEPT_PATH = re.compile(r"/(?!admin/|static/|media/)(?:.*/)?|/opensearch\.xml")
MAX_ADDRESS = 2000  # characters; longer ones are packets, which hardly anybody asks for twice
RENDER_TIMEOUT_S = 10  # that a request waits for another one that makes the same answer
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")


def store_pages(application):
    """Returns a PageStore before `application`, as the settings say."""
    max_bytes = settings.PAGE_STORE_MB << 20
    return PageStore(application, Changes(), settings.SESSION_COOKIE_NAME, max_bytes)


class PageStore:
    """Answers from `memory`, or asks `application` and keeps the answer if it may.

    `changes` has the generation of the catalog; a new one empties the memory.
    """

    def __init__(self, application, changes, session_cookie, max_bytes):
        self.application, self.changes = application, changes
        self.cookie = f"{session_cookie}="
        self.memory, self.number = Memory(max_bytes), None
        self.lock, self.rendering = Lock(), {}

    def __call__(self, environ, start_response):
        key = self.key_of(environ)
        if key is None:
            return self.application(environ, start_response)
        number = self.changes.generation()
        if number != self.number:
            self.memory.clear()
            self.number = number
        entry = self.memory.get(key)
        if entry is None and environ["REQUEST_METHOD"] == "HEAD":
            return self.application(environ, start_response)
        entry = entry or self.wait_for(key)
        if entry is None:
            return self.render(key, number, environ, start_response)
        count_reader(entry, environ)
        return self.send(key, entry, environ, start_response)

    def key_of(self, environ):
        """Returns what tells answers apart; None for a request that must reach Django."""
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        if (
            environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or self.cookie in environ.get("HTTP_COOKIE", "")
            or len(path) + len(query) > MAX_ADDRESS
            or not KEPT_PATH.fullmatch(path)
        ):
            return None
        saves_data = environ.get("HTTP_SAVE_DATA", "").lower() == "on"
        host = environ.get("HTTP_HOST", "")
        return environ.get("wsgi.url_scheme"), host, path, query, saves_data

    def wait_for(self, key):
        """Waits while another thread makes this answer. Returns the entry, None if there is none.

        If nobody makes it, the caller does.
        """
        with self.lock:
            event = self.rendering.get(key)
            if event is None:
                self.rendering[key] = Event()
                return None
        event.wait(RENDER_TIMEOUT_S)
        return self.memory.get(key)

    def render(self, key, number, environ, start_response):
        started = []
        own = dict(environ) | {STORE: True}
        for name in CONDITIONS:
            own.pop(name, None)
        try:
            parts = self.application(own, lambda *status: started.append(status))
            entry = own.pop(ENTRY, None)
            if entry and self.changes.generation() == number:
                self.memory.put(key, entry)
        finally:
            with self.lock:
                if event := self.rendering.pop(key, None):
                    event.set()
        if entry:
            parts.close()
            return self.send(key, entry, environ, start_response)
        start_response(*started[-1])
        return parts

    def send(self, key, entry, environ, start_response):
        before = len(entry.variants)
        parts = entry.answer(environ, start_response)
        if len(entry.variants) > before:
            self.memory.measure(key, entry)
        return parts


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
