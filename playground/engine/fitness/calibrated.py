"""Writes a copy of a network with its temperature, or with the threshold below which it refuses."""

from __future__ import annotations

from pathlib import Path

from playground.engine.fitness.folding import with_temperature
from playground.engine.provenance import Derivation, learned
from playground.engine.training.snapshots import Figures
from playground.engine.weights import Trained, save, save_weights
from playground.spec.number_text import setting_text


def save_calibrated(path: Path, trained: Trained, temperature: float, source: str = "") -> None:
    """Write a copy of a network whose logits are divided by a temperature; `source` as in `Derivation`.

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
    experiment = trained.experiment.with_(refuse_below=0.0)  # a threshold belongs to the confidences before
    made = divided_from(source or trained.run or experiment.name, trained.run, temperature, trained.figures)
    save(path, experiment, network, figures, trained.scaling, (*trained.provenance, made))


def divided_from(source: str, run: str | None, temperature: float, before: Figures) -> Derivation:
    """What a network says whose logits were divided; see `Derivation`. `before`: of the network before."""
    return Derivation("calibrated", source, run, (("temperature", setting_text(temperature, 4)), *learned(before)))


def save_refusing(path: Path, trained: Trained, confidence: float) -> None:
    """Write a copy of a network that gives no answer below a confidence in [0, 1]; weights and figures stay.

    Raises:
        FileError: it could not be written.
    """
    experiment = trained.experiment.with_(refuse_below=confidence)
    weights, origin = trained.network.state_dict(), (trained.scaling, trained.provenance)
    save_weights(path, experiment, weights, trained.figures, trained.state, trained.run, *origin)
