"""Gives the readers of documents the bytes of a file, and returns what they say."""

import tempfile
from pathlib import Path

import pytest
from PIL import Image

from catalog.files.inspection import documents
from catalog.sandbox.exceptions import Refused
from tests import files

FOLDER = tempfile.TemporaryDirectory()  # deleted after the tests
PDF, TAGGED, PPTX, PNG = files.pdf(), files.tagged_pdf(), files.pptx_with_text(), files.image()
DOCX = files.docx("Welcome", "Second line")


def write_file(content, ending):
    """Writes `content` to a new file and returns its path."""
    path = Path(tempfile.mkdtemp(dir=FOLDER.name)) / f"a.{ending}"
    path.write_bytes(content)
    return str(path)


def facts(content, ending, *names):
    read = documents.read(write_file(content, ending), ending)
    return tuple(read[name] for name in names) if names else read


def refusal(content, ending, function=documents.read):
    with pytest.raises(Refused) as caught:
        function(write_file(content, ending), ending)
    return caught.value.code


def texts(content, ending, **most):
    return documents.texts(write_file(content, ending), ending, **most)


def make_preview(content, ending, **options):
    """Returns the image of the first page, or None."""
    path = write_file(content, ending)
    size = documents.preview(path, ending, f"{path}.webp", **options)
    picture = Image.open(f"{path}.webp") if size else None
    assert not size or size == {"width": picture.width, "height": picture.height}
    return picture


def preview_at(path, ending):
    return documents.preview(path, ending, f"{path}.webp")
