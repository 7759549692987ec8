import shutil
import subprocess
from contextlib import ExitStack
from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.core import serializers
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import SimpleTestCase
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from catalog.search.indexing import indexed_together

ROOT = Path(__file__).resolve().parent.parent
# The app of a fourth kind is installed by tests/test_fourth_kind.py alone.
collect_ignore = [] if "tests.podcasts" in settings.INSTALLED_APPS else ["podcasts"]
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
# Playwright's own list, which ours takes the place of, and what only a window with an address bar
# needs: a process for its suggestions, and one for a page that may come, with each new reader.
NOT_OF_THE_BROWSER = [
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "SpareRendererForSitePerProcess",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
]
BROWSER_ARGS = [
    "--no-sandbox",
    "--disable-features=" + ",".join(NOT_OF_THE_BROWSER),
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# What a page is to show is waited for as long as what it is to do, also on a busy machine.
expect.set_options(timeout=30_000)
# Of the files without a browser, those that take longest: none of them comes last.
LONG = [
    "catalog/admin/test_lists.py",
    "catalog/files/test_upload_battery.py",
    "catalog/jobs/test_jobs.py",
    "catalog/printing/test_hostile_bodies.py",
    "catalog/printing/test_pdf_access.py",
    "lmp_site/test_start.py",
    "test_query_counts.py",
]
NU_JAR = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def pytest_collection_modifyitems(items):
    """The tests in a browser are marked, and their files begin, those that read the demo in a row:
    they are the slowest; then come the longest of the others, and the quick ones fill up. What may
    use the database is marked as well.
    """
    for item in items:
        if "page" in item.fixturenames or "browser" in item.fixturenames:
            item.add_marker("browser")
        if may_use_the_database(item):
            item.add_marker("database")
    in_browser = {item.path for item in items if item.get_closest_marker("browser")}
    with_demo = readers_of_demo(items)

    long = [ROOT / "tests" / name for name in LONG]

    def place(item):
        return item.path not in in_browser, item.path not in with_demo, item.path not in long

    items.sort(key=place)


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


def dump_rows():
    """Every row of the catalog and every role with what it may do, as text without its number."""
    own = ["catalog", "courses", "editorial"]
    models = [model for label in own for model in apps.get_app_config(label).get_models()]
    # The index has a version, which is another one after each change.
    models.remove(apps.get_model("catalog", "IndexPart"))
    rows = [row for model in [*models, Group] for row in model.objects.all()]
    options = {"use_natural_foreign_keys": True, "use_natural_primary_keys": True}
    kept = serializers.serialize("python", rows, **options)
    return sorted(f"{row['model']} {sorted(row['fields'].items(), key=str)}" for row in kept)


OTHER_CONNECTIONS = "datname = current_database() AND pid <> pg_backend_pid()"


def deletions(operations, style, tables, *, reset_sequences=False, allow_cascade=False):
    """What empties tables of a few rows: TRUNCATE makes some files anew for each on PostgreSQL."""
    emptied = [f"DELETE FROM {operations.quote_name(table)}" for table in tables]
    numbers = operations.connection.introspection.sequence_list() if reset_sequences else []
    return emptied + operations.sequence_reset_by_name_sql(style, numbers)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Hands on the rows that the migrations made, and leaves no connection to the database open.

    Playwright's loop gives this thread a second one, which would keep the database.
    """
    with django_db_blocker.unblock():
        made = dump_rows()
    with pytest.MonkeyPatch.context() as patched:
        if connection.vendor == "postgresql":
            patched.setattr(type(connection.ops), "sql_flush", deletions)
        yield made
        with django_db_blocker.unblock():
            END_OF_DEMO.close()
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE " + OTHER_CONNECTIONS
            )


def may_use_the_database(item):
    """All others are kept from it by pytest-django, whichever database it is."""
    asked = {"db", "transactional_db", "django_db_setup"} & set(item.fixturenames)
    of_django = issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
    return bool(asked or of_django or item.get_closest_marker("django_db"))


def readers_of_demo(items):
    """The files with tests that read the demo catalog."""
    return {item.path for item in items if "demo_site" in item.fixturenames}


@pytest.fixture(scope="module")
def demo_site(django_db_setup, django_db_blocker):
    """The address of a server with the demo catalog, loaded once for all modules in a row.

    Tests only read it: each is marked django_db, not transactional, which would empty the tables.
    """
    with django_db_blocker.unblock():
        return serve_demo()


END_OF_DEMO = ExitStack()


@cache
def serve_demo():
    # The threads of this server share one connection, which only takes reading.
    patched = END_OF_DEMO.enter_context(pytest.MonkeyPatch.context())
    patched.setattr("catalog.search.counting.count_after", lambda *facts: None)
    call_command("load_demo", verbosity=0)
    END_OF_DEMO.callback(call_command, "flush", interactive=False, verbosity=0)
    END_OF_DEMO.callback(serve_demo.cache_clear)
    server = LiveServer("127.0.0.1", start=False)
    # Static files and uploads come from the site itself, as in production, not from the
    # handlers that Django's test server puts before it: they know no ranges.
    server.thread.static_handler = lambda uploads: uploads.application
    server.start()
    END_OF_DEMO.callback(server.stop)
    return server.url


@pytest.fixture(scope="module", autouse=True)
def others_find_no_demo(request, django_db_blocker):
    if request.path not in readers_of_demo(request.session.items):
        with django_db_blocker.unblock():
            END_OF_DEMO.close()


@pytest.fixture(scope="session", autouse=True)
def migrated_rows_outlive_a_flush():
    """Tests that commit are cleaned up by a flush, which takes the migrations' rows with it."""
    post_migrate.connect(make_migrated_rows, sender=apps.get_app_config("editorial"))


@indexed_together()
def make_migrated_rows(**kwargs):
    schema_editor = SimpleNamespace(connection=connection)
    import_module("catalog.migrations.0002_vocabularies").make(apps, schema_editor)
    import_module("catalog.migrations.0004_synonyms").make(apps, schema_editor)
    import_module("courses.migrations.0003_known_criteria").make(apps, schema_editor)
    import_module("editorial.migrations.0002_roles").make_roles(apps, schema_editor)
    import_module("editorial.migrations.0003_search_roles").add_to_roles(apps, schema_editor)
    import_module("editorial.migrations.0004_path_roles").add_to_roles(apps, schema_editor)
    import_module("editorial.migrations.0006_file_roles").add_to_roles(apps, schema_editor)
