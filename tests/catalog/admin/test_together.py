"""Two editors write in one entry. Neither loses a word."""

import pytest
from django.test import Client

from catalog.models import Video
from tests.admin import add_row, admin_url, errors_in, form_data, messages_in, parse_page, sign_in
from tests.makers import make_video

pytestmark = pytest.mark.django_db

NOT_SAVED = "Not saved: someone else saved this entry while you were writing."


@pytest.fixture
def video():
    return make_video(summary="As it was")


@pytest.fixture
def ann():
    return signed_in_client("ann", first_name="Ann", last_name="Lee")


@pytest.fixture
def bob():
    return signed_in_client("bob")


def signed_in_client(name, **fields):
    client = Client()
    sign_in(client, name, "Publishers", **fields)
    return client


def open_form(client, video):
    return form_data(client.get(admin_url(video)))


def send(client, video, form, **changes):
    return client.post(admin_url(video), form | {"_save": "1"} | changes, follow=True)


def summary():
    return Video.objects.get().summary


def test_the_second_to_save_is_told_and_keeps_the_text(ann, bob, video):
    form = open_form(bob, video)
    send(ann, video, open_form(ann, video), summary="As Ann wants it")
    response = send(bob, video, form, summary="As Bob wants it")
    assert errors_in(response) == [NOT_SAVED]
    told = parse_page(response).xpath("//div[@class='conflict']")[0].text_content()
    assert "While you were writing, Ann Lee saved this entry" in told
    assert "Changed Summary." in told
    assert summary() == "As Ann wants it"
    assert form_data(response)["summary"] == ["As Bob wants it"]


def test_an_editor_can_choose_to_replace_the_saved_version(ann, bob, video):
    form = open_form(bob, video)
    send(ann, video, open_form(ann, video), summary="As Ann wants it")
    response = send(bob, video, form, summary="As Bob wants it")
    again = form_data(response)
    assert errors_in(send(bob, video, again)) == [NOT_SAVED]
    tick = parse_page(response).xpath("//input[@type='checkbox'][@name='version']/@value")
    assert errors_in(send(bob, video, again, version=[*again["version"], *tick])) == []
    assert summary() == "As Bob wants it"


def test_the_choice_to_replace_covers_only_the_version_that_was_shown(ann, bob, video):
    form = open_form(bob, video)
    send(ann, video, open_form(ann, video), summary="First")
    response = send(bob, video, form, summary="As Bob wants it")
    tick = parse_page(response).xpath("//input[@type='checkbox'][@name='version']/@value")
    send(ann, video, open_form(ann, video), summary="Second")
    again = form_data(response)
    assert errors_in(send(bob, video, again, version=[*again["version"], *tick])) == [NOT_SAVED]
    assert summary() == "Second"


def test_an_error_does_not_hide_the_conflict(ann, bob, video):
    form = open_form(bob, video)
    response = send(bob, video, form, summary="As Bob wants it", title="")
    again = form_data(response)
    send(ann, video, open_form(ann, video), summary="As Ann wants it")
    assert errors_in(send(bob, video, again, title="B")) == [NOT_SAVED]


def test_a_form_without_a_version_is_not_trusted(bob, video):
    form = open_form(bob, video)
    del form["version"]
    assert errors_in(send(bob, video, form)) == [NOT_SAVED]


def test_an_editor_alone_sees_no_conflict(bob, video):
    for text in ("One", "Two", "Three"):
        assert errors_in(send(bob, video, open_form(bob, video), summary=text)) == []
    assert summary() == "Three"


def test_text_written_in_a_deleted_entry_becomes_a_draft(ann, bob, video):
    form = open_form(bob, video)
    add_row(form, "credits", {"role": "By", "name": "Bob"})
    ann.post(admin_url(video, "delete"), {"post": "yes"})
    assert not Video.objects.exists()
    response = send(bob, video, form, summary="As Bob wants it")
    assert "This entry was deleted while you were writing." in messages_in(response)[0]
    kept = Video.objects.get()
    assert (kept.summary, kept.state, kept.slug) == ("As Bob wants it", "draft", video.slug)
    assert kept.credits.get().name == "Bob"


def test_a_row_that_someone_removed_meanwhile_is_saved_as_a_new_row(ann, bob, video):
    gone = video.credits.create(role="By", name="Us")
    video.credits.create(role="Animation by", name="Them")
    form = open_form(bob, video)
    add_row(form, "credits", {"role": "Music by", "name": "Eve"})
    send(ann, video, open_form(ann, video), **{"credits-0-DELETE": "1"})
    response = send(bob, video, form, **{"credits-0-name": "Bob"})
    again = form_data(response)
    assert [again[f"credits-{n}-name"] for n in range(3)] == [["Them"], ["Bob"], ["Eve"]]
    tick = parse_page(response).xpath("//input[@type='checkbox'][@name='version']/@value")
    response = send(bob, video, again, version=[*again["version"], *tick])
    assert errors_in(response) == []
    assert {str(c) for c in video.credits.all()} == {"By Bob", "Animation by Them", "Music by Eve"}
    assert not video.credits.filter(pk=gone.pk).exists()
