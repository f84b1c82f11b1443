"""Keeps what the blocks of the stack show up to date with the visible panel's example and the network of the run."""

from __future__ import annotations

from collections.abc import Mapping
from time import thread_time

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from playground.gui.panels.inference_link import source_of
from playground.gui.panels.layer_probe import Example, FixedScales, LayerProbe, ProbeAnswer, ProbeQuestion
from playground.gui.panels.panel import TaskPane
from playground.gui.session.document import Document
from playground.gui.session.inference_request import BoundQuestion, Priority
from playground.gui.session.inference_thread import InferenceClient, InferenceThread
from playground.gui.session.network_source import NetworkSource
from playground.gui.session.run import Run
from playground.gui.session.update_pace import UpdatePace
from playground.gui.stack.block_output import BlockOutput
from playground.gui.stack.view import StackView
from playground.spec.edits import LayerPath

PERIOD = 125  # milliseconds between two networks that are asked while one trains: each answer repaints the blocks
LONGEST_PERIOD = 1000  # milliseconds, where the layers take long to compute
SHARE = 0.03  # of a core's time that may be spent on layers while nobody draws
DRAWN_SHARE = 0.3  # and while somebody does: the pen and the bars come before the blocks


class BlockOutputs(QObject):
    """Asks for the layers that can be seen, and only for them; idle while there are none, or no example.

    `outputs` is what the blocks show now.
    """

    def __init__(self, document: Document, run: Run, thread: InferenceThread, task: TaskPane, stack: StackView) -> None:
        super().__init__(task)
        self._document, self._run, self._stack = document, run, stack
        self._example: Example | None = None
        self._active_first = False
        self._scales: FixedScales = {}
        self._panel = ""  # the panel that shows it
        self._source: NetworkSource | None = None  # the network that is asked
        self._question: ProbeQuestion | None = None
        self.outputs: Mapping[LayerPath, BlockOutput] = {}
        self._client = InferenceClient(thread, LayerProbe(), Priority.BACKGROUND, self, complete_every=0.0)
        self._client.answered.connect(self._show)
        task.layers_computed.connect(self._show)
        self._pace = UpdatePace(PERIOD, self)
        self._pace.due.connect(self._use_latest)
        self._period = PERIOD
        self._rest = QTimer(self)  # after the blocks showed one example, before they show the next
        self._rest.setSingleShot(True)
        self._rest.setTimerType(Qt.TimerType.PreciseTimer)
        self._rest.timeout.connect(self._end_rest)
        self._late = False  # whether there is an example that was not asked about
        self._stack_shown = document.experiment.stack, document.experiment.data.signature
        stack.displayed.changed.connect(self._ask)
        task.example_changed.connect(self._take)
        run.weights_changed.connect(self._note_weights)
        self._take(task.example)

    @Slot(bool)
    def set_active_first(self, chosen: bool) -> None:
        """Set whether maps come in the order of their activity, rather than in their own."""
        self._active_first = chosen
        self._ask()

    @Slot(object)
    def set_scales(self, scales: FixedScales) -> None:
        """Set which layers have a colour scale that stays, whatever the example."""
        self._scales = scales
        self._ask()

    @Slot(object)
    def _take(self, example: Example | None) -> None:
        if self._example is not None and self._example.recorder is not None:
            self._example.recorder.want_nothing()
        another = self._panel != self._document.experiment.data.panel
        self._example, self._panel = example, self._document.experiment.data.panel
        if self._rest.isActive() and example is not None and not another:
            self._late = True
            return
        self._ask_latest()

    @Slot()
    def _end_rest(self) -> None:
        if self._late:
            self._ask_latest()

    def _ask_latest(self) -> None:
        """Ask about the latest example, and the latest network."""
        self._late = False
        if self._pace.waiting:
            self._use_latest()  # as the panel does for each question: then the network need not run for both
        self._ask()

    @Slot()
    def _ask(self) -> None:
        """Ask about the current example, for the layers that can be seen."""
        paths = frozenset(self._stack.displayed.displays)
        known = self._document.experiment.data.panel == self._panel  # the next panel's is not here yet otherwise
        example = self._example if known else None
        asked = self._client.has_question
        if example is None or not paths:
            self._question = None
            self._record()
            self._client.ask(None)
            self._client.forget_network()
            if example is None:
                self._set({})
            return
        self._question = ProbeQuestion(example, paths, self._active_first, self._scales)
        self._record()
        self._client.ask(BoundQuestion(self._question, example.made_for))
        if not asked:
            self._use_latest()

    @Slot()
    def _note_weights(self) -> None:
        """Use the latest weights in time; those of other layers at once."""
        experiment = self._document.experiment
        shown = experiment.stack, experiment.data.signature
        if shown != self._stack_shown:  # these blocks are of other layers
            self._stack_shown = shown
            self._set({})
            self._use_latest()
            self._ask()
        else:
            self._pace.request()

    @Slot()
    def _use_latest(self) -> None:
        self._pace.waiting = False
        if not self._client.has_question:
            return
        self._source = source = source_of(self._document, self._run)
        self._record()
        if source is None:
            self._client.forget_network()
            self._set({})
        else:
            self._client.set_network(source)
            self._pace.rest(self._period)

    def _record(self) -> None:
        """Have what the blocks show computed with the panel's answers."""
        recorder = self._example.recorder if self._example is not None else None
        if recorder is None:
            return
        if self._question is None or self._source is None:
            recorder.want_nothing()
        else:
            recorder.want(self._question, self._source)

    @Slot(object)
    def _show(self, answer: object) -> None:
        """Show an answer, unless the stack has changed meanwhile; an `InferenceError` is told by the panel."""
        if not isinstance(answer, ProbeAnswer):
            self._set({})
            return
        if self._question is None:
            return  # it was withdrawn
        self._period = round(min(max(PERIOD, 1000 * answer.seconds / SHARE), LONGEST_PERIOD))
        if answer.experiment.stack == self._document.experiment.stack:
            began = thread_time()
            self._set(answer.outputs)
            rest = 1000 * (answer.seconds + thread_time() - began) / DRAWN_SHARE
            self._rest.start(round(min(rest, PERIOD)))

    def _set(self, outputs: Mapping[LayerPath, BlockOutput]) -> None:
        if outputs or self.outputs:
            self.outputs = outputs
            self._stack.show_outputs(outputs)
