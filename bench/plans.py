"""Times plans, course maps, the path and saving a requirement, with few and with many courses.

    .venv/bin/python bench/plans.py [1000 10000]
    DATABASE_URL=postgres://postgres@127.0.0.1/postgres .venv/bin/python bench/plans.py

In a database of its own: an SQLite file, or, where DATABASE_URL names a PostgreSQL, one that is
made there and removed. Each course has three requirements, and there are as many tools and videos
as courses. Prints milliseconds of server time for each size: of many different requests, then
("first") of the first request after a save, and how many queries the database gets for each; then
the ratio of the last size's median to the first's. Queries that differ between sizes have a "!".
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

text, percentile = search.text, search.percentile  # Importing it set Django up, for what follows.

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
from courses.plan_query import Asked
from courses.team_level import code_of

REQUESTS, SAVES = 25, 15
FIRSTS = 5  # requests that come first after a save
COUNTED = 8  # requests whose queries are counted
FAMILY, NEARBY = 100, 25  # courses that require each other, and how far back
TWIN = 24  # in each so many the last counts as the one before it
SORTS = {  # of a hundred requirements
    ("course", "required"): 58,
    ("course", "recommended"): 10,
    ("knowledge", "required"): 10,
    ("condition", "required"): 10,
    ("eligibility", "required"): 4,
    ("advice", "recommended"): 8,
}
DANGLING = 0.02
MANY_BEFORE = range(45, 56)  # courses before one whose map is timed


# ---- A catalog ----


def fill(first, last):
    chance = random.Random(first)
    entries = [*courses(first, last, chance), *helps(first, last, chance)]
    Resource.objects.bulk_create(entries, batch_size=5000)
    search.make_children()
    made = {entry.slug: entry.pk for entry in entries}
    link_terms([(n, made[f"course-{n}"]) for n in range(first, last)], chance)
    link_terms([(n, made[f"help-{n}"]) for n in range(first, last)], chance)
    pks = numbered()
    Requirement.objects.bulk_create(requirements(first, last, pks, chance), batch_size=10_000)
    link_twins(first, last, pks)
    name_the_best(chance)


def courses(first, last, chance):
    now = timezone.now()
    for number in range(first, last):
        least = chance.choice([30, 60, 90, 120, 240, 480]) if number % 5 else None
        yield Resource(
            kind="course",
            title=f"{text(chance, chance.randint(2, 5)).title()} {number}",
            slug=f"course-{number}",
            summary=text(chance, 15),
            body=f"<p>{text(chance, 60)}</p>",
            minutes_min=least,
            minutes_max=least and least + chance.choice([0, 0, 30]),
            published_at=now - timedelta(minutes=number + 1),
        )


def helps(first, last, chance):
    now = timezone.now()
    for number in range(first, last):
        minutes = chance.choice([5, 10, 15, 20, 30, 60]) if number % 3 else None
        yield Resource(
            kind=("tool", "video")[number % 2],
            title=text(chance, chance.randint(2, 6)).title(),
            slug=f"help-{number}",
            summary=text(chance, 15),
            minutes_min=minutes,
            minutes_max=minutes,
            published_at=now - timedelta(minutes=number + 1),
        )


def numbered():
    """[id of course 0, of course 1 …]"""
    rows = Course.objects.order_by("pk").values_list("slug", "pk")
    return [pk for _n, pk in sorted((int(slug.removeprefix("course-")), pk) for slug, pk in rows)]


def link_terms(rows, chance):
    """The further back in its family, the lower the level. Some of all is said of no course."""
    audiences, dimensions, levels = (
        list(model.objects.values_list("pk", flat=True)) for model in (Audience, Dimension, Level)
    )
    link("levels", ((pk, levels[n % FAMILY * 5 // FAMILY]) for n, pk in rows if n % 400))
    link("audiences", drawn([pk for n, pk in rows if n % 17], audiences, chance))
    link("dimensions", drawn([pk for n, pk in rows if n % 5], dimensions, chance))
    link("only_for", ((pk, chance.choice(audiences)) for n, pk in rows if n % 20 == 7))


def drawn(pks, terms, chance):
    return ((pk, term) for pk in pks for term in chance.sample(terms, chance.randint(1, 2)))


def link(name, pairs):
    through = getattr(Resource, name).through
    term = through._meta.fields[2].attname
    through.objects.bulk_create(
        (through(resource_id=pk, **{term: one}) for pk, one in pairs), batch_size=10_000
    )


def requirements(first, last, pks, chance):
    counts = Counter(chance.choices(range(first, last), k=3 * (last - first)))
    for number, count in sorted(counts.items()):
        others = earlier(number)
        chance.shuffle(others)
        for position in range(count):
            sort = chance.choices(list(SORTS), weights=SORTS.values())[0]
            yield requirement(pks[number], position, sort, pks, others, chance)


def earlier(number):
    """The numbers of nearby courses that it may require: lower ones, and not its twin."""
    start = max(number - number % FAMILY, number - NEARBY)
    return list(range(start, number - 1 if number % TWIN == 0 else number))


def requirement(course, position, sort, pks, others, chance):
    kind, necessity = sort if others else ("condition", "required")
    row = Requirement(course_id=course, position=position, type=kind, necessity=necessity)
    if not row.names_a_course:
        row.text = text(chance, 6)
    elif chance.random() < DANGLING:
        row.text = f"Course of elsewhere {chance.randint(1, 30)}"
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


# ---- What is asked of it: {name: [what to call]} ----


def work():
    chance, pks = random.Random(1), numbered()
    return plans(chance, len(pks)) | maps(chance) | path_pages(chance) | saves(chance, pks)


def plans(chance, size):
    queries = {
        "1 to 2, an audience": [climb(2, chance, size) + audience(chance) for _n in each()],
        "three courses": [named("want", 3, chance, size) for _n in each()],
        "1 to 5, for all": [climb(5, chance, size) for _n in each()],
    }
    computed = {f"plan {name}": calls(steps_of, some) for name, some in queries.items()}
    pages = {f"its page, {name}": calls(page, paths(some)) for name, some in queries.items()}
    return computed | pages


def each():
    return range(REQUESTS)


def calls(function, values):
    return [partial(function, value) for value in values]


def paths(queries):
    return [f"/path/plan/?{query}" for query in queries]


def climb(last, chance, size):
    """Each with two courses that are done, so that no two plans are the same."""
    return f"from=1&to={last}&{named('done', 2, chance, size)}"


def named(name, count, chance, size):
    return "&".join(f"{name}=course-{n}" for n in chance.sample(range(size), count))


def audience(chance):
    return f"&audience={chance.choice(Audience.objects.values_list('slug', flat=True))}"


def steps_of(query):
    return Plan(Asked.read(QueryDict(query))).steps


def page(path, client=None):
    response = (client or Client(HTTP_HOST="127.0.0.1")).get(path)
    assert response.status_code == 200, path


def maps(chance):
    counts = ancestors()
    deep = [pk for pk, count in counts.items() if count in MANY_BEFORE]
    found = Course.objects.in_bulk(chance.sample(deep, min(REQUESTS, len(deep)))).values()
    return {
        "map": calls(CourseMap.of, found),
        "map, both drawings": calls(drawings_of, found),
        "its page, map": calls(page, [course.get_absolute_url() for course in found]),
    }


def ancestors():
    needs = Course.objects.graph().needs
    return {pk: len(all_before([pk], needs)) for pk in numbered()}


def drawings_of(course):
    found = CourseMap.of(course)
    return found.columns, found.rail


def path_pages(chance):
    criteria = list(Criterion.objects.values_list("pk", flat=True))
    codes = [code_of(chance.sample(criteria, chance.randint(1, 9))) for _n in each()]
    admin = Client(HTTP_HOST="127.0.0.1")
    admin.force_login(User.objects.get_or_create(username="r", is_staff=True, is_superuser=True)[0])
    huddles = [f"minutes={chance.choice([15, 30, 60])}&team={n}" for n in each()]
    return {
        "grid": calls(page, [f"/path/?check={code}" for code in codes]),
        "team check": calls(page, [f"/path/check/?check={code}" for code in codes]),
        "plan of a check": calls(page, [f"/path/plan/?check={code}" for code in codes]),
        "huddle": calls(page, [f"/path/huddle/?{query}" for query in huddles]),
        "path report": [partial(page, "/admin/courses/course/report/", admin)] * FIRSTS,
    }


def saves(chance, pks):
    """They come last: what they make stays until all is measured."""
    pairs = pairs_of_families(chance, pks)
    new = [Requirement(course=a, named_course=b) for a, b in pairs[:SAVES]]
    written = [Requirement(course=a, text=b.title) for a, b in pairs[SAVES:]]
    hard = Requirement.objects.exclude(named_course=None).filter(type="course")
    hard = hard.filter(necessity="required").order_by("?")[:SAVES]
    closing = [Requirement(course=row.named_course, named_course=row.course) for row in hard]
    return {
        "circle check": calls(checked, new),
        "check that finds a circle": calls(refused, closing),
        "check of a form": calls(Requirement.clean, new),
        "check of a text": calls(Requirement.clean, written),
        "save, course chosen": calls(Requirement.save, new),
        "save, course in words": calls(Requirement.save, written),
        "save of a course": calls(Course.save, [a for a, _b in pairs[:SAVES]]),
    }


def pairs_of_families(chance, pks):
    """Courses, each with one of the family before: one that it does not require yet."""
    numbers = chance.sample(range(FAMILY, len(pks)), 2 * SAVES)
    pairs = [(pks[n], pks[n - n % FAMILY - chance.randint(1, FAMILY)]) for n in numbers]
    found = Course.objects.in_bulk([pk for pair in pairs for pk in pair])
    return [(found[a], found[b]) for a, b in pairs]


def checked(row):
    row.refuse_circle(row.named_course)


def refused(row):
    with suppress(CircleError):
        checked(row)
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
    there, todo = Requirement.objects.latest("pk").pk, work()
    gc.collect()
    gc.freeze()  # What this script holds itself is not to be looked through again and again.
    rows = {
        name: measured_saves(some) if name.startswith("save") else measured(some)
        for name, some in todo.items()
    }
    with indexing.indexed_together():
        Requirement.objects.filter(pk__gt=there).delete()
    return rows


def measured(some):
    some[0]()
    times = [timed(call) for call in some]
    queries = max(count_queries(call) for call in some[:COUNTED])
    return Row(times, [first_after_a_save(call) for call in some[:FIRSTS]], queries)


def measured_saves(some):
    *most, last = some
    return Row([timed(call) for call in most], [], count_queries(last))


def timed(call):
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def count_queries(call):
    with CaptureQueriesContext(connection) as queries:
        call()
    return len(queries)


def first_after_a_save(call):
    indexing.update_index([Course.objects.order_by("?").values_list("pk", flat=True).first()])
    return timed(call)


def show(sizes, results):
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
    there, results = 0, []
    for size in sizes:
        fill(there, size)
        indexing.rebuild()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
        describe(size)
        results.append(measure())
        there = size
    show(sizes, results)


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
