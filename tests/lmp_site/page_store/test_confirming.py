"""After a change, an answer is sent again only if it would be made the same."""

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import connection, models
from django.utils import timezone

from catalog.lib.sources import Kept, noted, unnoted
from catalog.models import (
    Audience,
    BestBet,
    FileText,
    Level,
    Resource,
    SiteSettings,
    Tool,
    Topic,
    Video,
)
from catalog.printing.recipes import name_at
from catalog.search import index
from catalog.search.index import current_index
from courses.models import Course, Criterion
from lmp_site.page_store import changes
from lmp_site.page_store.memory import Pages
from tests import files
from tests.lmp_site.page_store.addresses import NOT_KEPT
from tests.makers import make_course, make_tool

pytestmark = pytest.mark.django_db(transaction=connection.vendor == "postgresql")
# Addresses like others. To make many PDFs takes too long.
SIMILAR = re.compile("^(audience|region|tag)-|-atom$|-pdf$")
TEXTS = (models.CharField, models.TextField)
NUMBERS = (models.PositiveIntegerField, models.PositiveSmallIntegerField)


@pytest.fixture
def tools(db):
    """Two tools that have nothing in common."""
    one = make_tool("Poster", topics=["Roles"], levels=[1], summary="To hang up.")
    return one, make_tool("Form", topics=["Goals"], levels=[2])


def made_after(site, change, *addresses):
    """Returns which of the addresses are made again after a change."""
    for address in addresses:
        assert site.get(address).status == 200
    site.made.clear()
    change()
    for address in addresses:
        site.get(address)
    return [address for address in addresses if address in site.made]


def rewrite(tool):
    tool.summary = "To pin up."
    tool.save()


def test_only_what_shows_an_entry_is_made_again(site, tools):
    pages = ["/topics/roles/", "/tools/poster/", "/tools/poster.pdf", "/topics/roles/feed/"]
    others = ["/topics/goals/", "/tools/form/", "/tools/form.pdf", "/topics/goals/feed/"]
    others += ["/topics/", "/path/", "/levels/2/", "/search/suggestions/"]
    assert made_after(site, lambda: rewrite(tools[0]), *pages, *others) == pages


def test_a_search_is_made_again_if_other_entries_have_its_words(site, tools):
    searches = ["/search/?q=pin", "/search/?q=form"]
    for address in searches:
        site.get(address)
    site.made.clear()
    rewrite(tools[0])
    assert "Poster" in site.get(searches[0]).text
    assert "Form" in site.get(searches[1]).text
    assert site.made == ["/search/"]


def test_a_save_without_a_change_makes_only_the_pages_of_its_entry_again(site, tools):
    others = ["/tools/form/", "/search/?q=form", "/topics/goals/", "/path/"]
    assert made_after(site, tools[0].save, "/tools/poster/", *others) == ["/tools/poster/"]


def test_an_entry_that_was_to_appear_later_and_has_appeared_is_on_its_pages(
    site, tools, monkeypatch
):
    now = timezone.now()
    later = make_tool("Later", topics=["Roles"], published=now + timedelta(hours=1))
    assert "Later" not in site.get("/topics/roles/").text
    # Five minutes ago, when ten minutes have passed.
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(minutes=10))
    Tool.objects.filter(pk=later.pk).update(published_at=now + timedelta(minutes=5))
    assert "Later" in site.get("/topics/roles/").text


def test_a_search_that_is_confirmed_is_counted(site, tools, counted):
    site.get("/search/?q=form")
    rewrite(tools[0])
    site.get("/search/?q=form")
    assert len(site.made) == 1 and counted == [("form", 1)] * 2


def test_a_change_while_a_page_is_made_is_in_the_next_answer(site, tools, monkeypatch):
    monkeypatch.setattr(changes, "LOOK_S", 60)
    monkeypatch.setattr(changes.PostgresListener, "interval", 60)
    django = site.django

    def change_at_the_end(environ, start_response):
        answer = django(environ, start_response)
        Tool.objects.filter(pk=tools[0].pk).update(summary="To pin up.")
        return answer

    site.django = change_at_the_end
    assert "To pin up." not in site.get("/tools/poster/").text
    site.django = django
    for _change in "ab":
        site.store.changes.next_look = 0
        make_tool("Another")
        site.store.changes.look()
        assert "To pin up." in site.get("/tools/poster/").text


