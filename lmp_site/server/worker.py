"""A web process: one event loop for all connections, and threads that run the application."""

import asyncio
import logging
import sys
from functools import partial

import uvicorn
import uvloop

from lmp_site.server.bridge import Bridge
from lmp_site.server.connection import IDLE_TIMEOUT_S, Connection, Sweeper
from lmp_site.server.uploads import is_signed_in

# Connections that a process takes at once, most of them idle. More are refused with 503.
MAX_CONNECTIONS = 10_000
STOP_TIMEOUT_S = 10  # for answers that are on their way when the server stops
# Between threads of a process: a finished page does not wait long for one that is being made.
SWITCH_INTERVAL_S = 0.001


def work(application, listener, max_connections):
    """Serves the WSGI `application` on a listening socket until a signal ends this process."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    config = uvicorn.Config(
        Bridge(application, is_signed_in),
        http=partial(Connection, application, Sweeper(), max_connections),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        timeout_keep_alive=IDLE_TIMEOUT_S,
        timeout_graceful_shutdown=STOP_TIMEOUT_S,
    )
    uvloop.run(Server(config).serve([listener]))


class Server(uvicorn.Server):
    """uvicorn's server, but it sleeps while nobody asks.

    uvicorn's own looks at the clock ten times a second for the header Date. A Connection sets it.
    """

    async def serve(self, sockets):
        self.loop, self.ending = asyncio.get_running_loop(), asyncio.Event()
        await super().serve(sockets)

    async def main_loop(self):
        await self.ending.wait()

    def handle_exit(self, number, frame):
        super().handle_exit(number, frame)
        self.loop.call_soon_threadsafe(self.ending.set)
