"""Times plans, course maps, the path and saving a requirement, with few and with many courses.

    .venv/bin/python bench/plans.py [1000 10000]
    DATABASE_URL=postgres://postgres@127.0.0.1/postgres .venv/bin/python bench/plans.py

The script creates its own database and removes it: an SQLite file, or a database on the PostgreSQL
server that DATABASE_URL names. Each course has three requirements, and there are as many tools and
videos as courses. For each size it prints milliseconds of server time: of many different requests,
and ("first") of the first request after a save. It also prints the number of queries per request
and the ratio of the last size's median to the first's. A "!" marks rows whose number of queries
differs between sizes.
"""

import gc
import os
import random
import statistics
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import search

# The import of search has set up Django, which the imports below need.
random_text, percentile = search.random_text, search.percentile

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Audience, Dimension, Level, Resource
from catalog.search import indexing
from courses.course_map import CourseMap
from courses.graph import all_before
from courses.models import BestResource, CircleError, Course, Criterion, Requirement
from courses.plan import Plan
from courses.plan_query import PlanQuery
from courses.team_level import code_of

REQUESTS, SAVES = 25, 15
FIRSTS = 5  # requests that come first after a save
COUNTED = 8  # requests whose queries we count
# Courses require each other within a family, and only the NEARBY ones before them.
FAMILY, NEARBY = 100, 25
TWIN = 24  # every so many courses, one counts as the course before it
SORTS = {  # how many of a hundred requirements are of each sort
    ("course", "required"): 58,
    ("course", "recommended"): 10,
    ("knowledge", "required"): 10,
    ("condition", "required"): 10,
    ("eligibility", "required"): 4,
    ("advice", "recommended"): 8,
}
DANGLING = 0.02
MANY_BEFORE = range(45, 56)  # number of courses before one whose map we time


# ---- A catalog ----


def fill(first, last):
    chance = random.Random(first)
    entries = [*courses(first, last, chance), *tools_and_videos(first, last, chance)]
    Resource.objects.bulk_create(entries, batch_size=5000)
    search.make_children()
    ids = {entry.slug: entry.pk for entry in entries}
    link_terms([(n, ids[f"course-{n}"]) for n in range(first, last)], chance)
    link_terms([(n, ids[f"help-{n}"]) for n in range(first, last)], chance)
    pks = list_course_ids()
    Requirement.objects.bulk_create(requirements(first, last, pks, chance), batch_size=10_000)
    link_twins(first, last, pks)
    name_the_best(chance)


def courses(first, last, chance):
    now = timezone.now()
    for number in range(first, last):
        least = chance.choice([30, 60, 90, 120, 240, 480]) if number % 5 else None
        yield Resource(
            kind="course",
            title=f"{random_text(chance, chance.randint(2, 5)).title()} {number}",
            slug=f"course-{number}",
            summary=random_text(chance, 15),
            body=f"<p>{random_text(chance, 60)}</p>",
            minutes_min=least,
            minutes_max=least and least + chance.choice([0, 0, 30]),
            published_at=now - timedelta(minutes=number + 1),
        )


def tools_and_videos(first, last, chance):
    now = timezone.now()
    for number in range(first, last):
        minutes = chance.choice([5, 10, 15, 20, 30, 60]) if number % 3 else None
        yield Resource(
            kind=("tool", "video")[number % 2],
            title=random_text(chance, chance.randint(2, 6)).title(),
            slug=f"help-{number}",
            summary=random_text(chance, 15),
            minutes_min=minutes,
            minutes_max=minutes,
            published_at=now - timedelta(minutes=number + 1),
        )


def list_course_ids():
    """Returns [id of course 0, id of course 1 …]."""
    rows = Course.objects.order_by("pk").values_list("slug", "pk")
    return [pk for _n, pk in sorted((int(slug.removeprefix("course-")), pk) for slug, pk in rows)]


