import gc
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
from django.template.base import Template
from django.test import SimpleTestCase
from django.test.signals import template_rendered
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from catalog.search import counting
from catalog.search.indexing import indexed_together
from tests.migrated_copy import migrations_done_once

ROOT = Path(__file__).resolve().parent.parent
# Only tests/test_fourth_kind.py installs the app of a fourth kind.
collect_ignore = [] if "tests.podcasts" in settings.INSTALLED_APPS else ["podcasts"]
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
# Our list replaces Playwright's, so it repeats it. The last three features are useful only in a
# window with an address bar: they start processes for suggestions and for the next page.
DISABLED_FEATURES = [
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
    "--disable-features=" + ",".join(DISABLED_FEATURES),
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# Wait for what a page shows as long as for its actions, because the machine may be busy.
expect.set_options(timeout=30_000)
# The slowest files without a browser. None of them may come last.
SLOW_FILES = [
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
    """Marks the tests that use a browser or the database, and sorts the files, slowest first.

    Files with browser tests come first, because they are the slowest. Those that read the demo are
    in a row, because they share it. Then come the slow files of the others, and the fast ones.
    """
    for item in items:
        if "page" in item.fixturenames or "browser" in item.fixturenames:
            item.add_marker("browser")
        if may_use_the_database(item):
            item.add_marker("database")
    browser_files = {item.path for item in items if item.get_closest_marker("browser")}
    demo_files = files_with_demo(items)
    slow_files = [ROOT / "tests" / name for name in SLOW_FILES]

    def sort_key(item):
        path = item.path
        return path not in browser_files, path not in demo_files, path not in slow_files

    items.sort(key=sort_key)


def pytest_collection_finish():
    """Lets the garbage collector skip what lives until the end: modules, tests, templates."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def only_pages_report_their_context(django_test_environment):
    """Makes response.context the one of the page's own template.

    Django's test client also copies the contexts of all templates that a page includes.
    """

    def render(template, context):
        if context.template is template:
            template_rendered.send(sender=template, template=template, context=context)
        return template.nodelist.render(context)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Template, "_render", render)
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.fail(f"None of {', '.join(BROWSERS)} was found. `make test` installs one.")
    return browser_type_launch_args | {"executable_path": path, "args": BROWSER_ARGS}


@pytest.fixture(scope="session")
def nu_errors():
    """A function that returns the Nu checker's errors in a folder of .html files, as lines.

    Each call starts Java, which takes about 2 s, so check many pages at once.
    """
    if not NU_JAR.exists():
        pytest.fail("The Nu checker is missing. `make test` installs it.")

    def check(folder):
        command = ["java", "-Xss4m", "-jar", NU_JAR, "--errors-only", "--skip-non-html", folder]
        run = subprocess.run(command, capture_output=True, text=True)
        return run.stderr.splitlines()

    return check


def dump_rows():
    """Returns every row of the catalog and every role with its permissions, as text without ids."""
    labels = ["catalog", "courses", "editorial"]
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    # Each change gives the index another version.
    models.remove(apps.get_model("catalog", "IndexPart"))
    rows = [row for model in [*models, Group] for row in model.objects.all()]
    options = {"use_natural_foreign_keys": True, "use_natural_primary_keys": True}
    dumped = serializers.serialize("python", rows, **options)
    return sorted(f"{row['model']} {sorted(row['fields'].items(), key=str)}" for row in dumped)


OTHER_CONNECTIONS = "datname = current_database() AND pid <> pg_backend_pid()"


def delete_sql(operations, style, tables, *, reset_sequences=False, allow_cascade=False):
    """The SQL that empties tables with few rows.

    It is faster than TRUNCATE, which makes new files for each table on PostgreSQL.
    """
    statements = [f"DELETE FROM {operations.quote_name(table)}" for table in tables]
    sequences = operations.connection.introspection.sequence_list() if reset_sequences else []
    return statements + operations.sequence_reset_by_name_sql(style, sequences)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Runs before the databases are made."""
    with migrations_done_once():
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Yields the rows that the migrations made, and closes all connections at the end.

    Playwright's event loop gives this thread a second connection, which would block the deletion
    of the database.
    """
    with django_db_blocker.unblock():
        migrated_rows = dump_rows()
    with pytest.MonkeyPatch.context() as patched:
        if connection.vendor == "postgresql":
            patched.setattr(type(connection.ops), "sql_flush", delete_sql)
        yield migrated_rows
        with django_db_blocker.unblock():
            DEMO_CLEANUP.close()
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE " + OTHER_CONNECTIONS
            )


def may_use_the_database(item):
    """Whether a test may use the database. pytest-django blocks it for all others."""
    fixtures = {"db", "transactional_db", "django_db_setup"} & set(item.fixturenames)
    is_django_test = issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
    return bool(fixtures or is_django_test or item.get_closest_marker("django_db"))


def files_with_demo(items):
    """The files that have tests with the demo catalog."""
    return {item.path for item in items if "demo_site" in item.fixturenames}


@pytest.fixture(autouse=True)
def count_at_once(request, monkeypatch):
    """Counts searches in the test's own transaction, where a thread would not see its rows.

    The threads of the demo's server share one connection, which must only read.
    """
    is_demo = "demo_site" in request.fixturenames
    count = (lambda *facts: None) if is_demo else lambda *call: counting.count_now({call: 1})
    monkeypatch.setattr(counting, "count_later", count)


@pytest.fixture(scope="module")
def demo_site(django_db_setup, django_db_blocker):
    """The address of a server with the demo catalog, loaded once for all modules in a row.

    Tests must only read it. Mark them django_db without transaction=True, which would empty the
    tables.
    """
    with django_db_blocker.unblock():
        return serve_demo()


DEMO_CLEANUP = ExitStack()


@cache
def serve_demo():
    call_command("load_demo", verbosity=0)
    DEMO_CLEANUP.callback(call_command, "flush", interactive=False, verbosity=0)
    DEMO_CLEANUP.callback(serve_demo.cache_clear)
    server = LiveServer("127.0.0.1", start=False)
    # The site itself serves static files and uploads, as in production. The handlers of Django's
    # test server do not support byte ranges.
    server.thread.static_handler = lambda uploads: uploads.application
    server.start()
    DEMO_CLEANUP.callback(server.stop)
    return server.url


@pytest.fixture(scope="module", autouse=True)
def remove_demo_for_other_files(request, django_db_blocker):
    if request.path not in files_with_demo(request.session.items):
        with django_db_blocker.unblock():
            DEMO_CLEANUP.close()


@pytest.fixture(scope="session", autouse=True)
def restore_migrated_rows_after_flush():
    """Makes the migrations' rows again after the flush that cleans up after tests that commit."""
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
