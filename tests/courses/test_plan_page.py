from pathlib import Path

import pytest
from django.core.management import call_command

from courses.models import Criterion, Requirement
from courses.team_level import code_of
from tests.admin import parse_page
from tests.courses.plans import LMPO, hours
from tests.courses.test_path_page import make_criterion, words_of
from tests.makers import make_course, make_tool, make_video

pytestmark = pytest.mark.django_db

SEED = Path(__file__).resolve().parents[3] / "shared" / "pages" / "lmp-processes.txt"


def steps_in(response):
    """Returns [(title, reasons)] of the steps of the plan on the page."""
    return [
        (words_of(step.find(".//h2")), words_of(step.find_class("reasons")[0]))
        for step in parse_page(response).find_class("plan-step")
    ]


def titles_in(response):
    return [title for title, _reasons in steps_in(response)]


def total_in(response):
    [total] = parse_page(response).xpath("//p[@class='total']/strong")
    return words_of(total)


def notices_in(response):
    return [words_of(notice) for notice in parse_page(response).xpath("//*[@class='notice']")]


class TestFromLevelToLevel:
    def test_a_plan_has_every_course_of_the_higher_levels_and_its_requirements(self, client):
        first = make_course("Zeal", **hours(1, levels=[1]))
        second = make_course("Art", **hours(2, levels=[2]))
        second.requirements.create(named_course=first)
        make_course("Too early", levels=[1])
        make_course("Too late", levels=[3])
        response = client.get("/path/plan/?from=1&to=2")
        assert steps_in(response) == [("Zeal", "required by Art"), ("Art", "for Level 2")]
        assert total_in(response) == "3 hr"

    def test_a_course_names_the_cells_it_helps_with(self, client):
        make_course("Art", levels=[2, 3], dimensions=["Leadership", "Training"])
        [(_title, reasons)] = steps_in(client.get("/path/plan/?from=1&to=2"))
        assert reasons == "helps with Level 2: Leadership, Training"

    def test_ties_are_broken_by_level_then_title(self, client):
        for title, level in (("C", 3), ("B", 2), ("A", 3), ("D", 2)):
            make_course(title, levels=[level])
        assert titles_in(client.get("/path/plan/?from=1&to=3")) == ["B", "D", "A", "C"]

    def test_a_plan_for_an_audience_has_the_courses_meant_for_it(self, client):
        make_course("For sponsors", levels=[2], audiences=["Sponsors"])
        make_course("For stewards", levels=[2], audiences=["Stewards"])
        make_course("For nobody named", levels=[2])
        response = client.get("/path/plan/?from=1&to=2&audience=sponsors")
        assert titles_in(response) == ["For sponsors"]
        [course] = parse_page(response).xpath("//section[@aria-labelledby='no-audience']//li")
        assert words_of(course) == "For nobody named"

    def test_a_course_limited_to_another_audience_is_left_out(self, client):
        limits = {"audiences": ["Sponsors"], "only_for": ["Union members"]}
        make_course("Labor sponsors", levels=[2], **limits)
        assert titles_in(client.get("/path/plan/?from=1&to=2&audience=sponsors")) == []
        both = "/path/plan/?from=1&to=2&audience=sponsors&audience=union-members"
        assert titles_in(client.get(both)) == ["Labor sponsors"]

    def test_a_required_course_that_is_not_open_to_the_audience_has_a_notice(self, client):
        closed = make_course("Closed", only_for=["Union members"])
        course = make_course("Open", levels=[2], audiences=["Sponsors"])
        course.requirements.create(named_course=closed)
        response = client.get("/path/plan/?from=1&to=2&audience=sponsors")
        assert titles_in(response) == ["Closed", "Open"]
        notice = notices_in(response)[0]
        assert "Only for: Union members. This course is not open to this audience" in notice

    def test_drafts_are_neither_planned_nor_named(self, client):
        secret = make_course("Secret title", levels=[2], published=False)
        make_course("Art", levels=[2]).requirements.create(named_course=secret, text="A course")
        response = client.get("/path/plan/?from=1&to=2")
        assert titles_in(response) == ["A course", "Art"]
        assert "Secret" not in response.content.decode()


class TestTime:
    def test_a_range_stays_a_range(self, client):
        make_course("A", levels=[2], minutes_min=60, minutes_max=120)
        make_course("B", levels=[2], minutes_min=120, minutes_max=180)
        assert total_in(client.get("/path/plan/?from=1&to=2")) == "3–5 hr"

    def test_courses_without_a_time_are_counted_separately(self, client):
        make_course("A", levels=[2], **hours(3))
        make_course("B", levels=[2])
        make_course("C", levels=[2])
        response = client.get("/path/plan/?from=1&to=2")
        assert total_in(response) == "3 hr + 2 courses with no stated duration"

    def test_an_unknown_time_is_never_0(self, client):
        make_course("A", levels=[2])
        response = client.get("/path/plan/?from=1&to=2")
        assert total_in(response) == "1 course with no stated duration"


