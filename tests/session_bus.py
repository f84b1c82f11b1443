"""A session bus for one test, and services on it that answer every call."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


@contextmanager
def session_bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A real session bus with nothing on it; the test is skipped where there is none to start."""
    pytest.importorskip("jeepney")
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"]
    try:
        bus = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    except FileNotFoundError:
        pytest.skip("no session bus is installed here")
    with bus:
        assert bus.stdout is not None
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.stdout.readline().strip())
        try:
            yield
        finally:
            bus.terminate()


class Service:
    """Owns a name on the session bus and answers every call with the number 7; `calls` has member, types and values."""

    def __init__(self, name: str) -> None:
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import open_dbus_connection

        self.calls: list[tuple[str, str, tuple[Any, ...]]] = []
        self._connection = open_dbus_connection()
        self._connection.send_and_get_reply(message_bus.RequestName(name))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        from jeepney import HeaderFields, MessageType, new_method_return

        with self._connection:
            while True:
                try:
                    call = self._connection.receive()
                except OSError:  # the bus has gone
                    return
                if call.header.message_type is MessageType.method_call:
                    fields = call.header.fields
                    types = fields.get(HeaderFields.signature, "")
                    self.calls.append((fields[HeaderFields.member], types, call.body))
                    self._connection.send(new_method_return(call, "u", (7,)))
                    del call

    def join(self) -> None:
        """Wait until the service has gone with its bus."""
        self._thread.join()
