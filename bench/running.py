"""Runs a copy of the project as in production, with a database of its own, and measures it.

bench/site.py and bench/readers.py use it. Memory and processor time need Linux.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.entries import lines
from catalog.lib.processes import end_with_parent

NOT_COPIED = shutil.ignore_patterns(".*", "node_modules", "var", "media", "__pycache__")
START_TIMEOUT_S = 180
STOP_TIMEOUT_S = 30
POLL_S = 0.01
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
OWN_DATABASE = "bench_site"
COUNT_JOBS = """
from catalog.models import Job
print(Job.objects.ready().count() + Job.objects.filter(state=Job.State.RUNNING).count())
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(url, **headers):
    """Returns (status, headers, body) of one GET on a new connection."""
    request = urllib.request.Request(url, headers=headers)
    try:
        with NO_PROXY.open(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


# ---- A database of its own ----


@contextmanager
def own_database(folder):
    """Yields the DATABASE_URL of an empty database, and removes the database at the end.

    It is a file in `folder`, or a database on the PostgreSQL server that DATABASE_URL names.
    """
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield f"sqlite:///{folder}/catalog.sqlite3"
        return
    name = f"{OWN_DATABASE}_{os.getpid()}"
    on_server(server, f'CREATE DATABASE "{name}"')
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        on_server(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def on_server(url, sql):
    import psycopg

    admin = urlsplit(url)._replace(path="/postgres").geturl()
    with closing(psycopg.connect(admin, autocommit=True)) as connection:
        connection.execute(sql)


# ---- The site ----


class Site:
    """A copy of the project in `folder`. It ends with this process."""

    def __init__(self, folder, database):
        self.folder, self.port, self.process = Path(folder, "copy"), free_port(), None
        shutil.copytree(ROOT, self.folder, ignore=NOT_COPIED)
        (self.folder / "media").mkdir()
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        self.env = kept | {
            "DATABASE_URL": database,
            "MEDIA_ROOT": str(self.folder / "media"),
            "PORT": str(self.port),
        }
        self.log = Path(folder, "site.log")

    def url(self, path="/"):
        return f"http://127.0.0.1:{self.port}{path}"

    def start(self):
        """Starts the site. Returns the seconds until it answers the first request."""
        started, parent = time.monotonic(), os.getpid()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "start"],
            cwd=self.folder,
            env=self.env,
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: end_with_parent(parent),
        )
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > started + START_TIMEOUT_S:
                sys.exit(f"The site did not start.\n{self.log.read_text()[-1000:]}")
            time.sleep(POLL_S)
        return time.monotonic() - started

    def answers(self):
        with suppress(OSError):
            return fetch(self.url())[0] == 200

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def begin(self, *arguments):
        """Starts a command of manage.py. Returns the process, which ends with this one."""
        parent = os.getpid()
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=lambda: end_with_parent(parent),
        )

    def manage(self, *arguments):
        """Runs a command of manage.py. Returns its output; ends this program if it fails."""
        process = self.begin(*arguments)
        output, _none = process.communicate()
        if process.returncode:
            sys.exit(f"manage.py {arguments[0]} failed:\n{output[-1000:]}")
        return output

    def write_entries(self, first, last):
        """Writes the generated entries with these numbers to a file. Returns its path."""
        path = self.folder / f"entries-{first}-{last}.jsonl"
        with path.open("w") as file:
            file.writelines(f"{line}\n" for line in lines(first, last))
        return str(path)

    def import_entries(self, count):
        """Fills the empty database with `count` entries. Returns the seconds of the import."""
        path = self.write_entries(0, count)
        self.manage("migrate", "--verbosity", "0")
        started = time.monotonic()
        self.manage("import_entries", "--add-terms", path)
        return time.monotonic() - started

    def wait_for_jobs(self, timeout_s=300):
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            if self.manage("shell", "-v", "0", "-c", COUNT_JOBS).split()[-1] == "0":
                return
            time.sleep(2)


@contextmanager
def running(site):
    """Starts the site, yields the seconds that the start took, and stops the site."""
    seconds = site.start()
    try:
        yield seconds
    finally:
        site.stop()


# ---- Processes ----


def family(pid):
    """Returns the ids of a process and of all processes below it."""
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, children.read_text().split())
    return found


def memory_mb(pid):
    """Returns the megabytes of a process and all below it. Shared memory counts once (PSS)."""
    return sum(map(pss_kb, family(pid))) / 1024


def largest_mb(pid):
    """Returns the megabytes of the largest of them."""
    return max(map(pss_kb, family(pid))) / 1024


def pss_kb(pid):
    with suppress(OSError):
        if found := re.search(r"^Pss:\s+(\d+)", read_rollup(pid), re.MULTILINE):
            return int(found[1])
    return 0


def read_rollup(pid):
    return Path(f"/proc/{pid}/smaps_rollup").read_text()


def cpu_seconds(pid):
    """Returns {id: seconds of processor time} of a process and all below it."""
    return {member: own_cpu_seconds(member) for member in family(pid)}


def own_cpu_seconds(pid):
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0


def cpu_between(before, after):
    """Returns the seconds of processor time between two answers of cpu_seconds()."""
    return sum(seconds - before.get(pid, 0) for pid, seconds in after.items() if seconds)
