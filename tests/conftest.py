import shutil
import subprocess
from pathlib import Path

import pytest

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
        pytest.fail("No Chromium was found. `make test` installs one; it takes any of " + str(BROWSERS))
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


@pytest.fixture
def site_file():
    """A function from a path in the project to the text of that file."""
    return lambda path: (ROOT / path).read_text()
