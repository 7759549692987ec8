"""The production server: `manage.py start` runs gunicorn with this."""

from importlib import import_module

from gunicorn.http import message

from lmp_site.environment import read_port

bind = f"127.0.0.1:{read_port()}"
worker_class = "gthread"
workers = 2
# Most of them wait for readers of films, who take their time. Each that asks the database keeps a
# connection for a minute: together they stay below the hundred that PostgreSQL lets in.
threads = 40
# Loaded once before the workers part, so that they share its memory.
preload_app = True
# A worker is replaced now and then, which gives back what it has gathered.
max_requests = 20_000
max_requests_jitter = 4000
keepalive = 75
graceful_timeout = 30
control_socket_disable = True
loglevel = "warning"
# The link of a packet holds all its notes: 60 of 200 characters, of which some take 9 letters each.
# gunicorn has no setting beyond 8190, and none at all would let an address fill the memory.
message.MAX_REQUEST_LINE = limit_request_line = 128 * 1024


def post_worker_init(worker):
    """The press is ready before the first PDF is asked for."""
    import_module("catalog.printing.store").warm()


def when_ready(server):
    # Django loads the views at the first request: half a second in each worker.
    import_module("lmp_site.urls")
    print(f"The catalog is at http://{bind}/ (Ctrl-C ends it).", flush=True)
