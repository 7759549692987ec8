import re
import unicodedata
from xml.dom import minidom
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.lib.text import clean_line, clean_text, clean_values, strip_unprintable
from catalog.models import Topic
from tests.makers import make_tool, make_video

ANY = st.text(st.characters())  # lone surrogates too


@given(ANY)
def test_clean_text_fits_into_any_page_feed_and_database(text):
    clean = clean_text(text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", clean)
    assert unicodedata.is_normalized("NFC", clean)
    minidom.parseString(f"<a>{escape(clean)}</a>".encode())


@given(ANY)
def test_cleaning_twice_changes_nothing(text):
    for clean in (clean_text, clean_line, strip_unprintable):
        assert clean(clean(text)) == clean(text)


@given(ANY)
def test_a_clean_line_has_no_line_ends_or_extra_spaces(text):
    assert not re.search(r"[\n\t]|  |^ | $", clean_line(text))


@given(st.text(alphabet="abc äß—“”\u00a0\u200b🙂\n\t"))
def test_printable_characters_are_kept(text):
    assert clean_text(text) == text


@pytest.mark.parametrize(
    "text, clean",
    [
        ("Waste\x0bwalk", "Waste\nwalk"),
        ("a\r\nb\rc\x0cd\x85e\u2028f\u2029g", "a\nb\nc\nd\ne\nf\ng"),
        ("nul\x00 bell\x07 escape\x1b del\x7f", "nul bell escape del"),
        ("non\ufffecharacters\uffff", "noncharacters"),
        ("half of a \ud83d smile", "half of a  smile"),
        ("\ufeffmark of order", "mark of order"),
        ("turned \u202egnp.exe", "turned gnp.exe"),
        ("e\u0301", "é"),
    ],
)
def test_each_kind_of_character_is_cleaned(text, clean):
    assert clean_text(text) == clean


def test_a_clean_line_joins_the_lines_of_a_text():
    assert clean_line("  Waste\x0b walk\t now \n") == "Waste walk now"


@pytest.mark.django_db
def test_every_row_is_cleaned_when_it_is_saved():
    video = make_video("Waste\x0bwalk\x00", summary="One\x0btwo\ufffe ", transcript="\ud800Hm")
    assert (video.title, video.slug) == ("Waste walk", "waste-walk")
    assert (video.summary, video.transcript) == ("One\ntwo", "Hm")
    assert Topic.objects.create(name="Work\x00place").name == "Workplace"
    assert make_tool(body="<p>a\x0bb&#11;c\x00</p>").body == "<p>a\nbc</p>"


@pytest.mark.django_db
def test_a_request_is_clean_before_any_page_reads_it(client, rf):
    sent = rf.post("/?q=a%00%0Bb%ED%A0%80", {"title\x00": ["a\x0bb", "\ufffec"]})
    assert dict(clean_values(sent.POST).lists()) == {"title": ["a\nb", "c"]}
    assert clean_values(sent.GET)["q"].startswith("a\nb")
    assert client.get("/videos/?level=%00&page=%00&q=%ED%A0%80").status_code == 200
