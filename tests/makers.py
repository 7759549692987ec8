"""Small makers of catalog rows for tests: keyword defaults, nothing random."""

from datetime import timedelta

from django.utils import timezone

from catalog.jobs.queue import run_waiting_jobs
from catalog.models import Audience, Dimension, Job, Level, Region, Tool, Topic, Video
from catalog.search.indexing import indexed_together
from courses.models import Course

LINKS = {
    "audiences": Audience,
    "only_for": Audience,
    "dimensions": Dimension,
    "regions": Region,
    "topics": Topic,
}


def do_jobs(*tasks):
    """What a worker would do for what was saved: with its files, or `tasks` where some are named.

    What failed fails the test that asked for it.
    """
    tasks = tasks or [Job.Task.TEXT, Job.Task.PREVIEW, Job.Task.PICTURE, Job.Task.FILM]
    run_waiting_jobs(tasks)
    failed = Job.objects.filter(state=Job.State.FAILED, task__in=tasks)
    assert list(failed.values_list("task", "failure")) == []


def days_ago(days):
    return timezone.now() - timedelta(days=days)


def make_topic(name="LMP Processes", **fields):
    return Topic.objects.get_or_create(name=name, defaults=fields)[0]


def make_video(title="Cook Up a Small Test of Change", **fields):
    return make(Video, title, **fields)


def make_tool(title="Consensus Decision Making Continuum", **fields):
    return make(Tool, title, **fields)


def make_course(title="Effective Sponsorship", **fields):
    return make(Course, title, **fields)


def make(model, title, published=True, levels=(), tags=(), related=(), **fields):
    """One saved row; `published` is True, False or a datetime, links are given by name.

    As a form saves it: the row and its links are one change.
    """
    links = {name: fields.pop(name) for name in LINKS if name in fields}
    if published:
        fields.setdefault("published_at", days_ago(1) if published is True else published)
    with indexed_together():
        resource = model.objects.create(title=title, **fields)
        resource.levels.set(Level.objects.filter(number__in=levels))
        for name, names in links.items():
            getattr(resource, name).set(
                LINKS[name].objects.get_or_create(name=str(term))[0] for term in names
            )
        resource.tags.add(*tags)
        resource.related.add(*related)
    return resource
