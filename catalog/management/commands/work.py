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

from catalog.jobs import queue, wanted
from catalog.printing import store

LOOK = 0.5  # seconds between two looks at the workers
PAUSES = (1, 5, 30)  # seconds before a worker that ended is started again, the longer the oftener
STEADY = 60  # seconds after which it counts as well again


class Command(BaseCommand):
    help = "Does what files need after they were saved: previews, sizes, versions for phones."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--lane", choices=queue.LANES, help=_("Be the one worker of this lane.")
        )
        parser.add_argument("--name", default="", help=_("Whose unfinished work it takes up."))
        parser.add_argument(
            "--once", action="store_true", help=_("Do what is waiting now, and come to an end.")
        )

    def handle(self, lane, name, once, **options):
        if once:
            wanted.catch_up()
            queue.work_off([task for tasks in queue.LANES.values() for task in tasks])
        elif lane:
            work(lane, name or name_of_this())
        else:
            connection.close()
            supervise()


def work(lane, name):
    """Until told to stop, or until who started it is gone; a database that is busy is no end."""
    os.nice(10)
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    parent = os.getppid()
    if lane == "prints":
        store.warm(settings.PDF_WORKERS)
    while os.getppid() == parent:
        try:
            wanted.catch_up()
            queue.work_on(queue.LANES[lane], f"{name}:{lane}", lambda: os.getppid() != parent)
        except OperationalError:
            connection.close()
            time.sleep(PAUSES[0])


def supervise():
    """Keeps a worker for each lane alive, as long as who started it is alive."""
    stop, parent = Stop(), os.getppid()
    workers = [Worker(lane) for lane in queue.LANES]
    while not stop and os.getppid() == parent:
        for worker in workers:
            worker.see_to()
        time.sleep(LOOK)
    for worker in workers:
        worker.end()


def end(*signal):
    """In the middle of a job, which then waits again."""
    sys.exit(0)


class Stop:
    """True once the process was asked to end."""

    def __init__(self):
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.ask)

    def ask(self, *signal):
        self.asked = True

    def __bool__(self):
        return self.asked


class Worker:
    def __init__(self, lane):
        self.command = [sys.argv[0], "work", "--lane", lane, "--name", name_of_this()]
        self.process, self.failures, self.next = None, 0, 0

    def see_to(self):
        if self.process and self.process.poll() is not None:
            steady = time.monotonic() - self.began > STEADY
            self.failures = 0 if steady else self.failures + 1
            self.next = time.monotonic() + PAUSES[min(self.failures, len(PAUSES) - 1)]
            self.process = None
        if not self.process and time.monotonic() >= self.next:
            self.began = time.monotonic()
            self.process = subprocess.Popen([sys.executable, *self.command])

    def end(self):
        """What it is at is taken up by the next one."""
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def name_of_this():
    """The same after a restart of a worker, another for each of several sites on one machine."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}"
