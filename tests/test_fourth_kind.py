"""A new kind of resource takes one app: its model, its admin and two templates."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_an_app_adds_a_kind_without_touching_any_other_file():
    """Runs in its own process, so that the app is there when Django builds models and URLs."""
    checks = ["tests/podcasts/checks.py", "--ds=tests.podcasts.settings"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *checks]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "10 passed" in run.stdout


def test_no_file_of_the_project_names_that_kind():
    files = [
        path for app in ("catalog", "courses", "editorial") for path in (ROOT / app).rglob("*.py")
    ]
    files += (ROOT / "templates").rglob("*.html")
    assert [path for path in files if "podcast" in path.read_text().lower()] == []
