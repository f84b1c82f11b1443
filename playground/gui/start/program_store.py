"""The run store of a window: opened after the first paint, changed on request, closed when all runs are written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from playground.gui.session.background import Background
from playground.gui.session.run import Run
from playground.spec.files.storage import FileError
from playground.spec.messages import Message, message, tr_noop

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
        self._changing = False  # whether a store is being closed or moved

    @property
    def busy(self) -> bool:
        """Whether a run of this window is being stored, or the store moves, so that it cannot be changed now."""
        return self._run.busy or self._changing

    @Slot()
    def open(self) -> None:
        """Open the store, unless it is switched off, and let the runs of the window be stored in it."""
        if self._folder is None:
            return
        from playground.engine.runs.store import RunStore
        from playground.engine.runs.store_settings import read_settings

        settings = read_settings()
        told = self.problem_changed.emit  # a signal, for it is another thread
        self._use(RunStore(self._folder(), settings.budget, told) if settings.enabled else None)

    def set_enabled(self, enabled: bool) -> None:
        """Store runs from now on, or do not; runs that are stored stay."""
        if self._refuse() or not self._set(enabled=enabled):
            return
        store = self.store
        if store is None:
            self.open()
            return
        self._detach(message("The last changes of the runs are being written."))
        job = self._saving.do(lambda: store.close(WITHIN))
        job.done.connect(lambda closed: self._closed(None if closed else store.problem or _too_slow()))
        job.failed.connect(self._closed)

    def _closed(self, problem: Message | None) -> None:
        if problem is not None:
            self.failed.emit(message("The last changes of the runs were not written. {why}", why=problem))
        self._changing = False
        self.problem_changed.emit(None)
        self.open()

    def _detach(self, why: Message) -> None:
        """Store nothing until `_use` is called, and say why."""
        self._changing = True
        self.store = None
        self._run.set_store(None)
        self.opened.emit(None)
        self.problem_changed.emit(why)

    def _use(self, store: RunStore | None) -> None:
        self._changing = False
        self.store = store
        self._run.set_store(store)
        self.opened.emit(store)

    def set_budget(self, budget: int) -> None:
        """Set how many bytes of the disk all runs may take."""
        if self._set(budget=budget) and self.store is not None:
            self.store.set_budget(budget)
            self.opened.emit(self.store)

    def move(self, folder: Path) -> None:
        """Move all runs to another folder, which must be empty or not exist; meanwhile nothing is stored."""
        from playground.engine.runs.store_move import move_store
        from playground.engine.runs.store_settings import default_folder, read_settings, write_settings

        store = self.store
        if self._refuse() or store is None:
            return
        self._detach(message("The runs are being moved: what is trained meanwhile is not stored."))

        def switch() -> None:
            write_settings(read_settings().model_copy(update={"folder": str(folder)}))

        def move() -> None:
            if not store.flush(WITHIN):  # such as the note that a saved experiment refers to a network
                words = tr_noop("The runs were not moved: their last changes cannot be written. {why}")
                raise FileError(message(words, why=store.problem or _too_slow()))
            store.close(WITHIN)
            move_store(default_folder(), folder, switch)

        job = self._saving.do(move)
        job.done.connect(self._moved)
        job.failed.connect(lambda why: self._stay(store, why))

    @Slot()
    def _moved(self) -> None:
        self.problem_changed.emit(None)
        self.open()

    def _stay(self, store: RunStore, why: Message) -> None:
        """Go on with a store that was not moved; with its pending changes, if they could not be written."""
        self.failed.emit(why)
        self.problem_changed.emit(None if store.closed else store.problem)
        if store.closed:
            self.open()
        else:
            self._use(store)

    def _refuse(self) -> bool:
        """Refuse a change while a run is stored, or while another change goes on; return whether it was."""
        if self._changing:
            self.failed.emit(message("The store of runs is being changed: wait a moment."))
        elif self.busy:
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


def _too_slow() -> Message:
    return message("The disk is too slow.")
