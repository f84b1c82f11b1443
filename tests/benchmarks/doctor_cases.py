"""Experiments with known faults and healthy ones, in two halves with other sizes, rates, seeds and networks.

The thresholds of the doctor were tuned on both; `doctor_held_out` has others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from playground.engine.data.dataset_cache import lacking
from playground.engine.data.in_memory import Data, load
from playground.spec.data.dataset import Dataset
from playground.spec.data.patterns import Gaussians, Moons, Slope, Spirals
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Heights, Points
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset, presets
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ReLU, Sigmoid, Tanh
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.losses import MAE, MSE
from playground.spec.recipe.optimizers import SGD, Adam, AdamW, Optimizer
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.regularizers import L1, L2
from tests.benchmarks.doctor_data import few, imbalanced, mislabelled, overlapping, repeated, scaled, shuffled

LOUD = ("too-high-learning-rate", "overfit", "noisy-moons")  # presets that must be named
FULL = ("spiral", "xor", "hills", "iris", "noisy-moons", "overfit")  # presets that are trained as they are
SLOW = {
    "shakespeare-lstm": 160,
    "shakespeare-transformer": 800,
    "tang-poems": 250,
    "restore": 960,
    "vision-transformer": 1500,
    "rows-lstm": 3000,
    "residual-cnn": 2000,
    "segmentation": 600,
    "shifted-cnn": 3000,
    "fast-cnn": 3000,
    "reader": 2500,
}


@dataclass(frozen=True)
class Case:
    """An experiment; `fault` is the id of the diagnosis that must be made first, empty where all is well."""

    name: str
    fault: str
    experiment: Experiment
    data: Data


def cases(half: int) -> Iterator[Case]:
    """All cases of a half, 0 or 1."""
    for make in (_rates, _flow, _curves, _of_data, _of_recipe, _presets, _healthy):
        yield from make(half)


def _experiment(data: Dataset, layers: tuple[Layer, ...], optimizer: Optimizer, seed: int, **recipe: Any) -> Experiment:
    settings = {"batch_size": 32, "epochs": 3, "loss": MSE() if data.task.classes is None else Recipe().loss, **recipe}
    return Experiment(data=data, stack=Stack(layers=layers), recipe=Recipe(optimizer=optimizer, **settings), seed=seed)


def _dense(widths: tuple[int, ...], outputs: int, activation: Any = ReLU, flat: bool = False, **settings: Any) -> Any:
    hidden = [Linear(out_features=width, activation=activation(), **settings) for width in widths]
    return (*([Flatten()] if flat else []), *hidden, Linear(out_features=outputs))


def _digits(half: int) -> tuple[MNIST, Data]:
    data = MNIST(train_limit=(3000, 4500)[half], validation_share=(0.02, 0.04)[half])
    return data, few(load(data), data.train_limit, (500, 900)[half], 500)


def _of_preset(name: str, half: int, count: int, optimizer: Optimizer | None = None, epochs: int = 3) -> Any:
    found = preset(name).experiment
    recipe = found.recipe.with_(epochs=epochs)
    if optimizer:
        recipe = recipe.with_(optimizer=optimizer)
    return found.with_(recipe=recipe, seed=10 + half), few(load(found.data), count, 100, 100)


def _rates(half: int) -> Iterator[Case]:
    digits, pictures = _digits(half)
    high, low = "learning_rate_too_high", "learning_rate_too_low"
    width = (64, 100)[half]
    net = _dense((width,), 10, flat=True)
    conv = (Conv2d(out_channels=(8, 12)[half], kernel_size=5, stride=2, activation=ReLU()), Flatten(), *_dense((), 10))
    yield Case("digits, Adam", high, _experiment(digits, net, Adam(lr=(0.3, 0.15)[half]), half), pictures)
    yield Case("digits, SGD", high, _experiment(digits, net, SGD(lr=(10.0, 5.0)[half]), half), pictures)
    yield Case("digits, convolutions", high, _experiment(digits, conv, Adam(lr=(0.5, 0.2)[half]), half), pictures)
    plane = Points(count=(1000, 1600)[half], pattern=(Spirals(), Moons())[half])
    spiral = _dense((32, 32), 2, Tanh)
    yield Case("points", high, _experiment(plane, spiral, Adam(lr=(3.0, 1.0)[half]), half, batch_size=10), load(plane))
    hills = Heights(count=(1000, 1500)[half])
    surface = _dense((32,), 1)
    yield Case(
        "heights", high, _experiment(hills, surface, SGD(lr=(20.0, 3.0)[half]), half, batch_size=10), load(hills)
    )
    for name, rates, count in (
        ("autoencoder", (1.0, 0.4), 4000),
        ("restore", (30.0, 20.0), 960),
    ):
        yield Case(name, high, *_of_preset(name, half, count, Adam(lr=rates[half])))
    fields = preset("segmentation").experiment.data
    pixels = (
        Conv2d(out_channels=8, kernel_size=3, padding=1, activation=ReLU()),
        Conv2d(out_channels=2, kernel_size=1),
    )
    found = _experiment(fields, pixels, Adam(lr=(3.0, 1.0)[half]), half, batch_size=16)
    yield Case("segmentation", high, found, few(load(fields), 500, 10, 10))
    yield Case("digits, Adam", low, _experiment(digits, net, Adam(lr=(1e-7, 5e-7)[half]), half), pictures)
    yield Case("digits, SGD", low, _experiment(digits, conv, SGD(lr=(1e-6, 1e-5)[half]), half), pictures)
    yield Case("points", low, _experiment(plane, spiral, Adam(lr=(1e-6, 3e-6)[half]), half, batch_size=10), load(plane))
    yield Case(
        "heights", low, _experiment(hills, surface, SGD(lr=(1e-6, 1e-5)[half]), half, batch_size=10), load(hills)
    )
    for name, rates, count in (("autoencoder", (1e-7, 1e-6), 5000), ("restore", (1e-7, 1e-6), 960)):
        yield Case(name, low, *_of_preset(name, half, count, Adam(lr=rates[half])))


def _flow(half: int) -> Iterator[Case]:
    digits, pictures = _digits(half)
    plane, hills = Points(count=1500, pattern=(Moons(), Gaussians())[half]), Heights(count=1200)
    dead = _dense(((96, 64), (80, 40))[half], 10, flat=True, init="constant", init_value=(-0.05, -0.02)[half])
    yield Case("digits", "dead_units", _experiment(digits, dead, Adam(), half), pictures)
    conv = Conv2d(
        out_channels=8,
        kernel_size=5,
        stride=2,
        activation=ReLU(),
        init="constant",
        init_value=(-0.1, -0.3)[half],
        bias=False,
    )
    layers = (conv, Flatten(), *_dense((32,), 10))
    yield Case("convolutions", "dead_units", _experiment(digits, layers, Adam(), half), pictures)
    full = _dense(((100,), (60, 60))[half], 10, (Tanh, Sigmoid)[half], flat=True, init="normal")
    yield Case("digits", "saturation", _experiment(digits, full, Adam(lr=1e-3), half), pictures)
    full = _dense((300, 300, 300), 1, Tanh, init="constant", init_value=(2.0, -3.0)[half])
    yield Case("heights", "saturation", _experiment(hills, full, Adam(lr=1e-3), half, batch_size=16), load(hills))
    deep = _dense(((64,) * 7, (50,) * 9)[half], 10, Sigmoid, flat=True)
    yield Case("digits", "vanishing_gradients", _experiment(digits, deep, Adam(), half), pictures)
    deep = _dense(((24,) * 8, (16,) * 10)[half], 2, Sigmoid)
    yield Case("points", "vanishing_gradients", _experiment(plane, deep, SGD(lr=0.1), half, batch_size=16), load(plane))
    wide = _dense(((64,) * 5, (100,) * 4)[half], 10, flat=True, init="normal")
    yield Case("digits", "exploding_gradients", _experiment(digits, wide, Adam(), half), pictures)
    wide = _dense(((64,) * 5, (48,) * 6)[half], 1, init="normal")
    yield Case("heights", "exploding_gradients", _experiment(hills, wide, Adam(), half, batch_size=16), load(hills))


def _curves(half: int) -> Iterator[Case]:
    digits, pictures = _digits(half)
    learned = replace(pictures, train=repeated(few(pictures, 150 + 100 * half, 1, 1).train, 40))
    net = _dense(((256, 256), (400,))[half], 10, flat=True)
    yield Case("digits by heart", "overfitting", _experiment(digits, net, Adam(), half), learned)
    hills = Heights(count=200, noise=(0.6, 0.9)[half])
    noisy = load(hills)
    noisy = replace(noisy, train=repeated(few(noisy, 40 + 20 * half, 1, 1).train, 300))
    surface = _dense((128, 128), 1)
    yield Case(
        "heights by heart", "overfitting", _experiment(hills, surface, Adam(lr=3e-3), half, batch_size=10), noisy
    )
    for arms in (2, 3 + half):
        spirals = Points(count=(4000, 3000)[half], pattern=Spirals(arms=arms), noise=0.1)
        line = _experiment(spirals, _dense((), arms), Adam(lr=0.01), half, batch_size=10)
        yield Case(f"a line, {arms} classes", "underfitting", line, load(spirals))
    tall = Heights(count=5000)
    plane = _experiment(tall, _dense((), 1), Adam(lr=0.01), half, batch_size=10)
    yield Case("a plane", "chance_level", plane, load(tall))
    yield Case(
        "labels by chance", "chance_level", _experiment(digits, net, SGD(lr=0.02), half), shuffled(pictures, half)
    )
    zeros = (
        Flatten(),
        Linear(out_features=32, activation=Tanh(), init="zeros", bias=False),
        Linear(out_features=10, init="zeros"),
    )
    yield Case("all weights 0", "dead_units", _experiment(digits, zeros, Adam(), half), pictures)
    hills = Heights(count=(3000, 2500)[half])
    lost = _experiment(hills, _dense((16,), 1, Tanh), Adam(lr=1e-3), half, batch_size=8)
    yield Case("heights by chance", "chance_level", lost, shuffled(load(hills), half))


def _of_data(half: int) -> Iterator[Case]:
    digits, pictures = _digits(half)
    net = _dense((64,), 10, flat=True)
    usual = _experiment(digits, net, Adam(), half)
    yield Case("pixels up to 255", "unscaled_inputs", usual, scaled(pictures, (255.0, 100.0)[half]))
    iris, table = _of_preset("iris", half, 120)
    yield Case("a table", "unscaled_inputs", iris, scaled(table, (300.0, 40.0)[half], (0.0, 500.0)[half]))
    yield Case("digits", "class_imbalance", usual, imbalanced(pictures, 3 + half, (0.05, 0.03)[half]))
    plane = Points(count=2000, pattern=(Gaussians(), Moons())[half])
    points = _experiment(plane, _dense((16,), 2), Adam(lr=0.01), half, batch_size=10)
    yield Case("points", "class_imbalance", points, imbalanced(load(plane), half, 0.02))
    yield Case("digits", "overlap", usual, overlapping(pictures, (0.5, 0.2)[half]))
    yield Case("points", "overlap", points, overlapping(load(plane), (0.3, 1.0)[half]))
    yield Case("digits", "label_noise", usual, mislabelled(pictures, 10, (0.4, 0.3)[half], half))
    yield Case("points", "label_noise", points, mislabelled(load(plane), 2, (0.25, 0.2)[half], half))


def _of_recipe(half: int) -> Iterator[Case]:
    digits, pictures = _digits(half)
    net, hills = _dense((64,), 10, flat=True), Heights(count=1200)
    sgd = SGD(lr=0.1)
    yield Case(
        "L2",
        "dominating_penalty",
        _experiment(digits, net, Adam(), half, regularizer=L2(l2=(3.0, 1.0)[half])),
        pictures,
    )
    yield Case(
        "L1", "dominating_penalty", _experiment(digits, net, sgd, half, regularizer=L1(l1=(0.1, 0.05)[half])), pictures
    )
    decay = AdamW(lr=(0.01, 0.005)[half], weight_decay=(5.0, 8.0)[half])
    yield Case("decay", "dominating_penalty", _experiment(hills, _dense((32,), 1), decay, half), load(hills))
    norm = (Flatten(), Linear(out_features=32), BatchNorm(), ReLU(), Linear(out_features=10))
    yield Case(
        "batch",
        "batch_too_small",
        _experiment(digits, norm, Adam(), half, batch_size=(2, 3)[half]),
        few(pictures, 600, 100, 100),
    )
    for loss, name, fault in ((MSE(), "squares", ""), (MAE(), "magnitudes", "unsuitable_loss")):
        yield Case(name, fault, _experiment(digits, net, Adam(), half, loss=loss), pictures)


def _presets(half: int) -> Iterator[Case]:
    for entry in presets():
        if lacking(type(entry.experiment.data)):
            continue
        fault = dict(zip(LOUD, ("learning_rate_too_high", "overfitting", "overfitting"), strict=True)).get(entry.id, "")
        experiment = entry.experiment.with_(seed=half)
        if entry.id in FULL:
            yield Case(f"preset {entry.id}", fault, experiment, few(load(experiment.data), 10_000, 1000, 200))
            continue
        count = int(SLOW.get(entry.id, 6000) * (1.0, 1.2)[half])
        small = experiment.with_(recipe=experiment.recipe.with_(epochs=min(3, experiment.recipe.epochs)))
        yield Case(f"preset {entry.id}", fault, small, few(load(small.data), count, 200, 200))


def _healthy(half: int) -> Iterator[Case]:
    digits, pictures = _digits(half)
    net = _dense(((64,), (128, 64))[half], 10, flat=True)
    yield Case("digits, SGD", "", _experiment(digits, net, SGD(lr=0.1, momentum=0.5), half), pictures)
    yield Case("digits, tanh", "", _experiment(digits, _dense((48,), 10, Tanh, flat=True), Adam(), half), pictures)
    yield Case(
        "digits, L2", "", _experiment(digits, net, Adam(), half, regularizer=L2(l2=(1e-4, 1e-3)[half])), pictures
    )
    norm = (Flatten(), Linear(out_features=32), BatchNorm(), ReLU(), Linear(out_features=10))
    yield Case(
        "digits, BatchNorm", "", _experiment(digits, norm, Adam(lr=0.005), half, batch_size=(16, 64)[half]), pictures
    )
    for pattern in (Gaussians(), Moons()):
        plane = Points(count=1000, pattern=pattern, noise=(0.2, 0.4)[half])
        layers = _dense(((16,), (24, 24))[half], 2, (ReLU, Tanh)[half])
        yield Case(pattern.id, "", _experiment(plane, layers, Adam(lr=0.01), half, batch_size=16), load(plane))
    for surface in (Slope(), preset("hills").experiment.data.surface):
        hills = Heights(count=(1500, 2500)[half], surface=surface)
        yield Case(
            surface.id,
            "",
            _experiment(hills, _dense((32, 32), 1, Tanh), Adam(lr=0.01), half, batch_size=16),
            load(hills),
        )
    deep = _dense(((64,) * 4, (48,) * 5)[half], 10, flat=True)
    yield Case("digits, deep", "", _experiment(digits, deep, Adam(), half), pictures)
