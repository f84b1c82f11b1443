"""Goals that are measured on the trained network, against the same figures in plain torch."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean

import pytest
import torch

from playground.engine.build import build
from playground.engine.data.augment.corruptions import corrupted
from playground.engine.data.in_memory import InputTargetPairs, load
from playground.engine.search.measures import calibration_error, spoiled_score
from playground.engine.search.plan import plan
from playground.engine.search.trial import latency_of
from playground.engine.training.trainer import Trainer
from playground.spec.corruptions import CORRUPTIONS
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.recipe import Recipe
from tests.engine.search.test_search import RATE, experiment, trained

DIGITS = Experiment(
    name="", data=MNIST(), stack=Stack(layers=(Flatten(), Linear(out_features=10))), recipe=Recipe(device="cpu")
)
VALUES = {"rotation": (-15, 15), "shift": (-2, 2), "shift_down": (-2, 2), "noise": (0.2,), "contrast": (0.5,)}


def ece(outputs: torch.Tensor, targets: torch.Tensor) -> float:
    """The expected calibration error of logits (N, C), bin by bin."""
    confidence, predicted = outputs.double().softmax(1).max(1)
    right, error = (predicted == targets).double(), 0.0
    for number in range(15):
        inside = ((confidence * 15).long().clamp(max=14) == number).double()
        error += abs((inside * right).sum() - (inside * confidence).sum()).item() / len(targets)
    return error


def test_the_calibration_error_of_a_trial_is_that_of_its_network_on_validation_data(tmp_path: Path) -> None:
    found = plan(experiment(RATE), ("score", "calibration"))
    (row,) = trained(found, f"sqlite:///{tmp_path / 'searches.sqlite'}", 1)
    itself = found.experiment.with_(search=None)
    data = load(itself.data)
    trainer = Trainer(itself, data)
    for _ in trainer:
        pass
    inputs, targets = data.validation.cut(0, len(data.validation))
    with torch.no_grad():
        wanted = ece(trainer.network(inputs), targets)
    assert wanted > 0.01
    assert row.values[1] == row.figures["calibration"] == pytest.approx(wanted, abs=1e-6)


def test_the_score_when_spoiled_is_the_mean_accuracy_over_all_ways() -> None:
    inputs = torch.rand(1000, 1, 28, 28, generator=torch.Generator().manual_seed(3))
    network = build(DIGITS)
    targets = network(inputs).argmax(1)
    targets[500:] = (targets[500:] + 1) % 10
    means = []
    for way in (item for item in CORRUPTIONS if item.id in VALUES):
        shares = []
        for value in VALUES[way.id]:
            with torch.no_grad():
                answers = network(corrupted(inputs, way, value, range(1000))).argmax(1)
            shares.append((answers == targets).double().mean().item())
        means.append(fmean(shares))
    assert 0.1 < fmean(means) < 0.99
    # Each sample stands there twice: a thousand from all over the part are these, the first thousand are others.
    part = InputTargetPairs(inputs.repeat_interleave(2, 0), targets.repeat_interleave(2, 0))
    assert spoiled_score(network, DIGITS, part) == pytest.approx(fmean(means))
    assert calibration_error(network, DIGITS, part) > 0


def test_latency_is_that_of_one_sample() -> None:
    assert 0 < latency_of(experiment()) < 1000
