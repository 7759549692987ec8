import pytest
from django.core.paginator import Paginator
from hypothesis import given
from hypothesis import strategies as st

from catalog.lib.paging import page_of
from tests.makers import make_tool


@pytest.mark.django_db
def test_a_listing_shows_ten_entries_per_page(client):
    for number in range(23):
        make_tool(f"Tool {number}")
    page = client.get("/tools/").context["page"]
    assert (len(page), page.paginator.num_pages) == (10, 3)
    assert len(client.get("/tools/?page=3").context["page"]) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["0", "-1", "99999999999", "²", "abc", "1.5", "٣", "9" * 5000])
def test_a_page_that_does_not_exist_is_answered_with_a_sentence(client, asked):
    make_tool()
    response = client.get("/tools/", {"page": asked})
    assert response.status_code == 200
    assert f"There is no page “{asked[:20]}”. This is page 1 of 1." in response.content.decode()


@pytest.mark.django_db
def test_the_pager_keeps_the_filters(client):
    for number in range(11):
        make_tool(f"Tool {number}", levels=[2])
    html = client.get("/tools/?level=2").content.decode()
    assert 'rel="next" href="?level=2&amp;page=2"' in html


@given(st.one_of(st.none(), st.text(), st.integers().map(str)))
def test_any_text_names_a_page_that_exists(asked):
    page, notice = page_of(Paginator(range(25), 10), asked)
    assert 1 <= page.number <= 3
    assert notice or page.number == int(asked or 1)


def test_a_number_beyond_the_end_gives_the_last_page():
    page, notice = page_of(Paginator(range(25), 10), "8")
    assert page.number == 3
    assert notice == "There is no page “8”. This is page 3 of 3."