def test_a_page_is_kept_though_something_else_is_changed_while_it_is_made(site, tools):
    django = site.django

    def change_another(environ, start_response):
        answer = django(environ, start_response)
        rewrite(tools[1])
        return answer

    site.django = change_another
    for address in ("/tools/poster/", "/topics/roles/", "/search/?q=poster"):
        site.get(address)
    site.made.clear()
    for address in ("/tools/poster/", "/topics/roles/", "/search/?q=poster"):
        assert site.get(address).status == 200
    assert site.made == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_change_beside_any_query_of_a_page_is_in_the_next_answer(site, tools, moment):
    number, asked = 0, None

    def change_once(execute, *query):
        nonlocal asked
        asked += 1
        if asked == number and moment == "before":
            Tool.objects.filter(pk=tools[0].pk).update(summary=f"Text {number}.")
        result = execute(*query)
        if asked == number and moment == "after":
            Tool.objects.filter(pk=tools[0].pk).update(summary=f"Text {number}.")
        return result

    while asked is None or asked >= number:
        number, asked = number + 1, 0
        site.restart()
        with connection.execute_wrapper(change_once):
            site.get("/tools/poster/")
        if asked >= number:
            assert f"Text {number}." in site.get("/tools/poster/").text
    assert number > 5


def test_a_vocabulary_that_sql_has_changed_is_on_the_next_page(site, tools):
    assert "Roles" in site.get("/topics/").text
    Topic.objects.filter(name="Roles").update(name="Duties")
    assert "Duties" in site.get("/topics/").text
    index.renew_version()
    assert "Duties" in site.get("/topics/").text


def test_a_pdf_that_was_made_before_a_restart_is_gone_with_its_entry(site, tools):
    site.get("/tools/poster.pdf")
    site.restart()
    assert site.get("/tools/poster.pdf").status == 200
    Tool.objects.filter(pk=tools[0].pk).update(unpublished_at=timezone.now())
    assert site.get("/tools/poster.pdf").status == 404


def test_the_name_of_a_kept_pdf_depends_on_all_of_the_index(tools):
    with noted() as notes:
        name_at("/catalog.pdf", "")
    assert index.VERSION_KEY in notes.parts


# ---- Every address, whatever changes ----


# Tables whose rows this test leaves alone, with the reason.
LEFT_ALONE = {
    "catalog.IndexPart": "the index, which is no readable text",
    "taggit.TaggedItem": "its rows are in catalog.TaggedResource",
}


def fill_tables():
    """Adds what the entries of the addresses do not have, so that each table has a row."""
    tool, video, course = Tool.objects.get(), Video.objects.get(), Course.objects.get()
    tool.best_used, course.outcomes = "Before the huddle", "To know it."
    course.save()
    other = make_course("Second course", minutes_min=30, minutes_max=30, levels=[1])
    same = make_course("Course online", minutes_min=60, minutes_max=60, levels=[1])
    course.modules.create(title="A module", minutes=20)
    course.requirements.create(type="course", necessity="required", named_course=other)
    course.follow_ups.create(text="Practice")
    course.equivalents.add(same)
    course.deliveries.create(mode="classroom", minutes=60)
    course.only_for.add(Audience.objects.first())
    tool.related.add(course)
    video.credits.create(role="Produced by", name="The team")
    Criterion.objects.first().best_rows.create(resource=tool)
    BestBet.objects.create(words="poster", resource=tool)
    SiteSettings.objects.create(name="Our Catalog")
    for resource in (tool, video):  # their former addresses are kept
        resource.slug = f"new-{resource.slug}"
        resource.save()
        resource.slug = resource.slug.removeprefix("new-")
        resource.save()
    name = tool.renditions.get().file.name
    source = FileText.objects.create(resource=tool, name=name)
    source.passages.create(place=1, text="A poster", stems=" poster ")


def another_value(field, value):
    """Returns another value for a column, None if it has to stay."""
    if field.primary_key or field.is_relation or field.choices:
        return None
    if isinstance(field, TEXTS) and not isinstance(field, models.SlugField | models.FileField):
        has_room = value and len(value) < (field.max_length or len(value) + 1)
        return f"{value}x" if has_room else None
    if isinstance(field, models.BooleanField):
        return not value
    # A number that counts the rows of an entry is in a constraint, where the next one is taken.
    constraints = [getattr(one, "fields", ()) for one in field.model._meta.constraints]
    is_free = not any(field.name in names for names in constraints)
    return value + 1 if isinstance(field, NUMBERS) and value and is_free else None


def changed_columns(row):
    values = ((field, getattr(row, field.attname)) for field in row._meta.local_concrete_fields)
    new = {field.attname: another_value(field, value) for field, value in values}
    return {name: value for name, value in new.items() if value is not None}


def change_each_table():
    """Changes a row in each table that pages show, one after another; removes a row of links.

    Yields the name of the table after each change.
    """
    tables = set(changes.seen_tables())
    for model in apps.get_models(include_auto_created=True):
        name = model._meta.label
        if model._meta.db_table in tables and name not in LEFT_ALONE:
            row = model._base_manager.order_by("pk").first()
            assert row, f"{name} has no row that could be changed."
            rows, columns = model._base_manager.filter(pk=row.pk), changed_columns(row)
            rows.update(**columns) if columns else rows.delete()
            yield name


