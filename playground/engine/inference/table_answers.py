"""Answers of a network for rows of a table; the table that it learned from need not be there."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from playground.engine.build import applied
from playground.engine.data.in_memory import DataError, load
from playground.engine.data.scaling import Scaling
from playground.engine.data.sources.vectors import Floats, vectors
from playground.engine.evaluation.evaluate import evaluating, probabilities
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.messages import message, tr_noop


def scaling_of(experiment: Experiment, known: Scaling | None, *, trained: bool) -> Scaling:
    """The scaling of a network's inputs: as its file says, or else computed from the table.

    Raises:
        DataError: it is not known, and the table is missing or has changed.
    """
    if known is not None:
        return known
    try:
        scaling = load(experiment.data).scaling
    except DataError as error:
        if not trained:
            raise
        words = tr_noop(
            "The file of this network does not say how its columns are scaled, as an earlier version wrote it. Save it "
            "again where its table is. {why}"
        )
        raise DataError(message(words, why=error.message)) from error
    assert scaling is not None
    return scaling


def answers(network: nn.Sequential, experiment: Experiment, scaling: Scaling, rows: Floats) -> Floats:
    """The probability of each class, (N, classes), or the target's value in its own unit, (N, 1).

    rows: (N, C), the value of each input column: the number, the index of a category, the seconds of a date (`moment`);
        NaN where one is missing, which the scaling must know how to fill.
    """
    return answers_to(network, experiment, scaling, scaled(experiment, scaling, rows))


def scaled(experiment: Experiment, scaling: Scaling, rows: Floats) -> Tensor:
    """The network's inputs (N, numbers) for rows as in `answers`."""
    data = experiment.data
    assert isinstance(data, Table)
    inputs = (vectors(rows, data.inputs, scaling.fills) - np.array(scaling.means)) / np.array(scaling.deviations)
    with np.errstate(over="ignore"):  # such an answer is no number, and is not given
        return torch.from_numpy(inputs.astype(np.float32))


def answers_to(network: nn.Sequential, experiment: Experiment, scaling: Scaling, given: Tensor) -> Floats:
    """As `answers`, for inputs that are scaled already."""
    data = experiment.data
    assert isinstance(data, Table)
    if data.classifies:
        return probabilities(network, given, experiment.recipe.loss).astype(np.float64)
    with evaluating(network):
        outputs = applied(experiment.recipe.loss.output_activation.call, network(given))
    return outputs.double().numpy() * scaling.target_deviation + scaling.target_mean
