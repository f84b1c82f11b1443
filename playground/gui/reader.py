"""Keeps the drawing read: by the network that is shown, as it is now, trained or not."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from playground.gui.document import Document
from playground.gui.drawing.panel import DrawingPanel
from playground.gui.drawing.reading import ReadingThread
from playground.gui.reports import Opened, TestDigit, Weights
from playground.gui.run import Run, RunState


class Reader(QObject):
    """Between the panel, which has pictures, the run, which has weights, and the thread that brings them together."""

    def __init__(self, document: Document, run: Run, panel: DrawingPanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._run, self._panel = document, run, panel
        self._opened = False  # whether the network came from a file, and so was trained before its first step here
        self._thread = ReadingThread(self)
        self._thread.answered.connect(panel.show_reading)
        self._thread.answered.connect(run.go_ahead)
        panel.touched.connect(run.give_way)
        panel.drawn.connect(self._thread.read)
        panel.test_digit_requested.connect(run.pick_test_digit)
        run.test_digit.connect(self._show_digit)
        run.opened.connect(self._note_opened)
        run.cleared.connect(self._note_cleared)
        run.began.connect(self._note_cleared)
        run.weights_changed.connect(self._use)
        run.state_changed.connect(self._begin_when_loaded)
        self._use(run.weights)
        self._begin_when_loaded(run.state)

    def close(self) -> None:
        """End the thread and wait for it."""
        self._thread.close()

    @Slot(object)
    def _begin_when_loaded(self, state: RunState) -> None:
        self._panel.set_loading(state is RunState.LOADING)
        if state is RunState.BROKEN:
            self._panel.set_message(self.tr("Nothing can be read: PyTorch could not be loaded."))
        elif state is not RunState.LOADING and not self._thread.isRunning():
            self._thread.start()

    @Slot(object)
    def _use(self, weights: Weights | None) -> None:
        """Read with these weights, or with the network as it would be before its first step."""
        problems = bool(self._document.problems)
        self._panel.set_message(self.tr("Nothing can be read: the stack has a problem to mend.") if problems else None)
        trained = weights is not None and (self._opened or weights.step > 0)
        self._panel.set_trained(trained)
        if problems:
            self._thread.forget_network()
        elif weights is None:
            self._thread.set_network(self._document.experiment, None, 0, False)
        else:
            self._thread.set_network(weights.experiment, weights.tensors, weights.step, trained)

    @Slot(object)
    def _note_opened(self, _report: Opened) -> None:
        self._opened = True

    @Slot()
    def _note_cleared(self) -> None:
        self._opened = False

    @Slot(object)
    def _show_digit(self, digit: TestDigit) -> None:
        self._panel.show_digit(digit.picture, digit.label)
