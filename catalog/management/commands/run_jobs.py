import os
import signal
import socket
import subprocess
import sys
import time

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import OperationalError, connection
from django.utils.translation import gettext as _

from catalog.jobs import queue, triggers
from catalog.printing import workers

POLL_S = 0.5  # between two checks of the workers
# The waits before a worker that ended is started again. They grow with each failure.
RESTART_DELAYS_S = (1, 5, 30)
STEADY_S = 60  # after which a worker's earlier failures no longer count
STOP_TIMEOUT_S = 5


class Command(BaseCommand):
    help = "Run the background jobs: previews, image sizes, videos for phones, large PDFs."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--lane",
            choices=queue.LANES,
            help=_("Run the jobs of one lane, in this process."),
        )
        parser.add_argument(
            "--name", default="", help=_("Take up the unfinished job of the worker of this name.")
        )
        parser.add_argument(
            "--once", action="store_true", help=_("Run the jobs that are waiting now, then stop.")
        )

    def handle(self, lane, name, once, **options):
        if once:
            triggers.catch_up()
            queue.run_waiting_jobs([task for tasks in queue.LANES.values() for task in tasks])
        elif lane:
            run_lane(lane, name or worker_name())
        else:
            connection.close()
            supervise()


def run_lane(lane, name):
    """Runs jobs until it is told to stop or its parent ends. A busy database does not stop it."""
    os.nice(10)
    signal.signal(signal.SIGTERM, stop_now)
    signal.signal(signal.SIGINT, stop_now)
    parent = os.getppid()
    if lane == "prints":
        workers.warm_up(settings.PDF_WORKERS)
    while os.getppid() == parent:
        try:
            triggers.catch_up()
            queue.run_jobs_until(
                queue.LANES[lane], f"{name}:{lane}", lambda: os.getppid() != parent
            )
        except OperationalError:
            connection.close()
            time.sleep(RESTART_DELAYS_S[0])


def supervise():
    """Keeps one worker for each lane alive as long as the parent process lives."""
    stop, parent = StopSignal(), os.getppid()
    lane_workers = [Worker(lane) for lane in queue.LANES]
    while not stop and os.getppid() == parent:
        for worker in lane_workers:
            worker.keep_alive()
        time.sleep(POLL_S)
    for worker in lane_workers:
        worker.stop()


def stop_now(*signal):
    """Ends the process in the middle of a job; the job then waits again."""
    sys.exit(0)


class StopSignal:
    """True once the process was asked to end."""

    def __init__(self):
        self.received = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.receive)

    def receive(self, *signal):
        self.received = True

    def __bool__(self):
        return self.received


class Worker:
    def __init__(self, lane):
        self.command = [sys.argv[0], "run_jobs", "--lane", lane, "--name", worker_name()]
        self.process, self.failures, self.next_start = None, 0, 0

    def keep_alive(self):
        if self.process and self.process.poll() is not None:
            was_steady = time.monotonic() - self.started > STEADY_S
            self.failures = 0 if was_steady else self.failures + 1
            delay = RESTART_DELAYS_S[min(self.failures, len(RESTART_DELAYS_S) - 1)]
            self.process, self.next_start = None, time.monotonic() + delay
        if not self.process and time.monotonic() >= self.next_start:
            self.started = time.monotonic()
            self.process = subprocess.Popen([sys.executable, *self.command])

    def stop(self):
        """Ends the process; the next worker takes up its unfinished job."""
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(timeout=STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def worker_name():
    """Returns a name that a restarted worker keeps and that differs for each site on a machine."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}"
