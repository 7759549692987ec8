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