def edit():
    """Does what editors do, one thing after another. Yields a name for each."""
    tool, video, course = Tool.objects.get(), Video.objects.get(), Course.objects.get()
    for resource in (tool, video, course):
        resource.summary = f"About {resource.title} and a huddle"
        resource.save()
        yield f"the summary of {resource}"
    tool.title = "Sign"
    tool.save()
    yield "the title"
    tool.levels.set(Level.objects.filter(number__in=[2, 3]))
    yield "levels"
    tool.topics.add(Topic.objects.create(name="Goals"))
    yield "topics"
    tool.tags.add("pinboard")
    yield "tags"
    course.related.add(tool)
    yield "related entries"
    other = make_course("Second course", minutes_min=30, minutes_max=30, levels=[2])
    yield "a new entry"
    course.requirements.create(type="course", necessity="required", named_course=other)
    yield "a requirement"
    SiteSettings.objects.create(name="Our Catalog")
    yield "the name of the site"
    other.unpublished_at = timezone.now()
    other.save()
    yield "a withdrawn entry"
    video.slug = "moved"
    video.save()
    yield "an address"
    tool.topics.remove(Topic.objects.get(name="Goals"))
    Topic.objects.get(name="Goals").delete()
    yield "a deleted topic"
    course.requirements.all().delete()
    yield "no requirements"
    other.delete()
    yield "a deleted entry"


@pytest.mark.parametrize("steps", [change_each_table, edit])
def test_a_kept_answer_is_the_one_that_would_be_made(site, addresses, steps, monkeypatch):
    names = [name for name in addresses if name not in NOT_KEPT and not SIMILAR.search(name)]
    asked = [addresses[name] for name in names]
    if steps is change_each_table:
        fill_tables()
    site.store.pages, confirmed = Pages(64 << 20), 0
    for address in asked:
        site.get(address)
    for step in steps():
        for address in asked:
            site.made.clear()
            kept = site.get(address)
            if not site.made:
                confirmed += 1
                if steps is edit:
                    monkeypatch.setattr(index, "_latest", None)
                new = site.get(address, cookie="other=1", range="bytes=0-")
                assert site.made and kept.body == new.body, (step, address)
    assert confirmed > 3 * len(asked)


# ---- What is noted ----


def test_what_was_made_from_the_clock_or_wrote_something_is_not_confirmed(db):
    with noted() as read:
        list(Resource.objects.filter(published_at__lt=timezone.now()))
    with noted() as wrote:
        Topic.objects.create(name="Roles")
    assert read.sources() is None and wrote.sources() is None


def test_a_feed_that_lacks_a_missing_file_is_made_again_after_any_change(
    site, tools, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    file = tools[1].renditions.create(file=ContentFile(files.pdf(), "poster.pdf")).file
    kept = file.read()
    file.storage.delete(file.name)
    assert "<enclosure" not in site.get("/topics/goals/feed/").text
    file.storage.save(file.name, ContentFile(kept))
    rewrite(tools[0])
    assert "<enclosure" in site.get("/topics/goals/feed/").text


def test_what_is_kept_for_several_requests_brings_its_sources(db):
    kept = Kept(lambda: list(Topic.objects.all()))
    with noted() as first:
        kept.use()
    with noted() as second, unnoted():
        kept.use()
    assert len(first.queries) == 1 and not second.queries


def test_the_parts_of_the_index_that_were_used_are_noted(tools):
    with noted() as notes:
        found = current_index()
        found.ranked(found.set_of("level:1", "level:9"), "title")
    assert set(notes.parts) == {"set:level:1", "set:level:9", "order:title"}
    assert notes.parts["set:level:1"] and notes.parts["set:level:9"] is None


def test_an_answer_that_a_query_gave_two_results_for_is_not_confirmed(db):
    with noted() as notes:
        assert list(Topic.objects.all()) == []
        with unnoted():
            make_tool("Poster", topics=["Roles"])
        assert [topic.name for topic in Topic.objects.all()] == ["Roles"]
    assert notes.sources() is None


def test_rows_that_are_noted_are_read_in_every_way(tools):
    with noted() as notes:
        titles = Tool.objects.order_by("pk").values_list("title", flat=True)
        assert list(titles) == list(titles.iterator(chunk_size=1)) == ["Poster", "Form"]
        assert (titles.first(), titles.count(), titles.exists()) == ("Poster", 2, True)
        with connection.cursor() as cursor:
            sql = f"SELECT title FROM {Resource._meta.db_table} ORDER BY id"
            cursor.execute(sql)
            assert list(cursor) == [("Poster",), ("Form",)] and cursor.fetchone() is None
            cursor.execute(sql)
            assert cursor.fetchmany() == [("Poster",)] and cursor.fetchall() == [("Form",)]
    assert notes.sources()
