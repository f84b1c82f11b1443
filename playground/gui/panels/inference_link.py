"""Keeps the answer to a panel's question up to date with the network of the run, trained or not."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from playground.gui.panels.inference_view import InferenceView
from playground.gui.panels.layer_probe import ProbeAnswer
from playground.gui.panels.layer_recorder import LayerRecorder
from playground.gui.session.document import Document
from playground.gui.session.inference_request import BoundQuestion, InferenceFunction, Priority
from playground.gui.session.inference_thread import InferenceClient, InferenceThread
from playground.gui.session.network_source import NetworkSource
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState
from playground.gui.session.worker_mailbox import Weights
from playground.spec.check.problem import Problem
from playground.spec.data.dataset import Dataset
from playground.spec.messages import Message

BLOCKS_EVERY = 0.025  # seconds after which the blocks show a drawing even if it goes on: the pen comes before them


def is_trained(run: Run, weights: Weights | None) -> bool:
    """Whether these weights of the run have learned something."""
    return weights is not None and (run.pretrained or weights.step > 0)


def source_of(document: Document, run: Run) -> NetworkSource | None:
    """The network of the run as it is now, or the initial one of the document; None if the document has problems."""
    weights = run.weights
    if document.problems:
        return None
    if weights is None:
        return NetworkSource.initial(document.experiment, run.intervention)
    return NetworkSource.of(weights, run.intervention, trained=is_trained(run, weights))


class InferenceLink(QObject):
    """Passes the questions of a panel and the weights of the run to the inference thread.

    It is idle while the document's data belongs to another panel.
    """

    layers_computed = Signal(object)  # the ProbeAnswer about a question that the widget got its answer to

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
        records: bool = False,
    ) -> None:
        """`panel` names the data sets that the panel is for, see `Dataset.panel`.

        With `records`, the answers also say what layers compute, see `LayerRecorder`; `answer` must not pause then.
        """
        super().__init__(parent)
        self._panel, self._document, self._run, self._widget = panel, document, run, widget
        self._data = document.experiment.data  # the latest data of this panel
        self._asked: tuple[object, Dataset | None] = None, None  # the latest question, and the data it was made for
        self.recorder = LayerRecorder(answer) if records else None
        function, every = (self.recorder, BLOCKS_EVERY) if self.recorder else (answer, None)
        self._client = InferenceClient(thread, function, priority, self, complete_every=every)
        self._client.answered.connect(self._show)
        widget.touched.connect(thread.touched)
        widget.asked.connect(self._ask)
        run.weights_changed.connect(self._use)
        run.state_changed.connect(self._note_state)
        self._use(run.weights)
        self._note_state(run.state)

    @Slot(object)
    def _show(self, answer: object) -> None:
        if isinstance(answer, ProbeAnswer):
            self.layers_computed.emit(answer)
        else:
            self._widget.show_answer(answer)

    @Slot(object)
    def _ask(self, content: object) -> None:
        """Ask about the current content of the widget."""
        self._asked = content, self._widget.made_for
        self._bind()

    def _bind(self) -> None:
        """Bind the latest question to its data; if it suits all data of the panel, to the latest data."""
        content, made_for = self._asked
        self._client.ask(None if content is None else BoundQuestion(content, made_for or self._data))

    @Slot(object)
    def _note_state(self, state: RunState) -> None:
        self._widget.set_loading(state is RunState.LOADING)
        if state is RunState.BROKEN:
            self._widget.set_message(self.tr("There is no answer: PyTorch could not be loaded."))

    @Slot(object)
    def _use(self, weights: Weights | None) -> None:
        """Query a network with these weights, or with the initial weights if None."""
        data = self._document.experiment.data
        if data.panel != self._panel:
            self._client.forget_network()
            return
        if data is not self._data:
            self._data = data
            self._bind()
        problems = self._document.problems
        self._widget.set_message(self._reason(problems[0]) if problems else None)
        self._widget.set_trained(is_trained(self._run, weights))
        self._widget.set_refusing(self._document.experiment)
        source = source_of(self._document, self._run)
        if source is None:
            self._client.forget_network()
        else:
            if (
                weights is not None and self._client.has_question
            ):  # otherwise the two threads contend for a lock, which takes ten times as long
                self._run.give_way()
            self._client.set_network(source)

    def _reason(self, problem: Problem) -> Message | str:
        """A problem of the data in its own words; other problems are shown where they occur, with their fixes."""
        if problem.part == "data":
            return problem.what
        if problem.part == "recipe":
            return self.tr("There is no answer: fix the problem in the recipe first.")
        return self.tr("There is no answer: fix the problem in the stack first.")
