"""An editor who is logged out while writing loses nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.models import Video
from tests import files
from tests.admin import PASSWORD, add_url, form_data, parse_page, sign_in, submit_form
from tests.makers import make_video

pytestmark = pytest.mark.django_db

TEXT = {"title": ["The Huddle"], "body": ['<p>Half\r\na "page" & more</p>'], "levels": ["2", "3"]}


@pytest.fixture(autouse=True)
def person(client):
    return sign_in(client, "ann", "Publishers")


def filled_form(client):
    return form_data(client.get(add_url(Video))) | TEXT | {"_continue": ["1"]}


def log_in(client, response, password=PASSWORD):
    kept = parse_page(response).xpath("//input[@form='login-form'][@name='kept']/@value")
    sent = form_data(response) | {"username": "ann", "password": password, "kept": kept}
    return client.post("/admin/login/", sent)


def resubmit(client, response):
    target = parse_page(response).xpath("//main//form/@action")[0]
    return client.post(target, form_data(response), follow=True)


def test_the_text_is_kept_and_saved_after_the_login(client):
    sent = filled_form(client)
    client.logout()
    asked = client.post(add_url(Video), sent)
    assert asked.status_code == 403
    assert "Log in again to get your text back" in asked.content.decode()
    assert not Video.objects.exists()
    back = log_in(client, asked)
    assert "Your text is not saved yet" in back.content.decode()
    assert not Video.objects.exists()
    resubmit(client, back)
    video = Video.objects.get()
    assert (video.title, video.level_numbers) == ("The Huddle", [2, 3])
    assert video.body == '<p>Half\na "page" &amp; more</p>'


def test_a_wrong_password_loses_nothing(client):
    sent = filled_form(client)
    client.logout()
    once = log_in(client, client.post(add_url(Video), sent), "wrong")
    resubmit(client, log_in(client, once))
    assert Video.objects.get().title == "The Huddle"


def test_the_login_page_names_the_files_to_choose_again(client):
    sent = filled_form(client)
    client.logout()
    sent["file"] = SimpleUploadedFile("film.mp4", files.mp4())
    asked = client.post(add_url(Video), sent)
    assert "After you log in, choose these files again: film.mp4" in asked.content.decode()


def test_a_forged_kept_text_is_ignored(client):
    client.logout()
    sent = form_data(client.get("/admin/login/?next=/admin/")) | {"kept": "made:up"}
    response = client.post("/admin/login/", sent | {"username": "ann", "password": PASSWORD})
    assert parse_page(response).xpath("//main//input[@type='hidden']/@name") == [
        "csrfmiddlewaretoken"
    ]


def test_opening_a_page_redirects_to_the_login(client):
    client.logout()
    response = client.get(add_url(Video))
    assert response.url == f"/admin/login/?next={add_url(Video)}"
    assert client.post("/admin/logout/").url == "/admin/"


def test_the_kept_text_does_not_overwrite_a_newer_version(client):
    video = make_video()
    sent = form_data(client.get(f"/admin/catalog/video/{video.pk}/change/")) | {"_save": ["1"]}
    submit_form(client, f"/admin/catalog/video/{video.pk}/change/", summary="Meanwhile")
    client.logout()
    asked = client.post(f"/admin/catalog/video/{video.pk}/change/", sent | {"summary": ["Mine"]})
    response = resubmit(client, log_in(client, asked))
    assert "While you were writing" in response.content.decode()
    assert Video.objects.get().summary == "Meanwhile"


@pytest.fixture
def strict():
    """A client whose forms need a valid CSRF token."""
    client = Client(enforce_csrf_checks=True)
    client.login(username="ann", password=PASSWORD)
    return client


def test_a_stale_token_from_our_own_page_is_renewed(strict):
    sent = filled_form(strict) | {"csrfmiddlewaretoken": ["x" * 64]}
    back = strict.post(add_url(Video), sent, headers={"Origin": "http://testserver"})
    assert "Your text is not saved yet" in back.content.decode()
    assert not Video.objects.exists()
    target = parse_page(back).xpath("//main//form/@action")[0]
    strict.post(target, form_data(back), headers={"Origin": "http://testserver"})
    assert Video.objects.get().title == "The Huddle"


def test_a_stale_token_after_the_session_ended_asks_for_a_login(strict):
    sent = filled_form(strict) | {"csrfmiddlewaretoken": ["x" * 64]}
    strict.logout()
    asked = strict.post(add_url(Video), sent, headers={"Origin": "http://testserver"})
    resubmit(strict, log_in(strict, asked))
    assert Video.objects.get().title == "The Huddle"


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_a_form_from_another_site_is_refused(strict, headers):
    sent = filled_form(strict) | {"csrfmiddlewaretoken": ["x" * 64]}
    response = strict.post(add_url(Video), sent, headers=headers)
    assert response.status_code == 403
    assert "The Huddle" not in response.content.decode()


def test_a_stale_login_page_is_shown_again(strict):
    response = strict.post(
        "/admin/login/?next=/admin/",
        {"username": "ann", "password": PASSWORD},
        headers={"Origin": "http://testserver"},
    )
    assert response.url == "/admin/login/?next=/admin/"
