"""The rates of every schedule are those of torch's scheduler in its place; no schedule is named here."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.optim.lr_scheduler import LRScheduler, SequentialLR

import playground.spec.experiment  # noqa: F401  registers every component
from playground.engine.build import run
from playground.spec.schedules import Schedule, WarmedUp

LR = 0.1
every_schedule = pytest.mark.parametrize("member", Schedule.members(), ids=lambda member: member.__name__)


def torchs(schedule: Schedule, steps: int, per_epoch: int) -> list[float]:
    """The rate of each step as torch has it."""
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=LR)
    parts: list[LRScheduler] = [run(call, optimizer) for call in schedule.calls(LR, steps, per_epoch)]
    if len(parts) > 1:
        parts = [SequentialLR(optimizer, parts, [schedule.warmup_steps(per_epoch)])]
    rates = []
    for _ in range(steps):
        rates.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        for part in parts:
            part.step()
    return rates


def ours(schedule: Schedule, steps: int, per_epoch: int) -> list[float]:
    return [LR * schedule.factor(step, steps, per_epoch) for step in range(steps)]


@every_schedule
@settings(max_examples=40)
@given(data=st.data())
def test_rates_are_torchs(member: type[Schedule], members: Any, data: st.DataObject) -> None:
    schedule = data.draw(members(member))
    if isinstance(schedule, WarmedUp):
        schedule = schedule.with_(warmup=data.draw(st.floats(0.0, 3.0)))
    per_epoch = data.draw(st.integers(1, 9))
    steps = per_epoch * data.draw(st.integers(2, 9))
    assert ours(schedule, steps, per_epoch) == pytest.approx(torchs(schedule, steps, per_epoch), rel=1e-6, abs=1e-9)


@every_schedule
@settings(max_examples=40)
@given(data=st.data())
def test_the_rate_is_never_above_its_peak(member: type[Schedule], members: Any, data: st.DataObject) -> None:
    schedule = data.draw(members(member))
    factors = [schedule.factor(step, 60, 5) for step in range(60)]
    assert all(0.0 <= factor <= 1.0 + 1e-12 for factor in factors)


@pytest.mark.parametrize("member", WarmedUp.members(), ids=lambda member: member.__name__)
def test_a_warm_up_rises_evenly_and_puts_the_schedule_off(member: type[WarmedUp]) -> None:
    cold, warmed = member(), member(warmup=1.5)
    rise = warmed.warmup_steps(6)
    assert rise == 9
    assert [warmed.factor(step, 69, 6) for step in range(rise)] == pytest.approx([n / 10 for n in range(1, 10)])
    assert [warmed.factor(rise + step, 69, 6) for step in range(60)] == [cold.factor(step, 60, 6) for step in range(60)]


@pytest.mark.parametrize("member", WarmedUp.members(), ids=lambda member: member.__name__)
def test_a_warm_up_may_outlast_the_run(member: type[WarmedUp]) -> None:
    schedule = member(warmup=20.0)
    assert ours(schedule, 12, 3) == pytest.approx(torchs(schedule, 12, 3), rel=1e-6)
