"""Changes stored runs: names, stars, notes and groups; renames and deletes runs, and offers to take that back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from playground.engine.runs.store import RunStore
from playground.engine.runs.stored_run import StoredRun
from playground.gui.runs.columns import Column
from playground.gui.runs.model import RunsModel
from playground.gui.runs.reading import RunReader
from playground.gui.runs.table_view import RunsTable
from playground.gui.runs.undo_bar import UndoBar
from playground.gui.session.background import Background
from playground.gui.style.translation import translated
from playground.spec.messages import message


class Changing(QObject):
    """Hands changes to the store, whose thread writes them, and selects a run once the rows are read again."""

    changed = Signal()  # the rows must be read again
    failed = Signal(object)  # Message

    def __init__(self, runs: RunsModel, table: RunsTable, undo_bar: UndoBar, background: Background) -> None:
        super().__init__(table)
        self._runs, self._table, self._undo_bar, self._background = runs, table, undo_bar, background
        self._store: RunStore | None = None
        self._reader: RunReader | None = None
        self.running = False  # whether the current run goes on
        self._next_row: int | None = None  # to select once the selected runs are gone
        self._restored: tuple[str, ...] = ()  # ids of runs to select when they are back
        runs.edited.connect(self._edit)
        runs.renamed.connect(self._offer_old_name)

    def set_store(self, store: RunStore | None, reader: RunReader | None) -> None:
        """Change the runs of another store from now on."""
        self._store, self._reader = store, reader
        self._undo_bar.hide()

    @Slot(object)
    def delete(self, run_ids: tuple[str, ...]) -> None:
        """Move runs to the trash, all but a running one."""
        gone = tuple(run_id for run_id in run_ids if not self._is_running(run_id))
        if not gone:
            self._undo_bar.show_sentence(self.tr("The run is still running: stop it before you delete it."))
            return
        number = self._runs.number_of(gone[0])
        name = "" if number is None else self._runs.row(number).name
        words = message("Deleted “{name}”", name=name or gone[0])
        if len(gone) > 1:
            words = message("Deleted {count:,} runs", count=len(gone))
        self._undo_bar.show_done(translated(words), partial(self.restore, gone))
        self._next_row = min((index.row() for index in self._table.selectionModel().selectedRows()), default=0)
        self._move(gone, RunStore.delete)

    def _is_running(self, run_id: str) -> bool:
        here = self.running and run_id == self._runs.current
        return here or (self._store is not None and self._store.in_use_elsewhere(run_id))

    def select_changed(self) -> None:
        """Select what was restored, or the run that took the place of a deleted one."""
        if self._next_row is not None and not self._table.selected_ids:
            self._table.select_row(self._next_row)
        self._next_row = None
        for run_id in self._restored:
            if self._runs.number_of(run_id) is not None:
                self._restored = ()
                self._table.select(run_id)
                return

    @Slot(object)
    def restore(self, run_ids: tuple[str, ...]) -> None:
        """Return deleted runs from the trash, and select the first."""
        self._restored = run_ids
        self._move(run_ids, RunStore.restore)

    def _move(self, run_ids: tuple[str, ...], move: Callable[[RunStore, str], None]) -> None:
        if self._store is not None:
            for run_id in run_ids:
                move(self._store, run_id)
            self.changed.emit()

    @Slot(str, str, str)
    def _offer_old_name(self, run_id: str, old: str, new: str) -> None:
        words = message("Renamed “{old}” to “{new}”", old=old, new=new)
        self._undo_bar.show_done(translated(words), partial(self._runs.rename, run_id, old))

    @Slot(str, object, object)
    def _edit(self, run_id: str, column: Column, value: object) -> None:
        changes: dict[Column, Callable[[StoredRun], None]] = {
            Column.NAME: lambda run: run.set_name(str(value)),
            Column.STAR: lambda run: run.set_star(bool(value)),
            Column.NOTE: lambda run: run.set_note(str(value)),
            Column.GROUP: lambda run: run.set_group(str(value)),
        }
        if (reader := self._reader) is not None:
            apply = changes[column]
            self._background.do(lambda: reader.change(run_id, apply)).failed.connect(self.failed)
            self.changed.emit()
