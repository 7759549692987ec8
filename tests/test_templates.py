"""Templates have short lines, so that a diff of a template is easy to read."""

from pathlib import Path

import pytest

MAX_LINE_LENGTH = 120
TEMPLATES = sorted(path for path in Path("templates").rglob("*") if path.is_file())


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_no_line_of_a_template_is_longer_than_120_characters(path):
    lines = enumerate(path.read_text().splitlines(), start=1)
    assert [number for number, line in lines if len(line) > MAX_LINE_LENGTH] == []