class TestChosenCourses:
    def test_a_plan_for_chosen_courses_adds_their_requirements(self, client):
        first, second = make_course("First"), make_course("Second")
        second.requirements.create(named_course=first)
        make_course("Third", levels=[5])
        response = client.get("/path/plan/?want=third&want=second")
        assert steps_in(response) == [
            ("First", "required by Second"),
            ("Second", "you asked for it"),
            ("Third", "you asked for it"),
        ]

    def test_a_finished_course_is_left_out_with_what_only_it_required(self, client):
        first, second, third = make_course("First"), make_course("Second"), make_course("Third")
        second.requirements.create(named_course=first)
        third.requirements.create(named_course=second)
        response = client.get("/path/plan/?want=third&done=second")
        assert titles_in(response) == ["Third"]
        [done] = parse_page(response).xpath("//fieldset[@class='plan-form-done']//input[@checked]")
        assert done.get("value") == "second"

    def test_a_former_address_still_names_its_course(self, client):
        course = make_course("Art")
        course.slug = "fine-art"
        course.save()
        assert titles_in(client.get("/path/plan/?want=art")) == ["Art"]

    def test_a_course_is_added_by_its_name(self, client):
        make_course("Co-Lead Workshop (classroom)")
        response = client.get("/path/plan/?from=1&to=2&add=co-lead+workshop")
        assert response["Location"] == "/path/plan/?from=1&to=2&want=co-lead-workshop-classroom"

    def test_a_name_that_several_courses_match_offers_a_choice(self, client):
        make_course("Workshop one")
        make_course("Workshop two")
        page = parse_page(client.get("/path/plan/?add=workshop"))
        links = page.xpath("//section[@aria-labelledby='course-choices']//a/@href")
        assert links == ["/path/plan/?want=workshop-two", "/path/plan/?want=workshop-one"]

    def test_a_name_that_no_course_matches_gets_a_notice(self, client):
        assert "No course has the name “xyzzy”." in notices_in(client.get("/path/plan/?add=xyzzy"))

    def test_knowledge_and_advice_are_offered_and_not_counted(self, client):
        course, other = make_course("Art", **hours(2)), make_course("Drawing", **hours(9))
        course.requirements.create(named_course=other, type="knowledge")
        response = client.get("/path/plan/?want=art")
        assert titles_in(response) == ["Art"] and total_in(response) == "2 hr"
        [link] = parse_page(response).xpath("//a[starts-with(., 'Add it')]/@href")
        assert titles_in(client.get(link)) == ["Drawing", "Art"]

    def test_equivalent_courses_are_offered_as_a_choice(self, client):
        room, online = make_course("Art (classroom)"), make_course("Art (online)")
        room.equivalents.add(online)
        last = make_course("Last")
        last.requirements.create(named_course=room)
        response = client.get("/path/plan/?want=last")
        assert titles_in(response) == ["Art (classroom)", "Last"]
        [other] = parse_page(response).xpath("//a[. = 'Art (online)']/@href")
        assert titles_in(client.get(other)) == ["Art (online)", "Last"]
        assert titles_in(client.get("/path/plan/?want=last&done=art-online")) == ["Last"]

    def test_of_equivalent_courses_the_one_asked_for_by_name_is_taken(self, client):
        first, wanted = make_course("AA", levels=[2]), make_course("BB", levels=[2])
        first.equivalents.add(wanted)
        assert titles_in(client.get("/path/plan/?want=bb&to=2")) == ["BB"]
        assert titles_in(client.get("/path/plan/?want=bb&to=2&take=aa")) == ["AA"]

    def test_advice_is_hidden_when_an_equivalent_course_is_done(self, client):
        course, one, other = make_course("Art"), make_course("One"), make_course("Other")
        one.equivalents.add(other)
        course.requirements.create(named_course=one, type="knowledge")
        assert "Know this first:" in client.get("/path/plan/?want=art").content.decode()
        assert (
            "Know this first:" not in client.get("/path/plan/?want=art&done=other").content.decode()
        )

    def test_a_missing_course_stays_done_after_it_is_added_to_the_catalog(self, client):
        make_course("Art").requirements.create(text="Basics of Care")
        address = "/path/plan/?want=art&done=~basics-of-care"
        assert titles_in(client.get(address)) == ["Art"]
        make_course("Basics of Care")
        response = client.get(address)
        assert titles_in(response) == ["Art"] and not notices_in(response)

    def test_a_course_stays_done_after_it_is_unpublished(self, client):
        basics = make_course("Basics of Care")
        make_course("Art").requirements.create(named_course=basics)
        basics.published_at = None
        basics.save()
        assert titles_in(client.get("/path/plan/?want=art&done=basics-of-care")) == ["Art"]

    @pytest.mark.parametrize("name", ["want", "done", "take"])
    def test_an_unknown_key_of_a_missing_course_is_skipped_with_a_notice(self, client, name):
        make_course("Art")
        response = client.get(f"/path/plan/?want=art&{name}=~nonsense")
        assert "We skipped “~nonsense”: no course has that name." in notices_in(response)
        assert "Nonsense" not in response.content.decode()

    def test_a_course_that_many_require_names_a_few_of_them(self, client):
        hub = make_course("Hub")
        for number in range(7):
            make_course(f"Course {number}", levels=[2]).requirements.create(named_course=hub)
        reasons = dict(steps_in(client.get("/path/plan/?to=2")))["Hub"]
        assert reasons.endswith("required by Course 3; and 3 more")

    def test_missing_courses_in_other_scripts_are_different_courses(self, client):
        course = make_course("Art")
        course.requirements.create(text="Курс один")
        course.requirements.create(text="日本語の入門")
        response = client.get("/path/plan/?want=art")
        assert len(titles_in(response)) == 3
        keys = parse_page(response).xpath("//li[contains(@class, 'missing')]//input/@value")
        response = client.get("/path/plan/", {"want": "art", "done": keys})
        assert titles_in(response) == ["Art"]

    def test_a_hidden_course_with_two_texts_is_one_step(self, client):
        hidden = make_course("Hidden", published=False)
        for title, text in (("A", "Basics"), ("B", "The basics of it")):
            make_course(title, levels=[2]).requirements.create(named_course=hidden, text=text)
        assert titles_in(client.get("/path/plan/?to=2")) == ["Basics", "A", "B"]

    def test_courses_not_open_to_the_audience_are_counted_separately(self, client):
        make_course("Closed", **hours(8, only_for=["Union members"]))
        response = client.get("/path/plan/?want=closed&audience=managers")
        assert total_in(response) == "1 course that is not open to this audience"


