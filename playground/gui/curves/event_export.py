"""Writes the run of the curves for TensorBoard."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from playground.engine.event_file import EventFile
from playground.engine.training.snapshots import Snapshot, Step, Terms
from playground.gui.curves.history import History


def write_events(run: History, folder: Path) -> None:
    """Write an event file into a new folder in `folder`; its times are those of a run that has just ended.

    Raises:
        PlaygroundError: it cannot be written, or tensorboardX is not installed.
    """
    assert run.experiment is not None
    known = [0.0, *(float(epoch.step) for epoch in run.epochs)]
    seconds = np.cumsum([0.0, *(epoch.seconds for epoch in run.epochs)])
    with EventFile(folder, run.experiment) as file:
        begin = time.time() - float(seconds[-1])
        for step, snapshot in _snapshots(run):
            file.add(snapshot, begin + float(np.interp(step, known, seconds)))


def _snapshots(run: History) -> Iterator[tuple[int, Snapshot]]:
    """Batches, epochs and the result, ordered by step."""
    written = 0
    for epoch in run.epochs:
        until = run.count_until(epoch.step)
        yield from _steps(run, written, until)
        yield epoch.step, epoch
        written = until
    yield from _steps(run, written, len(run))
    if run.finished:
        yield run.finished.step, run.finished


def _steps(run: History, first: int, last: int) -> Iterator[tuple[int, Step]]:
    none = np.zeros(last - first)
    terms = [run.terms[name].values[first:last] if name in run.terms else none for name in Terms._fields]
    columns = (run.x, run.loss, run.score, run.learning_rate, run.samples)
    rows = zip(*(column.values[first:last].tolist() for column in columns), zip(*terms, strict=True), strict=True)
    for number, (x, loss, score, rate, samples, added) in enumerate(rows, run.steps_before + first + 1):
        yield number, Step(number, x, loss, Terms(*map(float, added)), score, rate, round(samples))
