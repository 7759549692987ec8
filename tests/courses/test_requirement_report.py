"""The path report: problems in the requirements between courses, for editors to fix."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.models import Course, Requirement
from courses.requirement_report import MAX_FINDINGS, MAX_NAMED
from tests.admin import admin_url, parse_page, sign_in
from tests.makers import days_ago, make_course

pytestmark = pytest.mark.django_db

REPORT = "/admin/courses/course/report/"
NO_FINDINGS = "Nothing to fix here."
HOSTILE = '<script>alert(1)</script> & "it\'s"'


@pytest.fixture(autouse=True)
def editor(client):
    return sign_in(client, "eve", "Editors")


def make_timed(title, **fields):
    """Makes a course with a known time."""
    return make_course(title, minutes_min=60, minutes_max=60, **fields)


def write_directly(*pairs, **fields):
    """Writes requirements into the database without any check."""
    rows = [Requirement(course=a, named_course=b, text=b.title, **fields) for a, b in pairs]
    Requirement.objects.bulk_create(rows)


def words_of(node):
    return " ".join(node.text_content().split())


def section_in(response, name):
    return parse_page(response).xpath("//section[@aria-labelledby=$name]", name=name)[0]


def findings(client, name):
    """Returns each finding of a section as a list of its lines."""
    items = section_in(client.get(REPORT), name).xpath(".//ul[@class='findings']/li")
    return [[words_of(line) for line in item.xpath("./*")] for item in items]


def links(client, name):
    found = section_in(client.get(REPORT), name).xpath(".//li//a")
    return {link.text_content(): link.get("href") for link in found}


def counted(client, name):
    """Returns the number of findings that the contents at the top give for a section."""
    item = parse_page(client.get(REPORT)).xpath("//a[@href=$at]/..", at=f"#{name}")[0]
    return int(item.xpath("./strong")[0].text_content())


def test_the_report_lists_findings_and_counts_them(client):
    course = make_course("Corrective Action")
    course.requirements.create(text="LMPO")
    assert findings(client, "missing") == [["LMPO", "Required by: Corrective Action"]]
    assert findings(client, "times") == [["Corrective Action"]]
    assert counted(client, "missing") == counted(client, "times") == 1


def test_a_section_without_findings_says_so(client):
    make_course("Corrective Action")
    response = client.get(REPORT)
    for name in ("circles", "missing", "hidden", "levels", "audiences"):
        assert NO_FINDINGS in section_in(response, name).text_content()
    assert NO_FINDINGS not in section_in(response, "times").text_content()


def test_a_catalog_without_problems_says_that_all_is_well(client):
    make_timed("B").requirements.create(named_course=make_timed("A"))
    page = parse_page(client.get(REPORT))
    assert "All is well" in page.xpath("//main")[0].text_content()
    assert page.xpath("//section[@aria-labelledby]") == []


class TestAccess:
    def test_the_list_of_courses_has_a_button_to_it(self, client):
        page = parse_page(client.get("/admin/courses/course/"))
        button = page.xpath("//ul[@class='object-tools']//a[text()='Path report']/@href")
        assert button == [REPORT]

    def test_the_popup_for_choosing_a_course_has_no_button(self, client):
        text = client.get("/admin/courses/course/?_popup=1").content.decode()
        assert "Path report" not in text

    def test_a_short_address_leads_to_it(self, client):
        assert reverse("admin:path-report") == "/admin/path/"
        assert client.get("/admin/path/", follow=True).redirect_chain == [(REPORT, 302)]

    def test_staff_without_rights_may_not_see_it(self, client):
        sign_in(client, "bob")
        assert client.get(REPORT).status_code == 403

    def test_others_have_to_log_in(self, client):
        client.logout()
        assert client.get(REPORT)["Location"].startswith("/admin/login/")


class TestCircles:
    def test_a_circle_is_shown_as_its_chain_of_titles(self, client):
        a, b, c = map(make_course, "ABC")
        write_directly((a, b), (b, c), (c, a))
        assert findings(client, "circles") == [["A → B → C → A"]]
        assert links(client, "circles")["B"] == admin_url(b) + "#requirements-group"

    def test_a_recommended_course_can_close_a_circle_too(self, client):
        a, b = map(make_course, "AB")
        write_directly((a, b))
        write_directly((b, a), necessity="recommended")
        assert findings(client, "circles") == [["A → B → A"]]


class TestMissing:
    def test_texts_that_name_one_course_are_one_group(self, client):
        for title, text in [("A", "LMPO"), ("B", "LMP Orientation (LMPO)"), ("C", "LMPO")]:
            make_course(title).requirements.create(text=text)
        assert findings(client, "missing") == [
            ["LMPO", "Also written: LMP Orientation (LMPO)", "Required by: A, B, C"]
        ]

    def test_the_most_required_comes_first(self, client):
        a, b = map(make_course, "AB")
        a.requirements.create(text="Known to one")
        for course in (a, b):
            course.requirements.create(text="Known to two", type="knowledge")
        titles = [lines[0] for lines in findings(client, "missing")]
        assert titles == ["Known to two", "Known to one"]

    def test_the_order_ignores_capitals(self, client):
        for text in ("Workshop", "late shift"):
            make_course(f"A {text}").requirements.create(text=text)
        assert [lines[0] for lines in findings(client, "missing")] == ["late shift", "Workshop"]

    def test_conditions_and_advice_are_not_missing_courses(self, client):
        make_course("A").requirements.create(text="Come together", type="condition")
        assert findings(client, "missing") == []

    def test_a_name_without_a_latin_letter_is_a_name(self, client):
        make_course("A").requirements.create(text="研修")
        assert findings(client, "missing") == [["研修", "Required by: A"]]

    def test_it_links_to_the_course_that_requires_it(self, client):
        course = make_course("A")
        course.requirements.create(text="LMPO")
        assert links(client, "missing") == {"A": admin_url(course) + "#requirements-group"}

    def test_two_courses_with_the_name_are_listed(self, client):
        one = make_course("Workshop (classroom)")
        other = make_course("Workshop (online)", published=False)
        make_course("A").requirements.create(text="Workshop")
        assert findings(client, "missing")[0][2] == (
            "2 courses have this name. Choose one of them as the requirement:"
            " Workshop (classroom), Workshop (online) draft"
        )
        found = links(client, "missing")
        assert found[one.title] == admin_url(one)
        assert found[other.title] == admin_url(other)

    def test_a_line_that_repeats_another_is_reported(self, client):
        orientation, course = make_course("LMP Orientation"), make_course("A")
        course.requirements.create(named_course=orientation)
        course.requirements.create(text="LMPO")
        assert findings(client, "missing")[0][2] == (
            "One course has this name. Choose it as the requirement,"
            " or delete the line if it repeats another: LMP Orientation"
        )

    def test_a_circle_that_linking_would_close_is_reported(self, client):
        b, c = map(make_course, "BC")
        b.requirements.create(named_course=c)
        Requirement.objects.bulk_create([Requirement(course=c, text="B")])
        assert findings(client, "missing")[0][2:] == [
            "One course has this name. Choose it as the requirement,"
            " or delete the line if it repeats another: B",
            "Choosing “B” would make a circle: C → B → C",
        ]

    def test_an_equivalent_course_can_close_a_circle_too(self, client):
        a, b = map(make_course, "AB")
        a.equivalents.add(b)
        Requirement.objects.bulk_create([Requirement(course=a, text="B")])
        assert "A → B = A" in findings(client, "missing")[0][3]

    def test_only_the_first_of_many_dependants_are_named(self, client):
        for number in range(MAX_NAMED + 2):
            make_course(f"Course {number:02}").requirements.create(text="LMPO")
        assert findings(client, "missing")[0][1].endswith("Course 08, Course 09 and 2 more")


class TestHidden:
    @pytest.mark.parametrize(
        "fields, state",
        [
            ({"published": False}, "draft"),
            ({"published": days_ago(-1)}, "scheduled"),
            ({"published": days_ago(2), "unpublished_at": days_ago(1)}, "withdrawn"),
        ],
    )
    def test_a_public_course_that_requires_a_hidden_one_is_reported(self, client, fields, state):
        hidden = make_course("Hidden", **fields)
        for title in "BA":
            make_course(title).requirements.create(named_course=hidden)
        assert findings(client, "hidden") == [[f"Hidden {state}", "Required by: A, B"]]

    def test_a_draft_may_require_a_draft(self, client):
        hidden = make_course("Hidden", published=False)
        make_course("A", published=False).requirements.create(named_course=hidden)
        assert findings(client, "hidden") == []

    def test_a_recommended_course_may_be_hidden(self, client):
        hidden = make_course("Hidden", published=False)
        make_course("A").requirements.create(named_course=hidden, necessity="recommended")
        assert findings(client, "hidden") == []


class TestLevels:
    def test_a_course_that_needs_one_of_a_higher_level_is_reported(self, client):
        late = make_course("Late", levels=[3, 4])
        make_course("Early", levels=[1, 5]).requirements.create(named_course=late)
        assert findings(client, "levels") == [["Early: Level 1, needs Late, Level 3"]]
        assert links(client, "levels") == {
            "Early": admin_url(Course.objects.get(title="Early")),
            "Late": admin_url(late),
        }

    @pytest.mark.parametrize("own, required", [([3], [3]), ([3], [1]), ([], [3]), ([1], [])])
    def test_courses_without_a_level_or_of_the_same_level_are_in_order(self, client, own, required):
        other = make_course("Other", levels=required)
        make_course("A", levels=own).requirements.create(named_course=other)
        assert findings(client, "levels") == []


class TestAudiences:
    @pytest.mark.parametrize(
        "people, sentence",
        [
            ({"audiences": ["Managers"]}, "Left out: Managers."),
            ({"only_for": ["Co-leads"], "audiences": ["Managers"]}, "Left out: Co-leads."),
            (
                {},
                "Left out: everyone else, because the course does not say who it is for.",
            ),
        ],
    )
    def test_people_who_may_not_take_a_needed_course_are_reported(self, client, people, sentence):
        limited = make_course("Limited", only_for=["Sponsors", "Union members"])
        make_course("A", **people).requirements.create(named_course=limited)
        start = "A needs Limited, which is only for: Sponsors, Union members."
        assert findings(client, "audiences") == [[f"{start} {sentence}"]]

    @pytest.mark.parametrize(
        "people",
        [
            {"audiences": ["Sponsors", "Managers"]},
            {"only_for": ["Sponsors"]},
            {"audiences": ["Sponsors"], "only_for": ["Union members"]},
        ],
    )
    def test_a_course_that_some_of_its_people_may_take_is_not_reported(self, client, people):
        limited = make_course("Limited", only_for=["Sponsors"])
        make_course("A", **people).requirements.create(named_course=limited)
        assert findings(client, "audiences") == []

    def test_a_needed_course_without_a_limit_is_not_reported(self, client):
        other = make_course("Open", audiences=["Sponsors"])
        make_course("A", audiences=["Managers"]).requirements.create(named_course=other)
        assert findings(client, "audiences") == []


class TestTimes:
    def test_the_most_required_comes_first(self, client):
        make_course("Alone")
        needed = make_course("Needed")
        for title in "AB":
            make_timed(title).requirements.create(named_course=needed)
        assert findings(client, "times") == [["Needed – required by 2 courses"], ["Alone"]]
        assert links(client, "times")["Needed"] == admin_url(needed) + "#id_minutes_min"

    def test_drafts_count_and_withdrawn_courses_do_not(self, client):
        make_course("A draft", published=False)
        make_course("Gone", published=days_ago(2), unpublished_at=days_ago(1))
        assert findings(client, "times") == [["A draft draft"]]


def test_a_section_shows_a_hundred_and_counts_the_others(client):
    for number in range(MAX_FINDINGS + 3):
        make_course(f"Course {number:03}")
    section = section_in(client.get(REPORT), "times")
    assert len(section.xpath(".//ul/li")) == MAX_FINDINGS
    assert words_of(section.xpath("./p")[-1]).startswith("And 3 more")
    assert counted(client, "times") == MAX_FINDINGS + 3


def test_titles_with_html_are_escaped(client):
    hostile = make_course(HOSTILE, published=False, levels=[5], only_for=[HOSTILE])
    course = make_course(f"A {HOSTILE}", levels=[1])
    write_directly((course, hostile), (hostile, course))
    course.requirements.create(text=f"Nowhere {HOSTILE}")
    text = client.get(REPORT).content.decode()
    assert "<script>alert" not in text and "style=" not in text
    for name in ("circles", "missing", "hidden", "levels", "audiences", "times"):
        assert HOSTILE in section_in(client.get(REPORT), name).text_content()


def fill(first, last):
    """Makes findings for every section."""
    for number in range(first, last):
        one, other = (make_course(f"{name} {number}", published=False) for name in "AB")
        write_directly((one, other), (other, one))
        late = make_course(f"Late {number}", levels=[3], only_for=[f"Audience {number}"])
        early = make_course(f"Early {number}", levels=[1], audiences=["Managers"])
        write_directly((early, late), (early, one))
        early.requirements.create(text=f"Nowhere {number}")
        early.requirements.create(text=f"late: {number}")


def queries(client):
    client.get(REPORT)
    with CaptureQueriesContext(connection) as found:
        assert client.get(REPORT).status_code == 200
    return len(found)


def test_the_number_of_queries_does_not_grow_with_the_data(client):
    fill(0, 4)
    few = queries(client)
    fill(4, 8)
    assert queries(client) == few <= 15
    assert counted(client, "circles") == 8
    assert counted(client, "missing") == 16
