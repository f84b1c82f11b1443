"""The rates of every schedule are those of torch's scheduler in its place; no schedule is named here."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.optim import lr_scheduler
from torch.optim.lr_scheduler import LRScheduler, SequentialLR

import playground.spec.experiment  # noqa: F401  registers every component
from playground.spec.call import printed
from playground.spec.component import FieldInfo, fields_of
from playground.spec.recipe.one_cycle import OneCycle
from playground.spec.recipe.schedules import PER_EPOCH, WARM_UP, MultiStep, Schedule, WarmedUp

every_schedule = pytest.mark.parametrize("member", Schedule.members(), ids=lambda member: member.__name__)


def torchs(schedule: Schedule, rate: float, steps: int, per_epoch: int) -> list[float]:
    """The learning rate of each step as torch has it, in a program that holds the schedule."""
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=rate)
    names = {"lr_scheduler": lr_scheduler, "optimizer": optimizer, "EPOCHS": steps // per_epoch, PER_EPOCH: per_epoch}
    names[WARM_UP] = eval(printed(schedule.warm_up), dict(names))
    codes = [f"{call.short_target}({', '.join(call.arguments('optimizer'))})" for call in schedule.calls(rate)]
    parts: list[LRScheduler] = [eval(code, names) for code in codes]
    if len(parts) > 1:
        parts = [SequentialLR(optimizer, parts, [names[WARM_UP]])]
    rates = []
    for _ in range(steps):
        rates.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        for part in parts:
            part.step()
    return rates


def same_rates(schedule: Schedule, rate: float, steps: int, per_epoch: int) -> None:
    for step, expected in enumerate(torchs(schedule, rate, steps, per_epoch)):
        found = rate * schedule.factor(step, steps, per_epoch)
        assert math.isclose(found, expected, rel_tol=1e-6, abs_tol=1e-9 * rate), step


@every_schedule
@settings(max_examples=60)
@given(
    data=st.data(),
    per_epoch=st.integers(1, 9),
    epochs=st.integers(1, 9),
    rate=st.floats(1e-6, 1.0),
    warmup=st.floats(0.0, 3.0),
)
def test_rates_are_torchs(
    member: type[Schedule],
    members: Any,
    data: st.DataObject,
    per_epoch: int,
    epochs: int,
    rate: float,
    warmup: float,
) -> None:
    schedule = data.draw(members(member))
    for one in (schedule, *([schedule.with_(warmup=warmup)] if isinstance(schedule, WarmedUp) else [])):
        same_rates(one, rate, per_epoch * epochs, per_epoch)


@every_schedule
def test_rates_of_few_steps_are_torchs(member: type[Schedule]) -> None:
    for steps in range(1, 12):
        for share in (field for field in fields_of(member) if field.kind == "real" and field.maximum <= 1.0):
            for part in range(1, 12):
                value = share.minimum + (share.maximum - share.minimum) * part / 12
                same_rates(member(**{share.name: inside(1 / part, share)}), 0.1, steps, 1)
                same_rates(member(**{share.name: value}), 0.1, steps, 1)


def inside(value: float, field: FieldInfo) -> float:
    return min(max(value, field.minimum or 0.0), field.maximum or 1.0)


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
    same_rates(member(warmup=20.0), 0.1, 12, 3)


def test_a_file_with_the_three_milestones_of_old_is_read() -> None:
    old = {"type": "multi_step", "milestone_1": 7, "milestone_2": 0, "gamma": 0.5}
    assert Schedule.model_validate(old) == MultiStep(milestones=(7.0,), gamma=0.5)
    assert Schedule.model_validate({"type": "multi_step", "milestone_3": 20}).milestones == (5.0, 8.0, 20.0)


def test_one_cycle_stays_at_its_end_in_a_run_that_grew_shorter() -> None:
    cycle = OneCycle()
    assert {cycle.factor(step, 60, 5) for step in (59, 60, 75)} == {1 / cycle.div_factor / cycle.final_div_factor}
