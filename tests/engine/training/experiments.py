"""Experiments for the tests of runs."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playground.engine.training.trainer import Trainer
from playground.engine.training.training_state import TrainingState
from playground.engine.weights import load, save_weights
from playground.spec.experiment import Experiment


def changed(experiment: Experiment, **values: object) -> Experiment:
    """The experiment with another recipe."""
    return experiment.with_(recipe=experiment.recipe.with_(**values))


def stored(trainer: Trainer) -> TrainingState:
    """The state of a run as it comes back from a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.safetensors"
        save_weights(path, trainer.experiment, trainer.network.state_dict(), trainer.figures, trainer.state())
        state = load(path).state
    assert state is not None
    return state
