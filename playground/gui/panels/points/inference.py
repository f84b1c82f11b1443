"""What is asked about the plane, and the answer, in the inference thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from playground.gui.panels.points.scatter import Scatter
from playground.gui.session.inference_thread import NetworkSource
from playground.spec.edits import LayerPath

if TYPE_CHECKING:
    from torch import nn

    from playground.engine.data.sources.patterns import Point
    from playground.engine.evaluation.evaluate import Evaluation
    from playground.engine.inference.decision_map import Levels, PlaneActivations, Values


_SELDOM = 0.2  # seconds between two looks at neurons and points while it trains


@dataclass(frozen=True, slots=True)
class Question:
    """What the network makes of the plane, and how it does on some of these points.

    `hurried`: soon it will be another network; neurons and points are only looked at now and then.
    """

    scatter: Scatter
    hurried: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What it makes of it; `levels` is an image of indices, see `DecisionMap`."""

    levels: QImage
    values: Values
    classes: int | None
    neurons: dict[LayerPath, Levels] | None  # None: as they were
    found: Evaluation | None  # on `Scatter.telling`; None: as before
    said: dict[Point, tuple[int, float]] | None  # of each of these the class and its probability; None: as before
    version: int
    trained: bool


class PointsInference:
    """Answers in the inference thread; it keeps what stays the same from one answer to the next."""

    def __init__(self) -> None:
        self._activations: PlaneActivations | None = None
        self._next = 0.0  # when to look at everything again

    def __call__(self, network: nn.Sequential, source: NetworkSource, question: Question) -> Iterator[Answer | None]:
        from playground.engine.inference.decision_map import PlaneActivations

        scatter, data = question.scatter, source.experiment.data
        self._activations = self._activations or PlaneActivations()
        whole = not question.hurried or perf_counter() >= self._next
        if whole:
            self._next = perf_counter() + _SELDOM
        field = yield from self._activations.look(network, source.experiment, scatter.telling if whole else None)
        side = field.levels.shape[0]
        image = QImage(field.levels.tobytes(), side, side, side, QImage.Format.Format_Indexed8).copy()
        said = None if field.said is None else dict(zip(scatter.telling, field.said, strict=bool(field.said)))
        yield Answer(
            image, field.values, data.task.classes, field.neurons, field.found, said, source.version, source.trained
        )
