"""What a network says of a row of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.gui.session.inference_thread import NetworkSource
from playground.spec.datasets.table import Table

if TYPE_CHECKING:
    from torch import nn

Row = tuple[float, ...]  # a value for each input column; of a category, its number


@dataclass(frozen=True, slots=True)
class Predicted:
    """A probability for each class, or a number in the column's own units."""

    probabilities: tuple[float, ...] = ()
    value: float = 0.0


def predict(network: nn.Sequential, source: NetworkSource, row: Row) -> Predicted:
    """Ask a network about a row; called in the inference thread.

    Raises:
        DataError: the file, by which values are standardised, is not what it was.
    """
    import numpy as np
    import torch

    from playground.engine.build import applied
    from playground.engine.data.sources.table import categories, scaling
    from playground.engine.data.sources.vectors import vectors
    from playground.engine.evaluation.evaluate import probabilities

    data = source.experiment.data
    assert isinstance(data, Table)
    scale = scaling(data)
    inputs = (vectors(np.array([row]), categories(data)) - scale.mean) / scale.deviation
    given = torch.from_numpy(inputs.astype(np.float32))
    if data.classifies:
        return Predicted(tuple(probabilities(network, given, source.experiment.recipe.loss)[0].tolist()))
    training = network.training
    network.eval()
    with torch.inference_mode():
        value = float(applied(source.experiment.recipe.loss.output_activation.call, network(given))[0, 0])
    network.train(training)
    return Predicted(value=value * scale.target_deviation + scale.target_mean)
