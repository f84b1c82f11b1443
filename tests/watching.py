"""What goes wrong while nobody looks: errors in the log, a blocked event loop, heavy imports, long slices."""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QTimer

from playground.gui.session import inference_request
from playground.gui.session.inference_request import Priority

# What Qt says because of how events are sent here, or of the platform without a screen.
OWN = re.compile("occurs outside target window|^[^:]*: This plugin does not support")


class Complaints(logging.Handler):
    """Keeps what was logged as an error, and every warning of Qt."""

    def __init__(self, context: Callable[[], Sequence[str]] = tuple) -> None:
        """`context` tells what was done before."""
        super().__init__(logging.WARNING)
        self._context = context
        self.found: dict[str, str] = {}  # what was said first, by where it came from

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it, unless it is a warning of ours: those tell of what was foreseen, such as a file that is damaged."""
        if record.levelno >= logging.ERROR or (record.name == "playground.qt" and not OWN.search(record.getMessage())):
            trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
            words = f"{record.levelname} {record.name}: {record.getMessage()}"
            frames = traceback.extract_tb(record.exc_info[2]) if record.exc_info else ()
            origin = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else words
            self.found.setdefault(origin, "\n".join((words, trace, "Before:", *self._context())))


class HeavyImports:
    """Complains of imports that take seconds and a hundred megabytes, and that nothing in the program needs."""

    _HEAVY = ("torch._dynamo", "torch._inductor", "triton._C", "torchvision")

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> None:
        """Python asks before it imports a module; it is found elsewhere."""
        if name in self._HEAVY:
            stack = "".join(line for line in traceback.format_stack() if "importlib" not in line)
            logging.getLogger("playground").error("%s is imported:\n%s", name, stack)

    def start(self) -> None:
        """Begin to listen."""
        sys.meta_path.insert(0, self)

    def stop(self) -> None:
        """Listen no more."""
        sys.meta_path.remove(self)


class Stall(NamedTuple):
    """How long the event loop did not run, and where it was meanwhile."""

    seconds: float
    where: str


class Stalls:
    """Watches, from a thread of its own, how long the event loop of the main thread does not run."""

    def __init__(self, longest: float) -> None:
        """`longest`: seconds that are no stall."""
        self.found: list[Stall] = []
        self.worst = 0.0
        self._longest, self._beat, self._end = longest, time.monotonic(), threading.Event()
        self._timer = QTimer()
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._note)
        self._thread = threading.Thread(target=self._watch, name="stalls", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._beat = time.monotonic()
        self._timer.start()
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the thread."""
        self._timer.stop()
        self._end.set()
        self._thread.join()

    def _note(self) -> None:
        self._beat = time.monotonic()

    def _watch(self) -> None:
        main = threading.main_thread().ident
        beat = None  # that of the stall which is going on
        while not self._end.wait(0.05):
            late = time.monotonic() - self._beat
            self.worst = max(self.worst, late)
            if late < self._longest:
                continue
            if beat == self._beat:
                self.found[-1] = self.found[-1]._replace(seconds=late)
                continue
            beat = self._beat
            frame = sys._current_frames().get(main or 0)
            self.found.append(Stall(late, "".join(traceback.format_stack(frame)) if frame else ""))


class SliceTimes(NamedTuple):
    """Processor time of the slices in which one function answers background questions, in milliseconds."""

    function: str  # module and name
    slices: int
    median: float
    ninety_nine: float  # 99th percentile
    longest: float


class Slices:
    """Measures what the inference thread computes at a stretch for background questions.

    Processor time of the thread is counted, not the clock: other threads of a busy machine do not lengthen a slice.
    """

    def __init__(self) -> None:
        self._found: dict[str, list[float]] = defaultdict(list)
        self._advance: Callable[[Any], object] = inference_request.InferenceRequest.advance

    def start(self) -> None:
        """Begin to measure."""

        def measured(request: Any) -> object:
            began = time.thread_time()
            try:
                return self._advance(request)
            finally:
                if request.priority is Priority.BACKGROUND:
                    function = request._answer_with
                    name = f"{function.__module__}.{getattr(function, '__qualname__', type(function).__qualname__)}"
                    self._found[name].append(1e3 * (time.thread_time() - began))

        inference_request.InferenceRequest.advance = measured  # type: ignore[method-assign]

    def stop(self) -> None:
        """Measure no more."""
        inference_request.InferenceRequest.advance = self._advance  # type: ignore[method-assign]

    @property
    def found(self) -> list[SliceTimes]:
        """For each function, that with the longest slice first."""
        times = []
        for name, slices in self._found.items():
            ordered = sorted(slices)
            middle, high = ordered[len(ordered) // 2], ordered[int(0.99 * (len(ordered) - 1))]
            times.append(SliceTimes(name, len(ordered), middle, high, ordered[-1]))
        return sorted(times, key=lambda item: -item.longest)
