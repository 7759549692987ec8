"""The documents name what exists: files, headings, settings, commands and targets."""

import re

import pytest
from django.core.management import get_commands

from lmp_site import environment
from tests.test_architecture import ROOT, tracked

DOCUMENTS = tracked("*.md")
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
README_LINES = 90


def read(path):
    return (ROOT / path).read_text()


def anchors_in(path):
    """The anchors of the headings of a document, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", read(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_every_link_leads_to_a_file_and_a_heading(path):
    for target, anchor in LINK.findall(read(path)):
        file = (ROOT / path.parent / target).resolve() if target else ROOT / path
        assert file.exists(), f"{path} links to {target}"
        assert not anchor or anchor in anchors_in(file.relative_to(ROOT)), f"{target}#{anchor}"


def test_every_setting_is_documented():
    settings = read("docs/settings.md")
    names = [*environment.EXPECTED, *environment.RENAMED]
    assert [name for name in names if f"`{name}`" not in settings] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_every_command_in_the_documents_exists(path):
    named = set(re.findall(r"manage\.py (\w+)", read(path)))
    assert named - get_commands().keys() == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_every_make_target_in_the_documents_exists(path):
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)(?=[`\s])", read(path), re.MULTILINE))
    assert named - targets == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_every_file_of_the_project_in_the_documents_exists(path):
    folders = "catalog|courses|editorial|lmp_site|templates|tests|bench|bin|docs"
    named = re.findall(rf"`((?:{folders})/[\w./-]*)`", read(path))
    assert path.name == "CHANGELOG.md" or [n for n in named if not (ROOT / n).exists()] == []


def test_the_readme_is_one_screen_and_a_half():
    assert len(read("README.md").splitlines()) <= README_LINES
