"""Making a page takes about as many calls of Python functions as it took before.

A count does not depend on the machine, and a slow machine does not change it. Databases and
versions of Python differ by a few percent, so a page may take half as many calls again.

`.venv/bin/python -m pytest -rP tests/test_page_cost.py` prints the numbers of now, as they stand
in CALLS. Copy them after a change that makes pages cheaper, so that they stay cheap.
"""

import gc
import sys

import pytest

from catalog.search.indexing import indexed_together
from tests.makers import days_ago, make_course, make_tool, make_video

pytestmark = pytest.mark.django_db
CALLS = {
    "/": 10318,
    "/topics/roles/": 16488,
    "/tools/tool-1/": 12344,
    "/courses/course-1/": 20089,
    "/search/?q=tool": 23685,
    "/search/?q=tool&level=2": 18590,
    "/search/suggestions/?q=to": 4485,
    "/topics/roles/feed/": 41315,
    "/path/plan/?from=1&to=2": 51005,
}
MOST = 1.5  # times the calls in CALLS
WHAT_TO_DO = (
    "Making these pages takes more than {most} × the calls of Python functions in CALLS. Find what "
    "is made more than once, for example with cProfile. If the page needs the calls for something "
    "new, copy the numbers of now into CALLS:\n{lines}"
)


def count_calls(function, *arguments):
    """Returns how many calls of Python functions that makes. Functions in C do not count."""
    count, before = 0, sys.getprofile()

    def note(frame, event, argument):
        nonlocal count
        count += event == "call"

    gc.collect()
    gc.disable()  # it calls functions at any time
    sys.setprofile(note)
    try:
        function(*arguments)
    finally:
        sys.setprofile(before)
        gc.enable()
    return count


def calls_of(client, path):
    """Counts the calls of one answer after two others, which fill what the process keeps."""
    for _time in range(2):
        assert client.get(path).status_code == 200
    return count_calls(client.get, path)


def lines_of(counts):
    return "\n".join(f'    "{path}": {count},' for path, count in counts.items())


@pytest.fixture
def catalog():
    """Thirty entries of three kinds, with a chain of courses."""
    terms = {"topics": ["Roles"], "audiences": ["Co-leads"], "dimensions": ["Leadership"]}
    earlier = None
    with indexed_together():
        for number in range(10):
            links = terms | {"levels": [1 + number % 3], "published": days_ago(number + 1)}
            make_tool(f"Tool {number}", summary="One sheet for the board.", **links)
            make_video(f"Video {number}", summary="Shows how a tool helps.", **links)
            course = make_course(f"Course {number}", minutes_min=60, minutes_max=60, **links)
            course.modules.create(title="One", minutes=10)
            if earlier:
                course.requirements.create(named_course=earlier)
            earlier = course


def test_each_page_takes_about_as_many_calls_as_before(catalog, client):
    counts = {path: calls_of(client, path) for path in CALLS}
    print(lines_of(counts))
    costly = {path: count for path, count in counts.items() if count > MOST * CALLS[path]}
    assert costly == {}, WHAT_TO_DO.format(most=MOST, lines=lines_of(counts))


def test_calls_of_python_functions_are_counted():
    def inner():
        return len([])

    def outer():
        for _time in range(10):
            inner()

    assert count_calls(outer) == 11


def test_a_profiler_that_ran_before_goes_on():
    def profiler(frame, event, argument):
        pass

    sys.setprofile(profiler)
    try:
        count_calls(len, [])
        assert sys.getprofile() is profiler
    finally:
        sys.setprofile(None)
