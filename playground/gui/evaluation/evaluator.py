"""Evaluates the network of the run for the tabs that are visible, again when it has learned more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from playground.engine.data.in_memory import Data, DataError
from playground.engine.evaluation.class_labels import class_labels
from playground.engine.evaluation.data_part import EvaluatedPart, Part, part_of
from playground.engine.evaluation.examples import Example, examples
from playground.engine.evaluation.figures import Figures, figures
from playground.engine.probes.interventions import Intervention
from playground.gui.evaluation.inference import Evaluated, EvaluationQuestion, evaluate_part
from playground.gui.session.background import Background, Job
from playground.gui.session.document import Document
from playground.gui.session.inference_request import BoundQuestion, InferenceFunction, Priority
from playground.gui.session.inference_thread import InferenceClient, InferenceError, InferenceThread
from playground.gui.session.network_source import NetworkSource
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState
from playground.gui.session.worker_mailbox import SharedData, TestSample, Weights
from playground.gui.style.translation import translated
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.changeable import OTHER_SAMPLES, same_samples
from playground.spec.messages import Message, message

PERIOD = 2000  # milliseconds from an answer to the next question, at least
MOST_SAMPLES = 10_000
MOST_POSITIONS = 500_000  # of sequences and masks
TRAINING_SAMPLE = 2000  # training samples that stand in where nothing is held out


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Everything that a tab shows."""

    evaluated: Evaluated
    figures: Figures
    names: tuple[str, ...]  # of the classes, translated

    @property
    def part(self) -> EvaluatedPart:
        """The samples that it is of."""
        return self.evaluated.question.part


