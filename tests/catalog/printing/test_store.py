"""The store and the workers: each PDF is made once, few at once, and within limits."""

import os
import threading
import time
from contextlib import ExitStack
from functools import cache

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from catalog.jobs import queue
from catalog.models import Job, Resource, Tool
from catalog.printing import limits, orders, responses, store, workers
from catalog.sandbox.client import sandbox_process
from catalog.sandbox.exceptions import Refused
from tests import files
from tests.admin import parse_page
from tests.makers import days_ago, make_course, make_tool, run_jobs
from tests.pdfs import pdf_content, read_pdf, response_bytes

pytestmark = pytest.mark.django_db
HELLO = {"html": "<html lang=en><title>Hello</title><h1>Hello</h1>", "fit": True}
ENDLESS = HELLO | {"html": HELLO["html"] + "<table>" + "<tr><td colspan=9>a" * 60_000}


@pytest.fixture(autouse=True)
def empty_store(settings, tmp_path):
    settings.PDF_ROOT = tmp_path / "prints"


@pytest.fixture
def made_keys(monkeypatch):
    """The keys of the PDFs that a worker made."""
    made_keys, run_worker = [], workers.run_worker
    monkeypatch.setattr(
        workers,
        "run_worker",
        lambda document, path, number: (
            made_keys.append(path.name[:64]) or run_worker(document, path, number)
        ),
    )
    return made_keys


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


# ---- Large PDFs ----


@pytest.fixture
def large_listings(monkeypatch):
    monkeypatch.setattr(limits, "HANDOUT_ENTRIES_AT_ONCE", 2)
    for number in range(3):
        make_tool(f"Tool number {number}")


def test_a_large_pdf_is_made_in_the_background(client, large_listings):
    waiting = client.get("/tools.pdf?level=&sort=title")
    assert waiting.status_code == 202 and waiting["Refresh"].startswith("3; url=?order=")
    assert "Yours is next." in parse_page(waiting).text_content()
    assert client.get("/tools.pdf?level=&sort=title").status_code == 202
    assert Job.objects.filter(task=Job.Task.PRINT).count() == 1
    run_jobs(Job.Task.PRINT)
    response = client.get("/tools.pdf?level=&sort=title")
    assert response.status_code == 200
    assert "Tool number 2" in pdf_content(response).text


@pytest.mark.parametrize(
    ("pdf", "page"),
    [
        ("/tools.pdf?level=&sort=title", ["/", "/tools/?sort=title"]),
        ("/catalog.pdf", ["/"]),
    ],
)
def test_a_waiting_page_links_back_to_its_page(client, large_listings, pdf, page):
    crumbs = "//nav[@class='breadcrumbs']//a/@href"
    assert parse_page(client.get(pdf)).xpath(crumbs) == page
    order_address = reload_address(client, pdf)
    assert parse_page(client.get(order_address)).xpath(crumbs) == page


def test_a_waiting_page_says_how_far_the_pdf_is(client, large_listings):
    client.get("/tools.pdf")
    Job.objects.filter(task=Job.Task.PRINT).update(state=Job.State.RUNNING)
    words = parse_page(client.get("/tools.pdf")).text_content()
    assert "Making your PDF" in words
    client.get("/tools.pdf?paper=a4")
    words = parse_page(client.get("/tools.pdf?paper=a4")).text_content()
    assert "1 other PDF is ahead of yours." in words


def test_the_number_of_waiting_orders_is_limited(client, large_listings, monkeypatch):
    monkeypatch.setattr(orders, "MAX_WAITING", 2)
    queries = ["sort=title", "paper=a4", "text=large", "sort=title", "paper=a4&x=1"]
    answers = [client.get(f"/tools.pdf?{query}").status_code for query in queries]
    # A repeated order keeps its place, and an unknown parameter does not make a new order.
    assert answers == [202, 202, 503, 202, 202]


def test_many_orders_of_one_page_leave_room_for_others(client, large_listings, monkeypatch):
    monkeypatch.setattr(orders, "MAX_WAITING_OF_A_PATH", 2)
    addresses = [
        "/tools.pdf?sort=title",
        "/tools.pdf?paper=a4",
        "/tools.pdf?text=large",
        "/new.pdf",
    ]
    assert [client.get(address).status_code for address in addresses] == [202, 202, 503, 202]


def test_old_orders_are_deleted(client, large_listings):
    client.get("/tools.pdf?x=1")
    Job.objects.filter(task=Job.Task.PRINT).update(state=Job.State.DONE, beat_at=days_ago(2))
    client.get("/tools.pdf")
    assert Job.objects.filter(task=Job.Task.PRINT).count() == 1


