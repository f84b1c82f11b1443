"""The score of a network on samples that are spoiled more and more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import nan, sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Generator, Tensor, nn

from playground.engine.data.augment.corruptions import corrupted, corrupted_targets
from playground.engine.data.in_memory import Subset
from playground.engine.evaluation.evaluate import evaluate
from playground.engine.evaluation.objective import Objective
from playground.engine.evaluation.scores import Scoring
from playground.spec.corruptions import Corruption
from playground.spec.data.task import Score, Task
from playground.spec.experiment import Experiment

Floats = npt.NDArray[np.float64]


class RobustnessCurve(NamedTuple):
    """Scores along a corruption, at the values that are known so far."""

    values: Floats  # (P,), ascending
    scores: Floats  # (P,), 1 at best
    errors: Floats  # (P,), standard errors √(p (1 - p) / n) of shares p of n samples; NaN for other scores
    samples: int
    whole: int  # number of values of the whole curve

    @property
    def complete(self) -> bool:
        """Whether no value is missing."""
        return len(self.values) == self.whole


@dataclass(frozen=True, slots=True, eq=False)
class CorruptedSamples:
    """The samples of a subset, all of them spoiled by the same amount."""

    plain: Subset
    task: Task
    corruption: Corruption
    value: float

    def __len__(self) -> int:
        return len(self.plain)

    def order(self, generator: Generator) -> Tensor:
        """As of the plain samples."""
        return self.plain.order(generator)

    def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """The samples of these indices."""
        return self._spoiled(self.plain.batch(chosen), chosen.tolist())

    def cut(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        """Consecutive samples."""
        pair = self.plain.cut(start, stop)
        return self._spoiled(pair, range(start, start + len(pair[0])))

    def to(self, device: torch.device) -> CorruptedSamples:
        """The same on a device."""
        return CorruptedSamples(self.plain.to(device), self.task, self.corruption, self.value)

    def _spoiled(self, pair: tuple[Tensor, Tensor], indices: Sequence[int]) -> tuple[Tensor, Tensor]:
        inputs, targets = pair
        return (
            corrupted(inputs, self.corruption, self.value, indices),
            corrupted_targets(targets, self.corruption, self.value, self.task.classes),
        )


def robustness_curve(
    network: nn.Sequential, experiment: Experiment, samples: Subset, corruption: Corruption, chunk: int
) -> Iterator[RobustnessCurve | None]:
    """Score samples along a corruption; yield None after each chunk, and what is known so far after each value.

    The neutral value comes first, then the ends of the range, then always the value farthest from all known ones. In
    between the network is in its original mode.

    Args:
        network: of the experiment's stack, on the device of `samples`.
        samples: at least one; pictures (C, H, W) in [0, 1].
        chunk: samples at a time.
    """
    task, loss = experiment.data.task, experiment.recipe.loss
    objective = Objective(loss, task, samples.cut(0, 1)[1].device)
    scoring = Scoring(task, loss.output_activation)
    values = corruption.values(experiment.data.sample_shape[-1])
    known: dict[float, float] = {}
    for number in coarse_first(len(values), values.index(corruption.neutral)):
        spoiled = CorruptedSamples(samples, task, corruption, values[number])
        chunks = evaluate(network, objective, scoring, spoiled, chunk)
        while values[number] not in known:
            try:
                next(chunks)
            except StopIteration as end:
                known[values[number]] = end.value.score
            else:
                yield None
        yield _curve(known, len(samples), len(values), task)


def _curve(known: dict[float, float], samples: int, whole: int, task: Task) -> RobustnessCurve:
    values = sorted(known)
    scores = [known[value] for value in values]
    is_share = task.score is Score.ACCURACY and task.positions == 1  # of independent samples
    errors = [sqrt(share * (1 - share) / samples) if is_share else nan for share in scores]
    return RobustnessCurve(np.array(values), np.array(scores), np.array(errors), samples, whole)


def coarse_first(count: int, first: int) -> list[int]:
    """The numbers below `count`: `first`, both ends, then always the one farthest from those before it."""
    order = list(dict.fromkeys((first, 0, count - 1)))
    while len(order) < count:
        left = (number for number in range(count) if number not in order)
        order.append(max(left, key=lambda number: min(abs(number - other) for other in order)))
    return order
