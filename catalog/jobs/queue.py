"""Jobs are rows that workers take one by one, outside of requests.

If a worker dies, its successor takes up the unfinished job.
"""

import logging
import time
from contextlib import suppress
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import OperationalError, connection
from django.db.models import Case, F, Min, When
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.files.transcoding import VideoError
from catalog.files.validators import SENTENCES, display_name
from catalog.jobs.tasks import TASKS
from catalog.lib import notices
from catalog.models import Job
from catalog.printing import store
from catalog.printing.workers import TooBusy
from catalog.sandbox.exceptions import Refused

# A video takes minutes. Short jobs, and PDFs that a reader waits for, must not wait for it.
LANES = {
    "videos": [Job.Task.VIDEO],
    "rest": [Job.Task.TEXT, Job.Task.PREVIEW, Job.Task.PICTURE],
    "prints": [Job.Task.PRINT, Job.Task.SHEET],
}
# A job without a heartbeat for this long counts as abandoned. No step between two heartbeats takes
# as long.
STALE_AFTER = timedelta(minutes=10)
MAX_TRIES = 3
RETRY_DELAY_S = 5  # before another try at a document for which no PDF worker was free
HEARTBEAT_S = 2

logger = logging.getLogger(__name__)


def run_jobs_until_idle(tasks, worker, notice, linger):
    """Runs the jobs of `tasks` until there is none for `linger` seconds.

    `notice` is what `notices.wait()` takes; a notice says that there may be a job.
    """
    while True:
        run_waiting_jobs(tasks, worker)
        store.sweep()
        delay = seconds_until_work(tasks)
        is_soon = delay is not None and delay <= linger
        connection.close()
        if not notices.wait(notice, delay if is_soon else linger) and not is_soon:
            return


def seconds_until_work(tasks):
    """Returns how long it is until a job of `tasks` can start: 0 for now, None without any job.

    A running job counts too: it can start again when its worker has given no sign for STALE_AFTER.
    """
    now, unfinished = timezone.now(), Job.objects.filter(task__in=tasks)
    requeue(unfinished.filter(beat_at__lt=now - STALE_AFTER))
    if next_job(tasks):
        return 0
    waiting = unfinished.filter(state=Job.State.WAITING, due_at__gt=now)
    running = unfinished.filter(state=Job.State.RUNNING, beat_at__isnull=False)
    moments = [due for due in waiting.aggregate(due=Min("due_at")).values() if due]
    moments += [
        beat + STALE_AFTER for beat in running.aggregate(beat=Min("beat_at")).values() if beat
    ]
    return max(0, (min(moments) - now).total_seconds()) if moments else None


def run_waiting_jobs(tasks, worker=""):
    """Runs all jobs of `tasks` that are ready. Returns how many."""
    done = 0
    while job := claim_job(tasks, worker):
        run_job(job)
        done += 1
    return done


def requeue(jobs):
    """Puts unfinished `jobs` back into the queue. A job that ended MAX_TRIES workers has failed."""
    left = jobs.filter(state=Job.State.RUNNING)
    sentence = _("This job stopped %d times before it was finished.") % MAX_TRIES
    left.filter(tries__gte=MAX_TRIES).update(state=Job.State.FAILED, failure=sentence)
    left.update(state=Job.State.WAITING, progress=0)


def next_job(tasks):
    """Returns the oldest ready job of the first of `tasks` that has any, or None."""
    place = Case(*(When(task=task, then=number) for number, task in enumerate(tasks)))
    return Job.objects.filter(task__in=tasks).ready().order_by(place, "asked_at", "id").first()


def claim_job(tasks, worker):
    """Returns the next job, taken by this worker and no other; None if no job is ready."""
    while job := next_job(tasks):
        claimed = Job.objects.filter(pk=job.pk, state=Job.State.WAITING).update(
            state=Job.State.RUNNING,
            worker=worker,
            tries=F("tries") + 1,
            beat_at=timezone.now(),
        )
        if claimed:
            return job
    return None


def run_job(job):
    row = Job.objects.filter(pk=job.pk)
    try:
        TASKS[job.task](job, Progress(row))
        row.update(state=Job.State.DONE, progress=100, failure="", beat_at=timezone.now())
    except OperationalError:  # the database is busy or gone, so the job has not failed
        raise
    except TooBusy:  # no PDF worker was free, so the job has not failed
        due = timezone.now() + timedelta(seconds=RETRY_DELAY_S)
        row.update(state=Job.State.WAITING, progress=0, due_at=due, tries=F("tries") - 1)
    # Whatever fails for one file, the worker continues with the next one.
    except Exception as error:
        logger.warning("%s: %s", job, error)
        row.update(state=Job.State.FAILED, failure=failure_sentence(error, job.file)[:500])
    except BaseException:  # the worker is asked to stop
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
        return _("The file “%s” is missing from the disk.") % display_name(name)
    return _("This job failed: %s") % error


class Progress:
    """Saves the progress of a job in percent, which is also its heartbeat."""

    def __init__(self, row):
        self.row, self.next = row, 0

    def __call__(self, percent):
        now = time.monotonic()
        if now >= self.next:
            self.next = now + HEARTBEAT_S
            with suppress(OperationalError):  # the next heartbeat may get through
                self.row.update(progress=percent, beat_at=timezone.now())
