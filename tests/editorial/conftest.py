import shutil

import pytest
from django.db import transaction
from django.test import override_settings

from tests.editorial.commands import run_command


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The output of load_demo, which runs once for all tests of a file and is rolled back then."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        yield run_command("load_demo")
        transaction.set_rollback(True)


@pytest.fixture
def demo_copy(demo, settings, tmp_path):
    """The loaded demo for a test that changes it: rows roll back, and the files are a copy."""
    settings.MEDIA_ROOT = shutil.copytree(settings.MEDIA_ROOT, tmp_path / "media")
    return demo
