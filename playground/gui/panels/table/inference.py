"""The prediction of a network for a row of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.gui.session.network_source import NetworkSource

if TYPE_CHECKING:
    from torch import Tensor, nn

Row = tuple[float, ...]  # a value for each input column, see `table_answers`


@dataclass(frozen=True, slots=True)
class Predicted:
    """A probability per class, or a number in the units of the column."""

    probabilities: tuple[float, ...] = ()
    value: float = 0.0


def network_input(source: NetworkSource, row: Row) -> Tensor:
    """The input (1, numbers) for a row, scaled as in training.

    Raises:
        DataError: as `predict`.
    """
    import numpy as np

    from playground.engine.inference.table_answers import scaled, scaling_of

    scaling = scaling_of(source.experiment, source.scaling, trained=source.trained)
    return scaled(source.experiment, scaling, np.array([row]))


def predict(network: nn.Sequential, source: NetworkSource, row: Row) -> Predicted:
    """Predict the target of a row; called in the inference thread.

    Raises:
        DataError: neither the network nor the table, which is missing or has changed, says how to scale the row.
    """
    from playground.engine.inference.table_answers import answers_to, scaling_of

    scaling = scaling_of(source.experiment, source.scaling, trained=source.trained)
    found = answers_to(network, source.experiment, scaling, network_input(source, row))[0].tolist()
    return Predicted(tuple(found)) if source.experiment.data.task.classes else Predicted(value=found[0])
