"""The question about the plane, and its answer in the inference thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from playground.gui.panels.points.scatter import Scatter
from playground.gui.session.network_source import NetworkSource
from playground.spec.datasets.points import Plane

if TYPE_CHECKING:
    from torch import Tensor, nn

    from playground.engine.data.sources.patterns import Point
    from playground.engine.evaluation.evaluate import Evaluation
    from playground.engine.inference.confidence_contours import Contour
    from playground.engine.inference.decision_map import DecisionMap, PlaneActivations, Values


_EVALUATION_INTERVAL = 0.2  # seconds between two evaluations of points during training


@dataclass(frozen=True, slots=True)
class Question:
    """Asks for the network's output over the plane, and for its performance on some of these points.

    `hurried` is true if the network will soon change; the points are then evaluated only occasionally.
    """

    scatter: Scatter
    hurried: bool = False
    contours: bool = False  # whether lines of equal confidence are wanted


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """The output over the plane; `levels` is an image of indices, see `engine.inference.decision_map`."""

    levels: QImage
    values: Values
    classes: int | None
    found: Evaluation | None  # on `Scatter.telling`; None: unchanged
    predicted: dict[Point, tuple[int, float]] | None  # class and probability of each of these points; None: unchanged
    version: int
    trained: bool
    contours: tuple[Contour, ...] = ()


def network_input(source: NetworkSource, question: Question) -> Tensor:
    """The features of all points of a picture of the plane, (N, F), see `plane_outputs.grid`."""
    from playground.engine.probes.plane_outputs import grid

    data = source.experiment.data
    assert isinstance(data, Plane)
    return grid(data.features)


class PointsInference:
    """Answers in the inference thread; it caches data that is the same for successive answers."""

    def __init__(self) -> None:
        self._activations: PlaneActivations | None = None
        self._next_evaluation = 0.0  # time of the next complete evaluation

    def __call__(self, network: nn.Sequential, source: NetworkSource, question: Question) -> Iterator[Answer | None]:
        from playground.engine.inference.decision_map import PlaneActivations

        scatter, data = question.scatter, source.experiment.data
        self._activations = self._activations or PlaneActivations()
        whole = not question.hurried or perf_counter() >= self._next_evaluation
        if whole:
            self._next_evaluation = perf_counter() + _EVALUATION_INTERVAL
        field = yield from self._activations.look(network, source.experiment, scatter.telling if whole else None)
        side = field.levels.shape[0]
        image = QImage(field.levels.tobytes(), side, side, side, QImage.Format.Format_Indexed8).copy()
        predicted = None if field.said is None else dict(zip(scatter.telling, field.said, strict=bool(field.said)))
        yield Answer(
            image,
            field.values,
            data.task.classes,
            field.found,
            predicted,
            source.version,
            source.trained,
            _contours(field, data.task.classes) if question.contours else (),
        )


def _contours(field: DecisionMap, classes: int | None) -> tuple[Contour, ...]:
    from playground.engine.inference.confidence_contours import contours

    return contours(field.values, field.levels > 127 if classes == 2 else None, heights=classes is None)
