"""The responses with PDFs: their file names, their caching, and when they are made again."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from catalog.printing import responses, workers
from tests.makers import days_ago, make_tool, make_video
from tests.pdfs import pdf_content, response_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_store(settings, tmp_path):
    settings.PDF_ROOT = tmp_path / "prints"


@pytest.fixture
def made_papers(monkeypatch):
    """The papers of the PDFs that a worker made, in order."""
    papers, run_worker = [], workers.run_worker

    def record_paper(document, path, number):
        papers.append(document["paper"])
        return run_worker(document, path, number)

    monkeypatch.setattr(workers, "run_worker", record_paper)
    return papers


@pytest.fixture
def staff(client):
    client.force_login(User.objects.create_superuser("ann"))
    return client


def test_a_pdf_is_made_once(client, made_papers):
    path = make_tool().get_pdf_url()
    first = client.get(path)
    assert response_bytes(client.get(path)) == response_bytes(first)
    assert made_papers == ["letter"]


def test_each_paper_has_its_own_pdf(client, made_papers):
    path = make_tool().get_pdf_url()
    tags = {
        client.get(path + query)["ETag"] for query in ("", "?paper=a4", "?paper=A4", "?paper=x")
    }
    assert made_papers == ["letter", "a4"]
    assert len(tags) == 2


def test_a_reader_who_has_the_pdf_gets_304(client, made_papers):
    path = make_tool().get_pdf_url()
    tag = client.get(path)["ETag"]
    response = client.get(path, headers={"If-None-Match": tag})
    assert (response.status_code, response.content) == (304, b"")
    assert response["ETag"] == tag
    assert made_papers == ["letter"]


def test_a_different_etag_gets_the_pdf(client):
    response = client.get(make_tool().get_pdf_url(), headers={"If-None-Match": '"other"'})
    assert response.status_code == 200


def test_a_saved_change_makes_a_new_pdf(client, made_papers):
    tool = make_tool()
    before = client.get(tool.get_pdf_url())["ETag"]
    tool.summary = "Something else."
    tool.save()
    response = client.get(tool.get_pdf_url())
    assert response["ETag"] != before
    assert "Something else." in pdf_content(response).text
    assert len(made_papers) == 2


def test_a_new_related_entry_makes_a_new_pdf(client):
    tool, video = make_tool(), make_video("Cake")
    before = client.get(tool.get_pdf_url())["ETag"]
    tool.related.add(video)
    assert "Cake" in pdf_content(client.get(tool.get_pdf_url())).text
    assert client.get(tool.get_pdf_url())["ETag"] != before


def test_a_new_entry_makes_a_new_pdf_of_its_listing(client):
    make_tool("Waste Walk")
    before = client.get("/tools.pdf")["ETag"]
    make_tool("Icebreaker")
    assert client.get("/tools.pdf")["ETag"] != before


def test_a_pdf_is_made_again_on_the_next_day(client, monkeypatch):
    path = make_tool(published=days_ago(9)).get_pdf_url()
    day = timezone.localdate()
    tags = []
    for shown in (day, day, day + timezone.timedelta(days=1)):
        monkeypatch.setattr(timezone, "localdate", lambda shown=shown: shown)
        tags.append(client.get(path)["ETag"])
    assert tags[0] == tags[1] != tags[2]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        (
            "Waste Walk (online)",
            "filename=\"waste-walk-online.pdf\"; filename*=UTF-8''waste-walk-online.pdf",
        ),
        ("Łódź", "filename=\"odz.pdf\"; filename*=UTF-8''%C5%82%C3%B3d%C5%BA.pdf"),
        (
            '"; x=\r\nSet-Cookie: a',
            "filename=\"x-set-cookie-a.pdf\"; filename*=UTF-8''x-set-cookie-a.pdf",
        ),
        ("漢字", "filename=\"catalog.pdf\"; filename*=UTF-8''%E6%BC%A2%E5%AD%97.pdf"),
        ("🎉", "filename=\"catalog.pdf\"; filename*=UTF-8''catalog.pdf"),
    ],
)
def test_the_file_name_comes_from_the_title(title, name):
    assert responses.disposition(title) == f"inline; {name}"


def test_the_file_name_of_a_listing_comes_from_its_title(client):
    response = client.get("/tools.pdf?level=2")
    assert 'filename="tools-level-2.pdf"' in response["Content-Disposition"]


def test_a_public_pdf_sets_no_cookie_and_may_be_cached(client):
    response = client.get(make_tool().get_pdf_url())
    assert not response.cookies
    assert "no-store" not in response.get("Cache-Control", "")
    assert "Cookie" not in response.get("Vary", "")


def test_a_draft_has_no_pdf_for_readers(client):
    assert client.get(make_tool(published=False).get_pdf_url()).status_code == 404


@pytest.mark.parametrize(("published", "state"), [(False, "draft"), (days_ago(-3), "scheduled")])
def test_staff_get_the_pdf_of_a_draft_marked_and_not_cached(staff, published, state):
    response = staff.get(make_tool("Waste Walk", published=published).get_pdf_url())
    assert response["Cache-Control"] == "private, no-store"
    words = pdf_content(response).text
    assert f"NOT PUBLISHED State: {state}." in words
    assert words.count("Not published") == 1


def test_staff_get_the_same_public_pdf_as_readers(staff):
    response = staff.get(make_tool().get_pdf_url())
    assert "no-store" not in response.get("Cache-Control", "")
    assert "not published" not in pdf_content(response).text.lower()


def test_a_former_address_redirects_to_the_current_pdf(client):
    tool = make_tool(slug="old")
    tool.slug = "new"
    tool.save()
    assert client.get("/tools/old.pdf")["Location"] == "/tools/new.pdf"


def test_links_use_the_site_url_and_not_the_requested_host(client, settings):
    settings.SITE_URL = "https://catalog.example.org"
    settings.ALLOWED_HOSTS = ["other.example.org"]
    pdf = pdf_content(client.get(make_tool().get_pdf_url(), headers={"Host": "other.example.org"}))
    assert all(link.startswith("https://catalog.example.org/") for link in pdf.links)
    assert "other.example.org" not in pdf.text
