"""What the demo's judged queries find, on SQLite and on PostgreSQL: both hold to one file.

After a change of the search, of the demo or of its judgements:

    WRITE_JUDGED_RESULTS=1 .venv/bin/python -m pytest tests/editorial/test_judged_queries.py -n 0

writes the file anew. Its difference is to be read: it is what readers will see.
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
FIRST = 5  # results that both databases answer alike
JUDGED = dict(read_judged_queries())


@pytest.fixture(scope="module")
def answers(django_db_setup, django_db_blocker, tmp_path_factory):
    """{words: slugs of the results, in order} for each judged query, over the demo alone."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        call_command("load_demo", verbosity=0)
        slugs = dict(Resource.objects.values_list("pk", "slug"))
        yield {words: [slugs[pk] for pk in search_listing({"q": words}).ids] for words in JUDGED}
        transaction.set_rollback(True)


def test_there_are_enough(answers):
    public = set(Resource.objects.published().values_list("slug", flat=True))
    assert len(JUDGED) >= 40
    assert set(JUDGED.values()) <= public


def test_what_was_wanted_stands_first_or_near_it(answers):
    ranks = [rank_of(slug, answers[words]) for words, slug in JUDGED.items()]
    mean = sum(1 / rank for rank in ranks if rank) / len(ranks)
    assert mean >= 0.9, f"mean reciprocal rank {mean:.3f}\n" + "\n".join(not_first(answers))


def test_what_was_wanted_is_among_the_first_three(answers):
    missed = [words for words, slug in JUDGED.items() if slug not in answers[words][:3]]
    assert missed == [], "\n".join(not_first(answers))


def test_the_first_five_are_those_that_were_written_down(answers):
    found = {words: slugs[:FIRST] for words, slugs in answers.items()}
    if os.environ.get("WRITE_JUDGED_RESULTS"):
        RESULTS.write_text("".join(map(line_of, found.items())))
    assert found == tomllib.loads(RESULTS.read_text())


def rank_of(slug, slugs):
    """1 for the first; 0 where it is not there."""
    return slugs.index(slug) + 1 if slug in slugs else 0


def not_first(answers):
    for words, slug in JUDGED.items():
        rank, first = rank_of(slug, answers[words]), (answers[words] or ["nothing"])[0]
        if rank != 1:
            yield f"{words}: {slug} is number {rank or '–'}, first is {first}"


def line_of(answer):
    words, slugs = answer
    return f"{json.dumps(words, ensure_ascii=False)} = {json.dumps(slugs)}\n"
