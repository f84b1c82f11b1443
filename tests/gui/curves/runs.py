"""Small runs for the tests of the curves."""

from __future__ import annotations

from playground.engine.training.snapshots import Diverged, Epoch, Finished, Snapshot, Step, Terms
from playground.gui.curves.history import History
from playground.spec.experiment import Experiment
from playground.spec.messages import message
from playground.spec.recipe.recipe import Recipe


def experiment(name: str = "first", epochs: int = 4) -> Experiment:
    return Experiment(name=name, recipe=Recipe(epochs=epochs))


def step(
    number: int,
    loss: float = 1.0,
    per_epoch: int = 10,
    penalty: float = 0.0,
    score: float = 0.5,
    divergence: float = 0.0,
) -> Step:
    return Step(number, number / per_epoch, loss, Terms(penalty, divergence), score, 0.001, 32)


def epoch(number: int, per_epoch: int = 10, validation_loss: float | None = 0.5) -> Epoch:
    score = None if validation_loss is None else 0.9
    return Epoch(number, number * per_epoch, 1.0, 0.6, 0.8, validation_loss, score)


def finished(epochs: int, per_epoch: int = 10) -> Finished:
    return Finished(epochs, epochs * per_epoch, 3.0, 0.07, 0.978, 1000, None, False, message("Not yet fit to deploy."))


def diverged(number: int) -> Diverged:
    return Diverged(number, 5.0, message("The loss is no number."))


def whole_run(epochs: int = 4, per_epoch: int = 10) -> list[Snapshot]:
    """A run from its first batch to its test, whose loss falls."""
    snapshots: list[Snapshot] = []
    for number in range(1, epochs * per_epoch + 1):
        snapshots.append(step(number, 2.3 / number**0.5, per_epoch, score=min(0.1 + number / 50, 0.95)))
        if number % per_epoch == 0:
            snapshots.append(epoch(number // per_epoch, per_epoch, 1.5 / number**0.5))
    return [*snapshots, finished(epochs, per_epoch)]


def history(losses: list[float], per_epoch: int = 10, epochs: int = 4, span: int = 1) -> History:
    """A run with these losses."""
    run = History("first", epochs, per_epoch, span)
    run.add([step(i, loss, per_epoch) for i, loss in enumerate(losses, 1)])
    return run
