"""Rates that are too high, and what is advised where a run diverged."""

from __future__ import annotations

from statistics import fmean
from typing import Any

import pytest

from playground.engine.data.in_memory import load
from playground.engine.doctor.doctor import Doctor
from playground.engine.training.snapshots import Change, Diverged, LayerStatistics, Probed, Snapshot, Step, Terms
from playground.spec.datasets.points import Heights
from playground.spec.messages import message
from playground.spec.number_text import setting_text
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.optimizers import SGD, Adam, AdamW
from playground.spec.recipe.regularizers import L2, NoRegularizer
from tests.engine.doctor.watched_runs import MOONS, experiment, hidden, of, watched


def test_a_rate_so_high_that_the_loss_rises() -> None:
    found, seen = watched(experiment(*hidden(32), optimizer=Adam(lr=3.0)))
    assert found[0].id == "learning_rate_too_high"
    assert found[0].step == 16
    assert found[0].figure == pytest.approx(fmean(step.loss for step in of(Step, seen)[:16]))
    fix = found[0].fix
    assert fix is not None
    better = fix.apply(experiment(*hidden(32), optimizer=Adam(lr=3.0)))
    assert watched(better)[0] == []


def test_divergence_is_told_with_the_explanation_of_the_run() -> None:
    found, seen = watched(experiment(*hidden(32), optimizer=SGD(lr=100.0, momentum=0.99)))
    if (diverged := of(Diverged, seen)) and found[-1].step == diverged[0].step - 1:
        assert str(diverged[0].message) == str(found[-1].sentence)
    assert found[0].id == "learning_rate_too_high"


def test_where_a_penalty_made_the_run_diverge_the_fix_is_not_a_lower_rate() -> None:
    data = Heights(count=500)
    run = experiment(*hidden(16), data=data, optimizer=SGD(lr=1.0), regularizer=L2(l2=5.0), loss=MSE(), batch_size=10)
    found, seen = watched(run)
    assert of(Diverged, seen)
    assert "The cause is the L2 penalty" in str(found[-1].sentence)
    assert found[-1].fix is not None
    assert found[-1].fix.apply(run).recipe == run.recipe.with_(regularizer=NoRegularizer())


def test_a_fix_goes_out_from_the_rate_as_it_was_changed_in_the_run() -> None:
    run = experiment(*hidden(32), optimizer=Adam(lr=1e-3))
    doctor = Doctor(run, load(MOONS))
    doctor.take(Change(0, "recipe.optimizer.lr", "Learning rate", 1e-3, 4.0))
    steps = (Step(number, number / 50, 9.0 if number > 1 else 0.7, Terms(), 0.5, 4.0, 16) for number in range(1, 17))
    (found,) = filter(None, map(doctor.take, steps))
    assert found.fix is not None
    assert found.fix.apply(run).recipe.optimizer.lr == 0.2


def test_units_that_long_steps_have_killed_are_the_fault_of_the_rate() -> None:
    """Also where the rest of the network learns."""
    run = experiment(*hidden(32), optimizer=Adam(lr=1.0))
    doctor = Doctor(run, load(MOONS))
    seen: list[Snapshot] = []
    for step, dead, update in ((1, 0.0, 1.0), (2, 0.5, 0.3), (4, 0.9, 0.1), (8, 0.9, 0.01), (16, 0.9, 0.01)):
        layer = LayerStatistics((0,), 96, 0.01, 0.4, update, 0.5, 0.4, dead, None, 0)
        last = LayerStatistics((1,), 66, 0.1, 0.1, update, 0.0, 0.1, None, None, 0)
        seen.append(Probed(step, (layer, last), 1.0, 0.0, None, ()))
    seen += [Step(number, number / 50, 0.1, Terms(), 0.5, 1.0, 16) for number in range(1, 17)]
    (found,) = filter(None, map(doctor.take, seen))
    assert (found.id, found.figure) == ("learning_rate_too_high", 0.9)


def test_sentence_and_button_name_one_rate_after_a_divergence() -> None:
    hills = Heights(count=300)
    run = experiment(*hidden(16, 16), data=hills, optimizer=SGD(lr=20.0, momentum=0.5), loss=MSE(), batch_size=10)
    (found,), seen = watched(run)
    assert found.id == "learning_rate_too_high"
    assert isinstance(end := seen[-1], Diverged)
    assert found.fix is not None
    better = found.fix.apply(run)
    assert better.recipe.optimizer.lr == end.advised_value <= 2.0
    assert found.sentence == end.message
    assert setting_text(end.advised_value) in str(end.message)
    assert not of(Diverged, watched(better)[1])


def test_a_divergence_is_told_also_where_the_rate_was_called_too_high_before() -> None:
    doctor = Doctor(experiment(*hidden(16), optimizer=SGD(lr=4.0)), load(MOONS))
    steps = (Step(number, number / 50, 9.0 if number > 1 else 0.7, Terms(), 0.5, 4.0, 16) for number in range(1, 17))
    (first,) = filter(None, map(doctor.take, steps))
    again = doctor.take(Diverged(17, 4.0, message("It is too high."), 0, 16, "recipe.optimizer.lr", 0.02))
    assert first.id == "learning_rate_too_high"
    assert again is not None
    assert (again.id, str(again.sentence)) == (first.id, "It is too high.")
    assert again.fix is not None
    assert again.fix.apply(experiment(*hidden(16))).recipe.optimizer.lr == 0.02


@pytest.mark.parametrize(
    ("field", "value", "changed"),
    [
        ("", 0.0, None),
        ("recipe.clip_norm", 1.0, ("clip_norm", 1.0)),
        ("recipe.regularizer", 0.0, ("regularizer", NoRegularizer())),
        ("recipe.optimizer.weight_decay", 1e-4, ("optimizer", AdamW(weight_decay=1e-4))),
    ],
)
def test_what_is_advised_after_a_divergence_is_the_fix(field: str, value: float, changed: Any) -> None:
    run = experiment(*hidden(16), optimizer=AdamW(weight_decay=9.0), regularizer=L2(l2=9.0))
    found = Doctor(run, load(MOONS)).take(Diverged(17, 4.0, message("It diverged."), 0, 16, field, value))
    assert found is not None
    assert (found.fix is None) == (changed is None)
    if found.fix is not None:
        assert getattr(found.fix.apply(run).recipe, changed[0]) == changed[1]
