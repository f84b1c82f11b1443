"""Finds where samples lie in the plane by the last hidden layer, again when the network has learned more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal, Slot

from playground.engine.probes.principal_plane import PrincipalPlane, principal_plane
from playground.gui.evaluation.evaluator import Result
from playground.gui.evaluation.map_inference import (
    ExampleQuestion,
    MapAnswer,
    MapQuestion,
    map_example,
    map_samples,
)
from playground.gui.session.background import Background
from playground.gui.session.inference_thread import (
    BoundQuestion,
    InferenceClient,
    InferenceError,
    InferenceThread,
    NetworkSource,
    Priority,
)
from playground.gui.session.run import Run
from playground.spec.messages import Message, message


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """Where the samples of a result lie."""

    result: Result
    answer: MapAnswer
    plane: PrincipalPlane


class MapWatch(QObject):
    """Follows the results that the tab shows: each asks once for the features of the network of that moment."""

    mapped = Signal(object)  # Map
    example_mapped = Signal(object)  # (2,) of the panel's example, or None
    refused = Signal(object)  # Message

    def __init__(self, run: Run, inference: InferenceThread, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._run, self._background = run, background
        self._visible = False
        self._result: Result | None = None
        self._question: MapQuestion | None = None
        self._source: NetworkSource | None = None  # the network that was asked about the result
        self._example: tuple[ExampleQuestion, Any] | None = None  # and the data that it was made for
        self.map: Map | None = None
        self._client = InferenceClient(inference, map_samples, Priority.BACKGROUND, self)
        self._client.answered.connect(self._take)
        self._example_client = InferenceClient(inference, map_example, Priority.BACKGROUND, self)
        self._example_client.answered.connect(self._take_example)

    def find(self, result: Result) -> None:
        """Map the first samples of a result with the network that is shown now."""
        self._visible = True
        weights = self._run.weights
        if weights is None:
            return
        if self._question is None or self._question.part is not result.part:
            self._question = MapQuestion(result.part)
        self._result = result
        self._client.ask(BoundQuestion(self._question, result.part.dataset))
        self._source = NetworkSource(
            weights.experiment, weights.tensors, weights.step, True, weights.scaling, self._run.intervention
        )
        self._client.set_network(self._source)

    def stop(self) -> None:
        """Ask nothing more until there is another result."""
        self._visible = False
        for client in (self._client, self._example_client):
            client.ask(None)
            client.forget_network()

    @Slot(object)
    def show_example(self, example: Any) -> None:
        """Mark the example of the visible panel, an `Example` of the panels, or None."""
        if example is None:
            self._example = None
        else:
            self._example = ExampleQuestion(example.content, example.network_input), example.made_for
        self._ask_example()

    def _ask_example(self) -> None:
        shown = self.map
        if self._example is None or shown is None or not self._visible:
            self._example_client.ask(None)
            self.example_mapped.emit(None)
            return
        question, made_for = self._example
        source = shown.answer.source
        self._example_client.ask(BoundQuestion(question, made_for or source.experiment.data))
        self._example_client.set_network(source)

    @Slot(object)
    def _take(self, answer: MapAnswer | InferenceError) -> None:
        if isinstance(answer, InferenceError):
            self.refused.emit(answer.message)
            return
        result = self._result
        if result is None or answer.question is not self._question or answer.source is not self._source:
            return
        self._client.ask(None)
        if not np.isfinite(answer.features.values).all():
            self.refused.emit(message("The last hidden layer gives numbers that are not finite: there is no map."))
            return
        before = self.map.plane.places if self.map and self.map.answer.question is answer.question else None
        job = self._background.do(lambda: Map(result, answer, principal_plane(answer.features.values, before)))
        job.done.connect(self._show)
        job.failed.connect(self._fail)

    @Slot(object)
    def _show(self, found: Map) -> None:
        if found.answer.question is self._question and found.answer.source is self._source:
            self.map = found
            self.mapped.emit(found)
            self._ask_example()

    @Slot(object)
    def _fail(self, why: Message) -> None:
        self.refused.emit(why)

    @Slot(object)
    def _take_example(self, answer: Any) -> None:
        shown = self.map
        if isinstance(answer, InferenceError) or shown is None or answer[1] is not shown.answer.source:
            return
        features: npt.NDArray[np.float32] = np.asarray(answer[0])
        here = features.size == len(shown.plane.mean)
        self.example_mapped.emit(shown.plane.place(features) if here else None)
