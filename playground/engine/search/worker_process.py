"""A worker as the search sees it: a process, the trial that it is at, and the lines that it writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import deque
from contextlib import suppress
from queue import SimpleQueue
from typing import IO, Any

from playground.engine.runtime.import_path import import_path
from playground.spec.messages import Message, message, printable

_MODULE = "playground.engine.search.worker"
_LINES = 20  # of its standard error that are kept


class WorkerProcess:
    """Starts a process, sends it orders, and puts what it says into a queue, with itself; None stands for its end."""

    def __init__(
        self, about: dict[str, Any], threads: int, heard: SimpleQueue[tuple[WorkerProcess, dict[str, Any] | None]]
    ) -> None:
        """`about` is the first line of `worker`."""
        self.trial: int | None = None  # the number of the trial that it is at
        self.ready = self.busy = self.over = False
        self._heard, self._errors = heard, deque[str](maxlen=_LINES)
        limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
        # -P: no module of the folder that the program was started in is run.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **limits, "PYTHONPATH": import_path()},
            encoding="utf-8",
            errors="replace",
        )
        self.pid = self._process.pid
        assert self._process.stdout
        assert self._process.stderr
        threading.Thread(target=self._complain, args=(self._process.stderr,), daemon=True).start()
        threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()
        self._send(about)

    def ask(self, **order: Any) -> None:
        """Send an order."""
        self.busy = True
        self._send(order)

    def stop(self) -> None:
        """End it: it gives up its trial, which then waits for another process."""
        if self._process.stdin and not self._process.stdin.closed:
            with suppress(OSError):
                self._process.stdin.close()

    def wait(self, seconds: float) -> None:
        """Wait for its end, and kill it if it takes longer."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def end(self) -> Message:
        """How it ended, in words."""
        code = self._process.wait()
        if code < 0:
            return message("Its process was ended by signal {number}.", number=-code)
        last = next((line for line in reversed(self._errors) if line.strip()), "")
        if last:
            return message("Its process failed: {reason}", reason=printable(last.strip())[:200])
        return message("Its process ended with exit code {code}.", code=code)

    def _send(self, value: dict[str, Any]) -> None:
        with suppress(OSError):  # it has ended, which is heard of
            assert self._process.stdin
            self._process.stdin.write(json.dumps(value) + "\n")
            self._process.stdin.flush()

    def _listen(self, stream: IO[str]) -> None:
        for line in stream:
            with suppress(ValueError):  # a line that was cut off by its end
                self._heard.put((self, json.loads(line)))
        self._process.wait()
        stream.close()
        self._heard.put((self, None))

    def _complain(self, stream: IO[str]) -> None:
        with stream:
            self._errors.extend(stream)
