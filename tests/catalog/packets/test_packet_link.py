"""Reading and writing the link of a packet, and finding its items in the catalog."""

from urllib.parse import parse_qs
from uuid import uuid4

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils.http import int_to_base36
from hypothesis import given
from hypothesis import strategies as st

from catalog.lib.text import clean_line
from catalog.packets.link import (
    MAX_ITEMS,
    MAX_NOTE_LENGTH,
    MAX_NUMBER,
    MAX_TITLE_LENGTH,
    PacketLink,
    code_of,
    normalize_code,
    number_of,
    read_link,
)
from catalog.packets.packet import Packet, codes_at
from tests.makers import days_ago, make_course, make_tool, make_video

NUMBERS = st.integers(1, MAX_NUMBER)
CODES = NUMBERS.map(code_of)
ANYTHING = st.text(st.characters(), max_size=300)
NAMES = st.sampled_from(
    ["items", "title", "add", "remove", "up", "down", "replace", "note-2f", "note-"]
)
# Some are made of codes, some of anything.
PIECES = st.one_of(CODES, ANYTHING, st.lists(CODES, max_size=80).map(".".join))


@st.composite
def links(draw):
    codes = draw(st.lists(CODES, unique=True, max_size=MAX_ITEMS))
    notes = {f"note-{code}": [draw(ANYTHING)] for code in draw(st.permutations(codes))}
    return read_link({"items": [".".join(codes)], "title": [draw(ANYTHING)]} | notes).link


def read_again(link):
    return read_link(parse_qs(link.query.removeprefix("?")))


@given(links())
def test_a_written_link_reads_as_the_same_packet(link):
    reading = read_again(link)
    assert reading.link == reading.link_before == link
    assert (reading.invalid_pieces, reading.duplicate_count, reading.cut_codes) == ([], 0, [])
    assert list(reading.link.codes) == list(link.codes)
    assert reading.link.query == link.query


@given(st.lists(CODES, unique=True, min_size=1, max_size=MAX_ITEMS), ANYTHING)
def test_order_and_texts_are_kept(codes, text):
    link = read_link({"items": codes, "title": [text], f"note-{codes[-1]}": [text]}).link
    assert list(link.codes) == codes
    assert link.title == clean_line(text)[:MAX_TITLE_LENGTH].rstrip()
    assert (
        read_again(link).link.notes.get(codes[-1], "")
        == clean_line(text)[:MAX_NOTE_LENGTH].rstrip()
    )


@given(st.dictionaries(NAMES, st.lists(PIECES, max_size=3), max_size=8))
def test_any_text_can_be_read_and_the_result_reads_as_the_same(values):
    link = read_link(values).link
    assert len(set(link.codes)) == len(link.codes) <= MAX_ITEMS
    assert read_again(link).link == link


@given(NUMBERS)
def test_codes_are_the_same_as_in_short_addresses(number):
    code = code_of(number)
    assert code == int_to_base36(number) == normalize_code(code)
    assert number_of(code) == number


@pytest.mark.parametrize("text", ["", "0", "-1", "2f!", "²", "1_0", "½", "zzzzzzzzzzzzz", "1" * 14])
def test_text_that_is_not_a_code_has_no_known_form(text):
    assert normalize_code(text) == ""


@given(st.lists(CODES, unique=True, min_size=2, max_size=9), st.data())
def test_moving_an_item_there_and_back_changes_nothing(codes, data):
    link = PacketLink(tuple(codes))
    place = data.draw(st.integers(0, len(codes) - 2))
    there = link.move_code(codes[place], 1)
    assert there.codes[place + 1] == codes[place]
    assert there.move_code(codes[place], -1) == link


def test_an_item_does_not_move_past_an_end():
    link = PacketLink(("1", "2"))
    assert link.move_code("1", -1) == link.move_code("2", 1) == link.move_code("3", 1) == link


def test_a_link_that_a_mail_program_broke_is_read():
    assert read_link(parse_qs("items=2F.%0D%0A03k,+9a.")).link.codes == ("2f", "3k", "9a")


def test_a_link_with_five_thousand_items_keeps_the_first_sixty():
    reading = read_link({"items": [".".join(map(code_of, range(1, 5001)))]})
    assert reading.total == 5000
    assert list(reading.link.codes) == [code_of(number) for number in range(1, 61)]


