"""The run store of a window: opened after the first paint, closed when all runs are written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from playground.gui.session.run import Run

if TYPE_CHECKING:
    from playground.engine.runs.store import RunStore

WITHIN = 10.0  # seconds to wait for the last writes; then the window ends without them


class ProgramStore(QObject):
    """Owns the store; without a folder nothing is stored."""

    opened = Signal(object)  # RunStore
    problem_changed = Signal(object)  # Message: the reason why runs are not written; None: all is well again

    def __init__(self, folder: Callable[[], Path] | None, run: Run, parent: QObject | None = None) -> None:
        """`folder` returns the store's folder."""
        super().__init__(parent)
        self._folder, self._run = folder, run
        self.store: RunStore | None = None

    def open(self) -> None:
        """Open the store and let the runs of the window be stored in it."""
        if self._folder is None:
            return
        from playground.engine.runs.store import RunStore

        self.store = RunStore(self._folder(), told=self.problem_changed.emit)  # a signal, for it is another thread
        self._run.set_store(self.store)
        self.opened.emit(self.store)

    def close(self) -> None:
        """Write what is pending; call it once no run goes on any more."""
        if self.store is not None:
            self.store.close(WITHIN)
