"""Loads a service on this machine with requests, in a closed or an open loop, and prints what it saw as JSON.

    python -m tests.benchmarks.serving_load PORT PATH BODIES --connections 64 --seconds 5 [--rate 1000]

BODIES: a JSON list of the bodies that are sent in turn. Bounded: `--seconds`, and `MOST` requests. A closed loop sends
the next request over a connection when the one before was answered. An open loop sends at times of its own (a Poisson
process), whatever the service does; the time of an answer counts from when its request was due.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
from collections import deque
from pathlib import Path
from time import perf_counter
from typing import Any

MOST = 4_000_000  # requests: an hour at 1,000 a second
GRACE = 5.0  # seconds in which the last answers arrive


class Load:
    """What is sent, and what came back."""

    def __init__(self, path: str, bodies: list[str], port: int) -> None:
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        self.requests = [f"{head}Content-Length: {len(body.encode())}\r\n\r\n{body}".encode() for body in bodies]
        self.sent, self.lost = 0, 0
        self.statuses: dict[int, int] = {}
        self.seconds: list[float] = []  # of each answer
        self.free: deque[Connection] = deque()
        self.due: deque[float] = deque()  # moments of requests that no connection was free for
        self.closed_until: float | None = None  # in a closed loop

    def next_request(self) -> bytes:
        """The next body in turn, as a request."""
        self.sent += 1
        return self.requests[self.sent % len(self.requests)]

    def answered(self, connection: Connection, status: int, taken: float) -> None:
        """Note an answer, and go on."""
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.seconds.append(taken)
        if self.closed_until is not None:
            if perf_counter() < self.closed_until and self.sent < MOST:
                connection.send(perf_counter())
        elif self.due:
            connection.send(self.due.popleft())
        else:
            self.free.append(connection)

    def request_due(self, moment: float) -> None:
        """Send now, or as soon as a connection is free."""
        if self.free:
            self.free.popleft().send(moment)
        else:
            self.due.append(moment)


class Connection(asyncio.Protocol):
    """One connection, which waits for the answer to its request."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._read = bytearray()
        self._since: float | None = None

    def connection_made(self, transport: Any) -> None:
        """Remember where to write."""
        self.transport = transport

    def send(self, moment: float) -> None:
        """Send the next request, due at `moment`."""
        self._since = moment
        self.transport.write(self._load.next_request())

    def data_received(self, data: bytes) -> None:
        """Collect an answer, and tell when it is whole."""
        self._read += data
        end = self._read.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._read[:end]).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(self._read) < end + 4 + length or self._since is None:
            return
        self._read.clear()
        taken, self._since = perf_counter() - self._since, None
        self._load.answered(self, int(head[9:12]), taken)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count a request that was not answered."""
        self._load.lost += self._since is not None


async def run(load: Load, port: int, connections: int, seconds: float, rate: float) -> float:
    """Load the service; return how many seconds it lasted."""
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: Connection(load), "127.0.0.1", port) for _ in range(connections)]
    opened = [connection for _, connection in made]
    began = perf_counter()
    if rate:
        load.free.extend(opened)
        await _send_at_random_times(load, began, seconds, rate)
    else:
        load.closed_until = began + seconds
        for connection in opened:
            connection.send(perf_counter())
        await asyncio.sleep(seconds)
    lasted = perf_counter() - began
    while len(load.seconds) + load.lost < load.sent + len(load.due) and perf_counter() < began + seconds + GRACE:
        await asyncio.sleep(0.005)
    for connection in opened:
        connection.transport.close()
    return lasted


async def _send_at_random_times(load: Load, began: float, seconds: float, rate: float) -> None:
    times = random.Random(0)
    moment = began
    for _ in range(MOST):
        moment += times.expovariate(rate)
        if moment > began + seconds:
            return
        wait = moment - perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        load.request_due(moment)


def main() -> None:
    """Load, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("bodies", type=Path)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rate", type=float, default=0.0, help="requests a second of an open loop")
    asked = parser.parse_args()
    if sys.platform != "win32":
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    load = Load(asked.path, json.loads(asked.bodies.read_text("utf-8")), asked.port)
    lasted = asyncio.run(run(load, asked.port, asked.connections, asked.seconds, asked.rate))
    times = sorted(load.seconds)
    found = {
        "answered": len(times),
        "lost": load.sent + len(load.due) - len(times),
        "rate": len(times) / lasted,
        "statuses": load.statuses,
        "p50": times[len(times) // 2] if times else None,
        "p99": times[int(len(times) * 0.99)] if times else None,
        "longest": times[-1] if times else None,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
