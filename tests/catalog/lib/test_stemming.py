"""Any text is split and stemmed into words that the index can hold."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.lib.stemming import excerpt, mark_stems, stem, stems_in, words_in
from catalog.search import engines
from catalog.search.queries import MAX_WORDS, groups_of, parts_of, synonym_table


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("stakeholder", "stakeholding"),
        ("Café", "cafes"),
        ("team’s", "teams"),
        ("MEETING", "meetings"),
        ("sponsor's", "sponsor"),
    ],
)
def test_all_forms_of_a_word_have_one_stem(one, other):
    assert stems_in(one) == stems_in(other)


def test_a_plus_is_part_of_its_word():
    assert stems_in("RIM+") != stems_in("RIM")
    assert stems_in("RIM+") == stems_in("rim+ ")


@given(st.text())
def test_both_databases_accept_every_word(text):
    for word in words_in(text):
        assert word.isalnum()
        assert stem(word)


@given(st.text(), st.sets(st.sampled_from(["team", "huddl", "a"])))
def test_marking_does_not_change_the_text(text, stems):
    assert "".join(piece for piece, _hit in mark_stems(text, stems)) == text


@given(st.text(alphabet="ab c.’-+\n", max_size=300))
def test_an_excerpt_shows_the_searched_stem(text):
    found = excerpt(text, {"a"})
    assert bool(found) == ("a" in stems_in(text))
    assert not found or any(hit for _piece, hit in found)


def test_an_excerpt_shows_the_place_with_the_most_words():
    text = "test " + "filler " * 80 + "a small test of change " + "filler " * 80
    pieces = excerpt(text, {"small", "test", "chang"})
    assert [piece for piece, hit in pieces if hit] == ["small", "test", "change"]
    assert pieces[0][0].startswith("… ")
    assert pieces[-1][0].endswith(" …")


class TestAQuery:
    def test_stop_words_are_removed(self):
        assert [part.words for part in parts_of("What is the path")] == [("path",)]

    def test_stop_words_are_kept_if_there_is_nothing_else(self):
        assert [part.words for part in parts_of("who are we")] == [("who",), ("are",), ("we",)]

    @pytest.mark.parametrize("typed", ['"small test"', "“small test”", 'x"small test"'])
    def test_quotation_marks_hold_words_together(self, typed):
        assert parts_of(typed)[-1].words == ("small", "test")

    @pytest.mark.parametrize("typed", ['small "test', '"', "-a", "100%", "a AND", "!!!", ""])
    def test_stray_marks_do_no_harm(self, typed):
        assert not any(part.quoted for part in parts_of(typed))

    def test_the_longest_run_of_words_with_a_synonym_is_one_group(self):
        table = synonym_table(
            [("LMP", "labor management"), ("LMPO", "labor management orientation")]
        )
        [group] = groups_of(parts_of("labor management orientation"), table)
        assert (("lmpo",),) in group

    def test_a_synonym_matches_with_and_without_its_stop_words(self):
        table = synonym_table([("PDSA", "plan do study act")])
        [group] = groups_of(parts_of("Plan, Do, Study, Act"), table)
        assert (("pdsa",),) in group
        assert groups_of(parts_of("pdsa"), table) == [
            [(("pdsa",),), (("plan", "do", "studi", "act"),)]
        ]

    @given(st.text())
    def test_any_text_becomes_a_query_of_few_words(self, text):
        parts = parts_of(text)
        assert len(parts) <= MAX_WORDS
        assert all(part.stems for part in parts)
        assert bool(groups_of(parts, {})) == bool(parts)


def test_a_phrase_does_not_cross_the_end_of_a_text():
    tokens = engines.tokens_of({1: [["small"], ["test"]]})
    assert tokens == ["1small", "end", "1test", "end"]


def test_a_very_long_text_is_found_by_all_its_words_and_fits_a_tsvector():
    words = [f"w{n}" for n in range(60_000)]
    tokens = engines.tokens_of({3: [["common"] * 5, words]})
    assert tokens[:3] == ["3common", "3common", "3common"]
    assert {"3w0", "3w20000"} <= set(tokens)
    _pk, row = engines.PostgreSQL.row(1, tokens)
    assert len(row) < 1_000_000
    assert "'3w0':7 " in row and "'3w20000' " in row


WORDS = [f"{start}{end}" for start in ("consensu", "huddl", "stakehold", "organiz", "leader")
         for end in ("s", "es", "ing", "ational", "ization", "ships", "iveness", "ed")]  # fmt: skip


@pytest.fixture
def quick_switches():
    """Threads take turns after a few steps, so that they meet in the middle of a word."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_threads_that_stem_at_once_get_the_right_stems(quick_switches):
    make_stem = stem.__wrapped__  # without the stems that are kept
    right = [make_stem(word) for word in WORDS]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _time: [make_stem(word) for word in WORDS], range(200)))
    assert all(answer == right for answer in answers)
