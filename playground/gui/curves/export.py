"""Exports the curves as one tidy table."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

import numpy as np

from playground.engine.training.snapshots import Terms
from playground.gui.curves.history import History

COLUMNS = (
    "event",  # step, epoch, change, diverged or test
    "step",
    "epochs",  # progress of the run, fractional
    "train_loss",  # of the batch, or the mean of the epoch; data part
    *Terms._fields,  # terms added to the loss of the data
    "train_score",  # as the task defines it: for a classifier the accuracy, 0 to 1
    "learning_rate",
    "validation_loss",
    "validation_score",
    "validation_plain_loss",  # without label smoothing, if there is any
    "test_loss",
    "test_score",
    "test_plain_loss",
    "field",  # of a change, with the old and the new value
    "old",
    "new",
)
_BEHIND_STEPS = "," * (len(COLUMNS) - 1 - COLUMNS.index("learning_rate"))  # columns empty in rows of batches


def table(run: History) -> str:
    """All reports of a run as CSV: one row per step, epoch, change and result, ordered by step."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    events = sorted(_events(run), key=lambda event: event[0])
    taken = 0
    for step, row in events:
        until = run.count_until(step)
        text.writelines(_steps(run, taken, until))
        writer.writerow([row.get(column, "") for column in COLUMNS])
        taken = until
    text.writelines(_steps(run, taken, len(run)))
    return text.getvalue()


def _steps(run: History, first: int, last: int) -> Iterator[str]:
    """The rows of batches, with the 7 significant digits of 32-bit numbers."""
    terms = (run.terms[name].values if name in run.terms else np.zeros(len(run)) for name in Terms._fields)
    columns = (run.loss.values, *terms, run.score.values, run.learning_rate.values)
    rows = zip(*(column[first:last].tolist() for column in (run.x.values, *columns)), strict=True)
    for step, (epochs, *values) in enumerate(rows, run.steps_before + first + 1):
        yield f"step,{step},{epochs:.6f},{','.join(f'{value:.7g}' for value in values)}{_BEHIND_STEPS}\n"


def _events(run: History) -> Iterator[tuple[int, dict[str, object]]]:
    """All events except batches, each with the step after which it happened."""

    def at(step: int, event: str, **values: object) -> tuple[int, dict[str, object]]:
        known = {name: value for name, value in values.items() if value is not None}
        return step, {"event": event, "step": step, "epochs": round(run.progress_after(step), 6), **known}

    for epoch in run.epochs:
        yield at(
            epoch.step,
            "epoch",
            train_loss=epoch.train_loss,
            train_score=epoch.train_score,
            validation_loss=epoch.validation_loss,
            validation_score=epoch.validation_score,
            validation_plain_loss=epoch.validation_plain_loss,
        )
    for change in run.changes:
        yield at(change.step, "change", field=change.field, old=change.old, new=change.new)
    if run.diverged:
        yield at(run.diverged.step, "diverged", learning_rate=run.diverged.learning_rate)
    if run.finished:
        test = run.finished
        figures = {"test_loss": test.test_loss, "test_score": test.test_score, "test_plain_loss": test.test_plain_loss}
        yield at(test.step, "test", **figures)
