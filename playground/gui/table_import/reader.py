"""Reads a table again and again in the background while a person decides how."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from playground.gui.session.background import Background, Job
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState
from playground.spec.cancelling import cancellable
from playground.spec.data.table_reading import ReadingChoice
from playground.spec.datasets.table import Table
from playground.spec.messages import tr_noop

if TYPE_CHECKING:  # they import torch
    from playground.engine.data.sources.table import InspectedTable
    from playground.engine.data.table_overview import TableOverview

_DELAY = 120  # milliseconds without another decision until it is read
BROKEN = tr_noop("Tables cannot be read: PyTorch, without which nothing can be trained, could not be loaded.")


@dataclass(frozen=True, slots=True)
class Draft:
    """The decisions of the person so far: the file, how it is read, and the rest of the data set's settings."""

    path: str
    choice: ReadingChoice
    data: Table


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A table as it was read, the data set that is made of it, and its overview."""

    found: InspectedTable
    data: Table
    overview: TableOverview


class TableReader(QObject):
    """Emits `read` or `failed` for the last draft that was requested; earlier ones are cancelled."""

    read = Signal(object)  # Reading
    failed = Signal(object)  # Message
    busy_changed = Signal(bool)

    def __init__(self, background: Background, run: Run, parent: QObject) -> None:
        super().__init__(parent)
        self._background, self._run = background, run
        self._draft: Draft | None = None  # that is to be read
        self._last: tuple[str, ReadingChoice, InspectedTable] | None = (
            None  # which is not read again for another target
        )
        self._job: Job | None = None
        self._stop = Event()
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(_DELAY)
        self._delay.timeout.connect(self._start)
        run.state_changed.connect(self._go_on)

    @property
    def busy(self) -> bool:
        """Whether a draft is being read, or will be soon."""
        return self._draft is not None

    def request(self, draft: Draft) -> None:
        """Read a draft soon, in place of the present one."""
        self._drop()
        self._draft = draft
        self._delay.start()
        self.busy_changed.emit(True)

    def stop(self) -> None:
        """Cancel what is being read, and emit nothing more of it."""
        self._delay.stop()
        self._drop()
        if self._draft is not None:
            self._draft = None
            self.busy_changed.emit(False)

    def _drop(self) -> None:
        self._stop.set()
        if self._job is not None:
            self._job.done.disconnect(self._done)
            self._job.failed.disconnect(self._failed)
        self._job = None

    @Slot()
    def _go_on(self) -> None:
        """Read what had to wait for PyTorch: two threads must not import it at the same time."""
        if self._draft is not None and self._job is None and not self._delay.isActive():
            self._start()

    @Slot()
    def _start(self) -> None:
        draft = self._draft
        if draft is None or self._run.state is RunState.LOADING:
            return
        if self._run.state is RunState.BROKEN:
            from playground.spec.messages import message

            self._failed(message(BROKEN))
            return
        stop = self._stop = Event()
        last = self._last

        def read() -> Reading:
            from playground.engine.data.sources.table import inspect
            from playground.engine.data.table_overview import overview

            with cancellable(stop.is_set):
                known = last is not None and last[:2] == (draft.path, draft.choice)
                found = last[2] if last is not None and known else inspect(draft.path, choice=draft.choice)
                data = Table.of_source(found.source, draft.data)
                return Reading(found, data, overview(found, data))

        self._job = self._background.do(read)
        self._job.done.connect(self._done)
        self._job.failed.connect(self._failed)

    @Slot(object)
    def _done(self, reading: Reading) -> None:
        assert self._draft is not None
        self._last = (self._draft.path, self._draft.choice, reading.found)
        self._job = self._draft = None
        self.read.emit(reading)
        self.busy_changed.emit(False)

    @Slot(object)
    def _failed(self, why: object) -> None:
        self._job = self._draft = None
        self.failed.emit(why)
        self.busy_changed.emit(False)
