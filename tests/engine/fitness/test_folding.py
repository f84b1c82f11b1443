"""A temperature in the last weights: logits are divided by it, answers stay, and the file opens."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from playground.engine.build import build
from playground.engine.data.in_memory import load
from playground.engine.evaluation.answers import all_answers
from playground.engine.evaluation.evaluate import evaluating
from playground.engine.fitness.calibrated import save_calibrated
from playground.engine.fitness.calibration import mended
from playground.engine.fitness.folding import CannotFold, why_not_folded, with_temperature
from playground.engine.weights import load as load_network
from playground.spec.datasets.clutter import ClutteredMNIST
from playground.spec.datasets.points import Heights, Points
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ReLU, Softmax, Tanh
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.regularization import Dropout
from playground.spec.recipe.losses import BinaryCrossEntropy
from playground.spec.recipe.recipe import Recipe
from tests.engine.fitness.nearest_mean import nearest_mean


def points(*layers: Layer, recipe: Recipe | None = None) -> Experiment:
    return Experiment(data=Points(count=60), stack=Stack(layers=layers), recipe=recipe or Recipe())


@pytest.mark.parametrize(
    "experiment",
    [
        points(Linear(out_features=4), ReLU(), Linear(out_features=2)),
        points(Linear(out_features=4), Linear(out_features=2, bias=False), Dropout()),
        Experiment(data=ClutteredMNIST(count=10), stack=Stack(layers=(Conv2d(out_channels=2, kernel_size=1),))),
    ],
    ids=["linear", "without bias, before dropout", "convolution"],
)
def test_logits_are_divided(experiment: Experiment) -> None:
    network = build(experiment)
    inputs = load(experiment.data).train.cut(0, 8)[0]
    warm = with_temperature(network, experiment, 2.5)
    with evaluating(network), evaluating(warm):
        before, after = network(inputs), warm(inputs)
    assert torch.allclose(after, before / 2.5, rtol=1e-5, atol=1e-7)
    assert torch.equal(after.argmax(1), before.argmax(1))


@pytest.mark.parametrize(
    ("experiment", "why"),
    [
        (points(Linear(out_features=2), Softmax()), "last layer"),
        (points(Linear(out_features=2, activation=Tanh())), "last layer"),
        (points(Linear(out_features=2), recipe=Recipe(loss=BinaryCrossEntropy())), "softmax"),
        (Experiment(data=Heights(count=60), stack=Stack(layers=(Linear(out_features=1),))), "numbers"),
    ],
)
def test_others_are_refused_with_the_reason(experiment: Experiment, why: str) -> None:
    network = build(experiment)
    assert why in str(why_not_folded(network, experiment))
    with pytest.raises(CannotFold, match=why):
        with_temperature(network, experiment, 2.0)


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_a_temperature_is_above_zero(temperature: float) -> None:
    experiment = points(Linear(out_features=2))
    with pytest.raises(ValueError, match="above 0"):
        with_temperature(build(experiment), experiment, temperature)


def test_the_copy_has_the_error_that_was_foretold(tmp_path: Path) -> None:
    network = nearest_mean()
    data = load(network.experiment.data)
    parts = (data.validation, data.test)
    answers = [all_answers(network.network, network.experiment, part).classes for part in parts]
    assert answers[0] is not None
    assert answers[1] is not None
    told = mended(answers[0], answers[1])
    assert told.temperature is not None
    save_calibrated(tmp_path / "warm.safetensors", network, told.temperature.value)
    read = load_network(tmp_path / "warm.safetensors")
    again = [all_answers(read.network, read.experiment, part).classes for part in parts]
    assert again[0] is not None
    assert again[1] is not None
    found = mended(again[0], again[1])
    assert told.ece_after == pytest.approx(found.ece, abs=1e-5)
    assert found.ece < told.ece
    assert found.temperature is not None
    assert found.temperature.value == pytest.approx(1.0, abs=1e-4)
    assert (again[1].predicted == answers[1].predicted).all()
    assert (read.figures.test_loss, read.figures.test_score) == (None, network.figures.test_score)
