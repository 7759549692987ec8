"""A flush after tests that commit must keep the rows of the migrations."""

import pytest
from django.core.management import call_command

from tests.conftest import dump_rows


@pytest.mark.django_db(transaction=True)
def test_a_flush_keeps_the_rows_of_the_migrations(django_db_setup):
    call_command("flush", interactive=False, verbosity=0)
    assert any(row.startswith("auth.group") for row in django_db_setup)
    assert dump_rows() == django_db_setup
