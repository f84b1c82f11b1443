"""The rate falls when and as far as torch's ReduceLROnPlateau lets it, and the run is trained with that."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from playground.engine.build import run
from playground.engine.data.in_memory import Data, load
from playground.engine.training.reduce_on_plateau import PlateauMonitor
from playground.engine.training.snapshots import Epoch, Step
from playground.engine.training.trainer import Trainer
from playground.spec.experiment import Experiment
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.schedules import Constant, Plateau

losses = st.lists(st.floats(0.0, 4.0).map(lambda value: round(value, 2)), max_size=40)


@settings(max_examples=100)
@given(
    losses=losses, patience=st.integers(0, 4), gamma=st.floats(0.1, 0.9), threshold=st.sampled_from([0.0, 1e-4, 0.2])
)
def test_it_falls_when_torchs_does(losses: list[float], patience: int, gamma: float, threshold: float) -> None:
    schedule = Plateau(patience=patience, gamma=gamma, threshold=threshold)
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    reaction = schedule.reaction()
    assert reaction is not None
    torchs, watch = run(reaction, optimizer), PlateauMonitor(schedule)
    for loss in losses:
        torchs.step(loss)
        watch.note(loss)
        assert watch.factor == pytest.approx(optimizer.param_groups[0]["lr"])


def test_no_other_schedule_watches() -> None:
    watch = PlateauMonitor(Constant())
    for _ in range(20):
        watch.note(1.0)
    assert watch.factor == 1.0


@pytest.mark.parametrize("held_out", [True, False])
def test_a_run_reacts_to_the_loss_on_held_out_data_if_there_are_any(
    held_out: bool, dense: Experiment, digits: Data
) -> None:
    """With a threshold of 1 no loss is ever better than the first."""
    schedule = Plateau(patience=1, gamma=0.5, threshold=1.0, warmup=1.0)
    recipe = dense.recipe.with_(optimizer=SGD(lr=0.01), schedule=schedule, epochs=6)
    trainer = Trainer(dense.with_(recipe=recipe), digits if held_out else load(dense.data))
    rates: list[float] = []
    last = 0.0
    for snapshot in trainer:
        if isinstance(snapshot, Step):
            last = snapshot.learning_rate
        elif isinstance(snapshot, Epoch):
            rates.append(last)
    assert rates[1:] == pytest.approx([0.01, 0.005, 0.005, 0.0025, 0.0025])
