"""Runs that diverge, and whether the doctor's one click mends each."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Any

from playground.engine.data.in_memory import Data, load
from playground.engine.doctor.doctor import Doctor
from playground.engine.training.snapshots import Diverged, Epoch, Evaluating, Finished, Step
from playground.engine.training.trainer import Trainer
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Heights, Points
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU, Tanh
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.optimizers import SGD, Adam, RMSprop
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.schedules import Constant
from tests.benchmarks.doctor_data import few, scaled


def diverging() -> Iterator[tuple[str, Experiment, Data]]:
    """Experiments whose loss becomes infinite, each with its data."""
    rates: tuple[tuple[str, int, dict[str, Any]], ...] = (
        ("far too long steps", 2, {"optimizer": SGD(lr=20.0)}),
        ("a hundred", 3, {"optimizer": SGD(lr=100.0)}),
        ("momentum", 1, {"optimizer": SGD(lr=0.5, momentum=0.9)}),
        ("momentum 0.99", 1, {"optimizer": SGD(lr=0.2, momentum=0.99)}),
        ("warm-up", 2, {"optimizer": SGD(lr=5.0), "schedule": Constant(warmup=5.0)}),
        ("Adam", 6, {"optimizer": Adam(lr=100.0)}),
        ("RMSprop", 10, {"optimizer": RMSprop(lr=100.0)}),
    )
    hills = Heights(count=200, validation_share=0.0)
    for name, depth, recipe in rates:
        yield name, _heights(hills, depth, **recipe), load(hills)
    squares = Heights(count=200, validation_share=0.0, x_squared=True, y_squared=True, xy=True)
    yield "squares", _heights(squares, 2, optimizer=SGD(lr=0.3)), load(squares)
    yield "no hidden layer", _heights(hills, 0, optimizer=SGD(lr=0.3)), load(hills)
    yield "large inputs", _heights(hills, 1, optimizer=SGD(lr=0.1)), scaled(load(hills), 30.0)
    digits = MNIST(train_limit=3000)
    pictures = few(load(digits), 3000, 500, 500)
    for name, rate, loss in (("digits, squares", 30.0, MSE()), ("digits, huge squares", 100.0, MSE())):
        layers = (Flatten(), Linear(out_features=64, activation=ReLU()), Linear(out_features=10))
        recipe = Recipe(optimizer=SGD(lr=rate, momentum=0.5), loss=loss, epochs=3, batch_size=32)
        yield name, Experiment(data=digits, stack=Stack(layers=layers), recipe=recipe), pictures
    conv = (Conv2d(out_channels=8, kernel_size=5, stride=2, activation=ReLU()), Flatten(), Linear(out_features=10))
    recipe = Recipe(optimizer=SGD(lr=30.0), loss=MSE(), epochs=3, batch_size=32)
    yield "convolutions", Experiment(data=digits, stack=Stack(layers=conv), recipe=recipe), pictures
    points = Points(count=400)
    layers = (Linear(out_features=16, activation=Tanh()), Linear(out_features=2))
    recipe = Recipe(optimizer=SGD(lr=50.0, momentum=0.95), loss=MSE(), epochs=10, batch_size=10)
    yield "points", Experiment(data=points, stack=Stack(layers=layers), recipe=recipe), load(points)
    for name, rate in (("autoencoder", 100.0), ("vae", 100.0)):
        found = preset(name).experiment
        recipe = found.recipe.with_(optimizer=SGD(lr=rate, momentum=0.9), epochs=2)
        yield name, found.with_(recipe=recipe), few(load(found.data), 1500, 100, 100)


def _heights(data: Heights, depth: int, **recipe: Any) -> Experiment:
    layers = (*(Linear(out_features=16, activation=ReLU()),) * depth, Linear(out_features=1))
    settings = Recipe().with_(batch_size=10, epochs=30, loss=MSE(), **recipe)
    return Experiment(data=data, stack=Stack(layers=layers), recipe=settings)


def mended(name: str, experiment: Experiment, data: Data) -> bool | None:
    """Whether the run, after the fix of the doctor's last finding, ends and has learned; None if it did not diverge."""
    doctor, end, fix, said = Doctor(experiment, data), None, None, ""
    for end in Trainer(experiment, data, probe_every=500):
        finding = doctor.take(end)
        if finding:
            fix, said = finding.fix, str(finding.fix and finding.fix.label)
    if not isinstance(end, Diverged):
        print(f"- {name} does not diverge", flush=True)
        return None
    first, last, again = None, None, None
    for again in Trainer(fix.apply(experiment), data) if fix else ():
        if isinstance(again, Step) and first is None:
            first = again.loss
        if isinstance(again, Epoch):
            last = again.train_loss
        if isinstance(again, Evaluating) and again.what == "test":
            break
    ended = isinstance(again, Evaluating | Finished) and last is not None and isfinite(last)
    print(f"{' ' if ended else '!'} {name}: {said}; from {first} to {last}; {str(end.message)[-70:]}", flush=True)
    return ended
