"""Every public address: whether its answer is kept, or why not."""

import pytest
from django.db import connection

from lmp_site.page_store.memory import Pages
from tests.lmp_site.page_store.addresses import NOT_KEPT

pytestmark = pytest.mark.django_db(transaction=connection.vendor == "postgresql")


def test_every_public_address_is_kept_or_has_a_reason(site, addresses):
    kept = set()
    for name, address in addresses.items():
        statuses = [site.get(address).status for _time in range(2)]
        made = len(site.made)
        third = site.get(address)
        if len(site.made) == made:
            kept.add(name)
        else:
            assert name in NOT_KEPT, (name, address, statuses, third.status)
    assert kept == addresses.keys() - NOT_KEPT.keys()


def test_every_kept_answer_can_be_confirmed_after_a_change(site, addresses):
    site.store.pages = Pages(64 << 20)
    unknown = []
    for name in addresses.keys() - NOT_KEPT.keys():
        site.get(addresses[name])
        entries = site.store.pages.memory.new
        [entry] = entries.values()
        if not entry.sources:
            unknown.append(name)
        entries.clear()
    assert unknown == []
