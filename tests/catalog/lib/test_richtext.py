import re
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django_prose_editor.config import allowlist_from_extensions
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalog.lib.richtext import writer
from catalog.lib.richtext.field import check_size
from catalog.lib.richtext.policy import (
    ATTRIBUTES,
    EXTENSIONS,
    LONG_WORD,
    MAX_BREAKING,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_DEPTH,
    MAX_INLINES,
    MAX_LINES,
    MAX_SPAN,
    RENAMED,
    TAGS,
)
from catalog.lib.richtext.writer import sanitize
from catalog.lib.text import strip_unprintable
from catalog.models import Tool
from tests.admin import admin_url, errors_in, form_data, sign_in_as_root, submit_form
from tests.makers import make_tool

NAMES = sorted(TAGS | RENAMED.keys() | {"script", "style", "span", "svg", "img", "caption", "o:p"})
PAIRS = [
    "",
    ' href="https://example.org/?a=1&amp;b=2"',
    " href=javascript:alert(1)",
    ' href="java\tscript:alert(1)"',
    ' href="http://["',
    " href='/courses/' title='a > b \" c'",
    ' style="color:red" onclick="x()" class=a',
    ' colspan="100000" rowspan=0',
    ' start="3" type="a"',
    ' scope="row"',
]
PIECES = [
    "words",
    " ",
    "\n",
    "&nbsp;",
    "&lt;b&gt;",
    "&#11;",
    "\u0338",
    "e",
    "\u0301",
    "<",
    ">",
    '"',
    "'",
    "&",
    "<!--",
    "-->",
    "<![if !lists]>",
    "\x00",
    "\x0b",
    "\ud800",
]
START = st.builds("<{}{}>".format, st.sampled_from(NAMES), st.sampled_from(PAIRS))
END = st.builds("</{}>".format, st.sampled_from(NAMES))
TANGLED = st.lists(st.one_of(START, END, st.sampled_from(PIECES), st.text(max_size=5)), max_size=60)
ALLOWED_TAG = re.compile(r"</?([a-z0-9]+)((?: [a-z]+=\"[^\"<>]*\")*)>")
# HTML as the admin's editor sends it.
PROSE = (
    "<h2>Before the huddle</h2><p>Take <strong>two minutes</strong> and <em>one "
    '<strong>card</strong></em>:<br>see <a href="https://example.org/?b=1&amp;c=2">it</a>.</p>'
    '<ul><li><p>One</p><ul><li><p>One&nbsp;and a half</p></li></ul></li></ul><ol start="3"><li><p>'
    "Three</p></li></ol><blockquote><p>“Well said”</p></blockquote><h3>A &lt; B</h3><p></p>"
    '<table><tbody><tr><th colspan="1" rowspan="1" scope="col"><p>Day</p></th><td colspan="2" '
    'rowspan="1"><p>Monday</p></td></tr></tbody></table><p>End</p>'
)


def nesting(html):
    """Returns the depth of the most deeply nested element in the well-formed `html`."""
    depth = deepest = 0
    for closing, tag in re.findall(r"<(/?)([a-z0-9]+)", html):
        depth += 0 if tag == "br" else -1 if closing else 1
        deepest = max(deepest, depth)
    assert depth == 0
    return deepest


def test_the_output_of_the_editor_is_not_changed():
    assert sanitize(PROSE) == PROSE


@given(TANGLED.map("".join))
@example("<h2></h2><h3>x</h3>")
@example("<table><tr><td><table><tr><li>x")
@example("<p>e<strong></strong>\u0301<p>\u0338x")
@example("<a href='http://['>x</a>")
@settings(max_examples=500, deadline=None)
def test_any_text_becomes_clean_and_sanitizing_it_twice_changes_nothing(html):
    clean = sanitize(html)
    assert sanitize(clean) == clean
    assert nesting(clean) <= MAX_DEPTH
    assert not re.search(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]", clean)
    for tag, attributes in ALLOWED_TAG.findall(clean):
        assert tag in TAGS
        assert set(re.findall(r" ([a-z]+)=", attributes)) <= ATTRIBUTES.get(tag, set())
    assert "<" not in ALLOWED_TAG.sub("", clean)
    assert not re.search(r'href="\s*(javascript|data|vbscript)', clean, re.IGNORECASE)


@given(st.text(alphabet=st.characters(exclude_characters="<&")))
@settings(max_examples=200, deadline=None)
def test_plain_words_are_kept(text):
    assert re.findall(r"\w+", unescape(sanitize(text))) == re.findall(
        r"\w+", strip_unprintable(text)
    )


