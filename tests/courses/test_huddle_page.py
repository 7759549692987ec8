import re
from datetime import date

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from tests.makers import days_ago, make_course, make_tool, make_video
from tests.pages import html_in

pytestmark = pytest.mark.django_db

PAGE = "/path/huddle/"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """Makes today a Friday of the week 2026-W48."""
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 11, 27))


def make_timed(title, minutes=5, **fields):
    return make_tool(title, minutes_min=minutes, minutes_max=minutes, **fields)


def html_of(client, query=""):
    response = client.get(PAGE + query)
    assert response.status_code == 200
    return html_in(response)


def titles_in(html):
    return re.findall(r'<h3 class="card-title"><a href="[^"]*">\s*([^<]*?)\s*</a>', html)


def notices_in(html):
    return re.findall(r'<p class="notice" role="status">([^<]*)</p>', html)


def links_in(html):
    """Returns {text: query} of the links to the page itself."""
    return {
        words: query.replace("&amp;", "&")
        for query, words in re.findall(rf'href="{PAGE}(\?[^"]*)"[^>]*>\s*([^<]*?)\s*<', html)
    }


def test_a_set_has_its_entries_week_and_minutes(client):
    make_timed("Huddle starter", 10)
    html = html_of(client)
    assert titles_in(html) == ["Huddle starter"]
    assert "Week of November 23, 2026 · 10 of 15 minutes" in html
    assert '<option value="15" selected>15 minutes</option>' in html
    assert notices_in(html) == []


def test_a_post_answers_405(client):
    assert client.post(PAGE).status_code == 405


def test_level_and_dimension_narrow_the_set(client):
    make_timed("Both", levels=[2], dimensions=["Team Process"])
    make_timed("Other level", levels=[3], dimensions=["Team Process"])
    make_timed("Other dimension", levels=[2], dimensions=["Leadership"])
    html = html_of(client, "?minutes=20&level=2&dimension=team-process")
    assert titles_in(html) == ["Both"]
    assert '<option value="2" selected>' in html
    assert '<option value="team-process" selected>' in html


def test_the_time_of_each_video_is_rounded_up_to_whole_minutes(client):
    for number in range(4):
        make_video(f"Film {number}", seconds=80)
    html = client.get("/path/huddle/?minutes=5").content.decode()
    assert "4 of 5 minutes" in html


def test_the_seconds_of_a_video_count_as_minutes(client):
    make_video("A short film", seconds=290)
    html = html_of(client, "?minutes=10")
    assert titles_in(html) == ["A short film"]
    assert "5 of 10 minutes" in html


def test_an_entry_that_may_take_longer_is_left_out(client):
    make_tool("Five to thirty", minutes_min=5, minutes_max=30)
    assert titles_in(html_of(client, "?minutes=15")) == []
    assert titles_in(html_of(client, "?minutes=30")) == ["Five to thirty"]


def test_drafts_courses_and_entries_without_a_time_never_appear(client):
    make_timed("A draft", published=False)
    make_timed("To come", published=days_ago(-1))
    make_timed("Withdrawn", unpublished_at=days_ago(1), published=days_ago(2))
    make_course("A course", minutes_min=5, minutes_max=5)
    make_tool("Nobody knows how long")
    make_timed("The one")
    weeks = [titles_in(html_of(client, f"?minutes=60&week=2026-W{week}")) for week in range(40, 46)]
    assert weeks == [["The one"]] * 6


def test_the_same_link_always_gives_the_same_set(client):
    for number in range(12):
        make_timed(f"Tool {number}")
    query = "?minutes=10&team=4+West&week=2026-W50"
    assert titles_in(html_of(client, query)) == titles_in(html_of(client, query))


def test_each_week_has_another_set(client):
    for number in range(6):
        make_timed(f"Tool {number}")
    weeks = [titles_in(html_of(client, f"?minutes=10&week=2026-W{week}")) for week in (48, 49, 50)]
    assert sorted(title for titles in weeks for title in titles) == [f"Tool {n}" for n in range(6)]
    assert "One of 3 sets for these choices." in html_of(client, "?minutes=10")


def test_another_team_has_its_sets_in_another_order(client):
    for number in range(30):
        make_timed(f"Tool {number}")
    teams = [titles_in(html_of(client, f"?team={team}")) for team in ("4+West", "Pharmacy")]
    assert teams[0] != teams[1]


def test_the_link_of_a_set_names_the_week_and_leads_to_the_same_set(client):
    for number in range(6):
        make_timed(f"Tool {number}", levels=[2])
    html = html_of(client, "?week=&level=2&team=%20 4 West&dimension=")
    query = "?minutes=15&level=2&team=4+West&week=2026-W48"
    assert links_in(html)[escape(settings.SITE_URL + PAGE + query)] == query
    assert titles_in(html_of(client, query)) == titles_in(html)


