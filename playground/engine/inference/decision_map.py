"""A network's outputs over the whole plane."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from playground.engine.build import applied
from playground.engine.data.sources.patterns import EDGE, Point, features
from playground.engine.data.sources.points import as_inputs, as_targets
from playground.engine.evaluation.evaluate import Evaluation, beliefs, chunk_size, evaluating
from playground.engine.evaluation.objective import Objective
from playground.engine.evaluation.scores import Scoring, activation_of
from playground.spec.datasets.points import Plane
from playground.spec.experiment import Experiment

SIDE = 80  # rows and columns of the map

Levels = npt.NDArray[np.uint8]
Values = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class DecisionMap:
    """Images of the plane, x to the right and y upwards.

    `levels` is (SIDE, SIDE). For heights 0 is the lowest and 255 the highest; for two classes 0 is the first class
    with certainty and 255 the second. For more it is 51 · the likeliest + 0 to 50, from a uniform guess to certainty.
    The class is the one with the greatest output, as in the score. `values`, of the same shape, are shown as numbers:
    the probability of that class, or the height. `found` and `said` are None if only the map was requested.
    """

    levels: Levels
    values: Values
    found: Evaluation | None  # evaluation on the given points
    said: tuple[tuple[int, float], ...] | None  # class and probability for each point; empty for heights


class PlaneActivations:
    """Computes decision maps of one network after another; reuses what does not change."""

    def __init__(self) -> None:
        self._experiment: Experiment | None = None
        self._points: tuple[tuple[Point, ...], tuple[str, ...], Tensor, Tensor] | None = None

    def look(
        self, network: nn.Sequential, experiment: Experiment, points: tuple[Point, ...] | None
    ) -> Generator[None, None, DecisionMap]:
        """Evaluate an experiment's network over the plane and on points; without points only the map.

        Yields every few milliseconds of work. The network must not change meanwhile.
        """
        data = experiment.data
        assert isinstance(data, Plane)
        if experiment is not self._experiment:
            self._experiment = experiment
            self._objective = Objective(experiment.recipe.loss, data.task, torch.device("cpu"))
            activation = experiment.recipe.loss.output_activation
            self._scoring = Scoring(data.task, activation)
            self._activation = activation_of(data.task, activation)
        found, said = None, None
        outputs = yield from self._outputs(network, experiment)
        if points is not None:
            with evaluating(network):
                found, answers = self._evaluate(network, data, points)
                said = self._said(network, answers) if data.task.classes is not None else ()
            yield
        with evaluating(network):
            if data.task.classes is None:
                values = applied(self._activation, outputs)
                levels = _heights(values)
            else:
                levels, values = _classes(outputs, beliefs(network, outputs, experiment.recipe.loss))
        square = SIDE, SIDE
        return DecisionMap(levels.view(square).numpy(), values.view(square).numpy(), found, said)

    def _outputs(self, network: nn.Sequential, experiment: Experiment) -> Generator[None, None, Tensor]:
        """The network's output at every position of the grid."""
        parts = []
        for part in _parts_of_grid(experiment):
            with evaluating(network):
                parts.append(network(part))
            yield
        return torch.cat(parts)

    def _said(self, network: nn.Sequential, outputs: Tensor) -> tuple[tuple[int, float], ...]:
        """Class and probability of each row of outputs."""
        assert self._experiment is not None
        chosen = outputs.argmax(1)
        shares = beliefs(network, outputs, self._experiment.recipe.loss).gather(1, chosen.unsqueeze(1))[:, 0]
        return tuple(zip(chosen.tolist(), shares.tolist(), strict=True))

    def _evaluate(self, network: nn.Sequential, data: Plane, points: tuple[Point, ...]) -> tuple[Evaluation, Tensor]:
        """The evaluation on the points, and the outputs there."""
        if self._points is None or self._points[0] is not points or self._points[1] != data.features:
            wanted = as_targets(points, data.task.classes is not None)
            self._points = points, data.features, as_inputs(points, data.features), wanted
        inputs, targets = self._points[2:]
        outputs = network(inputs)
        sums = [item.item() for item in self._scoring(outputs, targets)]
        plain = self._objective.plain(outputs, targets).item() if self._objective.plain else None
        loss = self._objective(outputs, targets).item()
        return Evaluation(loss, self._scoring.score(sums, len(points)), plain), outputs


@lru_cache(maxsize=2)
def _grid(names: tuple[str, ...]) -> Tensor:
    """Features at the centre of every cell of the grid, (SIDE², F), from the upper left."""
    along = [EDGE * (2 * (i + 0.5) / SIDE - 1) for i in range(SIDE)]
    return torch.tensor([features(x, -y, names) for y in along for x in along])


def _parts_of_grid(experiment: Experiment) -> tuple[Tensor, ...]:
    """The grid in chunks that take a network of the experiment a few milliseconds each."""
    data = experiment.data
    assert isinstance(data, Plane)
    return torch.split(_grid(data.features), chunk_size(experiment) // 2)


def _heights(outputs: Tensor) -> Tensor:
    """Map -1 to 1 to 0 to 255; NaN is treated as 0."""
    return (outputs.nan_to_num().clamp(-1.0, 1.0) * 127.5 + 127.5).round().to(torch.uint8)


def _classes(outputs: Tensor, shares: Tensor) -> tuple[Tensor, Tensor]:
    """`DecisionMap.levels` from outputs and probabilities (N, C), and the chosen class's probability (N,)."""
    count, chosen = shares.shape[1], outputs.argmax(1)
    most = shares.gather(1, chosen.unsqueeze(1))[:, 0]
    if count == 2:
        second = (shares[:, 1] * 255).round()
        return torch.where(chosen == 0, second.clamp_max(127), second.clamp_min(128)).to(torch.uint8), most
    certainty = ((most - 1 / count) / (1 - 1 / count)).clamp_min(0.0)
    return (chosen * 51 + (certainty * 50).round()).to(torch.uint8), most
