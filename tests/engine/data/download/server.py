"""A real server on this machine that serves well or badly, as a test says."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playground.engine.data.download.connection import Limits
from playground.spec.data.remote_file import Remote

DATA = bytes(range(256)) * 1200  # 307,200 bytes, more than what is sent or read at once
LIMITS = Limits(connect=5.0, read=0.2, plain_here=True)

Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers as the server's behaviour for the path says."""

    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(dict(self.headers))
        with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked has seen enough
            self.server.behaviours[self.path](self)

    def answer(self, body: bytes, status: int = 200, length: int | None = None, **headers: str) -> None:
        """Send head and body; `length` is what the head says, -1 for nothing."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if length != -1:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' output clean."""


class Server(ThreadingHTTPServer):
    """What each path does, what was asked, and an event that ends all waiting."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviours: dict[str, Behaviour] = {}
        self.asked: list[dict[str, str]] = []
        self.closing = threading.Event()

    def url(self, name: str, behaviour: Behaviour) -> str:
        """The address at which the server behaves like that."""
        self.behaviours[f"/{name}"] = behaviour
        return f"http://127.0.0.1:{self.server_address[1]}/{name}"

    def handle_error(self, request: object, client_address: object) -> None:
        """What clients do to it is what is tested."""


def remote(*urls: str, data: bytes = DATA) -> Remote:
    """The file that the tests download."""
    return Remote("file.bin", urls, len(data), hashlib.sha256(data).hexdigest())


def good(handler: Handler) -> None:
    """All that is asked for, also a part."""
    asked = handler.headers.get("Range")
    if asked is None or handler.headers.get("If-Range", '"one"') != '"one"':
        handler.answer(DATA, ETag='"one"')
        return
    start = int(asked.removeprefix("bytes=").removesuffix("-"))
    span = f"bytes {start}-{len(DATA) - 1}/{len(DATA)}"
    handler.answer(DATA[start:], 206, ETag='"one"', Content_Range=span)
