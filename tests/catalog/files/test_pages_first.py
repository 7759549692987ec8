"""A file request waits a short time for pages that are being made. Pages never wait for files."""

import threading

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from catalog.files.middleware import PagesFirstMiddleware
from catalog.lib import page_priority
from catalog.printing import documents
from tests.makers import make_course

FILES = ["/media/videos/a/huddle.mp4", "/tools/five-whys/poster.pdf", "/tools/five-whys/v2/a.pdf"]
PAGES = ["/", "/tools/five-whys/", "/tools/five-whys.pdf", "/static/site.css", "/media"]


class Site:
    """Answers in threads. Pages wait for the event `pages`, files for the event `files`."""

    def __init__(self):
        self.pages, self.files = threading.Event(), threading.Event()
        self.active, self.max_active, self.started = [], 0, threading.Semaphore(0)
        self.site = PagesFirstMiddleware(self.answer)

    def answer(self, request):
        event = self.files if request.path in FILES else self.pages
        self.active.append(request.path)
        self.max_active = max(self.max_active, len(self.active))
        self.started.release()
        assert event.wait(30)
        self.active.remove(request.path)
        return HttpResponse()

    def ask(self, path):
        thread = threading.Thread(target=self.site, args=[RequestFactory().get(path)])
        thread.start()
        return thread


@pytest.fixture
def site():
    site = Site()
    yield site
    site.pages.set()
    site.files.set()


@pytest.mark.parametrize("file", FILES)
def test_a_file_waits_for_a_page(site, file, monkeypatch):
    monkeypatch.setattr(page_priority, "TIMEOUT_S", 30)
    page = site.ask("/")
    site.started.acquire()
    file_request = site.ask(file)
    assert not site.started.acquire(timeout=0.05)
    site.pages.set()
    page.join(30)
    assert site.started.acquire(timeout=30) and site.active == [file]
    site.files.set()
    file_request.join(30)


def test_a_file_waits_only_a_short_time(site, monkeypatch):
    monkeypatch.setattr(page_priority, "TIMEOUT_S", 0.01)
    site.ask("/courses/")
    site.started.acquire()
    site.ask(FILES[0])
    assert site.started.acquire(timeout=30) and len(site.active) == 2


@pytest.mark.parametrize("page", PAGES)
def test_a_page_does_not_wait_for_a_file(site, page):
    site.ask(FILES[0])
    site.started.acquire()
    site.ask(page)
    assert site.started.acquire(timeout=30) and site.active == [FILES[0], page]


def test_one_file_is_prepared_at_a_time(site):
    site.files.set()
    threads = [site.ask(FILES[number % 3]) for number in range(20)]
    for thread in threads:
        thread.join(30)
    assert site.max_active == 1 and site.active == []


def test_files_do_not_wait_for_a_page_that_failed():
    def fail(request):
        raise ValueError

    site = PagesFirstMiddleware(fail)
    with pytest.raises(ValueError):
        site(RequestFactory().get("/"))
    assert page_priority.page_starts == []


@pytest.mark.django_db
def test_documents_are_built_one_at_a_time(client, monkeypatch, settings, tmp_path):
    settings.PDF_ROOT = tmp_path / "prints"
    written, render = [], documents.render_to_string

    def render_and_note(template, *args):
        written.append((template, documents.BUILD_LOCK.locked()))
        return render(template, *args)

    monkeypatch.setattr(documents, "render_to_string", render_and_note)
    course = make_course("Sponsoring")
    items = course.get_short_url().rpartition("/")[2]
    for address in ("/courses/sponsoring.pdf", "/new.pdf", "/path/plan.pdf?want=sponsoring",
                    "/path/check.pdf", f"/packet.pdf?items={items}"):  # fmt: skip
        client.get(address)
    assert len(written) == 6 and all(in_turn for _template, in_turn in written), written
