"""Averaged weights are torch's, and are what a run tests, keeps and hands out."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from torch import nn

from playground.engine.build import build, run
from playground.engine.data.in_memory import Data
from playground.engine.training.snapshots import Diverged, Epoch, Finished, Step
from playground.engine.training.trainer import Trainer
from playground.engine.training.weight_averaging import WeightAverage
from playground.spec.experiment import Experiment
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import EMA, EarlyStopping


def averaged(experiment: Experiment, decay: float = 0.9) -> Experiment:
    return experiment.with_(recipe=experiment.recipe.with_(averaging=EMA(decay=decay)))


def disturb(network: nn.Module, seed: int) -> None:
    """Change every weight and figure, as a step would."""
    generator = torch.Generator().manual_seed(seed)
    for tensor in network.state_dict().values():
        if tensor.is_floating_point():
            tensor.copy_(torch.rand(tensor.shape, generator=generator))
        else:
            tensor.add_(1)


def test_it_is_torchs(chancy: Experiment) -> None:
    average = WeightAverage(build(chancy), 0.7)
    torchs = run(EMA(decay=0.7).call(), average.trained)
    for seed in range(5):
        disturb(average.trained, seed)
        average.note()
        torchs.update_parameters(average.trained)
    for found, expected in zip(average.network.state_dict().values(), torchs.module.state_dict().values(), strict=True):
        if found.is_floating_point():
            torch.testing.assert_close(found, expected)
    counted = [tensor for name, tensor in average.network.state_dict().items() if name.endswith("num_batches_tracked")]
    assert [int(tensor) for tensor in counted] == [5]


def test_what_is_trained_is_what_would_be_without(dense: Experiment, digits: Data) -> None:
    plain, calm = Trainer(dense, digits), Trainer(averaged(dense), digits)
    for one, other in zip(plain, calm, strict=True):
        if isinstance(one, Step):
            assert one == other
        elif isinstance(one, Epoch):
            assert isinstance(other, Epoch)
            assert one.train_loss == other.train_loss
            assert one.validation_loss != other.validation_loss


def test_the_average_is_what_is_tested_and_handed_out(dense: Experiment, digits: Data) -> None:
    """It is worked out here from the weights after each step."""
    network = build(dense)
    trainer = Trainer(averaged(dense), digits, network=network)
    assert trainer.network is network
    plain = Trainer(dense, digits)
    expected: torch.Tensor | None = None
    for one, _ in zip(plain, trainer, strict=True):
        if isinstance(one, Step):
            weight = plain.network[1].weight.detach().clone()
            expected = weight if expected is None else 0.9 * expected + 0.1 * weight
            torch.testing.assert_close(network[1].weight.detach(), expected)
    assert isinstance(trainer.finished, Finished)
    right = (network(digits.test.inputs / 255.0).argmax(1) == digits.test.targets).float().mean()
    assert trainer.finished.test_score == pytest.approx(float(right))


def test_the_best_average_is_restored(dense: Experiment, digits: Data) -> None:
    recipe = dense.recipe.with_(stopping=EarlyStopping(patience=2), epochs=8, optimizer=SGD(lr=0.5))
    trainer = Trainer(averaged(dense.with_(recipe=recipe)), digits)
    epochs = [
        (item.validation_loss, trainer.network[1].weight.detach().clone())
        for item in trainer
        if isinstance(item, Epoch)
    ]
    best = min(epochs, key=lambda pair: pair[0])
    assert torch.equal(trainer.network[1].weight, best[1])


def test_a_run_that_diverges_leaves_finite_weights(dense: Experiment, digits: Data) -> None:
    recipe = dense.recipe.with_(optimizer=SGD(lr=100.0), loss=MSE(), epochs=20)
    trainer = Trainer(averaged(dense.with_(recipe=recipe)), digits)
    list(trainer)
    assert isinstance(trainer.finished, Diverged)
    assert all(tensor.isfinite().all() for tensor in trainer.network.state_dict().values())


def test_it_begins_anew_where_it_is_no_number(dense: Experiment) -> None:
    average = WeightAverage(build(dense), 0.5)
    disturb(average.trained, 1)
    with torch.no_grad():
        average.network[1].bias[0] = float("inf")
    average.mend()
    for one, other in pairwise((average.network, average.trained)):
        assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
