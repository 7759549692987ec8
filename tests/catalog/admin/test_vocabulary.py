import pytest
from taggit.models import Tag

from catalog.models import Audience, Dimension, Level, Region, SiteSettings, ToolType, Topic
from tests.admin import (
    add_url,
    admin_url,
    errors_in,
    form_data,
    parse_page,
    sign_in_as_root,
    submit_form,
)
from tests.makers import make_tool, make_topic

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def signed_in(client):
    return sign_in_as_root(client)


@pytest.mark.parametrize("model", [Topic, Audience, Region, ToolType])
def test_a_term_is_added_and_its_address_stays(client, model):
    assert errors_in(submit_form(client, add_url(model), name="Tiny  Habits", position="3")) == []
    term = model.objects.get(name="Tiny Habits")
    assert (term.slug, term.position) == ("tiny-habits", 3)
    submit_form(client, admin_url(term), name="Small Habits", slug="other")
    term.refresh_from_db()
    assert (term.name, term.slug) == ("Small Habits", "tiny-habits")


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"name": "Cafe!"}, "“Café” already has this address. Write another."),
        ({"name": "Café"}, "Topic with this Name already exists."),
        ({"name": "New", "slug": "cafe"}, "“Café” already has this address. Write another."),
        ({"name": ""}, "This field is required."),
        (
            {"name": "Deep", "parent": "inner"},
            "Select a valid choice. That choice is not one of the",
        ),
        ({"name": "New", "position": "-1"}, "Ensure this value is greater than or equal to 0."),
    ],
)
def test_a_mistake_in_a_topic_gets_one_error(client, changes, sentence):
    make_topic("Café")
    inner = make_topic("Inner", parent=make_topic("Outer"))
    if "parent" in changes:
        changes = changes | {"parent": inner.pk}
    errors = errors_in(submit_form(client, add_url(Topic), **changes))
    assert len(errors) == 1 and errors[0].startswith(sentence)


def test_a_topic_with_topics_inside_stays_at_the_top(client):
    outer, other = make_topic("Outer"), make_topic("Other")
    make_topic("Inner", parent=outer)
    response = submit_form(client, admin_url(outer), parent=other.pk)
    assert errors_in(response) == ["This topic holds other topics, so leave this empty."]


def test_a_second_name_in_a_script_without_addresses_needs_a_written_address(client):
    submit_form(client, add_url(Topic), name="海")
    response = submit_form(client, add_url(Topic), name="山")
    assert errors_in(response) == ["“海” already has this address. Write another."]
    assert errors_in(submit_form(client, add_url(Topic), name="山", slug="shan")) == []


@pytest.mark.parametrize("model", [Level, Dimension])
def test_levels_and_dimensions_get_new_words_but_no_new_rows(client, model):
    row = model.objects.first()
    submit_form(client, admin_url(row), name="Other", number="9", slug="other")
    assert model.objects.get(pk=row.pk).name == "Other"
    assert client.get(add_url(model)).status_code == 403


def test_a_tag_can_be_added_renamed_and_viewed(client):
    submit_form(client, add_url(Tag), name="Team\x0b work")
    tag = Tag.objects.get()
    assert (tag.name, tag.slug) == ("Team work", "team-work")
    make_tool(tags=["team work"])
    submit_form(client, admin_url(tag), name="Teamwork", slug="other")
    tag = Tag.objects.get()
    assert (tag.name, tag.slug, tag.tagged_resources.count()) == ("Teamwork", "team-work", 1)
    assert client.get(f"/tags/{tag.slug}/").status_code == 200


@pytest.mark.parametrize(
    "name, sentence",
    [
        ("SAFETY", "The tag “safety” already exists."),
        ("a, b", "A tag cannot have a comma or semicolon."),
        ("???", "“???” cannot be a tag: it needs a letter or a digit."),
    ],
)
def test_a_mistake_in_a_tag_gets_one_error(client, name, sentence):
    Tag.objects.create(name="safety")
    assert errors_in(submit_form(client, add_url(Tag), name=name)) == [sentence]


def test_the_site_settings_are_one_form_that_creates_its_row(client):
    response = client.get("/admin/catalog/sitesettings/", follow=True)
    assert form_data(response)["name"] == ["Partnership Catalog"]
    assert not SiteSettings.objects.exists()
    submit_form(client, response.request["PATH_INFO"], name="The Shelf", contact="a@example.org")
    assert SiteSettings.objects.get().name == "The Shelf"
    submit_form(client, response.request["PATH_INFO"], name="The Other Shelf")
    assert SiteSettings.objects.get().name == "The Other Shelf"
    assert "The Other Shelf" in client.get("/admin/").content.decode()


@pytest.mark.parametrize("path", ["add/", "1/delete/", "2/change/", "abc/change/"])
def test_the_site_settings_cannot_be_added_or_deleted(client, path):
    response = client.get(f"/admin/catalog/sitesettings/{path}")
    assert response.status_code == 403 or response.url == "/admin/"
    assert not SiteSettings.objects.exists()


def test_the_index_lists_the_entries_first(client):
    page = parse_page(client.get("/admin/"))
    captions = [c.text_content().strip() for c in page.xpath("//main//caption")]
    groups = ["Catalog", "Vocabulary", "Files", "Path to Performance", "Search"]
    assert captions == [*groups, "Site and people"]
    models = [link.text_content() for link in page.xpath("//main//th/a")]
    assert models[:4] == ["Videos", "Tools", "Courses", "Topics"]
    assert "Resources" not in models


def test_every_link_of_the_index_works(client):
    for link in parse_page(client.get("/admin/")).xpath("//main//th/a/@href"):
        assert client.get(link, follow=True).status_code == 200
        add = client.get(f"{link}add/")
        assert add.status_code in (200, 403)
