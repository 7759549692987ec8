import re
from html import unescape

import pytest
from django_prose_editor.config import allowlist_from_extensions
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalog.richtext import ATTRIBUTES, DEEPEST, EXTENSIONS, RENAMED, TAGS, sanitize
from catalog.text import strip_unprintable

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
# As the admin's editor hands it over.
PROSE = (
    "<h2>Before the huddle</h2><p>Take <strong>two minutes</strong> and <em>one "
    '<strong>card</strong></em>:<br>see <a href="https://example.org/?b=1&amp;c=2">it</a>.</p>'
    '<ul><li><p>One</p><ul><li><p>One&nbsp;and a half</p></li></ul></li></ul><ol start="3"><li><p>'
    "Three</p></li></ol><blockquote><p>“Well said”</p></blockquote><h3>A &lt; B</h3><p></p>"
    '<table><tbody><tr><th colspan="1" rowspan="1" scope="col"><p>Day</p></th><td colspan="2" '
    'rowspan="1"><p>Monday</p></td></tr></tbody></table><p>End</p>'
)


def nesting(html):
    """How many elements of the well-formed `html` are inside each other at most."""
    depth = deepest = 0
    for closing, tag in re.findall(r"<(/?)([a-z0-9]+)", html):
        depth += 0 if tag == "br" else -1 if closing else 1
        deepest = max(deepest, depth)
    assert depth == 0
    return deepest


def test_what_the_editor_writes_stays_as_it_is():
    assert sanitize(PROSE) == PROSE


@given(TANGLED.map("".join))
@example("<h2></h2><h3>x</h3>")
@example("<table><tr><td><table><tr><li>x")
@example("<p>e<strong></strong>\u0301<p>\u0338x")
@example("<a href='http://['>x</a>")
@settings(max_examples=500, deadline=None)
def test_any_text_comes_out_clean_and_stays_so(html):
    clean = sanitize(html)
    assert sanitize(clean) == clean
    assert nesting(clean) <= DEEPEST
    assert not re.search(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]", clean)
    for tag, attributes in ALLOWED_TAG.findall(clean):
        assert tag in TAGS
        assert set(re.findall(r" ([a-z]+)=", attributes)) <= ATTRIBUTES.get(tag, set())
    assert "<" not in ALLOWED_TAG.sub("", clean)
    assert not re.search(r'href="\s*(javascript|data|vbscript)', clean, re.IGNORECASE)


@given(st.text(alphabet=st.characters(exclude_characters="<&")))
@settings(max_examples=200, deadline=None)
def test_plain_words_stay(text):
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
def test_each_kind_of_text(html, clean):
    assert sanitize(html) == clean


def test_nothing_is_lost_where_it_is_too_deep():
    html = "".join(f"<blockquote><ul><li>word{n}" for n in range(40))
    clean = sanitize(html)
    assert nesting(clean) <= DEEPEST
    assert re.findall(r"word\d+", clean) == [f"word{n}" for n in range(40)]


def test_the_toolbar_and_the_allow_list_are_one():
    offered = allowlist_from_extensions(EXTENSIONS)["tags"]
    assert offered - {"thead"} == TAGS
    assert set(ATTRIBUTES) <= TAGS


@pytest.mark.parametrize(
    "piece",
    ["<blockquote>", "<b><p>", "<table><tr><td>", "<a", "<a '", '<a "', "<", "<!--", "<p>x"],
)
def test_a_megabyte_of_anything_is_read_in_one_pass(piece):
    """What would look at it again from each place on would not come back."""
    assert nesting(sanitize(piece * (1_000_000 // len(piece)))) <= DEEPEST