def test_the_weeks_before_and_after_are_linked(client):
    make_timed("Huddle starter")
    links = links_in(html_of(client, "?team=A"))
    assert links["Last week"] == "?minutes=15&team=A&week=2026-W47"
    assert links["Next week"] == "?minutes=15&team=A&week=2026-W49"
    links = links_in(html_of(client, "?team=A&week=2026-W53"))
    assert links["The week before"] == "?minutes=15&team=A&week=2026-W52"
    assert links["The week after"] == "?minutes=15&team=A&week=2027-W01"
    assert links["This week"] == "?minutes=15&team=A"


def test_the_form_keeps_a_week_other_than_the_current_one(client):
    hidden = '<input type="hidden" name="week" value="2026-W50">'
    assert hidden in html_of(client, "?week=2026-W50")
    assert 'type="hidden"' not in html_of(client, "?week=2026-W48")


def test_the_page_says_when_the_only_set_is_the_same_each_week(client):
    make_timed("Huddle starter")
    assert "Only one set fits, so it is the same each week." in html_of(client)


def test_when_nothing_fits_the_page_offers_single_changes(client):
    make_timed("Longer", 25, levels=[2], dimensions=["Leadership"])
    make_timed("Of another level", levels=[3], dimensions=["Leadership"])
    html = html_of(client, "?minutes=10&level=2&dimension=leadership&team=A")
    assert "No tool or video with these choices fits in 10 minutes." in html
    assert links_in(html)["30 minutes"] == "?minutes=30&level=2&dimension=leadership&team=A"
    assert links_in(html)["Any level"] == "?minutes=10&dimension=leadership&team=A"
    assert "Any dimension <" not in html
    assert "1 tool or video" in html


def test_when_no_single_change_helps_the_page_offers_all_changes_together(client):
    make_timed("Longer", 25)
    html = html_of(client, "?minutes=10&level=2&dimension=leadership")
    words = "30 minutes, any level and any dimension"
    assert links_in(html)[words] == "?minutes=30"
    assert titles_in(html_of(client, links_in(html)[words])) == ["Longer"]


def test_when_no_entry_has_a_time_the_page_links_to_all_tools(client):
    html = html_of(client)
    assert "No tool or video takes an hour or less yet." in html
    assert '<a href="/tools/">See all tools</a>' in html


@pytest.mark.parametrize(
    "query, notice",
    [
        ("?minutes=17", "You cannot choose “17” minutes. This set is for 15 minutes."),
        ("?minutes=-5", "You cannot choose “-5” minutes. This set is for 15 minutes."),
        ("?level=9", "There is no level “9”. This set is for any level."),
        ("?level=<b>", "There is no level “&lt;b&gt;”. This set is for any level."),
        ("?dimension=x", "There is no dimension “x”. This set is for any dimension."),
        (f"?dimension={'x' * 900}", f"There is no dimension “{'x' * 40}”. "),
        ("?week=2026-W99", "“2026-W99” is not a week like 2026-W48. "),
        ("?week=soon", "“soon” is not a week like 2026-W48. "),
        (f"?team={'x' * 41}", "A team code has at most 40 characters. "),
    ],
)
def test_an_invalid_choice_gets_a_notice_and_is_replaced_by_a_default(client, query, notice):
    make_timed("Huddle starter")
    html = html_of(client, query)
    (found,) = notices_in(html)
    assert found.startswith(notice)
    assert titles_in(html) == ["Huddle starter"]
    assert "Week of November 23, 2026 · 5 of 15 minutes" in html
    assert links_in(html)["Next week"] == "?minutes=15&week=2026-W49"
    assert "aria-invalid" not in html and "selected>Any level" in html


def test_each_invalid_choice_gets_one_notice(client):
    html = html_of(client, "?minutes=&level=x&dimension=y&week=%00&team=%00&other=1&level=z")
    assert len(notices_in(html)) == 2


def test_a_team_code_is_escaped(client):
    html = html_of(client, "?team=%22><script>")
    assert "><script>" not in html and "&quot;&gt;&lt;script&gt;" in html


def test_the_page_sets_no_cookie(client):
    assert not client.get(f"{PAGE}?team=4+West").cookies


def counted(client):
    html_of(client, "?minutes=60&level=2")
    with CaptureQueriesContext(connection) as queries:
        assert titles_in(html_of(client, "?minutes=60&level=2&team=A"))
    return len(queries)


def fill(first, last):
    for number in range(first, last):
        links = {"levels": [2], "audiences": ["Co-leads", f"Audience {number}"]}
        make_timed(f"Tool {number}", 3, **links)
        make_video(f"Video {number}", seconds=170, **links)


def test_the_number_of_queries_does_not_grow_with_the_data(client):
    fill(0, 4)
    few = counted(client)
    fill(4, 8)
    assert counted(client) == few <= 15
