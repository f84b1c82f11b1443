"""Writes a copy of a network with its temperature."""

from __future__ import annotations

from pathlib import Path

from playground.engine.fitness.folding import with_temperature
from playground.engine.weights import Trained, save


def save_calibrated(path: Path, trained: Trained, temperature: float) -> None:
    """Write a copy of a network whose logits are divided by a temperature.

    Its answers, and with them the scores that the file tells, stay; losses depend on the confidences and are left out.
    It belongs to no run and cannot be continued: what a training would go on from are other weights.

    Raises:
        CannotFold: the architecture does not allow it.
        FileError: it could not be written.
    """
    network = with_temperature(trained.network, trained.experiment, temperature)
    figures = trained.figures._replace(
        train_loss=None,
        validation_loss=None,
        validation_plain_loss=None,
        test_loss=None,
        test_plain_loss=None,
    )
    save(path, trained.experiment, network, figures, trained.scaling)
