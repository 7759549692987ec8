"""Configures gunicorn, which `manage.py start` runs."""

from importlib import import_module

from gunicorn.http import message

from lmp_site.environment import read_port

bind = f"127.0.0.1:{read_port()}"
worker_class = "gthread"
workers = 2
# Most threads wait for people who watch videos. A thread that asks the database keeps a connection
# for a minute; two workers with 40 threads each stay below PostgreSQL's limit of 100 connections.
threads = 40
# The application loads once before the workers fork, so that they share its memory.
preload_app = True
# gunicorn replaces a worker now and then, which frees the memory that the worker has gathered.
max_requests = 20_000
max_requests_jitter = 4000
keepalive = 75
graceful_timeout = 30
control_socket_disable = True
loglevel = "warning"
# The link of a packet holds all its notes: up to 60 of 200 characters, and some characters take 9
# letters in a link. gunicorn's own setting ends at 8190, and no limit at all would let an address
# fill the memory.
message.MAX_REQUEST_LINE = limit_request_line = 128 * 1024


def post_worker_init(worker):
    """Starts the process that makes PDFs before the first reader asks for one."""
    import_module("catalog.printing.workers").warm_up()


def when_ready(server):
    # Otherwise each worker would load the views at its first request, which takes half a second.
    import_module("lmp_site.urls")
    print(f"The catalog is at http://{bind}/ (Ctrl-C stops it).", flush=True)
