"""A change of any part that makes documents changes the fingerprint, so no old PDF stays."""

import shutil

import pytest

from catalog.printing import fingerprint, store
from catalog.printing.fingerprint import fingerprint_of
from tests.test_architecture import ROOT, tracked

PARTS = [
    "catalog/lib/durations.py",
    "catalog/kinds/registry.py",
    "catalog/files/images.py",
    "catalog/models/presentation.py",
    "catalog/search/facets.py",
    "catalog/editions/list_prints.py",
    "catalog/listings/listing.py",
    "catalog/printing/sheets.py",
    "catalog/printing/limits.py",
    "catalog/printing/truncation.py",
    "catalog/printing/recipes.py",
    "catalog/printing/render/layout.py",
    "catalog/printing/render/uploaded_pdfs.py",
    "catalog/packets/pdf.py",
    "catalog/resources/kinds.py",
    "catalog/templatetags/packets.py",
    "courses/plan.py",
    "courses/catalog_pdf.py",
    "courses/models/course.py",
    "courses/plan_pdf.py",
    "lmp_site/settings.py",
    "lmp_site/template_loader.py",
    "templates/pdf/tool.html",
    "templates/pdf/catalog_chapter.html",
    "catalog/static/catalog/pdf.css",
    "catalog/static/catalog/fonts/atkinson-hyperlegible-next-latin-400-normal.woff2",
]
UNRELATED = [
    "catalog/admin/site.py",
    "catalog/jobs/queue.py",
    "catalog/static/catalog/site.css",
    "editorial/importing.py",
]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The path of a copy of the project's files."""
    folder = tmp_path_factory.mktemp("product")
    for path in tracked("catalog", "courses", "editorial", "lmp_site", "templates"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, folder / path)
    return folder


def fingerprint_after_change(folder, path):
    """Returns the fingerprint of `folder` after adding a byte to the file at `path`."""
    file = folder / path
    before = file.read_bytes()
    file.write_bytes(before + b"\n")
    try:
        return fingerprint_of(folder)
    finally:
        file.write_bytes(before)


@pytest.mark.parametrize("path", PARTS)
def test_a_change_of_code_that_makes_documents_changes_the_fingerprint(project, path):
    assert fingerprint_after_change(project, path) != fingerprint_of(project)


@pytest.mark.parametrize("path", UNRELATED)
def test_a_change_of_code_that_only_editors_use_keeps_the_fingerprint(project, path):
    assert fingerprint_after_change(project, path) == fingerprint_of(project)


def test_a_newer_library_changes_the_fingerprint(project, monkeypatch):
    before = fingerprint_of(project)
    monkeypatch.setattr(fingerprint, "version", lambda name: "99")
    assert fingerprint_of(project) != before


def test_the_key_of_a_document_depends_on_the_fingerprint(monkeypatch):
    before = store.hash_of({"html": "<p>"})
    monkeypatch.setattr(store, "fingerprint", lambda: "another")
    assert store.hash_of({"html": "<p>"}) != before
