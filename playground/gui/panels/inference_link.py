"""Keeps a panel's question answered: by the network that is shown, as it is now, trained or not."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from playground.gui.panels.inference_view import InferenceView
from playground.gui.session.document import Document
from playground.gui.session.inference_thread import (
    BoundQuestion,
    InferenceClient,
    InferenceFunction,
    InferenceThread,
    Priority,
)
from playground.gui.session.run import Run, RunState
from playground.gui.session.worker_mailbox import Weights
from playground.spec.check.problem import Problem
from playground.spec.data.dataset import Dataset
from playground.spec.messages import Message


class InferenceLink(QObject):
    """Between a panel, which has questions, the run, which has weights, and the thread that brings them together.

    It rests while the document's data belongs to another panel.
    """

    def __init__(
        self,
        panel: str,
        document: Document,
        run: Run,
        thread: InferenceThread,
        widget: InferenceView,
        answer: InferenceFunction,
        parent: QObject | None = None,
        *,
        priority: Priority = Priority.INTERACTIVE,
    ) -> None:
        """`panel`: for which data sets it is there, see `Dataset.panel`."""
        super().__init__(parent)
        self._panel, self._document, self._run, self._widget = panel, document, run, widget
        self._data = document.experiment.data  # the latest of the panel's own
        self._asked: tuple[object, Dataset | None] = None, None  # the latest question, and what it was made for
        self._client = InferenceClient(thread, answer, priority, self)
        self._client.answered.connect(widget.show_answer)
        widget.touched.connect(thread.touched)
        widget.asked.connect(self._ask)
        run.weights_changed.connect(self._use)
        run.state_changed.connect(self._note_state)
        self._use(run.weights)
        self._note_state(run.state)

    @Slot(object)
    def _ask(self, content: object) -> None:
        """Ask about what the widget shows now."""
        self._asked = content, self._widget.made_for
        self._bind()

    def _bind(self) -> None:
        """Bind the latest question to its data; one that suits all data of the panel, to the latest of them."""
        content, made_for = self._asked
        self._client.ask(None if content is None else BoundQuestion(content, made_for or self._data))

    @Slot(object)
    def _note_state(self, state: RunState) -> None:
        self._widget.set_loading(state is RunState.LOADING)
        if state is RunState.BROKEN:
            self._widget.set_message(self.tr("There is no answer: PyTorch could not be loaded."))

    @Slot(object)
    def _use(self, weights: Weights | None) -> None:
        """Ask a network with these weights, or as it would be before its first step."""
        data = self._document.experiment.data
        if data.panel != self._panel:
            self._client.forget_network()
            return
        if data is not self._data:
            self._data = data
            self._bind()
        problems = self._document.problems
        self._widget.set_message(self._why_not(problems[0]) if problems else None)
        trained = weights is not None and (self._run.from_file or weights.step > 0)
        self._widget.set_trained(trained)
        if problems:
            self._client.forget_network()
        elif weights is None:
            self._client.set_network(self._document.experiment, None, 0, False)
        else:
            if self._client.has_question:  # else both hand a lock to and fro, ten times as long
                self._run.give_way()
            self._client.set_network(weights.experiment, weights.tensors, weights.step, trained)

    def _why_not(self, problem: Problem) -> Message | str:
        """What is wrong with the data in its own words; the rest is said where it stands, with its fix."""
        if problem.part == "data":
            return problem.what
        if problem.part == "recipe":
            return self.tr("There is no answer: the recipe has a problem to mend.")
        return self.tr("There is no answer: the stack has a problem to mend.")
