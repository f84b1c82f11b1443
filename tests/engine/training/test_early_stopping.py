"""Early stopping counts epochs without a new least loss, and goes back to the weights of the least."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from playground.engine.training.early_stopping import EarlyStoppingMonitor


def network(value: float) -> nn.Module:
    made = nn.Linear(1, 1)
    nn.init.constant_(made.weight, value)
    return made


@pytest.mark.parametrize(
    ("losses", "exhausted"),
    [
        ([3.0, 2.0, 1.0], [False, False, False]),
        ([1.0, 2.0, 2.0], [False, False, True]),
        ([1.0, 1.0, 1.0], [False, False, True]),  # the same loss is no better
        ([2.0, 3.0, 1.0, 3.0, 2.0], [False, False, False, False, True]),  # below the second best is not enough
        ([float("nan"), float("nan")], [False, True]),
    ],
)
def test_it_runs_out_after_so_many_epochs_without_a_new_least_loss(losses: list[float], exhausted: list[bool]) -> None:
    patience = EarlyStoppingMonitor(patience=2)
    found = []
    for loss in losses:
        patience.note(loss, network(0.0))
        found.append(patience.exhausted)
    assert found == exhausted


def test_the_weights_of_the_best_epoch_come_back() -> None:
    patience, trained = EarlyStoppingMonitor(patience=9), network(0.0)
    best = []
    for epoch, loss in enumerate([3.0, 1.0, 2.0, 1.0], start=1):
        nn.init.constant_(trained.weight, epoch)
        best.append(patience.note(loss, trained))
    assert best == [True, True, False, False]
    assert patience.restore(trained)
    assert torch.equal(trained.weight, torch.full((1, 1), 2.0))


def test_they_stay_where_nobody_asked_for_them() -> None:
    patience, trained = EarlyStoppingMonitor(patience=1, restore_best=False), network(1.0)
    assert patience.note(1.0, trained)
    nn.init.constant_(trained.weight, 2.0)
    assert not patience.note(2.0, trained)
    assert patience.exhausted
    assert not patience.restore(trained)
    assert trained.weight.item() == 2.0
