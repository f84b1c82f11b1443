"""The run store of a window: opened after the first paint, changed on request, closed when all runs are written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from playground.gui.session.background import Background
from playground.gui.session.run import Run
from playground.spec.files.storage import FileError
from playground.spec.messages import message

if TYPE_CHECKING:
    from playground.engine.runs.store import RunStore

WITHIN = 10.0  # seconds to wait for the last writes; then the window ends without them


class ProgramStore(QObject):
    """Owns the store; without a folder nothing is stored."""

    opened = Signal(object)  # RunStore, or None: runs are not stored
    failed = Signal(object)  # Message: a setting was not changed
    problem_changed = Signal(object)  # Message: the reason why runs are not written; None: all is well again

    def __init__(
        self, folder: Callable[[], Path] | None, run: Run, saving: Background, parent: QObject | None = None
    ) -> None:
        """`folder` returns the store's folder, which is moved in the thread `saving`."""
        super().__init__(parent)
        self._folder, self._run, self._saving = folder, run, saving
        self.store: RunStore | None = None

    @property
    def busy(self) -> bool:
        """Whether a run of this window is being stored, so that the store can neither move nor be switched off."""
        return self._run.busy

    @Slot()
    def open(self) -> None:
        """Open the store, unless it is switched off, and let the runs of the window be stored in it."""
        if self._folder is None:
            return
        from playground.engine.runs.store import RunStore
        from playground.engine.runs.store_settings import read_settings

        self.close()
        settings = read_settings()
        told = self.problem_changed.emit  # a signal, for it is another thread
        self.store = RunStore(self._folder(), settings.budget, told) if settings.enabled else None
        self._run.set_store(self.store)
        self.opened.emit(self.store)

    def set_enabled(self, enabled: bool) -> None:
        """Store runs from now on, or do not; runs that are stored stay."""
        if not self._refuse() and self._set(enabled=enabled):
            self.open()

    def set_budget(self, budget: int) -> None:
        """Set how many bytes of the disk all runs may take."""
        if self._set(budget=budget) and self.store is not None:
            self.store.set_budget(budget)
            self.opened.emit(self.store)

    def move(self, folder: Path) -> None:
        """Move all runs to another folder, which must be empty or not exist; meanwhile nothing is stored."""
        from playground.engine.runs.store_settings import default_folder, move_store, read_settings, write_settings

        if self._refuse():
            return
        self.close()
        self._run.set_store(None)

        def move() -> None:
            move_store(default_folder(), folder)
            write_settings(read_settings().model_copy(update={"folder": str(folder)}))

        job = self._saving.do(move)
        job.done.connect(self.open)
        job.failed.connect(self.failed)
        job.failed.connect(self.open)

    def _refuse(self) -> bool:
        """Refuse a change while a run is stored; return whether it was."""
        if self.busy:
            self.failed.emit(message("A run is being stored: end it or reset it first."))
        return self.busy

    def _set(self, **values: Any) -> bool:
        from playground.engine.runs.store_settings import read_settings, write_settings

        try:
            write_settings(read_settings().model_copy(update=values))
        except FileError as error:
            self.failed.emit(error.message)
            return False
        return True

    def close(self) -> None:
        """Write what is pending; call it once no run goes on any more."""
        if self.store is not None:
            self.store.close(WITHIN)
            self.store = None
