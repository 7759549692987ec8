"""Makes catalog rows for tests, with keyword defaults and nothing random."""

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


def run_jobs(*tasks):
    """Runs the waiting jobs like a worker: the jobs of saved files, or those of the named `tasks`.

    Fails the test if a job failed.
    """
    tasks = tasks or [Job.Task.TEXT, Job.Task.PREVIEW, Job.Task.PICTURE, Job.Task.VIDEO]
    run_waiting_jobs(tasks)
    failed = Job.objects.filter(state=Job.State.FAILED, task__in=tasks)
    assert list(failed.values_list("task", "failure")) == []


def days_ago(days):
    return timezone.now() - timedelta(days=days)


def make_topic(name="LMP Processes", **fields):
    return Topic.objects.get_or_create(name=name, defaults=fields)[0]


def make_video(title="Cook Up a Small Test of Change", **fields):
    return make_resource(Video, title, **fields)


def make_tool(title="Consensus Decision Making Continuum", **fields):
    return make_resource(Tool, title, **fields)


def make_course(title="Effective Sponsorship", **fields):
    return make_resource(Course, title, **fields)


def make_resource(model, title, published=True, levels=(), tags=(), related=(), **fields):
    """A saved resource. `published` is True, False or a datetime; links are given by name.

    Like a form, it saves the row and its links as one change.
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