@pytest.mark.parametrize(
    "html, clean",
    [
        ("", ""),
        ("<p></p>", ""),
        ("<p>&nbsp;<br> </p>", ""),
        ("<h1>Top</h1>", "<h2>Top</h2>"),
        ("<h3>First</h3><h2>Then</h2><h3>Below</h3>", "<h2>First</h2><h2>Then</h2><h3>Below</h3>"),
        ("<h2> </h2><h3>Alone</h3>", "<h2>Alone</h2>"),
        ("<b>bold</b> <i>slanted</i>", "<strong>bold</strong> <em>slanted</em>"),
        ("<div>One</div><div>Two</div>", "<p>One</p><p>Two</p>"),
        ("a<script>alert(1)</script>b<style>p{}", "ab"),
        ("<!--[if mso]>x<![endif]-->a<![if !x]>b", "ab"),
        ("<p onclick=x style='color:red'>a", "<p>a</p>"),
        ('<img src=x onerror="alert(1)">', ""),
        ('<a href="javascript:alert(1)">a</a>', "a"),
        ('<a href=" java\nscript:alert(1)">a</a>', "a"),
        ('<a href="data:text/html,x">a</a>', "a"),
        ('<a href="//evil.example">a</a>', "a"),
        ('<a href="www.example.org">a</a>', '<a href="https://www.example.org">a</a>'),
        (
            "<a target=_blank href=mailto:ann@example.org>a</a>",
            '<a href="mailto:ann@example.org">a</a>',
        ),
        ('<a href="/tools/">a<a href="#b">b</a>', '<a href="/tools/">ab</a>'),
        ("<li>One<li>Two", "<ul><li>One</li><li>Two</li></ul>"),
        ("<ul>One<p>Two</ul>", "<ul><li>One<p>Two</p></li></ul>"),
        ("<strong>a<p>b</strong>c", "<strong>a</strong><p>bc</p>"),
        (
            "<table><th>Day<tr><th>Mon<td colspan=100000>8",
            '<table><tbody><tr><th scope="col">Day</th></tr>'
            '<tr><th scope="row">Mon</th><td colspan="12">8</td></tr></tbody></table>',
        ),
        ('<ol start="99999">x', '<ol start="999"><li>x</li></ol>'),
        ("3 < 4 & 5 > 4", "3 &lt; 4 &amp; 5 &gt; 4"),
        ("<a <b", "&lt;a &lt;b"),
        ("Waste&#11;walk", "Wastewalk"),
    ],
)
def test_a_text_is_sanitized_as_expected(html, clean):
    assert sanitize(html) == clean


def test_no_word_is_lost_where_elements_are_nested_too_deep():
    html = "".join(f"<blockquote><ul><li>word{n}" for n in range(40))
    clean = sanitize(html)
    assert nesting(clean) <= MAX_DEPTH
    assert re.findall(r"word\d+", clean) == [f"word{n}" for n in range(40)]


def test_the_toolbar_and_the_allow_list_have_the_same_elements():
    offered = allowlist_from_extensions(EXTENSIONS)["tags"]
    assert offered - {"thead"} == TAGS
    assert set(ATTRIBUTES) <= TAGS


