import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import Criterion
from courses.team_level import code_of
from tests.admin import parse_page
from tests.courses.test_path_page import make_criterion, words_of
from tests.makers import make_course, make_tool, make_video
from tests.pdfs import page_measures, pdf_content, pdf_ua_errors

pytestmark = pytest.mark.django_db


def ids(**which):
    return list(Criterion.objects.filter(**which).values_list("pk", flat=True))


def address(*answers, page="check/"):
    code = code_of(answers)
    return f"/path/{page}" + (f"?check={code}" if code else "")


def result_in(response):
    return words_of(parse_page(response).get_element_by_id("team-level"))


def test_at_first_nothing_is_checked_and_there_is_no_result(client):
    page = parse_page(client.get("/path/check/"))
    boxes = page.xpath("//input[@name='met']")
    assert len(boxes) == Criterion.objects.count()
    assert not any(box.get("checked") for box in boxes)
    assert words_of(page.get_element_by_id("team-level")) == "Nothing is checked yet"


def test_the_form_redirects_to_an_address_with_the_answers(client):
    met = ids(level=1)
    response = client.get("/path/check/", {"answered": "1", "met": met})
    assert response["Location"] == address(*met)
    page = parse_page(client.get(response["Location"]))
    ticked = {int(box.get("value")) for box in page.xpath("//input[@name='met'][@checked]")}
    assert ticked == set(met)


def test_all_of_level_1_and_all_but_one_of_level_2_is_one_step_from_level_2(client):
    *others, last = ids(level=2)
    open_ = Criterion.objects.get(pk=last)
    in_cell = {"levels": [2], "dimensions": [open_.dimension.name]}
    make_course("A course", **in_cell)
    make_tool("A tool", **in_cell)
    make_video("A video", **in_cell)
    make_tool("Elsewhere", levels=[2], dimensions=["Sponsorship"])
    response = client.get(address(*ids(level=1), *others))
    assert result_in(response) == "Level 1, one step from Level 2"
    page = parse_page(response)
    [step] = page.xpath("//section[@aria-labelledby='next-steps']//ol/li")
    assert str(open_) in words_of(step)
    assert [words_of(dd) for dd in step.xpath(".//dd")] == ["A course", "A tool", "A video"]


def test_before_level_1_the_result_counts_the_steps_to_it(client):
    first, *others = ids(level=1)
    words = ["no", "one", "two", "three", "four", "five"][len(others)]
    assert result_in(client.get(address(first))) == f"Not yet at Level 1: {words} steps to go"


def test_a_team_that_meets_every_criterion_is_told_so(client):
    assert result_in(client.get(address(*ids()))) == "Level 5: your team meets every criterion"


def test_the_answers_are_shared_by_link_and_by_code(client):
    page = parse_page(client.get(address(*ids(level=1))))
    [section] = page.xpath("//section[@aria-labelledby='share']")
    link = section.xpath(".//a/@href")[0]
    assert link.endswith(address(*ids(level=1))) and link.startswith("http")
    assert section.xpath(".//svg/title")[0].text == "Link to this team check, for a phone"


@pytest.mark.parametrize("code", ["abc", "🙂", "a" * 5000, "bkqu", "%00"])
def test_a_damaged_link_gets_a_notice_and_checks_nothing(client, code):
    for name in ("/path/check/", "/path/", "/path/plan/"):
        response = client.get(name, {"check": code})
        assert response.status_code == 200
        assert "The link of this team check is damaged" in response.content.decode()
    page = parse_page(client.get("/path/check/", {"check": code}))
    assert not page.xpath("//input[@checked]")


def test_unknown_criterion_numbers_are_ignored(client):
    response = client.get("/path/check/", {"met": ["99999999999999999999", "x", "-1", "²"]})
    assert response["Location"] == "/path/check/"
    assert client.get(address(3000)).status_code == 200


def test_a_deleted_criterion_does_not_change_the_other_answers(client):
    gone = make_criterion("Soon gone", level=1)
    link = address(*ids(level=1))
    gone.delete()
    assert result_in(client.get(link)).startswith("Level 1, ")


def test_a_new_criterion_is_not_met_by_an_old_link(client):
    link = address(*ids(level=1))
    make_criterion("Newly asked", level=1)
    assert result_in(client.get(link)) == "Not yet at Level 1: one step to go"


