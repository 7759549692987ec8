"""Runs `manage.py start` in a copy of the project that was never started before."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from lmp_site.server.master import raise_file_limit
from tests.processes import SiteProcess, free_port

ROOT = Path(__file__).resolve().parents[2]
IDLE_READERS = 2100
RENAME_SITE = """
from catalog.models import SiteSettings
site = SiteSettings.load()
site.name = "Our Catalog"
site.save()
"""


def is_running(pid):
    return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()


def start_time(pid):
    """Returns when a process was started, in hundredths of a second."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


class RunningSite(SiteProcess):
    """`manage.py start` in a folder."""

    def __init__(self, folder, port):
        self.port = port
        environment = {"PATH": os.environ["PATH"], "PORT": str(port)}
        super().__init__([sys.executable, "manage.py", "start"], folder, environment)

    def get(self, path, **headers):
        """Returns (status, headers, body) of the page at `path`."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def courses(self):
        """Returns the addresses of the courses on the first page of their listing."""
        return re.findall(r'href="(/courses/(?!feed/)[\w-]+/)"', self.get("/courses/")[2].decode())

    def children(self):
        """Returns the ids of its processes, in the order in which they were started."""
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        pids = " ".join(thread.read_text() for thread in threads).split()
        started = {}
        for pid in pids:
            with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
                if is_running(pid):
                    started[int(pid)] = start_time(pid)
        return sorted(started, key=started.get)

    def interrupt(self):
        """Does what Ctrl-C does and returns the exit code."""
        return self.stop(signal.SIGINT)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A folder with a copy of the files that Git knows, and no others."""
    folder = tmp_path_factory.mktemp("copy")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(lambda name: (ROOT / name).exists(), listing.stdout.splitlines()):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def site(copy):
    site = RunningSite(copy, free_port())
    yield site
    site.interrupt()


def test_the_first_start_prints_how_to_sign_in(site):
    assert f"Sign in at:         http://127.0.0.1:{site.port}/admin/" in site.output()
    assert re.search(r"Name: +admin\n", site.output())
    assert re.search(r"One-time password: +(\w{5}-){3}\w{5}\n", site.output())


def test_the_first_start_loads_the_demo_catalog(site):
    for path in ("/", "/videos/", "/tools/", "/courses/", "/topics/"):
        assert site.get(path)[0] == 200
    assert len(site.courses()) == 10


def test_browsers_keep_static_files_for_good(site):
    page = site.get("/")[2].decode()
    sheet = re.search(r'href="(/static/[^"]+\.css)"', page)[1]
    status, headers, _ = site.get(sheet)
    assert status == 200
    assert "immutable" in headers["Cache-Control"]


def test_uploads_are_served_with_byte_ranges(copy, site):
    upload = next((copy / "media").rglob("*.mp4"))
    path = upload.relative_to(copy).as_posix()
    status, headers, body = site.get(f"/{path}", Range="bytes=0-1")
    assert (status, len(body)) == (206, 2)
    assert headers["Content-Range"] == f"bytes 0-1/{upload.stat().st_size}"


def test_a_wrong_host_name_logs_one_line(site):
    before = len(site.output())
    assert site.get("/", Host="elsewhere.example.org")[0] == 400
    lines = site.output()[before:].splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("Invalid HTTP_HOST header: 'elsewhere.example.org'.")


def test_a_port_in_use_is_refused_with_one_sentence(copy, site):
    second = RunningSite(copy, site.port)
    assert second.process.returncode == 1
    other = f"Choose another: PORT={site.port + 1} make run"
    assert second.output() == f"CommandError: Port {site.port} is already in use. {other}\n"


def test_a_change_is_in_the_very_next_answer_of_every_web_process(copy, site):
    assert "Our Catalog" not in site.get("/")[2].decode()
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", RENAME_SITE]
    subprocess.run(command, cwd=copy, env={"PATH": os.environ["PATH"]}, check=True)
    # Each request is a new connection, and the system spreads these over the web processes.
    assert {"Our Catalog" in site.get("/")[2].decode() for _time in range(20)} == {True}


def test_readers_who_keep_their_connections_do_not_keep_others_out(site):
    """A browser keeps its connection open for the next page."""
    if raise_file_limit() < IDLE_READERS + 500:
        pytest.skip("this system allows too few open files")
    ask = b"HEAD /opensearch.xml HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with ExitStack() as opened:
        for _reader in range(IDLE_READERS):
            address = "127.0.0.1", site.port
            reader = opened.enter_context(socket.create_connection(address, timeout=10))
            reader.sendall(ask)
            assert reader.recv(4096).startswith(b"HTTP/1.1 200")
        assert site.get("/")[0] == 200


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's list of processes")
def test_a_process_that_dies_is_started_again(site):
    """Here the supervisor of the jobs and a web process die."""
    before = site.children()
    assert len(before) == 3, "The first start leaves other processes behind."
    for killed in (before[0], before[-1]):
        os.kill(killed, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while len(set(site.children()) - {before[0], before[-1]}) < len(before):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert site.get("/tools/")[0] == 200 and len(site.children()) == len(before)


def test_a_second_start_keeps_the_data_and_ctrl_c_stops_it(copy, site):
    second = RunningSite(copy, free_port())
    try:
        address = f"http://127.0.0.1:{second.port}/"
        assert second.output() == f"The catalog is at {address} (Ctrl-C stops it).\n"
        assert second.courses() == site.courses()
    finally:
        assert second.interrupt() == 0
    assert len(second.output().splitlines()) == 1


def test_a_removed_demo_does_not_come_back(copy, site):
    environment = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "manage.py", "remove_demo"]
    subprocess.run(command, cwd=copy, env=environment, check=True)
    second = RunningSite(copy, free_port())
    try:
        assert second.courses() == []
    finally:
        second.interrupt()
