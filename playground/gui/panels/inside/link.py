"""Keeps the page with the inside of a layer up to date; while it cannot be seen, nothing is computed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from playground.gui.panels.inference_link import source_of
from playground.gui.panels.inside.question import InsideAnswer, InsideProbe, InsideQuestion
from playground.gui.panels.inside.view import InsideView
from playground.gui.panels.layer_probe import Example
from playground.gui.panels.panel import TaskPane
from playground.gui.session.document import Document
from playground.gui.session.inference_request import BoundQuestion, Priority
from playground.gui.session.inference_thread import InferenceClient, InferenceError, InferenceThread
from playground.gui.session.run import Run
from playground.gui.session.update_pace import UpdatePace
from playground.gui.stack.output_layout import Place
from playground.gui.stack.output_scale import Scale
from playground.gui.stack.view import StackView
from playground.gui.style.translation import translated
from playground.spec.edits import LayerPath

PERIOD = 250  # milliseconds between two networks that are asked while one trains


class InsideLink(QObject):
    """Asks for the selected layer, about the visible panel's example, and for the number that is pointed at."""

    scales_fixed = Signal(object)  # FixedScales

    def __init__(self, document: Document, run: Run, thread: InferenceThread, task: TaskPane, stack: StackView) -> None:
        self.view = InsideView()
        super().__init__(self.view)
        self._document, self._run = document, run
        self._example = task.example
        self._path: LayerPath | None = None
        self._place: Place | None = None
        self._client = InferenceClient(thread, InsideProbe(), Priority.INTERACTIVE, self)
        self._client.answered.connect(self._show)
        self._pace = UpdatePace(PERIOD, self)
        self._pace.due.connect(self._use_latest)
        self._scales: dict[LayerPath, tuple[Scale, ...]] = {}  # of the layers whose scales are fixed
        self._stack_shown = document.experiment.stack
        self.view.scale_fixed.connect(self._fix_scale)
        self.view.pointed.connect(self._point)
        self.view.seen.connect(self._ask)
        stack.selection_changed.connect(self._follow)
        task.example_changed.connect(self._take)
        run.weights_changed.connect(self._note_weights)
        document.changed.connect(self._note_weights)
        self._thread = thread
        self._follow(stack.selected_paths())

    def show_place(self, path: LayerPath, place: Place) -> None:
        """Show how a layer makes the number at a place."""
        self._path, self._place = path, place
        self._ask()

    @Slot(object)
    def _follow(self, paths: Sequence[LayerPath]) -> None:
        path = paths[0] if len(paths) == 1 else None
        if path != self._path:
            self._path, self._place = path, None
            self._ask()

    @Slot(object)
    def _take(self, example: Example | None) -> None:
        self._example = example
        self._ask()

    @Slot(object)
    def _fix_scale(self, scales: tuple[Scale, ...]) -> None:
        """Keep the colour scales of the layer, or with () let them follow the numbers again."""
        if self._path is not None:
            self._scales = {path: kept for path, kept in {**self._scales, self._path: scales}.items() if kept}
            self.scales_fixed.emit(self._scales)
            self._ask()

    @Slot(object)
    def _point(self, place: Place) -> None:
        self._place = place
        self._thread.touched.emit()
        self._ask()

    @Slot()
    def _ask(self) -> None:
        """Ask about the layer, if it can be seen."""
        example, path = self._example, self._path
        if not self.view.isVisible() or example is None or path is None or self._document.problems:
            self._client.ask(None)
            self._client.forget_network()
            self.view.show_message(self._reason())
            return
        asked = self._client.has_question
        question = InsideQuestion(example, path, self._place, self._scales.get(path, ()))
        self._client.ask(BoundQuestion(question, example.made_for))
        if not asked:
            self._use_latest()

    def _reason(self) -> str:
        """Why there is nothing to show."""
        if self._document.problems:
            return self.tr("Nothing can be computed: fix the problem in the stack or in the recipe first.")
        if self._path is None:
            return self.tr("Select a layer to see how it makes its numbers.")
        return self.tr("There is nothing to compute with yet: draw something, or choose an example above.")

    @Slot()
    def _note_weights(self) -> None:
        """Use the latest weights in time; those of other layers have no fixed scales."""
        if self._document.experiment.stack != self._stack_shown:  # the paths are those of other layers
            self._stack_shown = self._document.experiment.stack
            if self._scales:
                self._scales = {}
                self.scales_fixed.emit(self._scales)
                self._ask()
        if not self._client.has_question or self._document.problems:
            self._ask()
        else:
            self._pace.request()

    @Slot()
    def _use_latest(self) -> None:
        self._pace.waiting = False
        source = source_of(self._document, self._run) if self._client.has_question else None
        if source is None:
            self._client.forget_network()
        else:
            self._client.set_network(source)
            self._pace.rest()

    @Slot(object)
    def _show(self, answer: object) -> None:
        """Show an answer, unless the stack or the layer has changed meanwhile."""
        if isinstance(answer, InferenceError):
            self.view.show_message(translated(answer.message))
        elif isinstance(answer, InsideAnswer) and answer.question.path == self._path:
            stack = self._document.experiment.stack
            if answer.experiment.stack != stack or answer.question.example is not self._example:
                return
            if self._place is None or self._place == answer.question.place:
                self._place = answer.place
            self.view.show_answer(answer)
