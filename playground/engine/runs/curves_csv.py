"""The curves of a run as CSV: one row for each training step and each completed epoch."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from playground.engine.training.snapshots import Epoch, Snapshot, Step

COLUMNS = (
    "event",  # "step" or "epoch"
    "step",
    "epochs",  # completed, with the part of the present one
    "train_loss",  # of a step's batch, or the mean over an epoch
    "train_score",
    "penalty",
    "kl_divergence",
    "validation_loss",
    "validation_score",
    "learning_rate",
    "seconds",  # of the epoch
)


def curves_csv(snapshots: Iterable[Snapshot]) -> str:
    """The text of the file. Empty cells were not measured; numbers are written in full."""
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for item in snapshots:
        if isinstance(item, Step):
            row = {"event": "step", "epochs": item.epochs, "train_loss": item.loss, "train_score": item.score}
            writer.writerow({**row, "step": item.step, "learning_rate": item.learning_rate, **item.terms._asdict()})
        elif isinstance(item, Epoch):
            row = {name: value for name, value in item._asdict().items() if name in COLUMNS}
            writer.writerow({**row, "event": "epoch", "epochs": item.epoch, **item.terms._asdict()})
    return file.getvalue()
