"""Curves as CSV: one row for each step and each epoch, every number in full."""

from __future__ import annotations

import csv
import io

from playground.engine.runs.curves_csv import COLUMNS, curves_csv
from playground.engine.training.snapshots import Change, Epoch, Step, Terms


def test_steps_and_epochs_are_rows() -> None:
    step = Step(1, 0.5, 1 / 3, Terms(penalty=0.1), 0.25, 1e-3, 32)
    epoch = Epoch(1, 2, 1.5, 0.7, 0.8, None, None)
    text = curves_csv([step, Change(1, "recipe.optimizer.lr", "Rate", 1.0, 2.0), epoch])
    first, second = csv.DictReader(io.StringIO(text))
    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert (first["event"], first["step"], first["epochs"]) == ("step", "1", "0.5")
    assert float(first["train_loss"]) == 1 / 3
    assert (first["train_score"], first["penalty"], first["learning_rate"]) == ("0.25", "0.1", "0.001")
    assert (second["event"], second["step"], second["epochs"], second["seconds"]) == ("epoch", "2", "1", "1.5")
    assert (second["train_loss"], second["validation_loss"], second["learning_rate"]) == ("0.7", "", "")
