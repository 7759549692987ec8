"""Tests that commit are followed by a flush; what the migrations made has to be there after it."""

import pytest
from django.core.management import call_command

from tests.conftest import dump_rows


@pytest.mark.django_db(transaction=True)
def test_a_flush_leaves_what_the_migrations_made(django_db_setup):
    call_command("flush", interactive=False, verbosity=0)
    assert any(row.startswith("auth.group") for row in django_db_setup)
    assert dump_rows() == django_db_setup