class TestOpenCells:
    def test_cells_without_a_course_are_named_with_what_helps(self, client):
        make_course("Art", levels=[2], dimensions=["Leadership"])
        make_tool("Agenda", levels=[2], dimensions=["Team Process"])
        page = parse_page(client.get("/path/plan/?from=1&to=2"))
        cells = [words_of(li) for li in page.xpath("//ul[@class='not-covered']/li")]
        assert len(cells) == 6
        [process] = [cell for cell in cells if cell.startswith("Team Process 2")]
        assert "Staff meetings are run as team meetings" in process and "1 tool" in process

    def test_a_plan_without_a_course_says_why(self, client):
        make_course("Art", levels=[2])
        assert total_in(client.get("/path/plan/?from=3&to=4")) == (
            "The catalog has no course for this yet."
        )
        assert total_in(client.get("/path/plan/?to=2&done=art")) == (
            "Nothing is left to take. All courses are done."
        )

    def test_a_planned_course_is_not_listed_as_a_course_without_an_audience(self, client):
        make_course("Unsaid", levels=[2])
        page = parse_page(client.get("/path/plan/?from=1&to=2&audience=sponsors&want=unsaid"))
        assert not page.xpath("//section[@aria-labelledby='no-audience']")

    def test_a_course_limited_to_the_audience_is_not_listed_as_without_an_audience(self, client):
        make_course("Limited", levels=[2], only_for=["Sponsors"])
        page = parse_page(client.get("/path/plan/?from=1&to=2&audience=sponsors"))
        assert not page.xpath("//section[@aria-labelledby='no-audience']")


class TestHelp:
    def test_drafts_do_not_use_up_the_places_for_help(self, client):
        course = make_course("Art")
        for number in range(3):
            course.related.add(make_tool(f"Draft {number}", published=False))
        course.related.add(make_tool("Public"))
        [step] = parse_page(client.get("/path/plan/?want=art")).find_class("plan-step")
        assert [words_of(link) for link in step.xpath(".//ul//a")] == ["Public"]

    def test_a_step_lists_its_related_tools_then_those_of_its_cells(self, client):
        course = make_course("Art", levels=[2], dimensions=["Leadership"])
        newest = make_video("Newest", levels=[2], dimensions=["Leadership"])
        best = make_tool("Best")
        make_criterion("We plan", best=[best])
        course.related.add(make_tool("Related"), make_course("No tool"))
        [step] = parse_page(client.get("/path/plan/?from=1&to=2")).find_class("plan-step")
        links = [words_of(link) for link in step.xpath(".//ul//a")]
        assert links == ["Related", best.title, newest.title]


