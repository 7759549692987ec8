"""A plan has one address, a PDF, a feed and a calendar, and a long plan needs no more queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import Course
from tests.admin import parse_page
from tests.courses.plans import LMPO, hours
from tests.makers import make_course, make_tool
from tests.pdfs import page_measures, pdf_content, pdf_ua_errors

pytestmark = pytest.mark.django_db


class TestOtherRenderings:
    def test_a_plan_whose_link_is_too_long_for_a_code_still_has_a_page_and_a_pdf(self, client):
        slugs = [make_course(f"Course with a rather long name, number {n}").slug for n in range(60)]
        query = "&".join(f"done={slug}" for slug in slugs)
        for page in ("plan/", "plan.pdf"):
            assert client.get(f"/path/{page}?want={slugs[0]}&{query}").status_code == 200

    def test_the_same_question_has_the_same_canonical_address(self, client):
        make_course("A"), make_course("B")
        one = parse_page(client.get("/path/plan/?want=b&want=a&to=2&from=1"))
        other = parse_page(client.get("/path/plan/?from=1&to=2&want=a&want=b&want=a"))
        canonical = "//link[@rel='canonical']/@href"
        assert one.xpath(canonical) == other.xpath(canonical)

    def test_a_short_plan_is_one_page_and_conforms_to_pdf_ua(self, client):
        course = make_course("Art", **hours(3, levels=[2], dimensions=["Leadership"]))
        course.requirements.create(text=LMPO)
        course.related.add(make_tool("A tool"))
        response = client.get("/path/plan.pdf?from=1&to=2")
        found = pdf_content(response)
        assert len(found.pages) == 1 and pdf_ua_errors(response) == []
        assert "3 hr + 1 course with no stated duration" in found.text
        assert found.text.index(LMPO) < found.text.index("Art")
        assert course.get_short_url() in found.text_without_spaces
        assert "QR code: this plan online" in found.descriptions

    def test_large_print_wastes_no_paper(self, client):
        for number in range(9):
            course = make_course(f"Course number {number} with a long name", levels=[2],
                                 dimensions=["Leadership", "Training"])  # fmt: skip
            for kind in "abc":
                course.related.add(make_tool(f"Tool {kind} that helps in course {number}"))
        pages = page_measures(client.get("/path/plan.pdf?from=1&to=2&text=large"))
        assert len(pages) <= 6
        assert [end for _codes, end in pages[:-1] if end > 0.45] == []

    def test_the_page_sets_no_cookie(self, client):
        assert not client.get("/path/plan/?from=1&to=2").cookies


def fill(n):
    previous = None
    for number in range(n):
        course = make_course(
            f"Course {n} {number}",
            levels=[2],
            dimensions=["Leadership"],
            audiences=["Sponsors"],
            only_for=["Sponsors"],
        )
        if previous:
            course.requirements.create(named_course=previous)
        course.requirements.create(text=f"Missing {n} {number}")
        course.requirements.create(text=f"Known {n} {number}", type="knowledge")
        course.related.add(make_tool(f"Tool {n} {number}", levels=[2]))
        course.equivalents.add(make_course(f"Other {n} {number}"))
        course.deliveries.create(mode="online")
        previous = course


def test_the_number_of_queries_does_not_grow(client):
    def counted(path):
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    fill(3)
    last = Course.objects.get(title="Course 3 2").get_absolute_url()
    paths = [f"/path/{page}?from=1&to=2&audience=sponsors" for page in ("plan/", "plan/feed/")]
    paths += ["/path/plan.ics?from=1&to=2", "/path/plan.pdf?from=1&to=2&done=course-3-0", last]
    few = [counted(path) for path in paths]
    fill(6)
    paths[-1] = Course.objects.get(title="Course 6 5").get_absolute_url()
    assert [counted(path) for path in paths] == few
    assert max(few) < 50
