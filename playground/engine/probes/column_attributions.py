"""How much each column of one row of a table counts for an answer, and the answer along the range of each column.

The baseline is the typical row: the median of numbers and dates, the most frequent category. What is explained is one
output before softmax where the target is a class, and else the predicted number in its unit. The numbers of one
column, such as those of a one-hot category, are added up.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from playground.engine.build import applied
from playground.engine.data.scaling import Scaling
from playground.engine.data.sources.vectors import Floats
from playground.engine.inference.table_answers import answers, scaled
from playground.engine.probes.attributions import (
    Attribution,
    AttributionError,
    gradient,
    integrated_gradients,
    outputs_of,
    with_gradients,
)
from playground.spec.call import Call
from playground.spec.data.table_summary import Column
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.messages import message, tr_noop

POINTS = 61  # of the curve of a number or a date
_MOST_WHOLE = 100  # values of a column of whole numbers that are all points of its curve


class Curve(NamedTuple):
    """The answer for one row in which only one column changes."""

    places: Floats  # (P,), values of the column: numbers, indices of categories, seconds
    answers: Floats  # (P,), the probability of a class, or the number in its unit


class _InUnit(nn.Module):
    """The predicted number in the unit of the target."""

    def __init__(self, network: nn.Module, activation: Call | None, scaling: Scaling) -> None:
        super().__init__()
        self.network, self._activation, self._scaling = network, activation, scaling

    def forward(self, inputs: Tensor) -> Tensor:
        """(N, F) → (N, 1)."""
        outputs = applied(self._activation, self.network(inputs))
        return outputs * self._scaling.target_deviation + self._scaling.target_mean


def explained(network: nn.Module, experiment: Experiment, scaling: Scaling) -> nn.Module:
    """The module whose outputs (N, K) are explained: of a class before softmax, of a number in its unit."""
    if table_of(experiment).classifies:
        return network
    return _InUnit(network, experiment.recipe.loss.output_activation.call, scaling)


def typical_row(experiment: Experiment, scaling: Scaling) -> Floats:
    """The median of each number and date, and the most frequent category, of the training rows: (C,).

    Raises:
        AttributionError: the scaling does not know them, as files of earlier versions.
    """
    if len(scaling.fills) != len(table_of(experiment).inputs):
        words = tr_noop(
            "The file of this network does not say what is typical of its columns, as an earlier version wrote it."
        )
        raise AttributionError(message(words))
    return np.array(scaling.fills, np.float64)


def input_times_gradient(
    network: nn.Module, experiment: Experiment, scaling: Scaling, row: Floats, output: int
) -> Attribution:
    """The slope of the output at the row (C,), times how far each input is from that of the typical row: (C,).

    Shrikumar, Greenside, Shcherbina and Kundaje, 2016, arXiv:1605.01713, with a baseline. Exact for linear networks.

    Raises:
        AttributionError: see `typical_row`.
    """
    inputs, baseline = _inputs(experiment, scaling, row)
    module = explained(network, experiment, scaling)
    found = gradient(module, inputs, output)
    values = found.values * (inputs - baseline)[0].numpy()
    return found._replace(values=_summed(experiment, values), baseline=_output(module, baseline, output))


def integrated(
    network: nn.Module, experiment: Experiment, scaling: Scaling, row: Floats, output: int
) -> Generator[None, None, Attribution]:
    """Integrated gradients on the way from the typical row to the row (C,): (C,); see `integrated_gradients`.

    Raises:
        AttributionError: see `typical_row`.
    """
    inputs, baseline = _inputs(experiment, scaling, row)
    found = yield from integrated_gradients(explained(network, experiment, scaling), inputs, output, baseline)
    return found._replace(values=_summed(experiment, found.values))


def occlusion(network: nn.Module, experiment: Experiment, scaling: Scaling, row: Floats, output: int) -> Attribution:
    """How far the output falls where one column of the row (C,) has its typical value: (C,).

    Raises:
        AttributionError: see `typical_row`.
    """
    typical = typical_row(experiment, scaling)
    rows = np.repeat(row[None], len(row) + 1, 0)
    for number, value in enumerate(typical):
        rows[number + 1, number] = value
    module = explained(network, experiment, scaling)
    with with_gradients(module), torch.no_grad():
        outputs = outputs_of(module, scaled(experiment, scaling, rows))[:, output]
    return Attribution((outputs[0] - outputs[1:]).numpy(), float(outputs[0]))


def answer_curve(
    network: nn.Sequential, experiment: Experiment, scaling: Scaling, row: Floats, column: int, output: int
) -> Curve:
    """The answer along the range of one column, all others as in the row (C,).

    The curve of individual conditional expectation of Goldstein, Kapelner, Bleich and Pitkin, 2015, arXiv:1309.6392.
    """
    places = _places(table_of(experiment).inputs[column])
    rows = np.repeat(row[None], len(places), 0)
    rows[:, column] = places
    return Curve(places, answers(network, experiment, scaling, rows)[:, output])


def _places(column: Column) -> Floats:
    """The values of a column at which its curve is computed."""
    if column.kind == "category":
        return np.arange(len(column.categories), dtype=np.float64)
    span = column.high - column.low
    count = int(span) + 1 if column.whole and span <= _MOST_WHOLE else POINTS
    return np.linspace(column.low, column.high, count) if span else np.array([column.low])


def _inputs(experiment: Experiment, scaling: Scaling, row: Floats) -> tuple[Tensor, Tensor]:
    """The network's inputs (1, F) for a row and for the typical row."""
    both = scaled(experiment, scaling, np.stack([row, typical_row(experiment, scaling)]))
    return both[:1], both[1:]


def _output(module: nn.Module, inputs: Tensor, output: int) -> float:
    with with_gradients(module), torch.no_grad():
        return float(outputs_of(module, inputs)[0, output])


def _summed(experiment: Experiment, values: Sequence[float] | np.ndarray) -> np.ndarray:
    """The values (F,) of inputs added up to those of columns (C,)."""
    widths = [column.width for column in table_of(experiment).inputs]
    ends = np.cumsum(widths)[:-1]
    return np.array([part.sum(dtype=np.float64) for part in np.split(np.asarray(values), ends)], np.float32)


def table_of(experiment: Experiment) -> Table:
    """The table that a network answers for.

    Raises:
        AttributionError: it answers for something else.
    """
    if not isinstance(experiment.data, Table):
        raise AttributionError(message("This network does not answer for rows of a table."))
    return experiment.data
