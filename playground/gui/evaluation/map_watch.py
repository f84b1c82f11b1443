"""Finds where samples lie in the plane by the last hidden layer, again when the network has learned more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal, Slot

from playground.engine.probes.neighbour_plane import PERPLEXITY, missing_tsne
from playground.engine.probes.principal_plane import principal_plane
from playground.gui.evaluation.evaluator import Result
from playground.gui.evaluation.map_inference import (
    ExampleQuestion,
    MapAnswer,
    MapQuestion,
    map_example,
    map_samples,
)
from playground.gui.evaluation.map_methods import Map, Method, NeighbourMaps
from playground.gui.session.background import Background
from playground.gui.session.document import Document
from playground.gui.session.inference_request import BoundQuestion, Priority
from playground.gui.session.inference_thread import InferenceClient, InferenceError, InferenceThread
from playground.gui.session.network_source import NetworkSource
from playground.gui.session.run import Run
from playground.spec.messages import Message, message


class MapWatch(QObject):
    """Follows the results that the tab shows: each asks once for the features of the network of that moment."""

    mapped = Signal(object)  # Map
    example_mapped = Signal(object)  # (2,) of the panel's example, or None
    refused = Signal(object)  # Message
    method_failed = Signal(object)  # Message: there is no t-SNE, so that PCA is shown

    def __init__(
        self, document: Document, run: Run, inference: InferenceThread, background: Background, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._document, self._run, self._background = document, run, background
        self._visible = False
        self._result: Result | None = None
        self._question: MapQuestion | None = None
        self._source: NetworkSource | None = None  # the network that was asked about the result
        self._example: tuple[ExampleQuestion, Any] | None = None  # and the data that it was made for
        self.map: Map | None = None
        self.method, self.perplexity = Method.PCA, float(PERPLEXITY)
        self.neighbours = NeighbourMaps(self)
        self.neighbours.placed.connect(self._show_neighbours)
        self.neighbours.failed.connect(self._return_to_pca)
        self._client = InferenceClient(inference, map_samples, Priority.BACKGROUND, self)
        self._client.answered.connect(self._take)
        self._example_client = InferenceClient(inference, map_example, Priority.BACKGROUND, self)
        self._example_client.answered.connect(self._take_example)

    def find(self, result: Result) -> None:
        """Map samples from all over a result with the network that is shown now."""
        self._visible = True
        weights = self._run.weights
        if weights is None:
            return
        if self._question is None or self._question.part is not result.part:
            self._question = MapQuestion(result.part)
            self.neighbours.stop()
        self._result = result
        self._client.ask(BoundQuestion(self._question, result.part.dataset))
        self._source = NetworkSource.of(weights, self._run.intervention)
        self._client.set_network(self._source)

    def stop(self) -> None:
        """Ask nothing more, and end the process of t-SNE, until `find` is called."""
        self._visible = False
        self.neighbours.stop()
        for client in (self._client, self._example_client):
            client.ask(None)
            client.forget_network()

    def forget(self) -> None:
        """There is nothing to map: the network or the data are others."""
        self.map = self._question = None
        self.neighbours.stop()
        self._client.ask(None)
        self._ask_example()

    @property
    def is_stopped(self) -> bool:
        """Whether nothing is asked any more, because the tab is hidden."""
        return not self._visible

    def choose(self, method: Method, perplexity: float) -> None:
        """Show the samples by this method from now on; by t-SNE with about so many neighbours that count."""
        missing = missing_tsne() if method is Method.TSNE else None
        if missing is not None:
            self.method_failed.emit(missing)
            return
        if (method, perplexity) == (self.method, self.perplexity):
            return
        self.method, self.perplexity = method, perplexity
        self.neighbours.stop()
        if self.map is not None:
            self._show(self._with_method(self.map))

    def _with_method(self, found: Map) -> Map:
        """The map as it is shown until there is a newer one: by PCA, unless t-SNE is chosen."""
        return found if self.method is Method.TSNE else replace(found, neighbours=None)

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
        bound = BoundQuestion(question, made_for)
        if not bound.suits(source.experiment.data):  # the panel shows other data already
            self._example_client.ask(None)
            self.example_mapped.emit(None)
            return
        self._example_client.ask(bound)
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
        job.done.connect(self._take_map)
        job.failed.connect(self._fail)

    @Slot(object)
    def _take_map(self, found: Map) -> None:
        if found.answer.source is self._source:
            self._show(found)

    @Slot(object)
    def _show(self, found: Map) -> None:
        """Show a map; where t-SNE is wanted, the one before stays until that is computed."""
        if found.answer.question is not self._question or not self._visible:
            return
        known = self.map
        same = known is not None and known.answer.question is found.answer.question
        before = known.neighbours if known is not None and same else None
        if self.method is Method.TSNE:
            self.neighbours.compute(found, before.places if before is not None else None, self.perplexity)
            if before is not None and found is not known:
                return
        self._set_map(found)

    @Slot(object)
    def _show_neighbours(self, found: Map) -> None:
        if found.answer.question is self._question and self._visible and self.method is Method.TSNE:
            self._set_map(found)

    def _set_map(self, found: Map) -> None:
        self.map = found
        self.mapped.emit(found)
        self._ask_example()

    @Slot(object)
    def _return_to_pca(self, why: Message) -> None:
        self.method = Method.PCA
        self.method_failed.emit(why)
        if self.map is not None:
            self._show(self._with_method(self.map))

    @Slot(object)
    def _fail(self, why: Message) -> None:
        self.refused.emit(why)

    @Slot(object)
    def _take_example(self, answer: Any) -> None:
        shown = self.map
        if isinstance(answer, InferenceError) or shown is None or answer[1] is not shown.answer.source:
            return
        features: npt.NDArray[np.float32] = np.asarray(answer[0])
        if features.size != shown.answer.features.values.shape[1]:
            self.example_mapped.emit(None)
            return
        job = self._background.do(lambda: (shown, shown.place(features)))
        job.done.connect(self._show_example)
        job.failed.connect(self._fail)

    @Slot(object)
    def _show_example(self, placed: tuple[Map, npt.NDArray[np.float64]]) -> None:
        if placed[0] is self.map and self._example is not None:
            self.example_mapped.emit(placed[1])
