"""Predictions for points of the plane."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import repeat
from pathlib import Path

from playground.engine.build import applied
from playground.engine.data.csv_layout import layout_of
from playground.engine.data.sources.points import as_inputs
from playground.engine.evaluation.evaluate import evaluating, probabilities
from playground.engine.inference.predictions.cell_notation import notation_for
from playground.engine.inference.predictions.prediction import Prediction, PredictionError, answered
from playground.engine.inference.predictions.table_rows import left_out, table_rows
from playground.engine.inference.predictions.truths import true_heights_or_classes
from playground.engine.weights import Trained
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.number_notation import NumberNotation
from playground.spec.data.table_summary import Column
from playground.spec.datasets.points import EDGE, Plane
from playground.spec.files.storage import shown
from playground.spec.messages import message, tr_noop


def point_in(text: str) -> tuple[float, float] | None:
    """The point that a text such as `0.5,-2` names; None if it names none."""
    parts = [NumberNotation().number(part.strip()) for part in text.split(",")]
    return (parts[0], parts[1]) if len(parts) == 2 and parts[0] is not None and parts[1] is not None else None


def named_point(trained: Trained, text: str, point: tuple[float, float]) -> Prediction:
    """The answer for one point."""
    return _answer(trained, shown(text), "", point, {})


def point_predictions(trained: Trained, path: Path) -> Iterator[Prediction]:
    """An answer for each row of a table with the columns x and y, or with two columns.

    Raises:
        PlaygroundError: the file cannot be read, or has no such columns.
    """
    found, skips = table_rows(path)
    source, names = shown(path), [name.strip().lower() for name in found.names]
    if "x" in names and "y" in names:
        places = names.index("x"), names.index("y")
    elif len(names) == 2:
        places = 0, 1
    else:
        words = tr_noop("“{file}” has no columns “x” and “y” for the positions of points.")
        raise PredictionError(message(words, file=source))
    x_notation, y_notation = (notation_for(Column(), found.column(place)) for place in places)
    data = trained.experiment.data
    assert isinstance(data, Plane)
    layout, truths = layout_of(found), iter(true_heights_or_classes(data, found) or repeat(None))
    for line, cells, truth in zip(found.numbers, found.by_row(), truths, strict=False):
        stop_if_cancelled()
        x, y = x_notation.number(cells[places[0]]), y_notation.number(cells[places[1]])
        where, given = f"row {line:,}", dict(zip(found.names, cells, strict=True))
        if x is None or y is None:
            yield Prediction(source, where, cells=given, layout=layout, problem=message("x and y should be numbers"))
        else:
            yield replace(_answer(trained, source, where, (x, y), given), layout=layout, truth=truth)
    yield from left_out(skips, source)


def _answer(
    trained: Trained, source: str, where: str, point: tuple[float, float], cells: Mapping[str, str]
) -> Prediction:
    data, loss = trained.experiment.data, trained.experiment.recipe.loss
    assert isinstance(data, Plane)
    if max(map(abs, point)) > EDGE:
        words = tr_noop("it is outside the plane, which ends at ±{edge:g}")
        return Prediction(source, where, cells=cells, problem=message(words, edge=EDGE))
    inputs = as_inputs([(*point, 0.0)], data.features)
    if data.task.classes is not None:
        return answered(
            trained.experiment, probabilities(trained.network, inputs, loss)[0].tolist(), source, where, cells
        )
    with evaluating(trained.network):
        value = applied(loss.output_activation.call, trained.network(inputs))
    return answered(trained.experiment, value[0].tolist(), source, where, cells)
