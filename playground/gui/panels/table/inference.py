"""The prediction of a network for a row of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.gui.session.inference_thread import NetworkSource

if TYPE_CHECKING:
    from torch import nn

Row = tuple[float, ...]  # a value for each input column, see `table_answers`


@dataclass(frozen=True, slots=True)
class Predicted:
    """A probability per class, or a number in the units of the column."""

    probabilities: tuple[float, ...] = ()
    value: float = 0.0


def predict(network: nn.Sequential, source: NetworkSource, row: Row) -> Predicted:
    """Predict the target of a row; called in the inference thread.

    Raises:
        DataError: neither the network nor the table, which is missing or has changed, says how to scale the row.
    """
    import numpy as np

    from playground.engine.inference.table_answers import answers, scaling_of

    scaling = scaling_of(source.experiment, source.scaling, trained=source.trained)
    found = answers(network, source.experiment, scaling, np.array([row]))[0].tolist()
    return Predicted(tuple(found)) if source.experiment.data.task.classes else Predicted(value=found[0])
