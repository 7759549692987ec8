"""Visible text is plain English: it has none of the phrases that confused readers."""

import ast
import re

import pytest

from tests.test_architecture import ROOT, tracked

BANNED = [
    "passed over",
    "step up",
    "is no date",
    "To the start",
    "have a slip",
    "This page is not here",
    "This request cannot be read",
    "You may not do this",
    "Nothing stands in its place",
    "Use this in its place",
    "Nothing in the catalog says all of",
    "is nowhere in the catalog",
    "Who is asking",
    "who asks",
    "Met by no course",
    "Done already",
    "Hand it over",
    "Point a phone at it",
    "is taken out",
    "binds up to",
    "Shall this one",
    "We do not know this print",
    "It is being made now",
    "Fill a huddle",
    "Kind of tool",
    "Work on files",
    "Judged quer",
    "Best bet",
]


# {the one word for a thing: other words for it that nobody may use}
ONE_WORD = {
    "video": ["films?", "recordings?", "clips?"],
    "share": ["hand(s|ed)? (it |this )?(on|over)", "pass(es|ed)? (it |this )?on"],
    "packet": ["bundles?", "binders?"],
    "version": ["editions?", "revisions?"],
    "follow": ["subscribe to"],
    "remove": ["takes? (it |this )?out", "taken out", "leaves? (it |this )?out"],
    "withdrawn": ["retired", "expired", "unpublished"],
    "catalog PDF": ["book"],
    "hr": [r"\d h", r"\d hrs"],
    "print": ["print ?out"],
}


def sentences_in(path):
    """Yields the translated strings of a Python file, which people see."""
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        called = isinstance(node, ast.Call) and getattr(node.func, "id", "")
        if called in ("_", "gettext", "gettext_lazy", "ngettext"):
            strings = [part.value for part in node.args if isinstance(part, ast.Constant)]
            yield from (text for text in strings if isinstance(text, str))


def words_in(path):
    """Yields the text of a template without its comments."""
    text = re.sub(r"{%\s*comment.*?endcomment\s*%}", "", (ROOT / path).read_text(), flags=re.DOTALL)
    yield re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("phrase", BANNED)
def test_no_visible_text_has_a_banned_phrase(phrase):
    code = tracked("catalog/*.py", "courses/*.py", "editorial/*.py", "lmp_site/*.py")
    code = [path for path in code if "migrations" not in path.parts]
    seen = [(path, text) for path in code for text in sentences_in(path)]
    seen += [(path, text) for path in tracked("templates/*.html") for text in words_in(path)]
    wrong = {str(path) for path, text in seen if phrase.lower() in text.lower()}
    assert wrong == set()


def test_a_banned_phrase_is_found(tmp_path):
    code = tmp_path / "code.py"
    code.write_text('from x import gettext as _\nA = _("It is passed over.")\n')
    assert list(sentences_in(code)) == ["It is passed over."]


def visible_strings_in(template):
    """Yields the translated strings of a template, without variables and tags."""
    text = (ROOT / template).read_text()
    yield from re.findall(r'{%\s*translate\s+"([^"]*)"', text)
    yield from re.findall(r"{%\s*translate\s+'([^']*)'", text)
    block = r"{%\s*blocktrans(?:late)?\b.*?%}(.*?){%\s*endblocktrans"
    for words in re.findall(block, text, re.DOTALL):
        yield re.sub(r"{[{%].*?[%}]}", "", words)


@pytest.mark.parametrize("word", ONE_WORD)
def test_one_thing_has_one_word(word):
    others = re.compile(rf"\b({'|'.join(ONE_WORD[word])})\b", re.IGNORECASE)
    code = tracked("catalog/*.py", "courses/*.py", "editorial/*.py", "lmp_site/*.py")
    code = [path for path in code if "migrations" not in path.parts and "demo" not in path.parts]
    found = [(path, text) for path in code for text in sentences_in(path) if others.search(text)]
    found += [
        (path, text)
        for path in tracked("templates/*.html")
        for text in visible_strings_in(path)
        if others.search(text)
    ]
    assert [(str(path), " ".join(text.split())) for path, text in found] == []
