"""Runs the service with uvicorn: in this process, or in several that share an address."""

from __future__ import annotations

import asyncio
import json
import logging
import multiprocessing
import os
import signal
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.supervisors import Multiprocess

from playground.engine.service import DRAIN, TOKEN
from playground.engine.service.app import service
from playground.engine.service.guards import LOOPBACK
from playground.engine.service.reporter import Reporter
from playground.engine.service.variants import Variant, Variants

_log = logging.getLogger(__name__)

SETTINGS = "PLAYGROUND_SERVICE"  # in the environment: what the processes of a service serve
MOST_HEADERS = 65_536  # bytes
HEADERS_WITHIN = 10.0  # seconds for a request line and its headers to arrive
READ_WITHIN = 20.0  # seconds in which a client reads READ_LEAST of an answer that waits for it
READ_LEAST = 65_536  # bytes
IDLE = 5  # seconds that a connection without a request stays open
CONNECTIONS = 1000  # at the same time; of further ones the client is told to come again
STARTUP = 30  # seconds for a process to import torch and read the networks; uvicorn ends it after 5 s otherwise


class TimedProtocol(HttpToolsProtocol):
    """Closes connections whose clients stall; uvicorn waits for ever.

    They stall where headers do not arrive in time or do not end, where no request follows an answer, whatever else
    arrives, and where an answer is not read.
    """

    _late: asyncio.TimerHandle | None = None
    _head = 0  # bytes of headers that have not ended
    _idle_until = 0.0  # in the loop's time: when a connection without a request is closed
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Expect a request."""
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more."""
        self._rest()
        self._stop_unread()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what arrived."""
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._late is None:
            self._stay_idle()
            return
        self._head += len(data)
        if self._head > MOST_HEADERS:
            self._rest()
            self.send_400_response("The headers are too large.")

    def on_message_begin(self) -> None:
        """Expect the headers of a request that began."""
        super().on_message_begin()
        self._expect()

    def on_headers_complete(self) -> None:
        """The headers are there."""
        self._rest()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Expect another request."""
        super().on_response_complete()
        self._idle_until = self.loop.time() + self.timeout_keep_alive

    def pause_writing(self) -> None:
        """Expect the client to read: more waits for it than should."""
        super().pause_writing()
        self._stop_unread()
        self._unread = self.loop.call_later(READ_WITHIN, self._still_unread, self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """The client reads."""
        super().resume_writing()
        self._stop_unread()

    def _still_unread(self, before: int) -> None:
        """Wait on for a client that reads slowly; leave one that does not read."""
        now = self.transport.get_write_buffer_size()
        if before - now >= READ_LEAST:
            self._unread = self.loop.call_later(READ_WITHIN, self._still_unread, now)
            return
        _log.info("a client does not read its answer, and is left")
        self.transport.abort()

    def _stop_unread(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
        self._unread = None

    def _stay_idle(self) -> None:
        """Set the time again that uvicorn stopped at what arrived, where that began no request: an empty line, say."""
        answered = self.cycle is not None and self.cycle.response_complete
        if answered and self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_at(self._idle_until, self.timeout_keep_alive_handler)

    def _expect(self) -> None:
        self._rest()
        self._late = self.loop.call_later(HEADERS_WITHIN, self.transport.close)

    def _rest(self) -> None:
        if self._late is not None:
            self._late.cancel()
        self._late, self._head = None, 0


def config(app: Starlette | str, host: str, port: int, workers: int = 1) -> uvicorn.Config:
    """How uvicorn runs the application; `app` is its name where processes of their own make it."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        workers=workers,
        factory=isinstance(app, str),
        http=TimedProtocol,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=DRAIN,
        timeout_worker_healthcheck=STARTUP,
        limit_concurrency=CONNECTIONS,
        proxy_headers=False,
    )


def known_hosts(host: str) -> tuple[str, ...]:
    """The names under which requests reach an address; none: any, for an address of the network has many."""
    return LOOPBACK if host in LOOPBACK else ()


def publish(files: Variants, host: str) -> None:
    """Leave in the environment what `from_environment` serves in the processes that uvicorn starts."""
    shares = {name: [(str(item.path.resolve()), item.share) for item in items] for name, items in files.items()}
    found = {"files": shares, "hosts": list(known_hosts(host))}
    os.environ[SETTINGS] = json.dumps(found)


def from_environment(reporter: Reporter | None = None) -> Starlette:
    """The application in a process of its own."""
    found = json.loads(os.environ[SETTINGS])
    hosts: Sequence[str] = found["hosts"]
    files = {name: [Variant(Path(path), share) for path, share in items] for name, items in found["files"].items()}
    return service(files, hosts, os.environ.get(TOKEN), reporter)


class Supervisor(Multiprocess):
    """Starts processes, replaces those that died, and ends them; at once when it is told to.

    uvicorn's own first waits for processes that are still starting.
    """

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._end)

    def run(self) -> None:
        """Run until the process is told to end; all requests have been answered by then."""
        try:
            super().run()
        except KeyboardInterrupt:  # see `_end`
            for child in multiprocessing.active_children():
                child.terminate()
            for child in multiprocessing.active_children():
                child.join()

    def _end(self, _number: int, _frame: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt
