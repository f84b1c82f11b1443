"""Trains without a screen: `playground train` after its arguments were read."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from rich.console import Console

from playground.cli.terminal import JsonLines, Reporter, Screen
from playground.engine.runtime.sleep_inhibition import staying_awake
from playground.engine.training.snapshots import Diverged
from playground.spec.cancelling import Cancelled, cancellable, stop_if_cancelled
from playground.spec.experiment import Experiment
from playground.spec.messages import PlaygroundError, message
from playground.standard_streams import END_SIGNALS, taken

if TYPE_CHECKING:
    from playground.engine.training.trainer import Trainer


def train(experiment: Experiment, out: Path | None, *, as_json: bool, tensorboard: Path | None = None) -> None:
    """Train, test and report on the standard output; Ctrl+C, SIGTERM or SIGHUP ends the training, not the test.

    Raises:
        PlaygroundError: the run diverged, was stopped before it began, or the network could not be written to `out`.
    """
    with Interruption() as interruption:
        from playground.engine.data.in_memory import load  # torch takes seconds: a signal may come meanwhile
        from playground.engine.training.trainer import Trainer

        try:
            with cancellable(lambda: interruption.requested):
                trainer = Trainer(experiment, load(experiment.data))
                stop_if_cancelled()
        except Cancelled as error:
            raise PlaygroundError(message("Stopped before anything was trained.")) from error
        with staying_awake():
            _follow(trainer, _reporter(as_json, experiment, tensorboard), interruption, out)


class Interruption:
    """Sets `requested` on the first Ctrl+C, SIGTERM or SIGHUP; a second one has its usual effect."""

    def __init__(self) -> None:
        self.requested = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Interruption:
        for number in filter(taken, END_SIGNALS):
            self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._restore()

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.requested = True
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


def _follow(trainer: Trainer, reporter: Reporter, interruption: Interruption, out: Path | None) -> None:
    """Train to the end or until interrupted, which still tests the network; write the network in any case."""
    stopping, diverged, saved = False, None, None
    try:
        for snapshot in trainer:
            reporter.take(snapshot)
            if isinstance(snapshot, Diverged):
                diverged = snapshot
            if interruption.requested and not stopping:
                trainer.stop()
                stopping = True
    finally:
        try:
            if out is not None and trainer.step:
                from playground.engine.weights import save

                save(out, trainer.experiment, trainer.network, trainer.figures)
                saved = out
        finally:
            reporter.close(saved)
    if diverged is not None:
        raise PlaygroundError(diverged.message)


def _reporter(as_json: bool, experiment: Experiment, tensorboard: Path | None) -> Reporter:
    if tensorboard is not None:
        from playground.cli.event_reporter import EventReporter
        from playground.engine.event_file import EventFile

        events = EventFile(tensorboard, experiment)
        return EventReporter(_reporter(as_json, experiment, None), events)
    if as_json:
        return JsonLines(sys.stdout, experiment)
    return Screen(Console(file=sys.stdout, highlight=False, markup=False, emoji=False), experiment)
