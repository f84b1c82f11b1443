"""Experiments on which the doctor was never tuned: other data sets, networks, rates and seeds than the two halves.

They were written down before the doctor saw any of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from playground.engine.data.dataset_cache import lacking
from playground.engine.data.in_memory import Data, load
from playground.spec.check.memory import available, training_bytes
from playground.spec.check.shapes import walk
from playground.spec.data.dataset import Dataset
from playground.spec.data.patterns import XOR, Circle, Gaussians, Moons, Spirals
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Heights, Points
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset, presets
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ReLU, Sigmoid, Tanh
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.regularization import Dropout
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.losses import MAE, MSE
from playground.spec.recipe.optimizers import SGD, Adam, AdamW, NAdam, Optimizer, RMSprop
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.regularizers import L1, L2
from tests.benchmarks.doctor_cases import FULL, LOUD, SLOW, Case
from tests.benchmarks.doctor_data import few, imbalanced, mislabelled, overlapping, repeated, scaled, shuffled

SEED = 707
CIRCLE, CROSS = Points(count=1300, pattern=Circle(), data_seed=5), Points(count=1100, pattern=XOR(), data_seed=6)
HILLS = Heights(count=1400, data_seed=8)
DIGITS = MNIST(train_limit=3700, validation_share=0.03)


def held_out() -> Iterator[Case]:
    """All cases."""
    pictures = few(load(DIGITS), 3700, 600, 400)
    yield from _rates(pictures)
    yield from _flow(pictures)
    yield from _curves(pictures)
    yield from _of_data(pictures)
    yield from _of_recipe(pictures)
    yield from _presets()
    yield from _healthy(pictures)


def _made(data: Dataset, layers: tuple[Layer, ...], optimizer: Optimizer, **recipe: Any) -> Experiment:
    loss = MSE() if data.task.classes is None else Recipe().loss
    settings = {"batch_size": 20, "epochs": 3, "loss": loss, **recipe}
    stack = Stack(layers=layers)
    return Experiment(data=data, stack=stack, recipe=Recipe(optimizer=optimizer, **settings), seed=SEED)


def _net(outputs: int, *widths: int, activation: Any = ReLU, **settings: Any) -> tuple[Layer, ...]:
    hidden = (Linear(out_features=width, activation=activation(), **settings) for width in widths)
    return (*hidden, Linear(out_features=outputs))


def _flat(*widths: int, **settings: Any) -> tuple[Layer, ...]:
    return (Flatten(), *_net(10, *widths, **settings))


def _preset(name: str, count: int, optimizer: Optimizer) -> tuple[Experiment, Data]:
    found = preset(name).experiment
    recipe = found.recipe.with_(epochs=3, optimizer=optimizer)
    return found.with_(recipe=recipe, seed=SEED), few(load(found.data), count, 100, 100)


def _rates(pictures: Data) -> Iterator[Case]:
    high, low = "learning_rate_too_high", "learning_rate_too_low"
    conv = (Conv2d(out_channels=6, kernel_size=3, stride=2, activation=ReLU()), *_flat(40))
    ring = _net(2, 20, 20, activation=Tanh)
    yield Case("circle, RMSprop", high, _made(CIRCLE, ring, RMSprop(lr=1.5)), load(CIRCLE))
    yield Case("convolutions, momentum", high, _made(DIGITS, conv, SGD(lr=4.0, momentum=0.9)), pictures)
    yield Case("digits, NAdam", high, _made(DIGITS, _flat(56), NAdam(lr=0.4)), pictures)
    yield Case("hills, momentum", high, _made(HILLS, _net(1, 24), SGD(lr=2.0, momentum=0.9)), load(HILLS))
    fields = preset("segmentation").experiment.data
    some = few(load(fields), 500, 10, 10)
    pixels = (
        Conv2d(out_channels=10, kernel_size=5, padding=2, activation=ReLU()),
        Conv2d(out_channels=2, kernel_size=1),
    )
    yield Case("segmentation", high, _made(fields, pixels, Adam(lr=1.5), batch_size=10), some)
    yield Case("distillation", high, *_preset("distillation", 2000, Adam(lr=0.5)))
    yield Case("vae", high, *_preset("vae", 3000, Adam(lr=0.7)))
    yield Case("tang-poems", high, *_preset("tang-poems", 250, Adam(lr=2.0)))
    yield Case("circle, SGD", low, _made(CIRCLE, ring, SGD(lr=2e-5)), load(CIRCLE))
    yield Case("digits, AdamW", low, _made(DIGITS, _flat(72), AdamW(lr=3e-7)), pictures)
    yield Case("segmentation", low, _made(fields, pixels, SGD(lr=3e-6), batch_size=10), some)
    yield Case("vae", low, *_preset("vae", 5000, Adam(lr=2e-7)))
    yield Case("restore", low, *_preset("restore", 960, Adam(lr=4e-7)))


def _flow(pictures: Data) -> Iterator[Case]:
    dead = _flat(72, 36, init="constant", init_value=-0.03)
    yield Case("digits", "dead_units", _made(DIGITS, dead, Adam()), pictures)
    zeros = _net(1, 40, 20, init="zeros", bias=False)
    yield Case("hills", "dead_units", _made(HILLS, zeros, SGD(lr=0.05)), load(HILLS))
    full = _flat(110, 50, activation=Tanh, init="normal")
    yield Case("digits", "saturation", _made(DIGITS, full, Adam()), pictures)
    full = _net(2, 48, 48, activation=Sigmoid, init="constant", init_value=-4.0)
    yield Case("cross", "saturation", _made(CROSS, full, Adam()), load(CROSS))
    deep = _net(2, *(20,) * 9, activation=Sigmoid)
    yield Case("circle", "vanishing_gradients", _made(CIRCLE, deep, Adam(lr=2e-3)), load(CIRCLE))
    yield Case(
        "digits", "vanishing_gradients", _made(DIGITS, _flat(*(80,) * 8, activation=Sigmoid), SGD(lr=0.2)), pictures
    )
    yield Case(
        "digits", "exploding_gradients", _made(DIGITS, _flat(*(128,) * 5, init="normal"), Adam(lr=5e-4)), pictures
    )
    yield Case(
        "cross", "exploding_gradients", _made(CROSS, _net(2, *(80,) * 6, init="normal"), SGD(lr=0.01)), load(CROSS)
    )


def _curves(pictures: Data) -> Iterator[Case]:
    learned = replace(pictures, train=repeated(few(pictures, 90, 1, 1).train, 50))
    yield Case("digits by heart", "overfitting", _made(DIGITS, _flat(200, 200), Adam(lr=2e-3)), learned)
    hills = Heights(count=240, noise=0.8, data_seed=3)
    noisy = load(hills)
    noisy = replace(noisy, train=repeated(few(noisy, 50, 1, 1).train, 250))
    yield Case("hills by heart", "overfitting", _made(hills, _net(1, 96, 96), Adam(lr=4e-3)), noisy)
    for arms, count in ((2, 4600), (3, 4200)):
        spirals = Points(count=count, pattern=Spirals(arms=arms), noise=0.2, data_seed=4)
        line = _made(spirals, _net(arms), Adam(lr=0.02), batch_size=10)
        yield Case(f"a line, {arms} classes", "underfitting", line, load(spirals))
    moons = Points(count=4800, pattern=Moons(), noise=0.3, data_seed=4)
    yield Case("a line, moons", "plateau", _made(moons, _net(2), Adam(lr=0.03), batch_size=10), load(moons))
    ring = CIRCLE.with_(count=4900)
    yield Case("a line, circle", "chance_level", _made(ring, _net(2), Adam(lr=0.02), batch_size=10), load(ring))
    yield Case("labels by chance", "chance_level", _made(DIGITS, _flat(32), SGD(lr=0.02)), shuffled(pictures, 9))
    hills = HILLS.with_(count=3400)
    lost = _made(hills, _net(1, 12), Adam(lr=1e-3))
    yield Case("hills by chance", "chance_level", lost, shuffled(load(hills), 9))


def _of_data(pictures: Data) -> Iterator[Case]:
    usual = _made(DIGITS, _flat(48), Adam(lr=2e-3))
    ring = _made(CIRCLE, _net(2, 24), Adam(lr=0.01))
    cross = _made(CROSS, _net(2, 24), Adam(lr=0.01))
    hills = _made(HILLS, _net(1, 24, activation=Tanh), Adam(lr=0.01))
    yield Case("digits", "unscaled_inputs", usual, scaled(pictures, 150.0, 10.0))
    yield Case("hills", "unscaled_inputs", hills, scaled(load(HILLS), 250.0))
    yield Case("digits", "class_imbalance", usual, imbalanced(pictures, 7, 0.04))
    yield Case("circle", "class_imbalance", ring, imbalanced(load(CIRCLE), 0, 0.025))
    yield Case("digits", "overlap", usual, overlapping(pictures, 0.35))
    yield Case("cross", "overlap", cross, overlapping(load(CROSS), 0.6))
    yield Case("digits", "label_noise", usual, mislabelled(pictures, 10, 0.35, 11))
    yield Case("circle", "label_noise", ring, mislabelled(load(CIRCLE), 2, 0.22, 11))


def _of_recipe(pictures: Data) -> Iterator[Case]:
    net = _flat(48)
    yield Case("L2", "dominating_penalty", _made(DIGITS, net, SGD(lr=0.05), regularizer=L2(l2=2.0)), pictures)
    yield Case("L1", "dominating_penalty", _made(DIGITS, net, Adam(), regularizer=L1(l1=0.08)), pictures)
    decay = AdamW(lr=0.008, weight_decay=6.0)
    yield Case("decay", "dominating_penalty", _made(CIRCLE, _net(2, 32), decay), load(CIRCLE))
    norm = (Linear(out_features=16), BatchNorm(), ReLU())
    small = _made(CROSS, (*norm, Linear(out_features=2)), Adam(lr=0.01), batch_size=4)
    yield Case("batch, cross", "batch_too_small", small, few(load(CROSS), 400, 100, 100))
    small = _made(HILLS, (*norm, Linear(out_features=1)), Adam(lr=0.01), batch_size=2)
    yield Case("batch, hills", "batch_too_small", small, few(load(HILLS), 400, 100, 100))
    yield Case("magnitudes", "unsuitable_loss", _made(DIGITS, _flat(40), Adam(lr=5e-4), loss=MAE()), pictures)
    wide = _made(DIGITS, _flat(96), SGD(lr=0.1), loss=MAE())
    yield Case("magnitudes, SGD", "unsuitable_loss", wide, pictures)
    yield Case("memory", "memory", _large(), pictures)


def _large() -> Experiment:
    """As wide as nearly exhausts the memory that is free now."""
    width = 5000
    while True:
        found = _made(DIGITS, _flat(width, width), Adam())
        needed = training_bytes(found, walk(found.stack, DIGITS.sample_shape))
        if needed > 0.85 * available():
            return found
        width = int(width * 1.05)


def _presets() -> Iterator[Case]:
    for entry in presets():
        if lacking(type(entry.experiment.data)):
            continue
        fault = dict(zip(LOUD, ("learning_rate_too_high", "overfitting", "overfitting"), strict=True)).get(entry.id, "")
        experiment = entry.experiment.with_(seed=SEED)
        if entry.id in FULL:
            yield Case(f"preset {entry.id}", fault, experiment, few(load(experiment.data), 10_000, 1000, 200))
            continue
        count = int(0.9 * SLOW.get(entry.id, 6000))
        small = experiment.with_(recipe=experiment.recipe.with_(epochs=min(3, experiment.recipe.epochs)))
        yield Case(f"preset {entry.id}", fault, small, few(load(small.data), count, 200, 200))


def _healthy(pictures: Data) -> Iterator[Case]:
    yield Case("digits, RMSprop", "", _made(DIGITS, _flat(80), RMSprop(lr=1e-3)), pictures)
    yield Case("digits, squares", "", _made(DIGITS, _flat(80), Adam(lr=2e-3), loss=MSE()), pictures)
    dropped = (Flatten(), Linear(out_features=120, activation=ReLU()), Dropout(), Linear(out_features=10))
    yield Case("digits, Dropout", "", _made(DIGITS, dropped, AdamW(lr=2e-3)), pictures)
    conv = (Conv2d(out_channels=10, kernel_size=5, stride=2, activation=ReLU()), *_flat(32))
    yield Case("convolutions", "", _made(DIGITS, conv, SGD(lr=0.05, momentum=0.9)), pictures)
    yield Case("circle", "", _made(CIRCLE, _net(2, 20), Adam(lr=0.02), epochs=20), load(CIRCLE))
    yield Case("cross", "", _made(CROSS, _net(2, 16, activation=Tanh), SGD(lr=0.1), epochs=20), load(CROSS))
    yield Case("hills", "", _made(HILLS, _net(1, 48, 24), NAdam(lr=5e-3), epochs=15), load(HILLS))
    arms = Points(count=2000, pattern=Spirals(), noise=0.05, data_seed=2)
    yield Case("spirals", "", _made(arms, _net(2, 64, 64), Adam(lr=0.01), epochs=25), load(arms))
    clouds = Points(count=180, pattern=Gaussians(), noise=0.2, data_seed=2)
    yield Case("few points", "", _made(clouds, _net(2, 64, 64), Adam(lr=5e-3), epochs=30), load(clouds))
    mild = imbalanced(load(CIRCLE), 1, 0.4)
    yield Case("a rarer class", "", _made(CIRCLE, _net(2, 24), Adam(lr=0.01)), mild)
    few_wrong = mislabelled(load(CROSS), 2, 0.03, 3)
    yield Case("few wrong labels", "", _made(CROSS, _net(2, 16), Adam(lr=0.01), epochs=15), few_wrong)
