"""Every page, feed and PDF makes as many queries for 2n resources as for n."""

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Rendition, Resource
from catalog.packets.link import code_of
from catalog.search.indexing import indexed_together
from tests import files
from tests.makers import days_ago, make_course, make_tool, make_topic, make_video

pytestmark = pytest.mark.django_db

LISTINGS = [
    "/new",
    "/videos",
    "/tools",
    "/courses",
    "/topics/roles",
    "/levels/2",
    "/path/leadership",
    "/path/leadership/level-2",
    "/audiences/co-leads",
    "/tags/huddle",
    "/regions/hawaii",
]
PATHS = ["/", "/topics/", "/tools/the-tool/", "/videos/the-video/", "/courses/the-course/"]
PATHS += ["/tools/the-tool.zip", "/tools/the-tool/a.pdf", "/tools/the-tool/v1/a.pdf"]
PATHS += ["/tools/the-tool.pdf", "/videos/the-video.pdf", "/courses/the-course.pdf"]
PATHS += ["/new.pdf?group=level", "/courses.pdf?text=large&paper=a4&ink=saving"]
PATHS += ["/search/", "/search/?q=tool&level=2", "/search/?q=number", "/search/?q=xyzzy&kind=tool"]
PATHS += ["/path/", "/path/check/?check=bkquu", "/path/huddle/?level=2", "/path/check.pdf"]
PATHS += ["/path/plan/?from=1&to=2", "/path/plan.pdf?from=1&to=2&audience=co-leads"]
PATHS += ["/path/plan.ics?to=2", "/path/plan/feed/?to=2"]
PATHS += ["/search/feed/?q=tool", "/search.pdf?q=tool", "/search/suggestions/?q=to"]
PATHS += ["/packet/?items=ALL&q=tool", "/packet/feed/?items=ALL", "/packet/feed/atom/?items=ALL"]
for listing in LISTINGS:
    PATHS += [
        listing + end for end in ("/", "/?kind=tool&level=2", "/feed/", "/feed/atom/", ".pdf")
    ]


def make_resources(first, last):
    for number in range(first, last):
        links = {
            "levels": [2],
            "topics": ["Roles", f"Topic {number}"],
            "audiences": ["Co-leads", f"Audience {number}"],
            "dimensions": ["Leadership"],
            "regions": ["Hawaii"],
            "tags": ["huddle", f"tag {number}"],
            "published": days_ago(number + 1),
        }
        make_topic(f"Inner {number}", parent=make_topic(f"Topic {number}"))
        tool = make_tool(f"Tool {number}", **links)
        add_file(tool)
        tool.topics.add(make_topic(f"Inner {number}"))
        video = make_video(f"Video {number}", **links)
        video.credits.create(role="Produced by", name="Us")
        course = make_course(f"Course {number}", **links)
        course.modules.create(title="One", minutes=10)
        course.deliveries.create(mode="online")
        make_tool(f"Old {number}", published=days_ago(9), unpublished_at=days_ago(2))


def add_file(tool):
    rendition = Rendition(tool=tool, file=ContentFile(files.pdf(), "a.pdf"))
    rendition.save(version={"notify_subscribers": True, "note": "New."})


def add_rows_to_detail_pages(first, last):
    """Adds rows of every kind that a detail page shows."""
    from courses.models import Course

    tool, video, course = get_detail_resources()
    for number in range(first, last):
        for resource in (tool, video, course):
            old = days_ago(100)
            resource.related.add(make_tool(f"Related {resource.kind} {number}", published=old))
            resource.topics.add(make_topic(f"Added {number}"))
            resource.tags.add(f"added {number}")
        add_file(tool)
        video.credits.create(role="Produced by", name=f"Person {number}")
        course.modules.create(title=f"Module {number}")
        course.requirements.create(named_course=Course.objects.get(title=f"Course {number}"))
        course.follow_ups.create(named_course=Course.objects.get(title=f"Course {number}"))
        later = make_course(f"Later {number}", levels=[3], published=days_ago(100))
        later.requirements.create(named_course=course)


def get_detail_resources():
    from catalog.models import Tool, Video
    from courses.models import Course

    return [
        model.objects.filter(title=title).first() or make(title, levels=[2])
        for model, title, make in (
            (Tool, "The tool", make_tool),
            (Video, "The video", make_video),
            (Course, "The course", make_course),
        )
    ]


def count_queries(client, path):
    """Counts the queries of a page. ALL in `path` means the codes of all resources.

    Some of the resources are withdrawn.
    """
    codes = ".".join(code_of(pk) for pk in Resource.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path.replace("ALL", codes)).status_code == 200
    return len(queries)


def count_all_queries(client):
    """Counts the queries of every path.

    After a change, the first page reads the index for all others, and the first search for some
    words looks them up, so this opens each search page once before it counts.
    """
    for path in PATHS:
        if path.startswith("/search"):
            client.get(path)
    return {path: count_queries(client, path) for path in PATHS}


def test_the_number_of_queries_does_not_grow_with_the_data(client):
    with indexed_together():
        get_detail_resources()
        make_resources(0, 4)
        add_rows_to_detail_pages(0, 4)
    few = count_all_queries(client)
    with indexed_together():
        make_resources(4, 8)
        add_rows_to_detail_pages(4, 8)
    many = count_all_queries(client)
    assert many == few
    assert max(many.values()) <= 28
    assert max(many[f"{listing}/feed/"] for listing in LISTINGS) <= 13
