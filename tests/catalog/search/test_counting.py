"""Searches and opened results are counted; readers are not."""

import time
from datetime import timedelta
from threading import Event

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError
from django.utils import timezone

from catalog.models import SearchCount
from catalog.search import counting
from tests import files
from tests.makers import make_tool

pytestmark = pytest.mark.django_db
WITH_THREAD = counting.count_later  # before the tests' own takes its place
PAGE = "http://testserver/search/?q="


@pytest.fixture
def count_with_thread(monkeypatch):
    monkeypatch.setattr(counting.connection, "close", lambda: None)
    return WITH_THREAD


def counts():
    return list(SearchCount.objects.order_by("words").values_list("words", "searches", "clicks"))


def test_searches_for_the_same_words_are_counted_together(client):
    for words in ("Huddle  board", "huddle board ", "HUDDLE BOARD", "goal"):
        client.get("/search/", {"q": words})
    assert counts() == [("goal", 1, 0), ("huddle board", 3, 0)]


def test_the_number_of_results_is_saved(client):
    client.get("/search/?q=sheet")
    assert SearchCount.objects.get().results == 0
    make_tool("Sheet")
    client.get("/search/?q=sheet")
    assert SearchCount.objects.get().results == 1


@pytest.mark.parametrize(
    "path", ["/search/", "/search/?q=", "/search/?q=a&page=2", "/search/feed/?q=a"]
)
def test_only_the_first_page_of_a_search_with_words_is_counted(client, path):
    for number in range(12):
        make_tool(f"A {number}")
    client.get(path)
    client.head("/search/?q=a")
    assert counts() == []


def test_a_result_that_is_opened_from_the_search_page_is_a_click(client):
    make_tool("Huddle")
    client.get("/search/?q=Huddle")
    client.get("/tools/huddle/", headers={"referer": PAGE + "Huddle&level=2"})
    assert counts() == [("huddle", 1, 1)]


@pytest.mark.parametrize(
    "referer",
    [
        "",
        "http://elsewhere.example/search/?q=huddle",
        "http://testserver/tools/?q=huddle",
        "http://testserver/search/",
        "http://[broken/search/?q=huddle",
        "\udcff",
        PAGE + "%FF%00",
        PAGE + "another",
    ],
)
def test_a_page_that_is_opened_another_way_is_not_a_click(client, referer):
    make_tool("Huddle")
    client.get("/search/?q=huddle")
    client.get("/tools/huddle/", HTTP_REFERER=referer)
    client.get("/tools/nothing/", HTTP_REFERER=PAGE + "huddle")
    client.get("/tools/", HTTP_REFERER=PAGE + "huddle")
    assert counts() == [("huddle", 1, 0)]


def test_counts_are_deleted_after_90_days(client):
    day = timezone.localdate()
    for days in (counting.KEEP_DAYS, counting.KEEP_DAYS + 1):
        SearchCount.objects.create(day=day - timedelta(days=days), words=f"{days}", searches=1)
    client.get("/search/?q=new")
    assert [words for words, *_rest in counts()] == ["90", "new"]


def test_the_number_of_different_searches_a_day_is_limited(client, monkeypatch):
    monkeypatch.setattr(counting, "MAX_QUERIES_A_DAY", 2)
    for word in ("one", "two", "three", "one"):
        client.get("/search/", {"q": word})
    assert counts() == [("one", 2, 0), ("two", 1, 0)]


def test_a_busy_database_does_not_delay_the_reader(client, monkeypatch):
    def busy(*facts):
        raise DatabaseError("database is locked")

    monkeypatch.setattr(counting, "count_search", busy)
    assert client.get("/search/?q=huddle").status_code == 200
    assert counts() == []


def test_a_thread_counts_together_what_comes_within_a_second(monkeypatch, count_with_thread):
    together, done = [], Event()

    def count_now(calls):
        together.append(calls)
        done.set()

    monkeypatch.setattr(counting, "count_now", count_now)
    monkeypatch.setattr(counting, "TOGETHER_S", 0.2)
    monkeypatch.setattr(counting, "IDLE_S", 0.1)
    for number in range(50):
        count_with_thread(print, number % 20)
    assert done.wait(30)
    assert together == [{(print, number): 3 if number < 10 else 2 for number in range(20)}]


def test_the_thread_ends_when_nothing_waits_and_starts_again(monkeypatch, count_with_thread):
    counted = []
    monkeypatch.setattr(counting, "count_now", counted.append)
    monkeypatch.setattr(counting, "TOGETHER_S", 0)
    monkeypatch.setattr(counting, "IDLE_S", 0.01)
    for number in range(20):
        count_with_thread(print, number)
        deadline = time.monotonic() + 30
        while counting._thread is not None:
            assert time.monotonic() < deadline
            time.sleep(0.001)
    assert counted == [{(print, number): 1} for number in range(20)]


def test_what_waits_has_a_limit_but_what_waits_already_is_counted(monkeypatch, count_with_thread):
    waiting = {}
    monkeypatch.setattr(counting, "_waiting", waiting)
    monkeypatch.setattr(counting, "_thread", "one that never counts")
    monkeypatch.setattr(counting, "MAX_WAITING", 2)
    for number in (1, 2, 3, 1):
        count_with_thread(print, number)
    assert waiting == {(print, 1): 2, (print, 2): 1}


def test_the_table_has_no_data_about_the_reader():
    names = {field.name for field in SearchCount._meta.fields}
    assert names == {"id", "day", "words", "searches", "clicks", "results"}


@pytest.mark.parametrize(
    ("path", "headers", "clicks"),
    [
        ("pdf", {}, 1),
        ("pdf", {"sec-fetch-dest": "document"}, 1),
        ("pdf", {"sec-fetch-dest": "embed"}, 0),
        ("png", {}, 0),
        ("png", {"sec-fetch-dest": "image"}, 0),
    ],
)
def test_an_opened_pdf_is_a_click_and_a_shown_image_is_not(client, path, headers, clicks):
    tool = make_tool("Huddle")
    tool.renditions.create(format="PDF", file=ContentFile(files.pdf(), "sheet.pdf"))
    tool.image.save("sheet.png", ContentFile(files.image()), save=False)
    shown = {"pdf": tool.renditions.get().file.url, "png": tool.image.url}[path]
    client.get("/search/?q=huddle")
    response = client.get(shown, headers={"referer": PAGE + "huddle"} | headers)
    assert b"".join(response.streaming_content)
    assert counts() == [("huddle", 1, clicks)]


def test_narrowing_a_search_is_not_counted_as_another_search(client):
    make_tool("Huddle", levels=[2])
    client.get("/search/?q=huddle")
    client.get("/search/?q=huddle&level=2")
    client.get("/search/?q=huddle&sort=title")
    assert counts() == [("huddle", 1, 0)]
