"""Finds how the score falls along a corruption, for the shown network and for that of the run before."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from playground.engine.data.in_memory import Data
from playground.engine.evaluation.data_part import Part, part_of
from playground.gui.evaluation.evaluator import MOST_POSITIONS, Evaluator
from playground.gui.panels.inference_link import source_of
from playground.gui.panels.layer_probe import Example
from playground.gui.robustness.inference import (
    MOST,
    CurveAnswer,
    CurveQuestion,
    SpoiledAnswer,
    SpoiledQuestion,
    corrupted_example,
    corrupted_scores,
)
from playground.gui.session.background import Background
from playground.gui.session.document import Document
from playground.gui.session.inference_request import BoundQuestion, Priority
from playground.gui.session.inference_thread import InferenceClient, InferenceError, InferenceThread
from playground.gui.session.network_source import NetworkSource
from playground.gui.session.previous_network import PreviousNetwork
from playground.gui.session.run import Run
from playground.gui.session.worker_mailbox import Weights
from playground.spec.corruptions import CORRUPTIONS, Corruption, corruptions_of
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.changeable import same_samples
from playground.spec.messages import Message, message, tr_noop


class RobustnessWatch(Evaluator):
    """Evaluates held-out samples along one corruption; test samples only where none are held out."""

    curve_found = Signal(object)  # CurveAnswer: after each value of a first curve, then when another is complete
    previous_found = Signal(object)  # CurveAnswer, or None where no earlier curve can be compared
    spoiled = Signal(object)  # SpoiledAnswer, or None
    not_spoiled = Signal(object)  # Message: why the example has no answer

    def __init__(
        self,
        document: Document,
        run: Run,
        inference: InferenceThread,
        background: Background,
        previous: PreviousNetwork,
        parent: QObject,
    ) -> None:
        super().__init__(document, run, inference, background, parent, corrupted_scores)
        self.corruption = CORRUPTIONS[0]
        self.curve: CurveAnswer | None = None  # complete
        self._previous = previous
        self._known: dict[str, CurveAnswer] = {}  # curves of the previous network, by corruption
        self._example: Example | None = None
        self._value: float | None = None
        self._before = InferenceClient(inference, corrupted_scores, Priority.BACKGROUND, self)
        self._before.answered.connect(self._take_previous)
        self._asker = InferenceClient(inference, corrupted_example, Priority.INTERACTIVE, self)
        self._asker.answered.connect(self._take_spoiled)
        previous.changed.connect(self._forget_previous)
        run.weights_changed.connect(self._ask_example)
        run.intervention_changed.connect(self._ask_example)

    @property
    def data(self) -> Dataset:
        """The data that are evaluated."""
        return self.document.experiment.data

    @property
    def part(self) -> Part:
        """The part of the data that is measured: held-out samples, since a person decides by the figures."""
        return Part.VALIDATION if self.data.validation_count else Part.TEST

    @property
    def corruptions(self) -> tuple[Corruption, ...]:
        """Those that suit the data."""
        return corruptions_of(self.data)

    def choose_corruption(self, corruption: Corruption) -> None:
        """Evaluate along another one."""
        if corruption is not self.corruption:
            self.corruption = corruption
            self._question = None
            self._value = None
            self._pause.stop()
            self._before.ask(None)
            known = self._known.get(corruption.id)
            self.previous_found.emit(known if self._comparable is not None else None)
            self._update()
            self._ask_example()

    def watch(self, page: QObject, *, visible: bool) -> None:
        super().watch(page, visible=visible)
        if visible and self._question is not None and self.curve is not None:
            self._ask_previous(self.curve.question)  # it may have been stopped
        elif not visible:
            self._before.ask(None)
        self._ask_example()

    def stop(self) -> None:
        super().stop()
        for client in (self._before, self._asker):
            client.ask(None)

    # the curve

    def _reason(self) -> Message | None:
        data = self.data
        if not self.corruptions:
            words = tr_noop("Pictures are turned, shifted and blurred here: there is nothing to show for {samples}.")
            return message(words, samples=message(data.samples))
        return super()._reason()

    def _question_about(self, dataset: Dataset, data: Data) -> CurveQuestion:  # type: ignore[override]
        most = max(1, min(MOST, MOST_POSITIONS // dataset.task.positions))
        if self.corruption not in self.corruptions:
            self.corruption = self.corruptions[0]
        self.curve = None
        return CurveQuestion(part_of(data, dataset, self.part, most), self.corruption)

    @Slot(object)
    def _take(self, answer: CurveAnswer | InferenceError) -> None:  # type: ignore[override]
        if not self._watching:
            return
        if isinstance(answer, InferenceError):
            self._pause.start()
            self.refused.emit(answer.message)
        elif answer.question is not self._question:
            return
        elif answer.curve.complete:
            self._pause.start()
            self.curve = answer
            self.curve_found.emit(answer)
            self._ask_previous(answer.question)
        elif self.curve is None:
            self.curve_found.emit(answer)

    # the curve of the run before

    @property
    def _comparable(self) -> Weights | None:
        """The network before, if the samples that are evaluated are new to it as well."""
        weights = self._previous.weights
        return weights if weights is not None and same_samples(weights.experiment.data, self.data) else None

    def _ask_previous(self, question: CurveQuestion) -> None:
        weights, known = self._comparable, self._known.get(question.corruption.id)
        if weights is None or known is not None:
            self._before.ask(None)
            self._before.forget_network()
            self.previous_found.emit(known if weights is not None else None)
            return
        self._before.ask(BoundQuestion(question, question.part.dataset))
        self._before.set_network(NetworkSource.of(weights))

    @Slot(object)
    def _take_previous(self, answer: CurveAnswer | InferenceError) -> None:
        if isinstance(answer, InferenceError) or answer.question is not self._question or self._comparable is None:
            self.previous_found.emit(None)
        elif answer.curve.complete:
            self._known[answer.question.corruption.id] = answer
            self.previous_found.emit(answer)
            self._before.ask(None)

    @Slot()
    def _forget_previous(self) -> None:
        """Another run was begun: the curve that is shown is not its own."""
        self._known.clear()
        self.curve = None
        self._before.ask(None)
        self.previous_found.emit(None)

    # the example

    @Slot(object)
    def show_example(self, example: Example | None) -> None:
        """Spoil what the visible panel shows."""
        self._example = example
        self._ask_example()

    def spoil(self, value: float) -> None:
        """Spoil the example so much."""
        self._value = value
        self._ask_example()

    @Slot()
    def _ask_example(self) -> None:
        example, source = self._example, source_of(self.document, self.run)
        if not self._watching or example is None or source is None or self.corruption not in self.corruptions:
            self._asker.ask(None)
            self._asker.forget_network()
            self.spoiled.emit(None)
            return
        value = self.corruption.neutral if self._value is None else self._value
        question = SpoiledQuestion(example, self.corruption, value)
        self._asker.ask(BoundQuestion(question, example.made_for))
        self._asker.set_network(source)

    @Slot(object)
    def _take_spoiled(self, answer: SpoiledAnswer | InferenceError) -> None:
        if isinstance(answer, InferenceError):
            self.not_spoiled.emit(answer.message)
        elif answer.question.example is self._example and answer.question.corruption is self.corruption:
            self.spoiled.emit(answer)
