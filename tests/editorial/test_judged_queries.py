"""The results of the demo's search checks, which one file states for SQLite and PostgreSQL.

After a change of the search, the demo or its search checks, this command writes the file again:

    WRITE_JUDGED_RESULTS=1 .venv/bin/python -m pytest tests/editorial/test_judged_queries.py -n 0

Read the difference, because it is what readers will see.
"""

import json
import os
import tomllib
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from catalog.listings.listing import search_listing
from catalog.models import Resource
from editorial.demo.loading import read_judged_queries

pytestmark = pytest.mark.django_db

RESULTS = Path(__file__).with_name("judged_results.toml")
FIRST = 5  # results that are the same in both databases
JUDGED = dict(read_judged_queries())


@pytest.fixture(scope="module")
def results(django_db_setup, django_db_blocker, tmp_path_factory):
    """{words: slugs of the results, in order} for each search check, with only the demo loaded."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        call_command("load_demo", verbosity=0)
        slugs = dict(Resource.objects.values_list("pk", "slug"))
        yield {words: [slugs[pk] for pk in search_listing({"q": words}).ids] for words in JUDGED}
        transaction.set_rollback(True)


def test_there_are_enough_search_checks(results):
    public = set(Resource.objects.published().values_list("slug", flat=True))
    assert len(JUDGED) >= 40
    assert set(JUDGED.values()) <= public


def test_the_expected_entry_is_first_or_near_it(results):
    ranks = [rank_of(slug, results[words]) for words, slug in JUDGED.items()]
    mean = sum(1 / rank for rank in ranks if rank) / len(ranks)
    assert mean >= 0.9, f"mean reciprocal rank {mean:.3f}\n" + "\n".join(not_first(results))


def test_the_expected_entry_is_among_the_first_three(results):
    missed = [words for words, slug in JUDGED.items() if slug not in results[words][:3]]
    assert missed == [], "\n".join(not_first(results))


def test_the_first_five_results_are_the_expected_ones(results):
    found = {words: slugs[:FIRST] for words, slugs in results.items()}
    if os.environ.get("WRITE_JUDGED_RESULTS"):
        RESULTS.write_text("".join(map(format_line, found.items())))
    assert found == tomllib.loads(RESULTS.read_text())


def rank_of(slug, slugs):
    """1 for the first one, 0 if it is missing."""
    return slugs.index(slug) + 1 if slug in slugs else 0


def not_first(results):
    for words, slug in JUDGED.items():
        rank, first = rank_of(slug, results[words]), (results[words] or ["nothing"])[0]
        if rank != 1:
            yield f"{words}: {slug} is number {rank or '–'}, first is {first}"


def format_line(result):
    words, slugs = result
    return f"{json.dumps(words, ensure_ascii=False)} = {json.dumps(slugs)}\n"
