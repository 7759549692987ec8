"""What a fourth kind gets without a line in another file. tests/test_fourth_kind.py runs this."""

import pytest
from lxml import etree

from tests.admin import add_url, list_url, parse_page, sign_in_as_root, submit_form
from tests.makers import make_resource, make_tool
from tests.pdfs import pdf_content
from tests.podcasts.models import Podcast

pytestmark = pytest.mark.django_db


@pytest.fixture
def podcast():
    fields = {"summary": "Eight minutes on huddles.", "host": "Ann", "minutes_min": 8}
    links = {"levels": [2], "topics": ["Safety"]}
    return make_resource(Podcast, "Morning Rounds", minutes_max=8, **links, **fields)


def text_of(response):
    assert response.status_code == 200
    return " ".join(parse_page(response).text_content().split())


def test_it_has_a_listing_with_its_cards_in_the_menu(client, podcast):
    make_tool("Huddle Cards")
    listing = client.get("/podcasts/")
    assert "Talks to listen to on the way to work." in text_of(listing)
    assert "Morning Rounds" in text_of(listing) and "Huddle Cards" not in text_of(listing)
    assert parse_page(listing).xpath("//nav//a[@href='/podcasts/']/text()") == ["Podcasts"]


def test_its_page_extends_the_page_of_all_kinds(client, podcast):
    page = text_of(client.get("/podcasts/morning-rounds/"))
    assert "Hosted by Ann" in page and "Eight minutes on huddles." in page and "Level 2" in page


@pytest.mark.parametrize("address", ["/podcasts/feed/", "/podcasts/feed/atom/", "/new/feed/"])
def test_it_is_in_its_own_feed_and_in_the_feed_of_all_entries(client, podcast, address):
    feed = etree.fromstring(client.get(address).content)
    assert "Morning Rounds" in "".join(feed.itertext())


def test_it_has_a_sheet_and_is_in_the_pdf_of_its_listing(client, podcast):
    alone = pdf_content(client.get("/podcasts/morning-rounds.pdf"))
    assert "Hosted by Ann" in alone.text and "Level 2" in alone.text
    assert "Morning Rounds" in pdf_content(client.get("/podcasts.pdf")).text


def test_search_finds_it_and_filters_by_its_kind(client, podcast):
    make_tool("Morning Rounds Checklist")
    found = text_of(client.get("/search/?q=rounds&kind=podcast"))
    assert "Morning Rounds" in found and "Checklist" not in found
    assert "Podcasts (1)" in found or "Podcasts 1" in found


def test_it_has_a_short_address_and_fits_into_packets(client, podcast):
    short = podcast.get_short_url()
    assert client.get(short).headers["Location"] == "/podcasts/morning-rounds/"
    code = short.rpartition("/")[2]
    assert "Morning Rounds" in text_of(client.get(f"/packet/?items={code}"))
    assert "Morning Rounds" in pdf_content(client.get(f"/packet.pdf?items={code}")).text


def test_the_path_counts_it(client):
    make_resource(Podcast, "Leading Together", host="Ann", levels=[2], dimensions=["Leadership"])
    assert "1 podcasts" in text_of(client.get("/path/leadership/"))


def test_editors_write_and_list_it_in_the_admin(client):
    sign_in_as_root(client)
    answer = submit_form(client, add_url(Podcast), title="Night Shift", host="Bea")
    assert answer.status_code == 200 and Podcast.objects.get().host == "Bea"
    assert "Night Shift" in text_of(client.get(list_url(Podcast)))
    index = parse_page(client.get("/admin/"))
    assert index.xpath("//a[@href='/admin/podcasts/podcast/']")
