"""The server, running as long as a test."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.engine.download.server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that runs as long as the test."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.closing.set()
    server.shutdown()
    server.server_close()
    thread.join()
