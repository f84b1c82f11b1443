"""Says that a run has ended: in the status line, and by the desktop if the window is not in front."""

from __future__ import annotations

from time import monotonic
from typing import Protocol

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication

from playground.engine.evaluation.run_summary import ending
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState
from playground.gui.style.translation import translated
from playground.gui.window.main_window import MainWindow
from playground.gui.window.statusbar import StatusLine

LONG = 5.0  # seconds of training from which on somebody may have turned to something else


class Notifier(Protocol):
    """Reaches a person who does not look at the window."""

    def show(self, title: str, text: str) -> None:
        """Show a notification."""


class RunEnd(QObject):
    """Follows the run; create it after the status line, which forgets its message when the run's state changes."""

    def __init__(
        self,
        run: Run,
        status: StatusLine,
        window: MainWindow,
        notifier: Notifier,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._run, self._status = run, status
        self._window, self._notifier = window, notifier
        self.long = LONG
        self._began: float | None = None  # the time at which training began, or went on; None: it has not
        run.state_changed.connect(self._follow)
        for dropped in (run.began, run.cleared):
            dropped.connect(self._forget)

    @Slot()
    def _forget(self) -> None:
        if self._run.series is None or self._run.series.number == 1:  # a series of seeds counts as one run
            self._began = None

    @Slot(object)
    def _follow(self, state: RunState) -> None:
        if state is RunState.TRAINING:
            self._began = monotonic()
        elif state in (RunState.FINISHED, RunState.DIVERGED) and self._began is not None:
            lasted, self._began = monotonic() - self._began, None
            self._tell(lasted)

    def _tell(self, lasted: float) -> None:
        progress = self._run.progress
        end, experiment = progress.diverged or progress.finished, self._run.experiment
        if end is None or experiment is None:
            return
        text = translated(ending(end, experiment))
        self._status.tell(text)
        if lasted >= self.long and (QApplication.activeWindow() is None or self._window.isMinimized()):
            self._notifier.show(experiment.name or QApplication.applicationName(), text)
