"""Ours: the trainer as the command line drives it, with every step's loss and accuracy reported."""

from __future__ import annotations

import os
from collections.abc import Callable

from playground.cli.terminal import JsonLines
from playground.engine.data.in_memory import load
from playground.engine.training.snapshots import Epoch
from playground.engine.training.trainer import Trainer
from playground.spec.files.presets import preset


def prepare() -> Callable[[], object]:
    """One epoch of a run that does not end."""
    experiment = preset("textbook").experiment
    run = Trainer(experiment.with_(recipe=experiment.recipe.with_(epochs=1000)), load(experiment.data))
    reporter = JsonLines(open(os.devnull, "w", encoding="utf-8"), experiment)  # noqa: SIM115  open until the process ends

    def epoch() -> None:
        for snapshot in run:
            reporter.take(snapshot)
            if isinstance(snapshot, Epoch):
                return

    return epoch
