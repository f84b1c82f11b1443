"""Changes that a run takes over while it goes on, and those that it refuses."""

from __future__ import annotations

import pytest

from playground.engine.data.in_memory import Data
from playground.engine.training.live_experiment import ChangeError
from playground.engine.training.snapshots import Change, Finished, Step
from playground.engine.training.trainer import Trainer
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.recipe.optimizers import Adam
from playground.spec.recipe.regularizers import L2
from tests.engine.training.experiments import changed


def test_a_change_takes_effect_with_the_next_batch(chancy: Experiment, digits: Data) -> None:
    trainer = Trainer(chancy, digits)
    next(trainer)
    dropout = trainer.network[5]
    layers = tuple(layer.with_(p=0.1) if layer.id == "dropout" else layer for layer in chancy.stack.layers)
    new = changed(chancy, optimizer=Adam(lr=0.02)).with_(stack=Stack(layers=layers))
    trainer.change(new)
    announced = [next(trainer), next(trainer)]
    assert {(item.step, item.field, item.old, item.new) for item in announced if isinstance(item, Change)} == {
        (1, "recipe.optimizer.lr", 0.001, 0.02),
        (1, "stack.layers.5.p", 0.3, 0.1),
    }
    step = next(trainer)
    assert isinstance(step, Step)
    assert (step.step, step.learning_rate) == (2, 0.02)
    assert dropout.p == 0.1
    assert trainer.experiment == new


def test_a_new_penalty_takes_effect(dense: Experiment, digits: Data) -> None:
    trainer = Trainer(changed(dense, regularizer=L2(l2=0.0)), digits)
    assert next(trainer).terms.penalty == 0.0
    trainer.change(changed(dense, regularizer=L2(l2=0.5)))
    assert isinstance(next(trainer), Change)
    assert next(trainer).terms.penalty > 0.0


def test_a_change_that_is_not_live_is_refused_by_name(dense: Experiment, digits: Data) -> None:
    trainer = Trainer(dense, digits)
    next(trainer)
    for other, field in (
        (changed(dense, batch_size=5), "recipe.batch_size"),
        (changed(dense, optimizer=Adam()), "recipe.optimizer"),
        (dense.with_(seed=4), "seed"),
        (dense.with_(stack=Stack()), "stack.layers"),
    ):
        with pytest.raises(ChangeError, match=field):
            trainer.change(other)
    assert trainer.experiment == dense
    assert isinstance(next(trainer), Step)


def test_another_name_is_adopted_silently(dense: Experiment, digits: Data) -> None:
    trainer = Trainer(dense, digits)
    next(trainer)
    trainer.change(dense.with_(name="Another"))
    assert isinstance(next(trainer), Step)
    assert trainer.experiment.name == "Another"


@pytest.mark.parametrize(("epochs", "ended"), [(4, 4), (1, 2)])
def test_epochs_can_be_added_and_taken_away(epochs: int, ended: int, dense: Experiment, digits: Data) -> None:
    trainer = Trainer(changed(dense, epochs=3), digits)
    for _ in range(15):  # well into the second epoch
        next(trainer)
    trainer.change(changed(dense, epochs=epochs))
    last = list(trainer)[-1]
    assert isinstance(last, Finished)
    assert last.epochs == ended
