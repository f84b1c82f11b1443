"""A step of networks so small that all of it is overhead, beside plain eager PyTorch with Adam(fused=True).

    python -m tests.benchmarks small

784–32–10 on MNIST in batches of 16, and 2–8–8–1 on 500 made-up points in batches of 10: once the step alone, batches
given, and once with all that the trainer, or the plain loop, does around it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice
from time import perf_counter
from typing import ClassVar

import torch
from torch import Tensor

from playground.engine.build import build
from playground.engine.data.in_memory import Data, InputTargetPairs, load
from playground.engine.runtime.device import threads
from playground.engine.training.train_step import TrainStep
from playground.spec.call import Call
from playground.spec.data.dataset import Dataset, Loading
from playground.spec.data.task import Score, Task
from playground.spec.experiment import Experiment
from playground.spec.layer import Shape, Stack
from playground.spec.layers.activation import ReLU, Tanh
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.recipe import Recipe
from tests.benchmarks.eager import Eager, Loop, Ours, batches, beside_best, compare, floats
from tests.benchmarks.figure import Figure

BAR = 0.5  # of the peer's time: twice as fast


class Points(Dataset):
    """Points of the plane, each with one number to find."""

    id: ClassVar[str] = "benchmark_points"
    sample_shape: ClassVar[Shape] = (2,)
    task: ClassVar[Task] = Task((1,), "values", Score.R2)
    available: ClassVar[int] = 500
    test_count: ClassVar[int] = 0

    def call(self) -> Call:
        raise NotImplementedError

    def loading(self) -> Loading:
        raise NotImplementedError


def figures(quick: bool) -> Iterator[Figure]:
    """Both networks, the step alone and the whole loop."""
    for name, experiment, data in (
        ("784–32–10, batch 16", digit_reader(), load(Experiment().data)),
        ("2–8–8–1, batch 10", point_reader(), points()),
    ):
        print(name, flush=True)
        ready = floats(data)
        ours, theirs = step_alone(experiment, ready)
        yield beside_best(f"{name}: the step alone", compare(ours, {"eager": theirs}, quick=quick), BAR)
        ours, theirs = Ours(experiment, data), Eager(experiment, ready)
        yield beside_best(f"{name}: the whole loop", compare(ours, {"eager": theirs}, quick=quick), BAR)


def digit_reader() -> Experiment:
    """784–32–10."""
    stack = Stack(layers=(Flatten(), Linear(out_features=32), ReLU(), Linear(out_features=10)))
    return Experiment(stack=stack, recipe=Recipe(batch_size=16))


def point_reader() -> Experiment:
    """2–8–8–1."""
    hidden = (Linear(out_features=8), Tanh(), Linear(out_features=8), Tanh())
    stack = Stack(layers=(*hidden, Linear(out_features=1)))
    return Experiment(data=Points(), stack=stack, recipe=Recipe(batch_size=10, loss=MSE()))


def points() -> Data:
    """500 points and a number for each."""
    places = torch.rand(500, 2, generator=torch.Generator().manual_seed(0))
    labels = places.sum(1, keepdim=True)
    none = InputTargetPairs(places[:0], labels[:0])
    return Data(InputTargetPairs(places, labels), none, none)


def step_alone(experiment: Experiment, data: Data) -> tuple[Loop, Loop]:
    """Our step and the peer's on batches that are there already, the same for both."""
    size = experiment.recipe.batch_size
    given = [pair for pair in islice(batches(data.train, size), 200) if len(pair[1]) == size]
    return _OurStep(experiment, given), _TheirStep(experiment, data, given)


class _OurStep(Loop):
    """`TrainStep`, as the trainer uses it."""

    def __init__(self, experiment: Experiment, given: list[tuple[Tensor, Tensor]]) -> None:
        self._learner = TrainStep(experiment, build(experiment), 0)
        self._rate, self._threads = experiment.recipe.optimizer.lr, threads(experiment)
        self._given = cycle(given)

    def steps(self, count: int) -> float:
        torch.set_num_threads(self._threads)
        began = perf_counter()
        for images, labels in islice(self._given, count):
            self._learner.learn(images, labels, self._rate)
        return perf_counter() - began


class _TheirStep(Eager):
    """The plain loop's step."""

    def __init__(self, experiment: Experiment, data: Data, given: list[tuple[Tensor, Tensor]]) -> None:
        super().__init__(experiment, data)
        self._batches = cycle(given)