class TestFromATeamCheck:
    def test_the_plan_helps_with_the_open_criteria_of_the_next_level(self, client):
        make_course("In a met cell", levels=[2], dimensions=["Training"])
        make_course("In an open one", levels=[2], dimensions=["Team Process"])
        met = Criterion.objects.exclude(dimension__slug="team-process", level=2)
        code = code_of(met.values_list("pk", flat=True))
        response = client.get(f"/path/plan/?check={code}")
        assert steps_in(response) == [("In an open one", "helps with Level 2: Team Process")]
        title = words_of(parse_page(response).find(".//h1"))
        assert title == "Plan: Level 1, two steps from Level 2"


class TestOldSitePage:
    """The plan from the first page of the old site, imported unchanged."""

    @pytest.fixture(autouse=True)
    def imported(self):
        if not SEED.exists():
            pytest.skip("The stored page of the old site is not here.")
        call_command("import_pages", str(SEED), "--apply", "--publish", verbosity=0)

    def test_a_sponsor_who_goes_from_level_1_to_2_gets_two_courses(self, client):
        response = client.get("/path/plan/?from=1&to=2&audience=sponsors")
        assert steps_in(response) == [
            (LMPO, "required by Effective Sponsorship (classroom)"),
            ("Effective Sponsorship (classroom)", "for Level 2"),
        ]
        assert total_in(response) == "3 hr + 1 course with no stated duration"
        [missing] = parse_page(response).find_class("missing")
        assert "not in the catalog yet, no stated duration" in words_of(missing)
        assert not missing.xpath(".//h2/a")

    def test_a_missing_course_that_is_checked_as_done_leaves_the_plan(self, client):
        response = client.get("/path/plan/?from=1&to=2&audience=sponsors")
        [key] = parse_page(response).xpath("//li[contains(@class, 'missing')]//input/@value")
        response = client.get(
            "/path/plan/", {"from": 1, "to": 2, "audience": "sponsors", "done": key}
        )
        assert titles_in(response) == ["Effective Sponsorship (classroom)"]
        assert total_in(response) == "3 hr"
        [done] = parse_page(response).xpath("//fieldset[@class='plan-form-done']//span")
        assert words_of(done) == LMPO


class TestBadInput:
    @pytest.mark.parametrize(
        "query, sentence",
        [
            ("from=1&to=2&audience=ghosts", "We skipped “ghosts”: no audience has that name."),
            ("want=nowhere", "We skipped “nowhere”: no course has that name."),
            ("from=1&to=2&done=nowhere", "We skipped “nowhere”: no course has that name."),
            ("from=4&to=2", "Choose a higher level to aim for: Level 2 is not above Level 4."),
            ("from=2&to=2", "Choose a higher level to aim for: Level 2 is not above Level 2."),
            ("from=²&to=9", "There is no level “9”. Levels go from 1 to 5."),
            (
                "from=1&to=2&start=tomorrow",
                "“tomorrow” is not a date. The plan starts next Monday.",
            ),
        ],
    )
    def test_an_invalid_value_gets_a_notice_and_the_page_still_answers(
        self, client, query, sentence
    ):
        response = client.get(f"/path/plan/?{query}")
        assert response.status_code == 200
        assert sentence in notices_in(response)

    @pytest.mark.parametrize("page", ["plan/", "plan.pdf", "plan.ics", "plan/feed/"])
    @pytest.mark.parametrize(
        "query",
        [
            "",
            "want=~&done=~x&take=~&from=%00&audience=",
            "want=" + "&want=".join(map(str, range(500))),
            "start=9999-12-31&hours=0&to=3",
            "start=0001-01-01&to=3",
            "check=%F0%9F%99%82&add=" + "x" * 5000,
            "want=art&done=~" + "a" * 3000,
            "want=art&audience=" + "x" * 3000,
        ],
    )
    def test_a_strange_query_string_never_causes_an_error(self, client, page, query):
        make_course("Art", levels=[2])
        response = client.get(f"/path/{page}?{query}", follow=True)
        assert response.status_code == 200

    def test_a_circle_in_the_database_is_reported_and_the_plan_still_works(self, client):
        a, b = make_course("A", levels=[2]), make_course("B", levels=[2])
        Requirement.objects.bulk_create(
            Requirement(course=one, named_course=other, text="x") for one, other in ((a, b), (b, a))
        )
        response = client.get("/path/plan/?from=1&to=2")
        assert sorted(titles_in(response)) == ["A", "B"]
        assert "require each other in a circle" in " ".join(notices_in(response))
