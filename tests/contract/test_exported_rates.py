"""An exported program steps with the engine's learning rates, whatever becomes of the constants at its top.

No schedule is named here.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.optim.optimizer import register_optimizer_step_pre_hook

from playground.engine.data.in_memory import Data, load
from playground.engine.training.snapshots import Step
from playground.engine.training.trainer import Trainer
from playground.spec.datasets.points import Points
from playground.spec.experiment import Experiment
from playground.spec.export.script import script
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.schedules import Schedule, WarmedUp

RATE = 1e-6  # so small that the loss stands still, and what reacts to that reacts alike
POINTS = Points(count=50)  # 40 to train on
DATA: Data = load(POINTS)
CHANGES = ((3, 16), (7, 16), (1, 16), (3, 40), (2, 1), (4, 9))  # epochs and batch size; at first 3 and 16


def experiment(schedule: Schedule, epochs: int, batch_size: int) -> Experiment:
    recipe = Recipe(optimizer=SGD(lr=RATE), schedule=schedule, epochs=epochs, batch_size=batch_size)
    return Experiment(data=POINTS, stack=Stack(layers=(Linear(out_features=2),)), recipe=recipe)


def engines(schedule: Schedule, epochs: int, batch_size: int) -> list[float]:
    trainer = Trainer(experiment(schedule, epochs, batch_size), DATA, replay=False)
    return [snapshot.learning_rate for snapshot in trainer if isinstance(snapshot, Step)]


def exported(names: dict[str, Any], epochs: int, batch_size: int) -> list[float]:
    """The rates of a program, which has run up to its `main`, under other constants."""
    names |= {"EPOCHS": epochs, "BATCH_SIZE": batch_size}
    rates: list[float] = []

    def note(optimizer: torch.optim.Optimizer, _args: object, _kwargs: object) -> None:
        rates.append(float(optimizer.param_groups[0]["lr"]))

    handle = register_optimizer_step_pre_hook(note)
    try:
        names["main"]()
    finally:
        handle.remove()
    return rates


def program(schedule: Schedule) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(script(experiment(schedule, *CHANGES[0])), "exported.py", "exec"), names)
    return names


def same_rates(schedule: Schedule, changes: tuple[tuple[int, int], ...]) -> None:
    names = program(schedule)
    for change in changes:
        expected = pytest.approx(engines(schedule, *change), rel=1e-6, abs=1e-9 * RATE)
        assert exported(names, *change) == expected, (schedule, change)


@pytest.fixture(autouse=True)
def _options(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # where it saves the network
    monkeypatch.setattr(sys, "argv", ["exported.py", "--device", "cpu"])


every_schedule = pytest.mark.parametrize("member", Schedule.members(), ids=lambda member: member.__name__)


@every_schedule
def test_rates_follow_the_constants(member: type[Schedule]) -> None:
    same_rates(member(), CHANGES)


@pytest.mark.parametrize("warmup", [0.1, 1.0, 1.5, 20.0])
@pytest.mark.parametrize("member", WarmedUp.members(), ids=lambda member: member.__name__)
def test_a_warm_up_follows_the_constants(member: type[WarmedUp], warmup: float) -> None:
    same_rates(member(warmup=warmup), CHANGES)


@every_schedule
@settings(max_examples=8, derandomize=True)
@given(data=st.data(), epochs=st.integers(1, 5), batch_size=st.integers(1, 60))
def test_rates_of_any_settings_follow_the_constants(
    member: type[Schedule], members: Any, data: st.DataObject, epochs: int, batch_size: int
) -> None:
    same_rates(data.draw(members(member)), ((epochs, batch_size),))
