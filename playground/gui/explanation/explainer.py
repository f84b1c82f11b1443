"""Keeps the explanation of the answer up to date with the drawing, the network and what was chosen."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from playground.gui.explanation.inference import (
    ChangeAnswer,
    ChangeQuestion,
    WhyQuestion,
    change,
)
from playground.gui.explanation.kinds import Explained, explain_example
from playground.gui.explanation.layer_choice import LayerChoice, usual_layer
from playground.gui.explanation.similar_watch import SimilarWatch
from playground.gui.panels.inference_link import source_of
from playground.gui.panels.layer_probe import Example
from playground.gui.panels.panel import TaskPane
from playground.gui.session.document import Document
from playground.gui.session.inference_request import BoundQuestion, Priority
from playground.gui.session.inference_thread import InferenceClient, InferenceError, InferenceThread
from playground.gui.session.run import Run
from playground.gui.session.update_pace import UpdatePace
from playground.spec.attribution_methods import OFFERED, SIMILAR, AttributionMethod, ExampleKind
from playground.spec.data.dataset import Dataset
from playground.spec.edits import LayerPath
from playground.spec.messages import Message, message

PERIOD = 500  # milliseconds between two networks that are asked while one trains


class Explainer(QObject):
    """Asks only while `watch` says that somebody looks; of questions that wait, the latest counts."""

    explained = Signal(object)  # Explained
    searched = Signal(object)  # ChangeAnswer
    refused = Signal(object)  # Message: why there is nothing to show
    change_refused = Signal(object)  # Message: why no change is searched
    asked = Signal()  # an answer will come

    def __init__(self, document: Document, run: Run, thread: InferenceThread, task: TaskPane, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._run, self._task = document, run, task
        self._methods = {kind: offered[0] for kind, offered in OFFERED.items()}  # the chosen ones
        self.target: int | None = None  # the class in question; None: what the network answers
        self.wanted: int | None = None  # the class that a change is searched for; None: none
        self._layer: LayerPath | None = None  # None: the usual one
        self._watched = False
        self._why = InferenceClient(thread, explain_example, Priority.BACKGROUND, self)
        self._change = InferenceClient(thread, change, Priority.BACKGROUND, self)
        self._why.answered.connect(self._take)
        self._change.answered.connect(self._take_change)
        self.similar = SimilarWatch(document, run, thread, self)
        self._pace = UpdatePace(PERIOD, self)
        self._pace.due.connect(self._use_latest)
        self._next_text = QTimer(self)
        self._next_text.setSingleShot(True)
        self._next_text.setInterval(PERIOD)
        self._next_text.timeout.connect(self._take_next_text)
        self._signature = document.experiment.data.signature
        self._text: Example | None = None  # the window of text that is explained
        self.position: int | None = None  # in it; None for the one that the panel asks about
        self._busy = False  # with a window of text, which may take seconds: another one waits
        task.example_changed.connect(self._note_example)
        run.weights_changed.connect(self._note_weights)

    @property
    def example(self) -> Example | None:
        """The example that is explained: that of the visible panel, or a text that it showed a moment ago."""
        return self._text if self.kind is ExampleKind.TEXT else self._task.example

    @property
    def kind(self) -> ExampleKind:
        """The kind of the example, by the data of the network."""
        return self.data.example_kind

    @property
    def method(self) -> AttributionMethod:
        """The method that was chosen for examples of this kind."""
        return self._methods[self.kind]

    @property
    def data(self) -> Dataset:
        """The data of the network that is asked."""
        return self._document.experiment.data

    @property
    def asks(self) -> bool:
        """Whether an answer is wanted from the network."""
        return self._why.has_question or self._change.has_question or self.similar.asks

    @property
    def layers(self) -> tuple[LayerChoice, ...]:
        """The layers that Grad-CAM can look at."""
        return LayerChoice.of(self._document.experiment)

    @property
    def layer(self) -> LayerPath | None:
        """The layer that Grad-CAM looks at; None where there is none."""
        paths = [choice.path for choice in self.layers]
        return self._layer if self._layer in paths else usual_layer(self._document.experiment)

    def watch(self, *, visible: bool) -> None:
        """Somebody looks, or nobody does."""
        self._watched = visible
        self.update()

    def stop(self) -> None:
        """Ask nothing more; the program ends."""
        self._watched = False
        self._pace.stop()
        self._rest_from_questions()

    def _rest_from_questions(self) -> None:
        self._busy = False
        self._next_text.stop()
        for client in (self._why, self._change):
            client.ask(None)
            client.forget_network()
        self.similar.stop()

    def choose(self, method: AttributionMethod) -> None:
        """Explain with another method, if it can explain examples of this kind."""
        if method in OFFERED[self.kind]:
            self._methods[self.kind] = method
        self.update()

    def choose_layer(self, path: LayerPath) -> None:
        """Let Grad-CAM look at another layer."""
        self._layer = path
        self.update()

    def ask_about(self, target: int | None) -> None:
        """Explain another class; None for what the network answers."""
        self.target = target
        self.update()

    @Slot(object, object)
    def explain_position(self, example: Example, position: int | None) -> None:
        """Explain the output at another position of a window of text, which is kept; None to follow the text."""
        self.position = position
        self._text = example if position is not None or self._task.example is None else self._task.example
        self.update()

    def want(self, wanted: int | None) -> None:
        """Search what would make it another class; None for nothing."""
        self.wanted = wanted
        self.update()

    def put(self, answer: ChangeAnswer) -> None:
        """Put the changed picture on the pad."""
        if answer.found is not None:
            self._task.panel.show_changed(answer.found.picture)

    @property
    def can_put(self) -> bool:
        """Whether the panel takes a changed picture."""
        return self._task.panel.takes_changes

    @Slot()
    def update(self) -> None:
        """Ask about the current example with what is chosen."""
        if self.data.signature != self._signature:  # the classes are others
            self._signature, self.target, self.wanted = self.data.signature, None, None
            self.position, self._busy, self._text = None, False, self._task.example
        self._text = self._text or self._task.example  # what was shown before this was made
        example = self.example if self._watched else None
        reason = self._reason(example) if self._watched else None
        if example is None or reason is not None:
            self._rest_from_questions()
            if reason is not None:
                self.refused.emit(reason)
            return
        if self.method is SIMILAR:
            for client in (self._why, self._change):
                client.ask(None)
            self.asked.emit()
            self.similar.find(example)
            return
        self.similar.stop()
        before = self._why.has_question
        layer = self.layer if self.method.layered else None
        question = WhyQuestion(example, self.method, self.target, layer, self.position)
        self._why.ask(BoundQuestion(question, example.made_for))
        change = (
            None
            if self.wanted is None or self.kind is not ExampleKind.PICTURE
            else ChangeQuestion(example, self.wanted)
        )
        self._change.ask(None if change is None else BoundQuestion(change, example.made_for))
        self.asked.emit()
        if not before:
            self._busy = False
            self._use_latest()
        self._busy = self.kind is ExampleKind.TEXT

    @Slot()
    def _note_example(self) -> None:
        """Explain what the panel shows now; a text that is written on only after the answer about it is there."""
        if self.kind is ExampleKind.TEXT and self.data.signature == self._signature:
            latest = self._task.example
            kept = latest is None or self.position is not None or self._busy
            if self._text is not None and (kept or latest is self._text):
                return
            self._text = latest
        self.update()

    def _reason(self, example: Example | None) -> Message | None:
        """Why nothing can be explained."""
        if self._document.problems:
            return message("There is no answer to explain: fix the problem in the stack or the recipe first.")
        if example is None:
            return message("Draw, write or show something: then it is explained why the network answers as it does.")
        return None

    @Slot()
    def _note_weights(self) -> None:
        """Use the latest weights in time; those for other classes at once."""
        if self._pace.resting and self.data.signature == self._signature:
            self._pace.request()
        else:
            self.update()
            self._use_latest()

    @Slot()
    def _use_latest(self) -> None:
        self._pace.waiting = self._busy
        if self._busy:
            return
        source = source_of(self._document, self._run)
        if source is None or not self._why.has_question:
            return
        for client in (self._why, self._change):
            client.set_network(source)
        self._pace.rest()

    @Slot(object)
    def _take(self, answer: Explained | InferenceError) -> None:
        self._busy = False
        if isinstance(answer, InferenceError):
            self.refused.emit(answer.message)
        elif self._is_asked(answer.question):
            self.explained.emit(answer)
        if self.kind is ExampleKind.TEXT and self._watched:
            self._next_text.start()

    @Slot()
    def _take_next_text(self) -> None:
        """After a pause, go on with what was written meanwhile, and with what the network learned."""
        if self._watched and not self._busy and self.kind is ExampleKind.TEXT:
            if self._pace.waiting:
                self._use_latest()
                self._busy = self._why.has_question
            else:
                self._note_example()

    def _is_asked(self, question: WhyQuestion) -> bool:
        """Whether a question is the present one; the drawing and the layer may have changed meanwhile."""
        layer = self.layer if self.method.layered else None
        asked = question.method is self.method and question.target == self.target and question.layer == layer
        return asked and question.position == self.position and question.example is self.example

    @Slot(object)
    def _take_change(self, answer: ChangeAnswer | InferenceError) -> None:
        if isinstance(answer, InferenceError):
            self.change_refused.emit(answer.message)
        elif answer.question.wanted == self.wanted and answer.question.example is self.example:
            self.searched.emit(answer)
