"""Finds the training examples that are like the present one, again when the network has learned more."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from playground.engine.data.in_memory import DataError
from playground.engine.evaluation.data_part import EvaluatedPart, Part, part_of
from playground.engine.probes.similar_examples import MOST_EXAMPLES
from playground.gui.explanation.similar_inference import SimilarAnswer, SimilarQuestion, SimilarSearch
from playground.gui.panels.inference_link import source_of
from playground.gui.panels.layer_probe import Example
from playground.gui.session.document import Document
from playground.gui.session.inference_request import BoundQuestion, Priority
from playground.gui.session.inference_thread import InferenceClient, InferenceError, InferenceThread
from playground.gui.session.network_source import NetworkSource
from playground.gui.session.run import Run
from playground.gui.session.worker_mailbox import SharedData, TestSample
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.changeable import OTHER_SAMPLES, same_samples
from playground.spec.messages import Message, message

PERIOD = 2000  # milliseconds from an answer to the next network, at least


class SimilarWatch(QObject):
    """Searches for one example at a time: another example at once, another network after a pause."""

    found = Signal(object)  # SimilarAnswer
    refused = Signal(object)  # Message: why there is nothing to show

    def __init__(self, document: Document, run: Run, thread: InferenceThread, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._run = document, run
        self._example: Example | None = None
        self._shared: SharedData | None = None
        self._part: EvaluatedPart | None = None
        self._requested: Dataset | None = None  # the data that the worker was asked for
        self._source: NetworkSource | None = None  # the network that is asked
        self._waiting = False  # for its first answer, which may take seconds: another network would begin again
        self._client = InferenceClient(thread, SimilarSearch(), Priority.BACKGROUND, self)
        self._client.answered.connect(self._take)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PERIOD)
        self._pause.timeout.connect(self._update)
        run.weights_changed.connect(self._update)
        run.data_shared.connect(self._take_data)

    @property
    def asks(self) -> bool:
        """Whether an answer is wanted from the network."""
        return self._client.has_question

    def find(self, example: Example) -> None:
        """Search for an example of the visible panel."""
        self._example = example
        self._update()

    def stop(self) -> None:
        """Search nothing more until `find`."""
        self._example = self._source = None
        self._pause.stop()
        self._client.ask(None)
        self._client.forget_network()

    def put(self, answer: SimilarAnswer, number: int) -> None:
        """Put one of the found examples on the panel of its data."""
        part, example = answer.question.part, answer.found[number].example
        self._run.show_sample(TestSample(part.dataset, example.inputs, example.target, part.part.value, example.place))

    @Slot()
    def _update(self) -> None:
        """Ask about the example, and use the present network unless another one was used a moment ago."""
        example, data = self._example, self._document.experiment.data
        if example is None:
            return
        if self._shared is not None and self._shared.dataset != data:
            self._shared = self._part = self._source = None  # before others are read: both might not fit
            self._client.ask(None)
        reason = self._reason(data)
        if reason is not None:
            self._client.ask(None)
            self.refused.emit(reason)
            return
        self._ask(example, data)

    def _reason(self, data: Dataset) -> Message | None:
        """Why there is nothing to compare with, or not yet."""
        weights = self._run.weights
        if weights is not None and not same_samples(weights.experiment.data, data):
            return message(OTHER_SAMPLES)
        if self._shared is None:
            if self._requested != data:
                self._requested = data
                self._run.share_data()
            return message("Reading the data…")
        return self._shared.problem

    def _ask(self, example: Example, dataset: Dataset) -> None:
        shared = self._shared
        assert shared is not None
        assert shared.data is not None
        if self._part is None:
            try:
                self._part = part_of(shared.data, dataset, Part.TRAIN, MOST_EXAMPLES)
            except DataError as error:
                self.refused.emit(error.message)
                return
        question = SimilarQuestion(example, self._part, shared.data.origin, shared.data.unit)
        self._client.ask(BoundQuestion(question, example.made_for))
        if self._source is None or not (self._waiting or self._pause.isActive()):
            source = source_of(self._document, self._run)
            if source is not None and not _is_same(source, self._source):
                if self._source is None:
                    self.refused.emit(message("Comparing with training {samples}…", samples=message(dataset.samples)))
                self._source, self._waiting = source, True
                self._client.set_network(source)

    @Slot(object)
    def _take_data(self, shared: SharedData) -> None:
        self._requested = None
        if shared.dataset == self._document.experiment.data and self._shared is None:
            self._shared, self._part = shared, None
        self._update()

    @Slot(object)
    def _take(self, answer: SimilarAnswer | InferenceError) -> None:
        if self._example is None:
            return
        if self._waiting:
            self._waiting = False
            self._pause.start()
        if isinstance(answer, InferenceError):
            self.refused.emit(answer.message)
        elif answer.question.part is self._part and answer.source is self._source:
            self.found.emit(answer)


def _is_same(source: NetworkSource, known: NetworkSource | None) -> bool:
    """Whether the weights and what is broken in them are the same: then all that is known of it still holds."""
    if known is None or source.weights is not known.weights or source.intervention != known.intervention:
        return False
    return source.experiment is known.experiment and source.version == known.version
