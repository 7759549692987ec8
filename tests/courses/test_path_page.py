import pytest

from catalog.models import Dimension
from courses.models import BestResource, Criterion
from tests.admin import parse_page
from tests.makers import make_course, make_tool, make_video

pytestmark = pytest.mark.django_db


def make_criterion(text, dimension="leadership", level=2, best=()):
    criterion = Criterion.objects.create(
        dimension=Dimension.objects.get(slug=dimension), level_id=level, text=text
    )
    for position, resource in enumerate(best):
        BestResource.objects.create(criterion=criterion, resource=resource, position=position)
    return criterion


def words_of(element):
    return " ".join(element.text_content().split())


def cells_in(response, dimension):
    [row] = parse_page(response).xpath("//section[@aria-labelledby=$slug]", slug=dimension)
    return [words_of(cell) for cell in row.xpath(".//li")]


def test_the_grid_has_seven_dimensions_and_five_levels(client):
    page = parse_page(client.get("/path/"))
    assert len(page.xpath("//section[contains(@class, 'grid-row')]")) == 7
    assert len(page.xpath("//section[contains(@class, 'grid-row')]//li")) == 35
    levels = [words_of(level) for level in page.xpath("//ol[@class='grid-levels']/li")]
    assert levels[0] == "Level 1 Pre-team climate" and levels[4] == "Level 5 High-performing"


def test_a_cell_shows_its_criteria_and_counts_its_public_entries(client):
    make_criterion("We plan together")
    for title in ("One", "Two"):
        make_tool(title, levels=[2], dimensions=["Leadership"])
    make_course("Three", levels=[1, 2], dimensions=["Leadership"])
    make_video("A draft", levels=[2], dimensions=["Leadership"], published=False)
    make_tool("Elsewhere", levels=[2], dimensions=["Training"])
    cell = cells_in(client.get("/path/"), "leadership")[1]
    assert "We plan together" in cell
    assert "1 course" in cell and "2 tools" in cell and "video" not in cell


def test_a_count_links_to_the_listing_of_just_these_entries(client):
    make_tool("One", levels=[2], dimensions=["Leadership"])
    make_course("Two", levels=[2], dimensions=["Leadership"])
    [link] = parse_page(client.get("/path/")).xpath("//a[starts-with(., '1 tool')]/@href")
    assert link == "/path/leadership/level-2/?kind=tool"
    html = client.get(link).content.decode()
    assert "/tools/one/" in html and 'class="card-title"><a href="/courses/two/"' not in html


def test_a_cell_without_a_criterion_says_so(client):
    assert "Not written yet" in cells_in(client.get("/path/"), "goals-and-performance")[0]


def test_a_cell_shows_the_best_resources_first_then_the_newest(client):
    tools = [make_tool(f"Tool {n}", levels=[2], dimensions=["Leadership"]) for n in range(5)]
    elsewhere = make_tool("From elsewhere")
    draft = make_tool("Draft", published=False)
    make_criterion("We plan together", best=[draft, elsewhere, tools[0]])
    page = parse_page(client.get("/path/leadership/level-2/"))
    help_ = [words_of(dd) for dd in page.xpath("//dl[@class='criterion-help']//dd")]
    assert help_[:3] == ["From elsewhere", "Tool 0", "Tool 4"]
    assert help_[3].startswith("All 6")
    assert len(page.xpath("//article")) == 5


def test_a_dimension_has_one_heading_for_each_level(client):
    make_criterion("We plan together")
    make_tool("One", levels=[2], dimensions=["Leadership"])
    page = parse_page(client.get("/path/leadership/"))
    assert [words_of(h) for h in page.xpath("//main//h2")] == [
        "Level 1 · Pre-team climate",
        "Level 2 · Foundational",
        "Level 3 · Transitional",
        "Level 4 · Operational",
        "Level 5 · High-performing",
    ]
    [second] = page.xpath("//section[@aria-labelledby='level-2']")
    assert "We plan together" in words_of(second) and "/tools/one/" in second.xpath(".//dd/a/@href")


def test_a_level_page_has_the_criteria_of_all_dimensions_and_its_entries(client):
    make_criterion("We plan together")
    make_tool("One", levels=[2], dimensions=["Training"])
    html = client.get("/levels/2/").content.decode()
    assert "We plan together" in html and "Members have had the basic partnership training" in html
    assert "/tools/one/" in html and "Filters" in html


@pytest.mark.parametrize("end", ["feed/", "feed/atom/"])
@pytest.mark.parametrize("start", ["/path/leadership/", "/path/leadership/level-2/"])
def test_a_dimension_and_a_cell_have_feeds(client, start, end):
    make_tool("One", levels=[2], dimensions=["Leadership"])
    make_tool("Two", levels=[2], dimensions=["Training"])
    feed = client.get(start + end).content.decode()
    assert "/tools/one/" in feed and "/tools/two/" not in feed


@pytest.mark.parametrize("address", ["/path/leadership.pdf", "/path/leadership/level-2.pdf"])
def test_a_dimension_and_a_cell_have_pdfs(client, address):
    assert client.get(address)["Content-Type"] == "application/pdf"


@pytest.mark.parametrize(
    "address",
    ["/path/nothing/", "/path/leadership/level-9/", "/path/nothing/level-2/", "/levels/9/"],
)
def test_an_unknown_dimension_or_level_answers_404(client, address):
    assert client.get(address).status_code == 404


def test_a_short_address_leads_to_the_current_address(client):
    tool = make_tool("One")
    assert client.get(tool.get_short_url())["Location"] == "/tools/one/"
    tool.slug = "another"
    tool.save()
    assert client.get(tool.get_short_url())["Location"] == "/tools/another/"


@pytest.mark.parametrize("code", ["zzzzzz", "z" * 40, "0", "-", "1_2"])
def test_a_short_address_with_an_unknown_code_answers_404(client, code):
    assert client.get(f"/r/{code}").status_code == 404


def test_a_short_address_of_a_draft_answers_404(client):
    assert client.get(make_tool(published=False).get_short_url()).status_code == 404


def test_a_dimension_is_a_search_suggestion(client):
    make_tool("One", dimensions=["Goals and Performance"])
    found = client.get("/search/suggestions/?q=goals").json()["suggestions"]
    assert ["Goals and Performance", "Path", "/path/goals-and-performance/"] in [
        [page["title"], page["sort"], page["address"]] for page in found
    ]