def test_the_page_of_a_failed_large_pdf_says_why(client, large_listings, monkeypatch):
    monkeypatch.setattr(limits, "LAYOUT_S", 0)
    client.get("/tools.pdf")
    queue.run_waiting_jobs([Job.Task.PRINT])
    response = client.get("/tools.pdf")
    assert response.status_code == 422
    assert (
        "It takes too long to make. If you print a list or a packet, try fewer items."
        in response.content.decode()
    )
    Job.objects.filter(task=Job.Task.PRINT).update(beat_at=days_ago(1))
    assert client.get("/tools.pdf").status_code == 202


def reload_address(client, address):
    """Returns the address that the page waiting for `address` reloads."""
    return address.partition("?")[0] + client.get(address)["Refresh"].partition("url=")[2]


def test_a_waiting_reader_gets_the_order_even_if_the_catalog_changes(client, large_listings):
    order_address = reload_address(client, "/tools.pdf?sort=title")
    make_tool("Tool number 4")
    assert client.get(order_address).status_code == 202
    assert Job.objects.filter(task=Job.Task.PRINT).count() == 1
    run_jobs(Job.Task.PRINT)
    assert "Tool number 4" in pdf_content(client.get(order_address)).text
    # It was made after the change, so a reader who asks now gets it at once.
    assert "Tool number 4" in pdf_content(client.get("/tools.pdf?sort=title")).text


def test_a_request_after_a_change_joins_the_waiting_order(client, large_listings):
    order_address = reload_address(client, "/tools.pdf?sort=title")
    make_tool("Tool number 4")
    assert reload_address(client, "/tools.pdf?sort=title") == order_address
    assert reload_address(client, "/tools.pdf?sort=title&paper=a4") != order_address
    run_jobs(Job.Task.PRINT)
    assert "Tool number 4" in pdf_content(client.get(order_address)).text


def test_a_request_after_a_withdrawal_does_not_join_the_waiting_order(client, large_listings):
    order_address = reload_address(client, "/tools.pdf")
    Resource.objects.filter(title="Tool number 1").update(unpublished_at=days_ago(0))
    make_tool("Tool number 4")
    assert reload_address(client, "/tools.pdf") != order_address


def test_an_order_works_only_for_its_own_page_and_cannot_be_made_up(client, large_listings):
    order_address = reload_address(client, "/tools.pdf?sort=title")
    run_jobs(Job.Task.PRINT)
    for address in (
        order_address.replace("/tools", "/videos"),
        f"{order_address[:-4]}0000",
        "/tools.pdf?order=../",
    ):
        assert client.get(address).status_code in (200, 202)
        assert "Tool number 1" not in str(client.get("/videos.pdf").getvalue())


def test_an_order_with_an_entry_withdrawn_since_is_not_sent(client, large_listings):
    order_address = reload_address(client, "/tools.pdf?sort=title")
    run_jobs(Job.Task.PRINT)
    make_tool("Tool number 4")
    assert client.get(order_address).status_code == 200
    Resource.objects.filter(title="Tool number 1").update(unpublished_at=days_ago(0))
    assert client.get(order_address)["Location"] == "/tools.pdf?sort=title"


def test_an_order_with_a_later_entry_that_was_withdrawn_is_not_sent(client, large_listings):
    order_address = reload_address(client, "/tools.pdf?sort=title")
    late = make_tool("Tool number 4")
    run_jobs(Job.Task.PRINT)
    assert "Tool number 4" in pdf_content(client.get(order_address)).text
    Resource.objects.filter(pk=late.pk).update(unpublished_at=days_ago(0))
    assert client.get(order_address)["Location"] == "/tools.pdf?sort=title"


def test_a_job_without_a_free_worker_waits(client, large_listings, monkeypatch):
    def raise_too_busy(*args):
        raise workers.TooBusy

    client.get("/tools.pdf")
    monkeypatch.setattr(workers, "make_pdf", raise_too_busy)
    assert queue.run_waiting_jobs([Job.Task.PRINT]) == 1
    job = Job.objects.get(task=Job.Task.PRINT)
    assert job.state == Job.State.WAITING and job.tries == 0
    assert job.due_at > timezone.now()


def test_an_order_is_made_by_a_worker_with_another_disk(client, large_listings, settings, tmp_path):
    client.get("/tools.pdf")
    settings.PDF_ROOT = tmp_path / "elsewhere"
    run_jobs(Job.Task.PRINT)
    assert "Tool number 2" in pdf_content(client.get("/tools.pdf")).text


