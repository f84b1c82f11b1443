"""Predictions of a trained network for files, by the kind of its data."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from playground.engine.inference.predictions.pictures import picture_predictions
from playground.engine.inference.predictions.plane_points import named_point, point_in, point_predictions
from playground.engine.inference.predictions.prediction import Prediction, Unsuitable
from playground.engine.inference.predictions.table_rows import row_predictions
from playground.engine.inference.predictions.text_lines import line_predictions
from playground.engine.weights import Trained
from playground.spec.messages import message, tr_noop

# By the panel of the data.
_READERS: dict[str, Callable[[Trained, Path], Iterator[Prediction]]] = {
    "digits": picture_predictions,
    "distillation": picture_predictions,
    "picture": picture_predictions,
    "points": point_predictions,
    "punctuation": line_predictions,
    "table": row_predictions,
}


def predictions(trained: Trained, given: str) -> Iterator[Prediction]:
    """The network's answers for a file or a folder, or for a point such as `0.5,-2`, in its order.

    Raises:
        Unsuitable: the network's answers do not fit into a table.
        PlaygroundError: the file cannot be read, or is not one that it can answer for.
    """
    data = trained.experiment.data
    reader = _READERS.get(data.panel)
    if reader is None:
        words = tr_noop("A network for {data} gives no answer that fits into a table.")
        if data.panel == "writing":
            words = tr_noop("A network for {data} gives no answers for files: “playground write” continues a text.")
        raise Unsuitable(message(words, data=data.title))
    point = point_in(given) if data.panel == "points" and not os.path.exists(given) else None
    if point:
        yield named_point(trained, given, point)
    else:
        yield from reader(trained, Path(given))