def test_the_grid_marks_met_cells_and_next_steps(client):
    page = parse_page(client.get(address(*ids(level=1), page="")))
    states = [cell.get("class") for cell in page.xpath("//section[contains(@class, 'row')]//li")]
    assert states.count("cell met") == 4
    assert states.count("cell next") == 3
    assert "Level 1, four steps from Level 2" in words_of(page)


def test_without_criteria_the_pages_work_and_give_no_level(client):
    link = address(*ids(level=1))
    Criterion.objects.all().delete()
    for name in ("/path/check/", "/path/", link):
        assert client.get(name).status_code == 200
    assert result_in(client.get(link)) == "There are no criteria yet"
    assert client.get(address(page="check.pdf")).status_code == 200


def test_the_page_sets_no_cookie(client):
    assert not client.get(address(*ids(level=1))).cookies


def write_many(eleven):
    """Makes eight criteria of two lines for each level, but eleven for the level `eleven`."""
    for level in range(1, 6):
        for number in range(
            Criterion.objects.filter(level=level).count(), 8 + 3 * (level == eleven)
        ):
            make_criterion(f"We have said to each other what number {number} is for", level=level)


class TestActionSheet:
    def test_it_has_the_criteria_of_the_next_level_and_space_to_write(self, client):
        first, *_others = ids(level=2)
        found = pdf_content(client.get(address(*ids(level=1), first, page="check.pdf")))
        assert found.size == (792, 612)
        for words in ("Dimension", "Criterion", "Met?", "Action required", "Action plan", "Owner"):
            assert words in found.text
        for criterion in Criterion.objects.filter(level=2):
            assert criterion.text in found.text
        assert found.text.count("not yet") == 3
        assert "Our co-leads are named" not in found.text

    def test_it_lists_helpful_entries_with_short_addresses_and_codes(self, client):
        tool = make_tool("Agenda", levels=[2], dimensions=["Team Process"])
        found = pdf_content(client.get(address(*ids(level=1), page="check.pdf")))
        assert "Agenda" in found.text and tool.get_short_url() in found.text_without_spaces
        assert "QR code: Agenda" in found.descriptions

    def test_a_blank_sheet_has_a_page_for_each_level(self, client):
        found = pdf_content(client.get("/path/check.pdf"))
        assert len(found.pages) == 5
        assert "yes / no" in found.text and "not yet" not in found.text

    def test_a_blank_sheet_of_one_level_has_one_page(self, client):
        found = pdf_content(client.get("/path/check.pdf?level=2"))
        assert len(found.pages) == 1
        assert "Level 2 · Foundational" in found.text

    def test_its_code_is_on_the_first_page(self, client):
        for query in ("", "?text=large"):
            pages = page_measures(client.get(f"/path/check.pdf{query}"))
            assert [bool(codes) for codes, _lowest in pages] == [True] + [False] * (len(pages) - 1)

    @pytest.mark.parametrize("paper", ["letter", "a4"])
    def test_its_rows_fill_each_page(self, client, paper):
        write_many(eleven=2)
        pages = page_measures(client.get(f"/path/check.pdf?paper={paper}"))
        assert len(pages) == 5
        assert [lowest for _codes, lowest in pages if lowest > 0.25] == []

    def test_large_print_wastes_no_paper(self, client):
        write_many(eleven=2)
        pages = page_measures(client.get("/path/check.pdf?text=large"))
        assert len(pages) <= 13
        assert all(lowest < 0.4 for _codes, lowest in pages[:-1])

    @pytest.mark.parametrize("paper, width", [("letter", 792), ("a4", 841)])
    def test_it_conforms_to_pdf_ua_and_fits_its_paper(self, client, paper, width):
        make_tool("Agenda", levels=[2], dimensions=["Team Process"])
        response = client.get(address(*ids(level=1), page="check.pdf") + f"&paper={paper}")
        assert pdf_ua_errors(response) == []
        assert int(pdf_content(response).size[0]) == width
        assert pdf_content(response).right_edge < 0.95


def test_the_number_of_queries_does_not_grow(client):
    def fill(n):
        for number in range(n):
            make_criterion(f"Criterion {n} {number}")
            make_tool(f"Tool {n} {number}", levels=[2], dimensions=["Leadership"])

    def counted(path):
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    fill(3)
    paths = [address(*ids(level=1), page=page) for page in ("check/", "", "check.pdf")]
    paths += ["/path/leadership/", "/path/leadership/level-2/", "/levels/2/"]
    few = [counted(path) for path in paths]
    fill(6)
    assert [counted(path) for path in paths] == few
    assert max(few) < 30
