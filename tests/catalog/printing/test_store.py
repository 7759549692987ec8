"""The store and the workers: each PDF is made once, few at once, and within limits."""

import os
import threading
import time
from contextlib import ExitStack
from functools import cache

import pytest

from catalog.models import Job, Resource, Tool
from catalog.printing import limits, store, workers
from catalog.sandbox.client import sandbox_process
from catalog.sandbox.exceptions import Refused
from tests.admin import parse_page
from tests.makers import days_ago, make_course, make_tool, run_jobs
from tests.pdfs import pdf_content, read_pdf, response_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]
HELLO = {"html": "<html lang=en><title>Hello</title><h1>Hello</h1>", "fit": True}
ENDLESS = HELLO | {"html": HELLO["html"] + "<table>" + "<tr><td colspan=9>a" * 60_000}


def in_threads(number, work):
    threads = [threading.Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_a_document_is_made_and_kept():
    key = store.hash_of(HELLO)
    assert store.find_pdf(key) is None
    path = workers.make_pdf(key, HELLO)
    assert store.find_pdf(key) == path and read_pdf(path.read_bytes()).title == "Hello"


def test_a_document_is_made_once_however_many_threads_ask(made_keys):
    paths = []
    in_threads(8, lambda: paths.append(workers.make_pdf("a" * 64, HELLO)))
    assert made_keys == ["a" * 64] and len(paths) == 8 and len(set(paths)) == 1


def test_no_more_pdfs_are_made_at_once_than_there_are_slots(settings, monkeypatch):
    settings.PDF_WORKERS = 2
    running, running_counts = [], []

    def make_slowly(document, path, number):
        running.append(path)
        running_counts.append(len(running))
        time.sleep(0.05)
        running.remove(path)
        path.write_bytes(b"%PDF")

    monkeypatch.setattr(workers, "run_worker", make_slowly)
    keys = iter(["a", "b", "c", "d", "e", "f"])
    in_threads(6, lambda: workers.make_pdf(next(keys) * 64, HELLO))
    assert len(running_counts) == 6 and max(running_counts) == 2


@pytest.mark.parametrize(("worker_count", "for_large"), [(1, [0]), (2, [0]), (4, [0, 1, 2])])
def test_large_pdfs_leave_a_slot_for_small_ones(
    client, large_listings, settings, monkeypatch, worker_count, for_large
):
    settings.PDF_WORKERS = worker_count
    used_slots, make_pdf = [], workers.make_pdf

    def record_slots(key, document, timeout_s=workers.TIMEOUT_S, slots=None):
        used_slots.append(slots and list(slots))
        return make_pdf(key, document, timeout_s, slots)

    monkeypatch.setattr(workers, "make_pdf", record_slots)
    for address in ("/tools.pdf", "/catalog.pdf"):
        client.get(address)
    run_jobs(Job.Task.PRINT)
    assert len(used_slots) > 4 and all(slots == for_large for slots in used_slots)
    client.get(Tool.objects.first().get_pdf_url())
    assert used_slots[-1] is None


def test_the_process_for_the_next_reader_is_started_ahead(monkeypatch):
    monkeypatch.setattr(workers, "worker_numbers", cache(workers.worker_numbers.__wrapped__))
    second = sandbox_process(workers.RENDERERS, 1)
    second.end()
    workers.make_pdf("a" * 64, HELLO)
    assert second.process.poll() is None


def test_a_document_that_waits_for_a_slot_takes_any_free_one(settings):
    settings.PDF_WORKERS = 2
    with workers.slot_lock(time.monotonic(), [0]):
        with pytest.raises(workers.TooBusy), workers.slot_lock(time.monotonic(), [0]):
            pass
        with workers.slot_lock(time.monotonic(), range(2)):
            pass


def test_waiting_too_long_raises_too_busy():
    path = store.folder("lock") / "aaa"
    with workers.file_lock(path, time.monotonic()), pytest.raises(workers.TooBusy):
        workers.make_pdf("a" * 64, HELLO, timeout_s=0)


def test_the_number_of_waiting_threads_is_limited():
    with ExitStack() as seats:
        while workers.WAITING_SEATS.acquire(blocking=False):
            seats.callback(workers.WAITING_SEATS.release)
        with pytest.raises(workers.TooBusy):
            workers.make_pdf("a" * 64, HELLO)
    assert workers.make_pdf("a" * 64, HELLO)


def test_a_document_that_takes_too_long_fails_and_is_not_tried_again_at_once(
    monkeypatch, made_keys
):
    monkeypatch.setattr(limits, "LAYOUT_S", 1)
    for _time in range(2):
        with pytest.raises(Refused) as caught:
            workers.make_pdf("b" * 64, ENDLESS)
        assert caught.value.code == "too_slow"
    assert made_keys == ["b" * 64]
    assert workers.make_pdf("c" * 64, HELLO)


def test_a_document_that_takes_too_much_memory_fails(monkeypatch):
    monkeypatch.setattr(limits, "LAYOUT_MEGABYTES", 5)
    with pytest.raises(Refused) as caught:
        workers.make_pdf("b" * 64, HELLO | {"html": HELLO["html"] + "<p>Hello" * 5000})
    assert caught.value.code in ("too_much", "unreadable")


def test_a_failure_leaves_no_partial_file(monkeypatch):
    monkeypatch.setattr(limits, "LAYOUT_S", 1)
    with pytest.raises(Refused):
        workers.make_pdf("b" * 64, ENDLESS)
    assert list(store.folder("pdf").iterdir()) == []


def pdf_paths(letters):
    return [store.folder("pdf") / store.path_of(letter * 64).name for letter in letters]


def test_a_file_nobody_asks_for_is_removed_after_a_week():
    old, new = pdf_paths("ab")
    for path in (old, new):
        path.write_bytes(b"%PDF")
    long_ago = time.time() - store.MAX_AGE_S - 60
    os.utime(old, (long_ago, long_ago))
    store.sweep()
    assert not old.exists() and new.exists()


def test_the_files_asked_for_last_stay_when_room_is_short(monkeypatch):
    monkeypatch.setattr(store, "MAX_FILES", 2)
    paths = pdf_paths("abc")
    for age, path in enumerate(paths):
        path.write_bytes(b"%PDF")
        os.utime(path, (time.time() - age, time.time() - age))
    store.sweep()
    assert [path.exists() for path in paths] == [True, True, False]


# ---- Pages and PDFs for readers ----


def test_a_reader_is_asked_to_wait_while_many_pdfs_are_made(client, monkeypatch):
    monkeypatch.setattr(workers, "make_pdf", lambda *args: (_ for _ in ()).throw(workers.TooBusy))
    response = client.get(make_tool("Waste Walk").get_pdf_url())
    assert response.status_code == 503
    assert response["Retry-After"] == response["Refresh"] == "3"
    assert response["Cache-Control"] == "no-store" and "ETag" not in response
    words = parse_page(response).text_content()
    assert "We are making many PDFs right now." in words and "Waste Walk" in words


def test_a_reader_is_told_why_a_pdf_cannot_be_made(client, monkeypatch):
    def refuse(*args, **limits):
        raise Refused("too_slow")

    monkeypatch.setattr(workers, "make_pdf", refuse)
    response = client.get(make_tool().get_pdf_url())
    assert response.status_code == 422 and "Refresh" not in response
    assert (
        "It takes too long to make. If you print a list or a packet, try fewer items."
        in response.content.decode()
    )


def test_a_kept_pdf_is_sent_without_asking_for_the_entry(client, django_assert_num_queries):
    path = make_course().get_pdf_url()
    first = response_bytes(client.get(path))
    with django_assert_num_queries(2):  # the state of the catalog, and what is hidden now
        assert response_bytes(client.get(path)) == first


def test_the_kept_pdf_of_a_withdrawn_entry_is_not_sent(client):
    tool = make_tool()
    path = tool.get_pdf_url()
    assert client.get(path).getvalue()
    Resource.objects.filter(pk=tool.pk).update(unpublished_at=days_ago(0))
    assert client.get(path).status_code == 404


def test_a_new_site_name_is_printed_at_once(client):
    from catalog.models import SiteSettings

    path = make_tool().get_pdf_url()
    client.get(path).getvalue()
    SiteSettings.objects.create(name="Our Shelf")
    assert "Our Shelf" in pdf_content(client.get(path)).text


def test_a_head_request_gets_the_size_without_the_content(client):
    path = make_tool().get_pdf_url()
    size = len(client.get(path).getvalue())
    response = client.head(path)
    assert response["Content-Length"] == str(size) and response.content == b""
