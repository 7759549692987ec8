"""A page asks the database once what version the index has and what is hidden now."""

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from catalog.models import SiteSettings, Topic
from catalog.search.index import VERSION_KEY, current_index, one_moment
from catalog.search.middleware import OneMomentMiddleware
from tests.makers import days_ago, make_course, make_tool, make_topic, make_video

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/topics/",
    "/topics/roles/",
    "/topics/roles/?kind=tool&level=2",
    "/topics/roles/feed/",
    "/search/?q=poster",
    "/search/?q=xyzzy",
    "/levels/2/",
    "/path/",
    "/path/plan/?to=2",
    "/tools/poster/",
    "/courses/lmpo/",
]
VERSION = f"""FROM "catalog_indexpart" WHERE "catalog_indexpart"."key" = '{VERSION_KEY}'"""
HIDDEN = 'WHERE ("catalog_resource"."published_at" >'


@pytest.fixture
def catalog():
    facts = {"topics": ["Roles"], "levels": [2], "published": days_ago(1)}
    make_tool("Poster", **facts)
    make_video("Huddle", **facts)
    return make_course("LMPO", **facts)


def queries_of(client, path):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in queries]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_each_once(client, catalog, path):
    queries = queries_of(client, path)
    assert sum(VERSION in sql for sql in queries) == 1
    assert sum(HIDDEN in sql for sql in queries) <= 1


@pytest.mark.parametrize("path", ["/", "/topics/", "/topics/roles/", "/search/?q=xyzzy"])
def test_a_page_reads_names_only_after_a_change(client, catalog, path):
    client.get(path)
    tables = ("catalog_topic", "catalog_audience", "catalog_level", "catalog_sitesettings")
    assert [
        sql for sql in queries_of(client, path) if any(f'FROM "{t}"' in sql for t in tables)
    ] == []


def test_the_next_page_shows_a_new_name_of_the_site_and_of_a_topic(client, catalog):
    client.get("/")
    site = SiteSettings.load()
    site.name = "The Other Catalog"
    site.save()
    topic = Topic.objects.get(name="Roles")
    topic.name = "Duties"
    topic.save()
    html = client.get("/").content.decode()
    assert "The Other Catalog" in html
    assert "Duties" in html
    assert "Roles" not in html


def test_the_next_page_has_a_topic_that_was_just_added(client, catalog):
    assert client.get("/topics/news/").status_code == 404
    make_topic("News")
    assert client.get("/topics/news/").status_code == 200


def test_inside_one_moment_the_index_and_what_is_hidden_stay_the_same(catalog):
    with one_moment():
        index = current_index()
        public = list(index.public())
        catalog.unpublished_at = days_ago(0)
        catalog.save()
        assert current_index() is index
        assert list(index.public()) == public
    assert catalog.pk not in current_index().public()


@pytest.mark.parametrize(("method", "versions"), [("GET", 1), ("HEAD", 1), ("POST", 2)])
def test_only_a_request_to_read_stays_in_one_moment(catalog, method, versions):
    def save_between_two_questions(request):
        before = current_index().version
        catalog.save()
        return {before, current_index().version}

    answer = OneMomentMiddleware(save_between_two_questions)
    assert len(answer(RequestFactory().generic(method, "/"))) == versions


def test_an_answer_is_kept_until_the_version_changes(catalog):
    made = []

    def make():
        made.append(True)
        return len(made)

    assert [current_index().kept("answer", make) for _time in range(2)] == [1, 1]
    make_tool("Another")
    assert current_index().kept("answer", make) == 2
