"""A service on this machine, at a free port, for real clients."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytest.importorskip("uvicorn", reason="the extra `serve` is not installed")

import uvicorn

from playground.engine.service.app import service
from playground.engine.service.guards import LOOPBACK
from playground.engine.service.reporter import Reporter
from playground.engine.service.server import config


class Reply(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """Asks a service, over a new connection each time."""

    def __init__(self, port: int) -> None:
        self.port = port

    def __call__(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Reply:
        """Send bytes as they are, and anything else as JSON."""
        given = {"Content-Type": "application/json"} if body is not None and not isinstance(body, bytes) else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            connection.request(method, path, data, {**given, **(headers or {})})
            found = connection.getresponse()
            return Reply(found.status, dict(found.getheaders()), found.read())
        finally:
            connection.close()


Serve = Callable[..., Client]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a service for files of networks, and end it after the test."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(
        files: dict[str, Path],
        hosts: Sequence[str] = LOOPBACK,
        token: str | None = None,
        reporter: Reporter | None = None,
    ) -> Client:
        settings = config(service(files, hosts, token, reporter), "127.0.0.1", 0)
        listening = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        running.append((server, thread))
        client = Client(listening.getsockname()[1])
        assert client("GET", "/healthz").json == {"status": "ok"}
        return client

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive()