def read_packet(query):
    return Packet.read(QueryDict(query))


def codes_of(*resources):
    return ".".join(code_of(resource.pk) for resource in resources)


@pytest.mark.django_db
class TestWhatItFinds:
    def test_the_items_in_their_order_with_their_notes(self):
        poster, video = make_tool("A poster"), make_video("A video")
        packet = read_packet(
            f"items={codes_of(video, poster)}&title=For+Monday&note-{codes_of(video)}=Hi"
        )
        assert [(item.resource.title, item.note) for item in packet.items] == [
            ("A video", "Hi"),
            ("A poster", ""),
        ]
        assert (packet.title, packet.notices, packet.withdrawn_items) == ("For Monday", [], [])
        assert packet.path == "/packet/" + packet.query
        assert packet.address == "http://127.0.0.1:8000" + packet.path
        assert packet.pdf_path == "/packet.pdf" + packet.query

    def test_list_children_returns_the_children_in_order(self):
        some = [make_course("C"), make_tool("B"), make_video("A"), make_tool("D")]
        assert read_packet(f"items={codes_of(*some)}").list_children() == some

    def test_unknown_codes_are_named_and_leave_the_link(self):
        packet = read_packet(f"items=zzz.2f!.{codes_of(make_tool())}")
        assert packet.notices == [
            "We skipped “2f!”, “zzz”: nothing in the catalog has those codes."
        ]
        assert [item.code for item in packet.items] == list(packet.link.codes)

    @pytest.mark.parametrize("published", [False, days_ago(-3)])
    def test_a_draft_is_unknown_like_a_number_without_a_row(self, published):
        code = codes_of(make_tool("Secret title", published=published))
        packet = read_packet(f"items={code}&remove={code}&add={code}&up={code}")
        words = f"{packet.notices} {list(packet.change_notices)} {packet.removed_resources}"
        assert "Secret" not in words
        assert read_packet(f"items={code}").notices == [
            f"We skipped “{code}”: nothing in the catalog has that code."
        ]

    def test_a_withdrawn_item_is_named_and_stays_in_the_link(self):
        old = make_tool("Old sheet", published=days_ago(9), unpublished_at=days_ago(2))
        packet = read_packet(f"items={codes_of(old, make_video())}")
        assert [item.resource.title for item in packet.withdrawn_items] == ["Old sheet"]
        assert (packet.withdrawn_items, packet.rejected_items, packet.notices) == (
            packet.all_withdrawn,
            [],
            [],
        )
        assert len(packet.items) == 1 and len(packet.link.codes) == 2

    def test_a_withdrawn_item_cannot_be_added(self):
        new, since = (
            make_tool("New sheet"),
            {"published": days_ago(9), "unpublished_at": days_ago(2)},
        )
        old = make_video("A video", replaced_by=new, **since)
        packet = read_packet(f"items={codes_of(make_tool())}&add={codes_of(old)}")
        assert codes_of(old) not in packet.link.codes and packet.withdrawn_items == []
        assert [(item.resource.title, item.instead) for item in packet.rejected_items] == [
            ("A video", new.resource_ptr)
        ]

    def test_a_replacement_takes_the_place_and_the_note(self):
        old, new, other = make_tool("Old"), make_tool("New"), make_tool("Other")
        query = f"items={codes_of(old, other)}&note-{codes_of(old)}=Hi&replace={codes_of(old, new)}"
        packet = read_packet(query)
        assert [(item.resource.title, item.note) for item in packet.items] == [
            ("New", "Hi"),
            ("Other", ""),
        ]
        assert list(packet.change_notices) == ["“New” replaced “Old” in the packet."]

    def test_a_replacement_of_an_item_that_is_not_there_comes_last(self):
        old, new, other = make_tool("Old"), make_tool("New"), make_tool("Other")
        packet = read_packet(f"items={codes_of(other)}&replace={codes_of(old, new)}")
        assert [item.resource.title for item in packet.items] == ["Other", "New"]

    def test_doubles_are_kept_once(self):
        code = codes_of(make_tool())
        packet = read_packet(f"items={code}.{code}.{code}")
        assert len(packet.items) == 1
        assert packet.notices == ["2 items were in the link more than once. We kept each once."]

    def test_long_texts_are_cut_and_a_notice_says_so(self):
        code = codes_of(make_tool("A poster"))
        packet = read_packet(f"items={code}&title={'t' * 101}&note-{code}={'n' * 201}")
        assert (len(packet.title), len(packet.items[0].note)) == (100, 200)
        assert packet.notices == [
            "We shortened the title to 100 characters.",
            "We shortened the note on “A poster” to 200 characters.",
        ]

    def test_only_items_that_take_time_count_in_the_total_time(self):
        video = make_video("Video", seconds=89)
        course = make_course("Course", minutes_min=210, minutes_max=210)
        poster = make_tool("Poster")
        assert read_packet(f"items={codes_of(video, course, poster)}").total_words == (
            "3 items, 3 hr 32 min"
        )
        assert read_packet(f"items={codes_of(poster)}").total_words == "1 item"
        unknown = codes_of(make_course("Unknown"))
        assert read_packet(f"items={unknown}.{codes_of(poster)}").total_words == (
            "2 items, 1 of unknown length"
        )
        assert read_packet(f"items={unknown}.{codes_of(poster, video)}").total_words == (
            "3 items, 2 min plus 1 of unknown length"
        )

    def test_a_link_with_five_thousand_codes_costs_as_few_queries_as_one(self):
        codes = codes_of(make_tool("A"), make_tool("B"), make_video("C"))
        assert len(read_packet(f"items={codes}").items) == 3  # reads what the process keeps
        counts = []
        for total in (8, 5000):
            others = ".".join(map(code_of, range(10**9, 10**9 + total - 3)))
            with CaptureQueriesContext(connection) as queries:
                packet = read_packet(f"items={codes}.{others}")
                assert packet.notices and len(packet.items) == 3
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 9
        notice = "5000 items. A packet holds up to 60 items, so we kept only the first 60."
        assert notice in " ".join(packet.notices)


