"""Predictions of a trained network for files, by the samples that it is asked about."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from playground.engine.inference.predictions.pictures import picture_predictions
from playground.engine.inference.predictions.plane_points import named_point, point_in, point_predictions
from playground.engine.inference.predictions.prediction import Prediction, Unsuitable
from playground.engine.inference.predictions.table_rows import row_predictions
from playground.engine.inference.predictions.text_lines import line_predictions
from playground.engine.inference.predictions.text_rows import text_predictions
from playground.engine.weights import Trained
from playground.spec.cancelling import Cancelled
from playground.spec.data.dataset import Samples
from playground.spec.files.storage import shown
from playground.spec.messages import PlaygroundError, message, tr_noop

_READERS: dict[Samples, Callable[[Trained, Path], Iterator[Prediction]]] = {
    Samples.DIGITS: picture_predictions,
    Samples.LINES: line_predictions,
    Samples.PICTURES: picture_predictions,
    Samples.POINTS: point_predictions,
}
_WITH_SHEETS: dict[Samples, Callable[[Trained, Path, str | None], Iterator[Prediction]]] = {
    Samples.ROWS: row_predictions,
    Samples.TEXTS: text_predictions,
}


def predictions(trained: Trained, given: Iterable[str], sheet: str | None = None) -> Iterator[Prediction]:
    """The network's answers for files and folders, or for points such as `0.5,-2`, in their order.

    sheet: of spreadsheets, see `row_predictions`.

    Where one of them cannot be read, or is not of the kind that the network answers for, its prediction says so.

    Raises:
        Unsuitable: the network's answers do not fit into a table.
    """
    data = trained.experiment.data
    if data.asked_with is None:
        words = tr_noop("A network for {data} gives no answer that fits into a table.")
        if data.panel == "writing":
            words = tr_noop("A network for {data} gives no answers for files: “playground write” continues a text.")
        raise Unsuitable(message(words, data=data.title))
    if sheet is not None and data.asked_with not in _WITH_SHEETS:
        raise Unsuitable(
            message("--sheet names a sheet of a table, but the network learned from {data}.", data=data.title)
        )
    for name in given:
        try:
            yield from _of_one(trained, name, data.asked_with, sheet)
        except Cancelled:
            raise
        except PlaygroundError as error:
            yield Prediction(shown(name), problem=error.message)


def _of_one(trained: Trained, name: str, kind: Samples, sheet: str | None) -> Iterator[Prediction]:
    point = point_in(name) if kind is Samples.POINTS and not os.path.exists(name) else None
    if point:
        yield named_point(trained, name, point)
    elif kind in _WITH_SHEETS:
        yield from _WITH_SHEETS[kind](trained, Path(name), sheet)
    else:
        yield from _READERS[kind](trained, Path(name))