def test_an_order_that_older_code_made_is_made_again(client, large_listings, monkeypatch):
    order_address = reload_address(client, "/tools.pdf?sort=title")
    run_jobs(Job.Task.PRINT)
    assert client.get(order_address).status_code == 200
    monkeypatch.setattr(orders, "fingerprint", lambda: "another")
    assert client.get(order_address)["Location"] == "/tools.pdf?sort=title"


def test_a_page_with_an_address_in_any_script_can_wait(client, monkeypatch):
    monkeypatch.setattr(limits, "HANDOUT_ENTRIES_AT_ONCE", 1)
    for number in range(2):
        make_tool(f"Tool {number}", tags=["日本"])
    waiting = client.get("/tags/日本.pdf")
    assert waiting.status_code == 202 and waiting["Refresh"].startswith("3; url=?order=")
    run_jobs(Job.Task.PRINT)
    assert client.get("/tags/日本.pdf" + waiting["Refresh"][7:]).status_code == 200


def test_a_large_pdf_reports_its_progress(client, large_listings, monkeypatch):
    from catalog.jobs.queue import Progress

    percents = []
    monkeypatch.setattr(Progress, "__call__", lambda self, percent: percents.append(percent))
    client.get("/catalog.pdf")
    run_jobs(Job.Task.PRINT)
    assert percents == sorted(percents) and len(percents) > 2 and percents[-2:] == [80, 95]


def test_a_new_preview_image_changes_the_sheet(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    tool = make_tool("Poster")
    tool.renditions.create(file=ContentFile(files.pdf(), "poster.pdf"))
    run_jobs(Job.Task.SHEET)
    before = client.get(tool.get_pdf_url())["ETag"]
    run_jobs(Job.Task.PREVIEW)
    assert client.get(tool.get_pdf_url())["ETag"] != before


def test_a_change_requires_a_new_large_pdf(client, large_listings):
    client.get("/tools.pdf")
    run_jobs(Job.Task.PRINT)
    assert client.get("/tools.pdf").status_code == 200
    make_tool("Tool number 4")
    assert client.get("/tools.pdf").status_code == 202


# ---- PDFs made ahead ----


def test_the_sheet_of_a_published_entry_is_made_before_anybody_asks(client, made_keys):
    tool = make_tool()
    run_jobs(Job.Task.SHEET)
    assert len(made_keys) == 1
    assert pdf_content(client.get(tool.get_pdf_url())).title and len(made_keys) == 1


def test_a_change_makes_a_new_sheet(made_keys):
    tool = make_tool()
    run_jobs(Job.Task.SHEET)
    tool.title = "Another"
    tool.save()
    run_jobs(Job.Task.SHEET)
    assert len(made_keys) == 2


def test_no_sheet_of_a_draft_is_made():
    make_tool(published=False)
    assert not Job.objects.filter(task=Job.Task.SHEET).exists()


def test_the_sheet_of_a_scheduled_entry_is_made_when_it_is_published(made_keys):
    tool = make_tool(published=days_ago(-1))
    assert queue.run_waiting_jobs([Job.Task.SHEET]) == 0
    Resource.objects.filter(pk=tool.pk).update(published_at=days_ago(0))
    Job.objects.filter(task=Job.Task.SHEET).update(due_at=days_ago(0))
    assert queue.run_waiting_jobs([Job.Task.SHEET]) == 1 and len(made_keys) == 1


def test_orders_of_readers_come_before_sheets_made_ahead(client, large_listings):
    client.get("/tools.pdf")
    job = queue.claim_job(queue.LANES["prints"], "a worker")
    assert job.task == Job.Task.PRINT


def test_the_nu_checker_finds_no_error_in_waiting_pages(
    client, large_listings, nu_errors, tmp_path
):
    pages = {"next": client.get("/tools.pdf")}
    Job.objects.filter(task=Job.Task.PRINT).update(state=Job.State.RUNNING, progress=40)
    pages["running"] = client.get("/tools.pdf")
    pages["busy"] = responses.busy_page(pages["next"].wsgi_request, "A & B")
    pages["impossible"] = responses.failure_page(pages["next"].wsgi_request, "A & B", "It cannot.")
    pages["list"] = client.get("/tools/?list=20260101")
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, response in pages.items():
        (folder / f"{name}.html").write_bytes(response.content)
    assert nu_errors(folder) == []
