"""Lets 200 readers use the demo catalog while two editors save, and says how long readers wait.

    .venv/bin/python bench/readers.py [seconds]

Each reader requests a page, a search, a feed or a PDF every 0.5 to 2 seconds. Two editors save an
entry every 5 seconds. The site runs as `make run` starts it, with a database of its own. Prints the
number of requests, the errors, and the median, the 95th and the 99th percentile in milliseconds.
"""

import http.client
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READERS, EDITORS = 200, 2
PAUSE_S, SAVE_S = (0.5, 2), 5
ADDRESSES = [
    "/", "/topics/", "/tools/", "/tools/?page=2", "/videos/", "/courses/", "/new/", "/path/",
    "/levels/2/", "/topics/lmp-processes/", "/topics/lmp-processes/?kind=course&level=2",
    "/search/?q=team", "/search/?q=huddle", "/search/?q=consensus&level=2", "/new/feed/",
    "/topics/lmp-processes/feed/", "/videos/cook-up-a-small-test-of-change/",
    "/courses/lmp-orientation/", "/courses/lmp-orientation.pdf", "/path/check/",
]  # fmt: skip
SAVE = """
import random, time
from catalog.models import Resource
while True:
    for resource in Resource.objects.list_children([random.choice(list(
        Resource.objects.values_list("pk", flat=True)))]):
        resource.save()
    time.sleep({pause})
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def read(port, until, times, errors):
    """Reads like one person, and notes the seconds of each request."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    time.sleep(random.uniform(0, PAUSE_S[1]))
    while time.monotonic() < until:
        address, start = random.choice(ADDRESSES), time.monotonic()
        try:
            client.request("GET", address, headers={"Accept-Encoding": "gzip"})
            response = client.getresponse()
            response.read()
            if response.status != 200:
                errors.append((address, response.status))
        except OSError as error:
            errors.append((address, repr(error)))
            client.close()
        times.append(time.monotonic() - start)
        time.sleep(random.uniform(*PAUSE_S))


def main(seconds):
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        database = os.environ.get("DATABASE_URL") or f"sqlite:///{folder}/catalog.sqlite3"
        env = os.environ | {"PORT": str(port), "DATABASE_URL": database, "MEDIA_ROOT": folder}
        manage = [sys.executable, str(ROOT / "manage.py")]
        site = subprocess.Popen([*manage, "start"], env=env, stdout=subprocess.PIPE, text=True)
        processes = [site]
        try:
            while "The catalog is at" not in (line := site.stdout.readline()):
                if not line:
                    sys.exit("The site did not start.")
            wait_for_jobs(manage, env)
            save = [*manage, "shell", "-c", SAVE.format(pause=SAVE_S)]
            processes += [
                subprocess.Popen(save, env=env, stdout=subprocess.DEVNULL) for _ in range(EDITORS)
            ]
            times, errors, until = [], [], time.monotonic() + seconds
            readers = [
                threading.Thread(target=read, args=(port, until, times, errors))
                for _ in range(READERS)
            ]
            for thread in readers:
                thread.start()
            for thread in readers:
                thread.join()
        finally:
            for process in processes:
                process.terminate()
                process.wait()
    cuts = [1000 * cut for cut in statistics.quantiles(times, n=100)]
    print(f"{len(times)} requests, {len(times) / seconds:.0f} a second, {len(errors)} errors")
    print(f"median {cuts[49]:.0f} ms, p95 {cuts[94]:.0f} ms, p99 {cuts[98]:.0f} ms")
    print(*errors[:5], sep="\n")


def wait_for_jobs(manage, env):
    """Waits until the work on the new demo is done."""
    count = "from catalog.models import Job; print(Job.objects.ready().count())"
    for _try in range(60):
        done = subprocess.run(
            [*manage, "shell", "-v", "0", "-c", count], env=env, capture_output=True, text=True
        )
        if done.stdout.strip().endswith("0") and done.stdout.split()[-1] == "0":
            return
        time.sleep(2)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
