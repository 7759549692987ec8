"""The documented nginx configuration, in front of a real server."""

import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.migrated_copy import copy_migrated_file
from tests.processes import SiteProcess, free_port, start_process

ROOT = Path(__file__).resolve().parents[2]
HOST = "catalog.example.org"
PREPARE = """
from catalog.models import Tool
from django.utils import timezone
Tool.objects.create(title="Poster", published_at=timezone.now())
"""
pytestmark = pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")


class Proxied:
    """The catalog behind nginx, each as a process of its own."""

    def __init__(self, folder):
        self.folder, self.http, self.https = folder, free_port(), free_port()
        port = free_port()
        environment = {
            "PATH": os.environ["PATH"],
            "PORT": str(port),
            "DATABASE_URL": f"sqlite:///{folder}/catalog.sqlite3",
            "MEDIA_ROOT": str(folder / "media"),
            "DJANGO_SETTINGS_MODULE": "tests.lmp_site.proxied_settings",
        }
        copy_migrated_file(f"{folder}/catalog.sqlite3")
        manage = [sys.executable, "manage.py", "shell", "--no-imports", "--command", PREPARE]
        subprocess.run(manage, cwd=ROOT, env=environment, check=True)
        server = [sys.executable, "-m", "lmp_site.server"]
        self.site = SiteProcess(server, ROOT, environment)
        self.nginx = start_process(
            ["nginx", "-c", str(self.configure(port)), "-p", str(folder), "-e", "stderr"],
            stderr=subprocess.DEVNULL,
        )
        self.wait_for(self.https)

    def configure(self, port):
        """Writes the documented file with the places of this test. Returns the path."""
        make_certificate(self.folder)
        text = (ROOT / "docs" / "nginx.conf").read_text()
        for old, new in [
            ("127.0.0.1:8000", f"127.0.0.1:{port}"),
            ("listen 80;", f"listen 127.0.0.1:{self.http};"),
            ("listen 443", f"listen 127.0.0.1:{self.https}"),
            ("/var/cache/nginx/", f"{self.folder}/cache-"),
            ("/etc/ssl/catalog/", f"{self.folder}/"),
            ("/srv/catalog/", f"{self.folder}/"),
        ]:
            assert old in text, old
            text = text.replace(old, new)
        temporary = "\n".join(
            f"{name}_temp_path {self.folder}/{name};"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        path = self.folder / "nginx.conf"
        path.write_text(
            f"daemon off; pid {self.folder}/nginx.pid; user {os.environ.get('USER', 'root')};\n"
            f"events {{}}\nhttp {{ access_log off; {temporary}\n{text}\n}}"
        )
        return path

    def wait_for(self, port):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
        raise AssertionError("nginx does not answer.")

    def get(self, path, **headers):
        """Returns (status, headers, body) of an https address."""
        context = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        context.check_hostname = False  # the address is 127.0.0.1
        client = http.client.HTTPSConnection("127.0.0.1", self.https, timeout=20, context=context)
        client.request("GET", path, headers={"Host": HOST} | headers)
        response = client.getresponse()
        return response.status, response.headers, response.read()

    def stop(self):
        self.nginx.send_signal(signal.SIGTERM)
        self.nginx.wait(20)
        self.site.stop(signal.SIGTERM)


def make_certificate(folder):
    options = f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={HOST}".split()
    files = ["-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"]
    subprocess.run(["openssl", *options, *files], check=True, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def proxied(tmp_path_factory):
    proxied = Proxied(tmp_path_factory.mktemp("proxied"))
    yield proxied
    proxied.stop()


def test_plain_http_leads_to_https(proxied):
    client = http.client.HTTPConnection("127.0.0.1", proxied.http, timeout=20)
    client.request("GET", "/tools/", headers={"Host": HOST})
    response = client.getresponse()
    assert (response.status, response.getheader("Location")) == (301, f"https://{HOST}/tools/")


def test_a_page_comes_compressed_and_links_lead_to_https(proxied):
    status, headers, body = proxied.get("/tools/", **{"Accept-Encoding": "gzip, br"})
    assert (status, headers["Content-Encoding"]) == (200, "br")
    feed = proxied.get("/new/feed/")[2].decode()
    assert f"<link>https://{HOST}/tools/poster/</link>" in feed


def test_a_signed_in_person_never_gets_a_kept_page(proxied):
    proxied.get("/tools/")
    headers = proxied.get("/tools/", Cookie="sessionid=abc")[1]
    assert headers["Cache-Control"] == "private, no-store"


def test_a_public_page_may_be_kept_for_the_seconds_of_the_setting(proxied):
    assert "s-maxage=1, " in proxied.get("/tools/poster/")[1]["Cache-Control"]


def test_readers_still_get_pages_when_the_catalog_is_down(proxied):
    """This test runs last: it ends the catalog."""
    page = proxied.get("/tools/")
    proxied.site.stop(signal.SIGTERM)
    assert proxied.get("/tools/")[::2] == page[::2]
    assert proxied.get("/tools/", Cookie="sessionid=abc")[0] == 502
