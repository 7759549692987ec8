import shutil
import subprocess
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models.signals import post_migrate

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
BROWSER_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
NU_JAR = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def pytest_collection_modifyitems(items):
    for item in items:
        if "page" in item.fixturenames or "browser" in item.fixturenames:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.fail(f"None of {', '.join(BROWSERS)} was found. `make test` installs one.")
    return browser_type_launch_args | {"executable_path": found, "args": BROWSER_ARGS}


@pytest.fixture(scope="session")
def nu_errors():
    """A function from a folder of .html files to the Nu checker's errors in them, one a line.

    One run starts a Java machine, about 2 s: hand it many pages at once.
    """
    if not NU_JAR.exists():
        pytest.fail("The Nu checker is missing. `make test` installs it.")

    def check(folder):
        command = ["java", "-Xss4m", "-jar", NU_JAR, "--errors-only", "--skip-non-html", folder]
        run = subprocess.run(command, capture_output=True, text=True)
        return run.stderr.splitlines()

    return check


@pytest.fixture(scope="session", autouse=True)
def vocabularies_outlive_a_flush():
    """Tests that commit are cleaned up by a flush, which takes the migrations' rows with it."""
    post_migrate.connect(restore_vocabularies, sender=apps.get_app_config("editorial"))


def restore_vocabularies(**kwargs):
    import_module("catalog.migrations.0002_vocabularies").make(apps, None)
