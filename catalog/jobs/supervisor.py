"""Starts a worker for each lane that has work. A worker without work ends.

The supervisor sleeps until a notice comes, a worker ends or a job is due. Its workers are copies of
it, so that they start at once and share its memory.
"""

import os
import signal
import socket
import time
from contextlib import suppress

from django.db import OperationalError, connection

from catalog.jobs import queue, triggers
from catalog.lib import notices
from catalog.lib.processes import fork, is_alive
from catalog.models import Job

# The waits before a worker that failed is started again. They grow with each failure.
RESTART_DELAYS_S = (1, 5, 30)
STEADY_S = 60  # after which a worker's earlier failures no longer count
STOP_TIMEOUT_S = 5
LINGER_S = 20  # that a worker waits for another job; its processes for PDFs end with it


class Stopped(Exception):
    """The supervisor was asked to end."""


def supervise(lanes=tuple(queue.LANES), name=None):
    """Keeps the jobs of these lanes going until a signal ends this process."""
    supervisor = Supervisor(lanes, name or worker_name())
    try:
        supervisor.run()
    except Stopped:
        supervisor.stop()


class Supervisor:
    def __init__(self, lanes, name):
        self.lanes = [Lane(lane, f"{name}:{lane}") for lane in lanes]
        self.listener = None
        # Each signal writes a byte, which ends the waiting.
        self.signals, write_end = os.pipe()
        for end in (self.signals, write_end):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_signal: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, raise_stopped)

    def run(self):
        is_new = True
        while True:
            try:
                self.listener = self.listener or notices.listen(Job.NOTICE)
                if is_new:
                    take_up_left_jobs()
                    triggers.catch_up()
                    is_new = False
                delays = [lane.tend() for lane in self.lanes]
                connection.close()
                self.wait(min((delay for delay in delays if delay is not None), default=None))
            except OperationalError:  # a busy database stops nothing
                self.forget_listener()
                time.sleep(RESTART_DELAYS_S[0])

    def wait(self, timeout):
        ready = notices.wait(self.listener, timeout, self.signals)
        if self.signals in ready:
            with suppress(BlockingIOError):
                os.read(self.signals, 4096)
        if self.listener in ready:
            for lane in self.lanes:
                lane.wake()

    def forget_listener(self):
        connection.close()
        if self.listener:
            self.listener.close()
        self.listener = None

    def stop(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        for lane in self.lanes:
            lane.stop()


class Lane:
    """A lane and its worker, if one runs. `pipe` wakes the worker."""

    def __init__(self, name, worker):
        self.name, self.worker = name, worker
        self.pid = self.pipe = None
        self.failures = self.next_start = self.started = 0

    def tend(self):
        """Starts a worker if there is work. Returns the seconds until it looks again, or None."""
        self.reap()
        if self.pid:
            return None
        queue.requeue(Job.objects.filter(worker=self.worker))  # what a dead worker left
        delay = queue.seconds_until_work(queue.LANES[self.name])
        if delay is None:
            return None
        delay = max(delay, self.next_start - time.monotonic())
        if delay > 0:
            return delay
        self.start()
        return None

    def start(self):
        connection.close()
        reading, self.pipe = os.pipe()
        os.set_blocking(self.pipe, False)
        self.started = time.monotonic()
        self.pid = fork(run_lane, self.name, self.worker, reading, self.pipe)
        os.close(reading)

    def wake(self):
        if self.pid:
            with suppress(OSError):  # it has a notice already, or it has just ended
                os.write(self.pipe, b"\n")

    def reap(self):
        """Notices the end of the worker."""
        pid, status = os.waitpid(self.pid, os.WNOHANG) if self.pid else (0, 0)
        if not pid:
            return
        os.close(self.pipe)
        self.pid = self.pipe = None
        if status:
            was_steady = time.monotonic() - self.started > STEADY_S
            self.failures = 0 if was_steady else self.failures + 1
            delay = RESTART_DELAYS_S[min(self.failures, len(RESTART_DELAYS_S) - 1)]
            self.next_start = time.monotonic() + delay

    def stop(self):
        """Ends the worker; the next one takes up its unfinished job."""
        if not self.pid:
            return
        os.kill(self.pid, signal.SIGTERM)
        until = time.monotonic() + STOP_TIMEOUT_S
        while self.pid and time.monotonic() < until:
            self.reap()
            time.sleep(0.02)
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


def raise_stopped(*_signal):
    raise Stopped


def run_lane(lane, name, pipe, write_end):
    """Is a worker: does the jobs of a lane until there is none for LINGER_S."""
    os.close(write_end)  # so that the pipe ends when the supervisor dies
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop_now)
    os.nice(10)
    try:
        queue.run_jobs_until_idle(queue.LANES[lane], name, PipeEnd(pipe), LINGER_S)
    except OperationalError as error:  # the database is busy or gone: the next worker goes on
        raise SystemExit(1) from error


class PipeEnd:
    """The end of a pipe where a worker hears its supervisor."""

    def __init__(self, pipe):
        self.pipe = pipe

    def fileno(self):
        return self.pipe

    def clear(self):
        if not os.read(self.pipe, 4096):  # the supervisor has died
            stop_now()


def stop_now(*_signal):
    """Ends the process in the middle of a job; the job then waits again."""
    raise SystemExit


def worker_name():
    """Returns a name that a restarted worker keeps and that differs for each site on a machine."""
    return f"{host_name()}:{os.getpid()}"


def host_name():
    return socket.gethostname()[:30]


def take_up_left_jobs():
    """Puts jobs back that dead supervisors of this machine left unfinished."""
    running = Job.objects.filter(state=Job.State.RUNNING)
    for worker in set(running.values_list("worker", flat=True)):
        host, _colon, rest = worker.rpartition(":")[0].rpartition(":")
        if host == host_name() and rest.isdigit() and not is_alive(int(rest)):
            queue.requeue(running.filter(worker=worker))