def link_terms(rows, chance):
    """Gives the earlier courses of a family lower levels. Some courses get no terms."""
    audiences, dimensions, levels = (
        list(model.objects.values_list("pk", flat=True)) for model in (Audience, Dimension, Level)
    )
    link("levels", ((pk, levels[n % FAMILY * 5 // FAMILY]) for n, pk in rows if n % 400))
    link("audiences", random_pairs([pk for n, pk in rows if n % 17], audiences, chance))
    link("dimensions", random_pairs([pk for n, pk in rows if n % 5], dimensions, chance))
    link("only_for", ((pk, chance.choice(audiences)) for n, pk in rows if n % 20 == 7))


def random_pairs(pks, terms, chance):
    return ((pk, term) for pk in pks for term in chance.sample(terms, chance.randint(1, 2)))


def link(name, pairs):
    through = getattr(Resource, name).through
    column = through._meta.fields[2].attname
    through.objects.bulk_create(
        (through(resource_id=pk, **{column: term}) for pk, term in pairs), batch_size=10_000
    )


def requirements(first, last, pks, chance):
    counts = Counter(chance.choices(range(first, last), k=3 * (last - first)))
    for number, count in sorted(counts.items()):
        others = earlier_courses(number)
        chance.shuffle(others)
        for position in range(count):
            sort = chance.choices(list(SORTS), weights=SORTS.values())[0]
            yield requirement(pks[number], position, sort, pks, others, chance)


def earlier_courses(number):
    """Returns the lower numbers of nearby courses that a course may require, without its twin."""
    start = max(number - number % FAMILY, number - NEARBY)
    return list(range(start, number - 1 if number % TWIN == 0 else number))


def requirement(course, position, sort, pks, others, chance):
    kind, necessity = sort if others else ("condition", "required")
    row = Requirement(course_id=course, position=position, type=kind, necessity=necessity)
    if not row.names_a_course:
        row.text = random_text(chance, 6)
    elif chance.random() < DANGLING:
        row.text = f"Course elsewhere {chance.randint(1, 30)}"
    else:
        row.named_course_id = pks[others.pop()]
        row.text = f"As written {row.named_course_id}"
    return row


def link_twins(first, last, pks):
    twins = [(n, n - 1) for n in range(first, last) if n % TWIN == 0 and n % FAMILY]
    through = Course.equivalents.through
    through.objects.bulk_create(
        through(from_course_id=pks[a], to_course_id=pks[b])
        for pair in twins
        for a, b in (pair, pair[::-1])
    )


def name_the_best(chance):
    pks = list(Resource.objects.exclude(kind="course").values_list("pk", flat=True))
    BestResource.objects.all().delete()
    BestResource.objects.bulk_create(
        BestResource(criterion=criterion, resource_id=pk, position=position)
        for criterion in Criterion.objects.all()
        for position, pk in enumerate(chance.sample(pks, 2))
    )


# ---- Measurements: {name: [functions to call]} ----


def measurements():
    chance, pks = random.Random(1), list_course_ids()
    return plans(chance, len(pks)) | maps(chance) | path_pages(chance) | saves(chance, pks)


def plans(chance, size):
    queries = {
        "1 to 2, an audience": [
            climb(2, chance, size) + audience(chance) for _n in range(REQUESTS)
        ],
        "three courses": [name_courses("want", 3, chance, size) for _n in range(REQUESTS)],
        "1 to 5, for all": [climb(5, chance, size) for _n in range(REQUESTS)],
    }
    computed = {f"plan {name}": calls(steps_of, some) for name, some in queries.items()}
    pages = {f"its page, {name}": calls(get_page, paths(some)) for name, some in queries.items()}
    return computed | pages


def calls(function, values):
    return [partial(function, value) for value in values]


def paths(queries):
    return [f"/path/plan/?{query}" for query in queries]


def climb(last, chance, size):
    """Names two finished courses, so that no two plans are the same."""
    return f"from=1&to={last}&{name_courses('done', 2, chance, size)}"


def name_courses(name, count, chance, size):
    return "&".join(f"{name}=course-{n}" for n in chance.sample(range(size), count))


def audience(chance):
    return f"&audience={chance.choice(Audience.objects.values_list('slug', flat=True))}"


def steps_of(query):
    return Plan(PlanQuery.read(QueryDict(query))).steps


def get_page(path, client=None):
    response = (client or Client(HTTP_HOST="127.0.0.1")).get(path)
    assert response.status_code == 200, path


def maps(chance):
    counts = ancestors()
    deep = [pk for pk, count in counts.items() if count in MANY_BEFORE]
    found = Course.objects.in_bulk(chance.sample(deep, min(REQUESTS, len(deep)))).values()
    return {
        "map": calls(CourseMap.of, found),
        "map, both drawings": calls(drawings_of, found),
        "its page, map": calls(get_page, [course.get_absolute_url() for course in found]),
    }


def ancestors():
    needs = Course.objects.graph().needs
    return {pk: len(all_before([pk], needs)) for pk in list_course_ids()}


def drawings_of(course):
    found = CourseMap.of(course)
    return found.columns, found.rail


def path_pages(chance):
    criteria = list(Criterion.objects.values_list("pk", flat=True))
    codes = [code_of(chance.sample(criteria, chance.randint(1, 9))) for _n in range(REQUESTS)]
    admin = Client(HTTP_HOST="127.0.0.1")
    admin.force_login(User.objects.get_or_create(username="r", is_staff=True, is_superuser=True)[0])
    huddles = [f"minutes={chance.choice([15, 30, 60])}&team={n}" for n in range(REQUESTS)]
    return {
        "grid": calls(get_page, [f"/path/?check={code}" for code in codes]),
        "team check": calls(get_page, [f"/path/check/?check={code}" for code in codes]),
        "plan of a check": calls(get_page, [f"/path/plan/?check={code}" for code in codes]),
        "huddle": calls(get_page, [f"/path/huddle/?{query}" for query in huddles]),
        "path report": [partial(get_page, "/admin/courses/course/report/", admin)] * FIRSTS,
    }


def saves(chance, pks):
    """These come last, because what they save stays until all measurements end."""
    pairs = pairs_of_families(chance, pks)
    new = [Requirement(course=a, named_course=b) for a, b in pairs[:SAVES]]
    written = [Requirement(course=a, text=b.title) for a, b in pairs[SAVES:]]
    hard = Requirement.objects.exclude(named_course=None).filter(type="course")
    hard = hard.filter(necessity="required").order_by("?")[:SAVES]
    closing = [Requirement(course=row.named_course, named_course=row.course) for row in hard]
    return {
        "circle check": calls(check_circle, new),
        "check that finds a circle": calls(expect_circle, closing),
        "check of a form": calls(Requirement.clean, new),
        "check of a text": calls(Requirement.clean, written),
        "save, course chosen": calls(Requirement.save, new),
        "save, course in words": calls(Requirement.save, written),
        "save of a course": calls(Course.save, [a for a, _b in pairs[:SAVES]]),
    }


def pairs_of_families(chance, pks):
    """Returns pairs of a course and one of the family before, which it does not require yet."""
    numbers = chance.sample(range(FAMILY, len(pks)), 2 * SAVES)
    pairs = [(pks[n], pks[n - n % FAMILY - chance.randint(1, FAMILY)]) for n in numbers]
    found = Course.objects.in_bulk([pk for pair in pairs for pk in pair])
    return [(found[a], found[b]) for a, b in pairs]


def check_circle(row):
    row.refuse_circle(row.named_course)


def expect_circle(row):
    with suppress(CircleError):
        check_circle(row)
        raise AssertionError(f"{row} closes a circle")


# ---- Measuring ----


@dataclass
class Row:
    times: list
    firsts: list
    queries: int

    @property
    def median(self):
        return statistics.median(self.times)

    def __str__(self):
        first = f"{statistics.median(self.firsts):8.1f}" if self.firsts else f"{'':>8}"
        return f"{self.median:8.1f} {percentile(self.times, 0.95):8.1f} {first} {self.queries:4}"


def measure():
    last_pk, functions = Requirement.objects.latest("pk").pk, measurements()
    gc.collect()
    gc.freeze()  # The garbage collector then skips the objects of this script.
    rows = {
        name: measure_saves(some) if name.startswith("save") else measure_calls(some)
        for name, some in functions.items()
    }
    with indexing.indexed_together():
        Requirement.objects.filter(pk__gt=last_pk).delete()
    return rows


def measure_calls(some):
    some[0]()
    times = [time_call(call) for call in some]
    queries = max(count_queries(call) for call in some[:COUNTED])
    return Row(times, [time_first_call_after_save(call) for call in some[:FIRSTS]], queries)


def measure_saves(some):
    *most, last = some
    return Row([time_call(call) for call in most], [], count_queries(last))


def time_call(call):
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def count_queries(call):
    with CaptureQueriesContext(connection) as queries:
        call()
    return len(queries)


def time_first_call_after_save(call):
    indexing.update_index([Course.objects.order_by("?").values_list("pk", flat=True).first()])
    return time_call(call)


def print_table(sizes, results):
    heads = "".join(f" | {f'{size} courses':>31}" for size in sizes)
    print(f"\n{connection.vendor}, ms\n{'':>30}{heads}")
    columns = f" | {'median':>8} {'p95':>8} {'first':>8} {'#':>4}" * len(sizes)
    print(f"{'':>30}{columns} | ratio")
    for name in results[0]:
        rows = [result[name] for result in results]
        ratio = rows[-1].median / rows[0].median
        differs = len({row.queries for row in rows}) > 1
        cells = "".join(f" | {row}" for row in rows)
        print(f"{name:>30}{cells} | {ratio:5.1f}{' !' if differs else ''}", flush=True)


def describe(size):
    counts, rows = list(ancestors().values()), Requirement.objects
    many = sum(count in MANY_BEFORE for count in counts)
    print(f"{connection.vendor}: {size} courses, {rows.count()} requirements,", end=" ")
    print(f"{rows.dangling().count()} of them dangling;", end=" ")
    print(f"before a course are {statistics.median(counts):.0f} in the median,", end=" ")
    print(f"{percentile(counts, 0.95)} at p95, at most {max(counts)};", end=" ")
    print(f"{many} courses have about 50", flush=True)


def run(sizes):
    filled, results = 0, []
    for size in sizes:
        fill(filled, size)
        indexing.rebuild()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
        describe(size)
        results.append(measure())
        filled = size
    print_table(sizes, results)


def main(sizes):
    if connection.vendor == "sqlite":
        call_command("migrate", verbosity=0)
        run(sizes)
        return
    connection.settings_dict["TEST"]["NAME"] = f"bench_plans_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        run(sizes)
    finally:
        connection.creation.destroy_test_db("", verbosity=0)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1_000, 10_000])
