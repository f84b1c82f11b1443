"""Keeps a panel's question answered: by the network that is shown, as it is now, trained or not."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot

from playground.gui.panels.inference_view import InferenceView
from playground.gui.session.document import Document
from playground.gui.session.inference_thread import Answerer, InferenceThread
from playground.gui.session.run import Run, RunState
from playground.gui.session.worker_mailbox import Weights
from playground.spec.check.problem import Problem
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
        widget: InferenceView,
        answer: Answerer,
        parent: QObject | None = None,
    ) -> None:
        """`panel`: for which data sets it is there, see `Dataset.panel`."""
        super().__init__(parent)
        self._panel, self._document, self._run, self._widget = panel, document, run, widget
        self._thread = InferenceThread(answer, self)
        self._thread.answered.connect(widget.show_answer)
        # At once, in the thread that answers: what the run waits for must not wait for the window.
        self._thread.answered.connect(run.go_ahead, Qt.ConnectionType.DirectConnection)
        widget.touched.connect(run.give_way)
        widget.asked.connect(self._thread.ask)
        run.weights_changed.connect(self._use)
        run.state_changed.connect(self._begin_when_loaded)
        self._use(run.weights)
        self._begin_when_loaded(run.state)

    @Slot(object)
    def _begin_when_loaded(self, state: RunState) -> None:
        self._widget.set_loading(state is RunState.LOADING)
        if state is RunState.BROKEN:
            self._widget.set_message(self.tr("There is no answer: PyTorch could not be loaded."))
        elif state is not RunState.LOADING and not self._thread.isRunning():
            self._thread.start()

    @Slot(object)
    def _use(self, weights: Weights | None) -> None:
        """Ask a network with these weights, or as it would be before its first step."""
        if self._document.experiment.data.panel != self._panel:
            self._thread.forget_network()
            return
        problems = self._document.problems
        self._widget.set_message(self._why_not(problems[0]) if problems else None)
        trained = weights is not None and (self._run.from_file or weights.step > 0)
        self._widget.set_trained(trained)
        if problems:
            self._thread.forget_network()
        elif weights is None:
            self._thread.set_network(self._document.experiment, None, 0, False)
        else:
            if self._thread.has_question:  # else both hand a lock to and fro, ten times as long
                self._run.give_way()
            self._thread.set_network(weights.experiment, weights.tensors, weights.step, trained)

    def _why_not(self, problem: Problem) -> Message | str:
        """What is wrong with the data in its own words; the rest is said where it stands, with its fix."""
        if problem.part == "data":
            return problem.what
        if problem.part == "recipe":
            return self.tr("There is no answer: the recipe has a problem to mend.")
        return self.tr("There is no answer: the stack has a problem to mend.")
