"""Large PDFs are ordered and made by a job; sheets are made before anybody asks."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from catalog.jobs import queue
from catalog.models import Job, Resource
from catalog.printing import limits, orders, responses, workers
from tests import files
from tests.admin import parse_page
from tests.makers import days_ago, make_tool, run_jobs
from tests.pdfs import pdf_content

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]


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