class Evaluator(QObject):
    """Asks while at least one tab is visible; hidden tabs cost nothing."""

    evaluated = Signal(object)  # Result
    refused = Signal(object)  # Message: why there is nothing to show
    part_changed = Signal()  # `part` or `can_test` changed
    examples_read = Signal(object, object, object)  # who asked for them, Result, tuple[Example, ...]

    def __init__(
        self,
        document: Document,
        run: Run,
        inference: InferenceThread,
        background: Background,
        parent: QObject,
        function: InferenceFunction = evaluate_part,
    ) -> None:
        super().__init__(parent)
        self.document, self.run, self._background = document, run, background
        self._watching: set[QObject] = set()
        self._shared: SharedData | None = None
        self._asked_for: Dataset | None = None  # the data that the worker was asked for
        self._chosen: Part | None = None  # None: as the data suggest
        self._question: Any = None  # that `function` answers
        self._asked: tuple[Weights, Intervention | None, Any] | None = None  # about what was asked last
        self._bound: BoundQuestion | None = None  # what was asked last; None: another network was chosen
        self._job: Job | None = None
        self.result: Result | None = None
        self._client = InferenceClient(inference, function, Priority.BACKGROUND, self)
        self._client.answered.connect(self._take)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PERIOD)
        self._pause.timeout.connect(self._update)
        run.data_shared.connect(self._take_data)
        run.weights_changed.connect(self._update)
        run.state_changed.connect(self._note_state)
        run.intervention_changed.connect(self._hurry)
        for replaced in (run.past_changed, run.began, run.cleared, run.opened):
            replaced.connect(self._hurry)

    @property
    def part(self) -> Part:
        """The part of the data that is evaluated."""
        if self._chosen is not None:
            return self._chosen
        return Part.VALIDATION if self.document.experiment.data.validation_count else Part.TRAIN

    @property
    def can_test(self) -> bool:
        """Whether test data may be looked at: only once training is over."""
        return self.run.state in (RunState.FINISHED, RunState.DIVERGED)

    def choose(self, part: Part) -> None:
        """Evaluate another part of the data."""
        self._chosen = part
        self._question = None
        self.part_changed.emit()
        self._pause.stop()
        self._update()

    def watch(self, page: QObject, *, visible: bool) -> None:
        """A tab became visible or hidden."""
        (self._watching.add if visible else self._watching.discard)(page)
        if visible:
            self._update()
        elif not self._watching:
            self._pause.stop()
            self._client.ask(None)

    def stop(self) -> None:
        """Ask nothing more; the program ends."""
        self._watching.clear()
        self._pause.stop()
        self._client.ask(None)

    def read_examples(self, who: object, result: Result, indices: tuple[int, ...]) -> None:
        """Read samples of a result in the background; `examples_read` follows."""
        job = self._background.do(lambda: (who, result, examples(result.part, indices)))
        job.done.connect(self._pass_examples)
        job.failed.connect(self.refused)

    def put(self, part: EvaluatedPart, example: Example) -> None:
        """Put an example on the panel of its data."""
        self.run.show_sample(TestSample(part.dataset, example.inputs, example.target, part.part.value, example.place))

    @Slot(object)
    def _pass_examples(self, found: tuple[object, Result, tuple[Example, ...]]) -> None:
        self.examples_read.emit(*found)

    @Slot()
    def _update(self) -> None:
        """Ask about the present network, unless that was done a moment ago."""
        data = self._evaluated_data
        if self._shared is not None and self._shared.dataset != data:
            if not same_samples(self._shared.dataset, data):
                self._chosen = None
            self._shared = self._question = self._asked = self.result = (
                None  # before others are read: both might not fit
            )
            self._client.ask(None)
            self.part_changed.emit()
        if self._asked_for != data:
            self._asked_for = None  # reading them was cancelled
        if not self._watching:
            return
        reason = self._reason()
        if reason is not None:
            self._client.forget_network()
            self.result = None
            self.refused.emit(reason)
        elif self._shared is None:
            self._request_data()
        elif not self._pause.isActive():
            self._ask(self._shared)

    @property
    def _evaluated_data(self) -> Dataset:
        """Those of the document; where they differ in changed examples only, those that the network learned from.

        Examples that are changed stay to be seen as the network has learned them, until it is trained with the changes.
        """
        data, weights = self.document.experiment.data, self.run.weights
        learned = data if weights is None else weights.experiment.data
        return learned if same_samples(learned, data) else data

    @Slot()
    def _hurry(self) -> None:
        """Do not pause before the next question: a person chose another network, and waits for its answers."""
        self._pause.stop()
        self._bound = None

    def _reason(self) -> Message | None:
        """Why nothing can be evaluated."""
        weights = self.run.weights
        if self.document.problems or weights is None or not (weights.step or self.run.pretrained or self.run.past):
            return message("Train the network, or open a trained one: then its answers are evaluated here.")
        if not same_samples(weights.experiment.data, self.document.experiment.data):
            return message(OTHER_SAMPLES)
        return self._shared.problem if self._shared is not None else None

    def _request_data(self) -> None:
        self.refused.emit(message("Reading the data…"))
        data = self._evaluated_data
        if self._asked_for != data:
            self._asked_for = data
            self.run.share_data(self.document.experiment.with_(data=data))

    @Slot(object)
    def _take_data(self, shared: SharedData) -> None:
        self._asked_for = None
        if shared.dataset == self._evaluated_data:
            self._shared = shared
        self._update()

    def _ask(self, shared: SharedData) -> None:
        weights, data = self.run.weights, shared.data
        assert weights is not None
        assert data is not None
        if self._question is None:
            try:
                self._question = self._question_about(shared.dataset, data)
            except DataError as error:  # the part is empty
                self.refused.emit(error.message)
                return
        if self._client.has_question and self._is_asked(weights):
            return
        if self.result is None:  # a slow network takes its time, above all while it is trained
            part = self._question.part
            self.refused.emit(message("The network is asked about {samples}…", samples=part.words))
        broken = self.run.intervention
        self._asked = (weights, broken, self._question)
        if self._bound is None or self._bound.content is not self._question:
            self._bound = BoundQuestion(self._question, shared.dataset)
        self._client.ask(self._bound)  # the same one: an answer in progress is completed while the network learns on
        self._client.set_network(NetworkSource.of(weights, broken))

    def _is_asked(self, weights: Weights) -> bool:
        """Whether the answer is shown, or comes."""
        if self._asked is None or self._asked[0] is not weights or self._asked[2] is not self._question:
            return False
        return self._asked[1] == self.run.intervention

    def _question_about(self, dataset: Dataset, data: Data) -> EvaluationQuestion:
        most = TRAINING_SAMPLE if self.part is Part.TRAIN else MOST_SAMPLES
        most = max(1, min(most, MOST_POSITIONS // dataset.task.positions))
        return EvaluationQuestion(part_of(data, dataset, self.part, most), data.origin, data.unit)

    @Slot(object)
    def _take(self, answer: Evaluated | InferenceError) -> None:
        if not self._watching:
            return
        self._pause.start()
        if isinstance(answer, InferenceError):
            self.refused.emit(answer.message)
        elif answer.question is self._question:
            job = self._background.do(
                lambda: (answer, figures(answer.answers), class_labels(answer.question.part.dataset))
            )
            job.done.connect(self._show)
            job.failed.connect(self.refused)
            self._job = job

    @Slot(object)
    def _show(self, found: tuple[Evaluated, Figures, tuple[Message | str, ...]]) -> None:
        evaluated, computed, names = found
        if evaluated.question is self._question:
            words = tuple(translated(name) if isinstance(name, Message) else name for name in names)
            self.result = Result(evaluated, computed, words)
            self.evaluated.emit(self.result)

    @Slot(object)
    def _note_state(self, _state: RunState) -> None:
        if self._chosen is Part.TEST and not self.can_test:
            self._chosen = self._question = None
        self.part_changed.emit()
        self._update()
