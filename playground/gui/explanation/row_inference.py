"""The answer to the question why for a row of a table, found in the inference thread."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from torch import nn

from playground.engine.data.scaling import Scaling
from playground.engine.data.sources.vectors import Floats
from playground.engine.inference.table_answers import answers, scaling_of
from playground.engine.probes import column_attributions
from playground.engine.probes.attributions import Attribution
from playground.engine.probes.column_attributions import Curve, table_of, typical_row
from playground.gui.explanation.inference import WhyQuestion
from playground.gui.session.network_source import NetworkSource
from playground.spec.attribution_methods import CURVES
from playground.spec.data.table_summary import Column
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.recipe.output_activations import SOFTMAX

MOST_CURVES = 12  # columns


@dataclass(frozen=True, slots=True, eq=False)
class RowAnswer:
    """An explanation of a row by a network after `version` steps; either `found` or `curves`."""

    question: WhyQuestion
    experiment: Experiment
    version: int
    row: Floats  # (C,)
    probabilities: tuple[float, ...]  # of the classes; empty where a number is predicted
    number: float  # the predicted number, else 0
    target: int  # the class that is explained; 0 of a number
    found: Attribution | None
    curves: tuple[Curve, ...]  # of the first columns
    typical: Floats | None  # (C,), the row that it is compared with; None of curves
    before_softmax: bool  # whether the explained output goes through a softmax
    trained: bool  # whether the network has learned anything

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the row."""
        data = self.experiment.data
        assert isinstance(data, Table)
        return data.inputs

    @property
    def answer(self) -> int:
        """The class that the network answers; 0 of a number."""
        return self.probabilities.index(max(self.probabilities)) if self.probabilities else 0


def explain_row(network: nn.Sequential, source: NetworkSource, question: WhyQuestion) -> Generator[RowAnswer | None]:
    """Explain one output for a row, in slices; called in the inference thread.

    Raises:
        AttributionError: the method cannot explain this network.
        DataError: it is not known how to scale the row.
    """
    experiment = source.experiment
    data = table_of(experiment)
    scaling = scaling_of(experiment, source.scaling, trained=source.trained)
    row = np.array(question.example.content, np.float64)
    shares = tuple(answers(network, experiment, scaling, row[None])[0].tolist())
    number = 0.0 if data.classifies else shares[0]
    shares = shares if data.classifies else ()
    target = question.target if question.target is not None else shares.index(max(shares)) if shares else 0
    yield None
    found, curves, typical = None, [], None
    if question.method is CURVES:
        for column in range(min(MOST_CURVES, len(data.inputs))):
            curves.append(column_attributions.answer_curve(network, experiment, scaling, row, column, target))
            yield None
    else:
        typical = typical_row(experiment, scaling)
        found = yield from _attribution(network, experiment, scaling, row, target, question)
    softmax = bool(shares) and experiment.recipe.loss.output_activation == SOFTMAX
    yield RowAnswer(
        question,
        experiment,
        source.version,
        row,
        shares,
        number,
        target,
        found,
        tuple(curves),
        typical,
        softmax,
        source.trained,
    )


def _attribution(
    network: nn.Sequential,
    experiment: Experiment,
    scaling: Scaling,
    row: Floats,
    target: int,
    question: WhyQuestion,
) -> Generator[None, None, Attribution]:
    function = getattr(column_attributions, question.method.function)
    found = function(network, experiment, scaling, row, target)
    if isinstance(found, Generator):
        found = yield from found
    result: Attribution = found
    return result