@pytest.mark.parametrize(
    "piece",
    ["<blockquote>", "<b><p>", "<table><tr><td>", "<a", "<a '", '<a "', "<", "<!--", "<p>x"],
)
def test_a_megabyte_of_anything_is_read_in_one_pass(piece):
    """Code that scanned again from each position would not finish."""
    assert nesting(sanitize(piece * (1_000_000 // len(piece)))) <= MAX_DEPTH


def words_of(html):
    return re.findall(r"word\d+", html.replace("\u200b", ""))


def letters_of(html):
    return re.findall(r"\w", unescape(re.sub("<[^>]*>", "", html)))


def breaking(html):
    """Returns the letters of long words times the letters of the text around them."""
    texts = re.split("<[^>]*>", html)
    words = [
        [word for word in re.split("[ \n\u200b]", text) if len(word) > LONG_WORD] for text in texts
    ]
    return sum(len("".join(long)) * len(text) for long, text in zip(words, texts, strict=True))


def numbered(piece, count):
    return "".join(piece.replace("#", f"word{n}") for n in range(count))


# Texts that cannot be laid out in a reasonable time, and a part of the sentence that refuses each.
KILLERS = {
    "spans": ("<table>" + numbered('<tr><td colspan="100000" rowspan="100000">#', 500), "table"),
    "a table of many rows": ("<table>" + numbered("<tr><td>#</td></tr>", 5000), "table rows"),
    "a table of many columns": ("<table><tr>" + numbered("<td>#</td>", 3000), "30 columns"),
    "a table that is wide once": (
        "<table><tr>" + "<td>word0</td>" * 30 + numbered("</tr><tr><td>#</td>", 1000),
        "4,000 cells",
    ),
    "tables in cells": (
        "<table><tr><td>" + numbered("<table><tr><td>#</table>", 6000),
        "table rows",
    ),
    "breaks": (numbered("#<br>", 50_000), "lines"),
    "paragraphs": (numbered("<p>#</p>", 10_000), "paragraphs"),
    "points": ("<ul>" + numbered("<li><p>#</p></li>", 5000), "list items"),
    "bold words": (numbered("<b>#</b> ", 10_000), "bold"),
    "a word": ("word1" * 200_000, "more than 60 letters"),
    "a picture as text": (
        "<p>data:image/png;base64," + "word1" * 20_000,
        "images that were pasted",
    ),
    "a long text": (numbered("<p># and some more words</p>", 3000) * 3, "200,000 characters"),
    "lines of code": ("<pre>" + numbered("# is a line of code\n", 20_000), "200,000 characters"),
}


@pytest.mark.parametrize("html, sentence", KILLERS.values(), ids=KILLERS)
def test_a_text_that_is_too_large_is_refused_with_a_sentence(html, sentence):
    with pytest.raises(ValidationError) as refused:
        check_size(html)
    assert sentence in " ".join(refused.value.messages)


@pytest.mark.parametrize("html, _sentence", KILLERS.values(), ids=KILLERS)
def test_without_a_form_elements_are_left_out_and_all_words_are_kept(html, _sentence):
    clean = sanitize(html)
    assert words_of(clean) == words_of(html)
    assert sanitize(clean) == clean
    assert len(re.findall(r"<(?:p|h2|h3|li|blockquote|tr|br)\b", clean)) <= MAX_LINES + 1
    assert len(re.findall(r"<(?:a|strong|em)\b", clean)) <= MAX_INLINES
    assert len(re.findall(r"<t[dh]\b", clean)) <= MAX_CELLS + MAX_SPAN
    for row in re.findall(r"<tr>(?:(?!<tr>).)*", clean):
        assert len(re.findall(r"<t[dh]\b", row)) <= MAX_COLUMNS + 1
    assert breaking(clean) <= MAX_BREAKING


@pytest.mark.parametrize(
    "html",
    [
        PROSE,
        "<ul><li>word" * 400,
        "<table>" + "<tr><td>word</td><td>word</td></tr>" * 1000 + "</table>",
        "<table>" + ("<tr>" + "<td>word</td>" * 30 + "</tr>") * 100 + "</table>",
        '<table><tr><td rowspan="3">a</td><td>b</td></tr><tr><td>c</td></tr></table>' * 500,
        "<p>" + "word and more " * 14_000 + "</p>",
        "x" * 20_000,
        ("<p>https://example.org/" + "a-long-name/" * 8 + "</p>") * 1000,
        "word " * 30_000 + "x" * 1000,
        numbered("<p>#</p>", MAX_LINES),
        "",
    ],
)
def test_texts_that_people_write_are_not_too_large(html):
    check_size(html)


@given(TANGLED.map("".join))
@example("<ul><li>a<li>b<li>c<p>d</ul>e<ul>f")
@example("<table><tr><td>a<td>b<td>c<td>d<tr>e<td>f</table>g<table>h")
@example("<table><tr><td rowspan=3>a<tr></tr><tr><td>b<td>c<tr><td>d")
@example("<p>a<p>b<p>c<p>d<b>e<p>f</b>g")
@settings(max_examples=500, deadline=None)
def test_sanitizing_a_cut_text_twice_changes_nothing(html):
    with pytest.MonkeyPatch.context() as patched:
        for name, limit in (("LINES", 3), ("CELLS", 4), ("COLUMNS", 3), ("INLINES", 2)):
            patched.setattr(writer, f"MAX_{name}", limit)
        clean = sanitize(html)
        assert sanitize(clean) == clean
        assert len(re.findall(r"<(?:p|h2|h3|li|blockquote|tr|br)\b", clean)) <= 3 + 2
        assert len(re.findall(r"<(?:a|strong|em)\b", clean)) <= 2
    assert letters_of(clean) == letters_of(sanitize(html))


@pytest.mark.django_db
def test_the_form_refuses_a_long_text_and_keeps_what_was_written(client):
    sign_in_as_root(client)
    tool = make_tool(body="<p>Short</p>")
    html = "<p>" + "word " * 50_000 + "</p>"
    response = submit_form(client, admin_url(tool), body=html)
    assert any("longer than 200,000 characters" in sentence for sentence in errors_in(response))
    assert form_data(response)["body"] == [html]
    assert Tool.objects.get(pk=tool.pk).body == "<p>Short</p>"


@pytest.mark.django_db
def test_a_long_text_that_is_saved_without_a_form_is_cut():
    tool = make_tool(body=KILLERS["paragraphs"][0])
    body = Tool.objects.get(pk=tool.pk).body
    assert body.count("<p>") <= MAX_LINES + 1
    assert words_of(body)[-1] == "word9999"
