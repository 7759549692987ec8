"""Runs nginx with answers of another server as static files, to compare the two in one run."""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.running import free_port

# nginx sets these itself, or they would be wrong for a file.
NOT_REPEATED = {"content-length", "content-type", "date", "etag", "last-modified", "server"}
NOT_REPEATED |= {"connection", "keep-alive", "set-cookie", "transfer-encoding"}
# As fast as nginx can: no log, and the files stay open.
CONFIGURATION = """
{user}
daemon off;
worker_processes {workers};
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    open_file_cache max=1000 inactive=1h;
    keepalive_requests 10000000;
    types {{ }}
    {temporary}
    server {{
        listen 127.0.0.1:{port};
{locations}
    }}
}}
"""
LOCATION = """        location = /{name} {{
            alias {path};
            default_type "{kind}";
{headers}
        }}"""
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
WORKERS = 2  # as many as the site has web processes


def require_programs(*names):
    """Ends this program with a sentence if a program is missing."""
    missing = [name for name in names if not shutil.which(name)]
    if missing:
        names = " ".join(missing)
        sys.exit(f"{' and '.join(missing)} must be installed: apt-get install {names}")


class StaticServer:
    """nginx on a port of its own. Add all answers before the start."""

    def __init__(self, folder):
        self.folder, self.port, self.locations = Path(folder, "static"), free_port(), []
        self.folder.mkdir()

    def add(self, name, headers, body):
        """Adds an answer as it was sent, compressed or not, at /name."""
        path = self.folder / name
        path.write_bytes(body)
        repeated = "\n".join(
            f"            add_header {key} {quoted(value)};"
            for key, value in headers.items()
            if key.lower() not in NOT_REPEATED and "$" not in value
        )
        kind = headers.get("Content-Type", "application/octet-stream")
        self.locations.append(LOCATION.format(name=name, path=path, kind=kind, headers=repeated))

    def url(self, name):
        return f"http://127.0.0.1:{self.port}/{name}"

    @contextmanager
    def running(self):
        path = self.folder / "nginx.conf"
        path.write_text(self.configuration())
        command = ["nginx", "-c", str(path), "-p", str(self.folder), "-e", "stderr"]
        process = subprocess.Popen(command)
        try:
            self.wait(process)
            yield self
        finally:
            process.terminate()
            process.wait()

    def wait(self, process):
        while process.poll() is None:
            with suppress(OSError):
                return socket.create_connection(("127.0.0.1", self.port)).close()
            time.sleep(0.02)
        sys.exit("nginx did not start.")

    def configuration(self):
        return CONFIGURATION.format(
            user="user root;" if os.geteuid() == 0 else "",
            workers=WORKERS,
            folder=self.folder,
            port=self.port,
            temporary=" ".join(f"{name}_temp_path {self.folder}/{name};" for name in TEMPORARY),
            locations="\n".join(self.locations),
        )


def quoted(value):
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
