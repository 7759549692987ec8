"""Uploads that break off on the way to a real server leave nothing behind."""

import http.cookiejar
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from lxml import html

from catalog.models import Video
from tests import files
from tests.admin import PASSWORD, add_url
from tests.catalog.files.typed import TYPED
from tests.migrated_copy import copy_migrated_file
from tests.processes import SiteProcess, free_port

ROOT = Path(__file__).resolve().parents[3]
BOUNDARY = "boundary-of-the-tests"
PREPARE = f"""
import django
django.setup()
from django.contrib.auth.models import User
User.objects.create_superuser("root", password="{PASSWORD}")
"""


class Server:
    """The server with its own database and one folder for all its files."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.environment = {
            "PATH": os.environ["PATH"],
            "PORT": str(self.port),
            "TMPDIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder}.sqlite3",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        copy_migrated_file(f"{folder}.sqlite3")
        prepare = [sys.executable, "-c", PREPARE]
        subprocess.run(prepare, cwd=ROOT, env=self.environment, check=True)
        server = [sys.executable, "-m", "lmp_site.server"]
        self.process = SiteProcess(server, ROOT, self.environment)
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.sign_in()
        self.cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)

    def page(self, path, data=None):
        with self.opener.open(f"http://127.0.0.1:{self.port}{path}", data, 20) as response:
            return html.fromstring(response.read())

    def form(self, path):
        """The names and values of the largest form of a page."""
        form = max(self.page(path).forms, key=lambda form: len(form.fields))
        return form.form_values()

    def sign_in(self):
        typed = {"username": "root", "password": PASSWORD}
        values = dict(self.form("/admin/login/")) | typed
        self.page("/admin/login/?next=/admin/", urllib.parse.urlencode(values).encode())

    def send(self, body, *, length=None, boundary=BOUNDARY, whole=True):
        """Sends `body` as the form of a new video and returns the status line.

        If `whole` is false, it closes the connection after sending and returns "".
        """
        head = (
            f"POST {add_url(Video)} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self.cookies}\r\n"
            f"Content-Type: multipart/form-data; boundary={boundary}\r\n"
            f"Content-Length: {length or len(body)}\r\nConnection: close\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall(head.encode() + body)
            return connection.makefile("rb").readline().decode() if whole else ""

    def left_files(self):
        """Returns the files in the folder, without the fonts that the PDF process deletes."""
        paths = [path for path in self.folder.rglob("*") if path.is_file()]
        return [path for path in paths if not path.parent.name.startswith("weasyprint-")]

    def entries(self):
        with closing(sqlite3.connect(f"{self.folder}.sqlite3")) as database:
            return database.execute("SELECT COUNT(*) FROM catalog_resource").fetchone()[0]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    server.process.stop(signal.SIGTERM)


@pytest.fixture(scope="module")
def body(server):
    """What a browser sends for the form of a new video: the fields, and a whole video file."""
    blank = {name: value for name, value in server.form(add_url(Video)) if value is not None}
    values = (blank | TYPED | {"_save": "1"}).items()
    parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in values]
    rows = [name for name, _value in values].index(
        "credits-TOTAL_FORMS"
    )  # its fields follow the file
    parts.insert(rows, b'name="file"; filename="../../a.mp4"\r\n\r\n' + files.mp4())
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; ".encode()
    return b"".join(head + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()


def wait_until_idle(server):
    """Waits until the server has noticed the end of a request and deleted its files."""
    assert server.page("/admin/") is not None
    deadline = time.monotonic() + 10
    while server.left_files() and time.monotonic() < deadline:
        time.sleep(0.05)


def test_an_upload_that_is_cut_off_leaves_nothing(server, body):
    for fraction in (0.1, 0.5, 0.9):
        server.send(body[: int(len(body) * fraction)], length=len(body), whole=False)
    wait_until_idle(server)
    assert (server.left_files(), server.entries()) == ([], 0)


@pytest.mark.parametrize("fraction", [0.001, 0.5, 0.999])
def test_a_content_length_that_is_too_small_leaves_nothing(server, body, fraction):
    status = server.send(body, length=int(len(body) * fraction))
    wait_until_idle(server)
    assert not status.startswith("HTTP/1.1 5")
    assert (server.left_files(), server.entries()) == ([], 0)


@pytest.mark.parametrize("boundary", ["another-one", "", "x" * 300, "é"])
def test_a_boundary_that_is_not_in_the_body_leaves_nothing(server, body, boundary):
    status = server.send(body, boundary=boundary)
    wait_until_idle(server)
    assert status.startswith("HTTP/1.1 4")
    assert (server.left_files(), server.entries()) == ([], 0)


def test_the_same_upload_is_accepted_when_it_is_complete(server, body):
    """Proves that the other uploads are refused for their own errors. This test runs last."""
    assert server.send(body).startswith("HTTP/1.1 302")
    assert [path.name for path in server.left_files()] == ["a.mp4"]
    assert server.entries() == 1
