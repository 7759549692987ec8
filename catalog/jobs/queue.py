"""Jobs are rows, which workers take one by one, outside of requests.

A worker that dies leaves its job behind; the next one in its place takes it up again.
"""

import logging
import time
from contextlib import suppress
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.db.models import Case, F, When
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.files.transcoding import VideoError
from catalog.files.validators import SENTENCES, display_name
from catalog.jobs.tasks import TASKS
from catalog.models import Job
from catalog.printing import store
from catalog.printing.workers import TooBusy
from catalog.sandbox.exceptions import Refused

# A film takes minutes; what takes a moment does not wait for it, nor what a reader waits for.
LANES = {
    "films": [Job.Task.FILM],
    "rest": [Job.Task.TEXT, Job.Task.PREVIEW, Job.Task.PICTURE],
    "prints": [Job.Task.PRINT, Job.Task.SHEET],
}
STALE_AFTER = timedelta(
    minutes=10
)  # without a sign of life; no step between two of them takes as long
MAX_TRIES = 3
IDLE_S, POLL_S = 1, 0.2  # seconds, when there is nothing to do; between two looks for something
RETRY_DELAY_S = 5  # seconds until a document is tried again for which there was no room
HEARTBEAT_S = 2  # seconds between two signs of life

logger = logging.getLogger(__name__)


def run_jobs_until(tasks, worker, until=lambda: False):
    """Does what of `tasks` is waiting, until `until()` says to stop, and waits for more."""
    requeue(Job.objects.filter(task__in=tasks, worker=worker))
    while not until():
        store.sweep()
        requeue(Job.objects.filter(task__in=tasks, beat_at__lt=timezone.now() - STALE_AFTER))
        if not run_waiting_jobs(tasks, worker, until):
            wait_for_job(tasks)


def wait_for_job(tasks):
    """Until something of `tasks` is there to be done, or it is time to look after the rest."""
    until = time.monotonic() + IDLE_S
    while time.monotonic() < until and not next_job(tasks):
        time.sleep(POLL_S)


def run_waiting_jobs(tasks, worker="", until=lambda: False):
    """Does all that is waiting of `tasks`; returns how many jobs that were."""
    done = 0
    while not until() and (job := claim_job(tasks, worker)):
        run_job(job)
        done += 1
    return done


def requeue(jobs):
    """Those of `jobs` that a worker left unfinished are waiting again, unless they killed it."""
    left = jobs.filter(state=Job.State.RUNNING)
    sentence = _("The work broke off %d times before it came to its end.") % MAX_TRIES
    left.filter(tries__gte=MAX_TRIES).update(state=Job.State.FAILED, failure=sentence)
    left.update(state=Job.State.WAITING, progress=0)


def next_job(tasks):
    """The job of the first of `tasks` that has waited longest."""
    place = Case(*(When(task=task, then=number) for number, task in enumerate(tasks)))
    return Job.objects.filter(task__in=tasks).ready().order_by(place, "asked_at", "id").first()


def claim_job(tasks, worker):
    """The next job, taken by this worker and no other; None when none waits."""
    while job := next_job(tasks):
        mine = Job.objects.filter(pk=job.pk, state=Job.State.WAITING).update(
            state=Job.State.RUNNING,
            worker=worker,
            tries=F("tries") + 1,
            beat_at=timezone.now(),
        )
        if mine:
            return job
    return None


def run_job(job):
    row = Job.objects.filter(pk=job.pk)
    try:
        TASKS[job.task](job, Progress(row))
        row.update(state=Job.State.DONE, progress=100, failure="", beat_at=timezone.now())
    except OperationalError:  # the database is busy or gone, which is no fault of the file
        raise
    except TooBusy:  # nor is this of the document
        due = timezone.now() + timedelta(seconds=RETRY_DELAY_S)
        row.update(state=Job.State.WAITING, progress=0, due_at=due, tries=F("tries") - 1)
    # Whatever goes wrong with one file, the worker goes on with the next.
    except Exception as error:
        logger.warning("%s: %s", job, error)
        row.update(state=Job.State.FAILED, failure=failure_sentence(error, job.file)[:500])
    except BaseException:  # told to end
        row.update(state=Job.State.WAITING, progress=0)
        raise


def failure_sentence(error, name):
    if isinstance(error, Refused):
        return SENTENCES[error.code] % {"file": display_name(name), **error.facts}
    if isinstance(error, ValidationError):
        return error.messages[0]
    if isinstance(error, VideoError):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return _("“%s” is not on the disk any more.") % display_name(name)
    return _("It could not be done: %s") % error


class Progress:
    """Keeps how far a job is, in percent, which is a sign of life as well."""

    def __init__(self, row):
        self.row, self.next = row, 0

    def __call__(self, percent):
        now = time.monotonic()
        if now >= self.next:
            self.next = now + HEARTBEAT_S
            with suppress(OperationalError):  # the next one may come through
                self.row.update(progress=percent, beat_at=timezone.now())
