import pytest

from catalog.printing import limits, workers
from tests.makers import make_tool


@pytest.fixture
def own_store(settings, tmp_path):
    """An empty PDF_ROOT of this test."""
    settings.PDF_ROOT = tmp_path / "pdfs"


@pytest.fixture
def made_keys(monkeypatch):
    """The keys of the PDFs that a worker made."""
    made_keys, run_worker = [], workers.run_worker
    monkeypatch.setattr(
        workers,
        "run_worker",
        lambda document, path, number: (
            made_keys.append(path.name[:64]) or run_worker(document, path, number)
        ),
    )
    return made_keys


@pytest.fixture
def large_listings(monkeypatch):
    monkeypatch.setattr(limits, "HANDOUT_ENTRIES_AT_ONCE", 2)
    for number in range(3):
        make_tool(f"Tool number {number}")
