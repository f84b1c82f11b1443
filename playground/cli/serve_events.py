"""`playground serve --events`: for a program that starts the service, reads what it does, and ends it with itself.

The standard output has a JSON object a line, see `playground.engine.service.event_lines`. The service ends when its
standard input does: where the program that holds the other end closes it, or ends itself, however it ends.
"""

from __future__ import annotations

import os
import socket
import sys
from threading import Event, Thread
from typing import TYPE_CHECKING

from playground.standard_streams import DONE, FAILED

if TYPE_CHECKING:
    import uvicorn

    from playground.spec.messages import Message

_AFTER_DRAIN = 5.0  # seconds after the last request may have ended; then the process ends as it is


class Events:
    """Writes messages to the program that started the service, and watches for its end."""

    def __init__(self) -> None:
        """Watch the standard input from now on: that program may end while libraries are imported."""
        self._server: uvicorn.Server | None = None
        self._ended = Event()
        Thread(target=self._watch, name="end of the standard input", daemon=True).start()

    def write(self, lines: bytes) -> None:
        """Write lines; raises OSError where nobody reads them any more."""
        sys.stdout.buffer.write(lines)
        sys.stdout.buffer.flush()

    def tell_failure(self, words: Message) -> None:
        """Tell why the service does not begin."""
        from playground.engine.service.event_lines import failed, line_of

        self.write(line_of(failed(words)))

    def serve(self, server: uvicorn.Server, listening: socket.socket, steps: dict[str, int]) -> None:
        """Serve until the standard input ends, or the process is told to end; all requests are answered by then.

        steps: of the networks, by name.
        """
        from playground.engine.service.event_lines import Listening, line_of

        host, port = listening.getsockname()[:2]
        self.write(line_of(Listening(host=host, port=port, steps=steps)))
        self._server = server
        if self._ended.is_set():
            return
        server.run(sockets=[listening])

    def _watch(self) -> None:
        from playground.engine.service import DRAIN

        while os.read(0, 4096):
            pass  # nothing is expected
        self._ended.set()
        if self._server is None:
            os._exit(DONE)  # nothing has been asked
        self._server.should_exit = True
        Event().wait(DRAIN + _AFTER_DRAIN)
        os._exit(FAILED)
