"""Runs that are stopped: by a person, during a test, by early stopping, and what is tested then."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

import pytest
import torch

from playground.engine.data.in_memory import Data, InputTargetPairs
from playground.engine.training.snapshots import Epoch, Evaluating, Finished, Step
from playground.engine.training.trainer import Trainer
from playground.spec.experiment import Experiment
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import EarlyStopping
from playground.spec.recipe.schedules import Plateau
from tests.engine.training.experiments import changed


def test_a_run_that_is_stopped_early_is_judged_as_that(dense: Experiment, digits: Data) -> None:
    trainer = Trainer(dense, digits)
    for snapshot in trainer:
        if isinstance(snapshot, Step) and snapshot.step == 3:
            trainer.stop()
    assert isinstance(trainer.finished, Finished)
    assert str(trainer.finished.verdict).startswith("Stopped after 3 of 16 steps. ")


def test_stop_ends_after_the_step_and_tests(dense: Experiment, digits: Data) -> None:
    trainer = Trainer(changed(dense, epochs=1000), digits)
    for _ in range(3):
        next(trainer)
    trainer.stop()
    rest = list(trainer)
    assert not any(isinstance(item, Step | Epoch) for item in rest)
    assert isinstance(rest[-1], Finished)
    assert (rest[-1].epochs, rest[-1].step, rest[-1].stopped_early) == (0, 3, False)
    assert isfinite(rest[-1].test_loss)


@pytest.mark.parametrize(("asked", "epochs"), [(2000, 0), (6000, 1)])
def test_stop_in_the_middle_of_a_validation_tests_at_once(
    asked: int, epochs: int, dense: Experiment, digits: Data, mnist: Data
) -> None:
    trainer = Trainer(changed(dense, epochs=1000), replace(digits, validation=mnist.validation))
    assert Evaluating("validation", asked, 6000) in trainer
    trainer.stop()
    rest = list(trainer)
    assert [type(item) for item in rest] == [*[Epoch] * epochs, Evaluating, Finished]
    assert (rest[-1].epochs, rest[-2]) == (epochs, Evaluating("test", 100, 100))


def test_stop_in_the_middle_of_the_test_leaves_the_network_untested(
    dense: Experiment, digits: Data, mnist: Data
) -> None:
    trainer = Trainer(changed(dense, epochs=1000), replace(digits, test=mnist.validation))
    next(trainer)
    trainer.stop()
    assert next(trainer) == Evaluating("test", 2000, 6000)
    trainer.stop()
    (end,) = trainer
    assert isinstance(end, Finished)
    assert (end.test_loss, end.test_score, end.baseline_score, end.test_rmse) == (None, None, None, None)
    assert trainer.figures.test_score is None
    assert str(end.verdict).startswith("Stopped after 1 of ")
    assert str(end.verdict).endswith("The test was stopped as well: how good the network is, is not known.")


def test_two_stops_before_the_test_still_test(dense: Experiment, digits: Data) -> None:
    trainer = Trainer(changed(dense, epochs=1000), digits)
    next(trainer)
    trainer.stop()
    trainer.stop()
    last = list(trainer)[-1]
    assert isinstance(last, Finished)
    assert last.test_score is not None


def test_nothing_changes_once_the_run_is_over(dense: Experiment, digits: Data) -> None:
    trainer = Trainer(dense, digits)
    list(trainer)
    trainer.change(changed(dense, epochs=9))
    assert list(trainer) == []
    assert trainer.experiment == dense


def test_early_stopping_restores_the_best_weights(dense: Experiment, digits: Data) -> None:
    """Made to learn by heart, it gets worse on what it does not see."""
    stopping = EarlyStopping(patience=2, restore_best=True)
    experiment = changed(dense, optimizer=SGD(lr=0.8, momentum=0.9), epochs=200, stopping=stopping)
    trainer = Trainer(experiment, digits)
    weights, losses = [], []
    for last in trainer:
        if isinstance(last, Epoch):
            weights.append(trainer.network[1].weight.detach().clone())
            losses.append(last.validation_loss)
    assert isinstance(last, Finished)
    best = min(range(len(losses)), key=losses.__getitem__)
    assert last.stopped_early
    assert last.best_epoch == best + 1 == last.epochs - 2
    assert torch.equal(trainer.network[1].weight, weights[best])


def test_what_is_held_out_is_watched_and_not_what_is_trained_on(dense: Experiment, digits: Data) -> None:
    """By early stopping and by the schedule, where the one loss falls while the other rises."""
    inputs, targets = digits.validation.cut(0, 60)
    against = replace(digits, validation=InputTargetPairs(inputs, (targets + 1) % 10))
    stopping = EarlyStopping(patience=3, restore_best=True)
    experiment = changed(dense, epochs=20, stopping=stopping, schedule=Plateau(patience=1, gamma=0.5))
    snapshots = list(Trainer(experiment, against))
    epochs = [item for item in snapshots if isinstance(item, Epoch)]
    assert [one.train_loss for one in epochs] == sorted((one.train_loss for one in epochs), reverse=True)
    assert [one.validation_loss for one in epochs] == sorted(one.validation_loss or 0.0 for one in epochs)
    last = snapshots[-1]
    assert isinstance(last, Finished)
    assert (last.epochs, last.best_epoch, last.stopped_early) == (4, 1, True)
    rates = [item.learning_rate for item in snapshots if isinstance(item, Step)]
    assert rates[::8] == [0.1, 0.1, 0.1, 0.05]