@pytest.mark.django_db
class TestPastedAddresses:
    @pytest.mark.parametrize(
        "address",
        [
            "http://127.0.0.1:8000/tools/a-poster/",
            "https://HOST/tools/a-poster/?utm=1#top",
            "HOST/tools/a-poster/",
            "/tools/a-poster.pdf",
            "/r/CODE",
            "HOST/r/CODE",
            "HOST/r/CODE/1",
            "https://Catalog.Example.org/r/CODE/12",
            "r/CODE",
            "R/CODE/3",
            "http://127.0.0.1:8000/packet/?items=CODE.zzz%21",
        ],
    )
    def test_addresses_of_this_site(self, address):
        tool = make_tool("A poster")
        text = address.replace("CODE", codes_of(tool)).replace("HOST", "catalog.example.org")
        assert codes_at(text, "catalog.example.org") == [codes_of(tool)]

    @pytest.mark.parametrize(
        "address",
        [
            "https://elsewhere.example.org/tools/a-poster/",
            "//elsewhere.example.org/tools/a-poster/",
            "/tools/nothing/",
            "/videos/a-poster/",
            "/tools/",
            "/r/zzz",
            "/r/---",
            "/admin/",
            "/%00",
            "http://",
        ],
    )
    def test_addresses_with_nothing_to_add(self, address):
        make_tool("A poster")
        assert codes_at(address, "catalog.example.org") == []

    @pytest.mark.parametrize(
        "words", ["", "and/or", "poster /r/2f", "r/2f poster", "r/", "RIM+", "http", "http://["]
    )
    def test_words_are_no_addresses(self, words):
        assert codes_at(words, "catalog.example.org") is None

    def test_a_draft_has_no_codes(self):
        draft = make_tool("Draft", published=False)
        assert codes_at("/tools/draft/", "a.example.org") == []
        assert codes_at(f"/r/{codes_of(draft)}", "a.example.org") == []

    @pytest.mark.parametrize("address", ["/r/CODE/1", "/tools/a-poster/"])
    def test_a_withdrawn_item_is_found(self, address):
        tool = make_tool("A poster", published=days_ago(9), unpublished_at=days_ago(2))
        text = address.replace("CODE", codes_of(tool))
        assert codes_at(text, "a.example.org") == [codes_of(tool)]

    def test_a_former_address_finds_its_item(self):
        tool = make_tool("A poster")
        tool.slug = f"other-{uuid4().hex}"
        tool.save()
        assert codes_at("/tools/a-poster/", "a.example.org") == [codes_of(tool)]
