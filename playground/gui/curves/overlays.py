"""Reads the curves of the stored runs that are to be shown below the present ones, outside the event loop."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from playground.engine.runs.run_record import RunError
from playground.gui.curves.stored_curve import Overlay, StoredCurve, read_curve, read_group
from playground.gui.session.background import Background
from playground.gui.style.run_colors import OverlaidRun, run_color
from playground.gui.style.translation import translated
from playground.spec.messages import Message, message

if TYPE_CHECKING:
    from playground.engine.runs.store import RunStore


class _Read(NamedTuple):
    """The result of reading one run: its curve, or the reason why there is none."""

    store: RunStore
    run_id: str
    found: StoredCurve | Message


class Overlays(QObject):
    """The overlaid runs. The present run is not among them while it is present: it is drawn anyway."""

    changed = Signal()  # `shown` is another
    failed = Signal(object)  # Message: a run cannot be read
    hide_requested = Signal(object)  # tuple of ids: runs that cannot be shown

    def __init__(self, background: Background | None, parent: QObject) -> None:
        super().__init__(parent)
        self._background = background
        self._store: RunStore | None = None
        self._wanted: dict[str, OverlaidRun] = {}
        self._curves: dict[str, StoredCurve] = {}
        self._reading: set[str] = set()
        self._present = ""  # id of the present run
        self._group = ""  # name of the group whose mean and band are wanted
        self._band: Overlay | None = None  # its mean and band, as read last

    @property
    def shown(self) -> tuple[Overlay, ...]:
        """The runs whose curves are there, in the order in which `show` got them; a group comes first."""
        runs = (Overlay(run, self._curves[key]) for key, run in self._wanted.items() if key in self._curves)
        return (*([self._band] if self._band else []), *runs)

    def set_store(self, store: RunStore | None) -> None:
        """Read from this store from now on."""
        self._store = store
        self._curves.clear()
        self._reading.clear()
        self._group, self._band = "", None
        self._follow()

    @Slot(object)
    def show(self, runs: tuple[OverlaidRun, ...]) -> None:
        """Show these runs, and no others, as soon as they are read."""
        self._wanted = {run.run_id: run for run in runs}
        self._follow()

    @Slot(str)
    def show_group(self, group: str) -> None:
        """Show mean and band of the runs of a group that have ended, in place of another group's."""
        if group != self._group:
            self._group, self._band = group, None
        if self._store and self._background:
            job = self._background.do(partial(_read_band, self._store, group))
            job.done.connect(self._take_band)
            job.failed.connect(self.failed)

    @Slot(object)
    def hide_group(self, ids: tuple[str, ...]) -> None:
        """Hide mean and band if the group's overlay has one of these ids."""
        if self._band is not None and self._band.run.run_id in ids:
            self._group, self._band = "", None
            self.changed.emit()

    def set_present(self, run_id: str) -> None:
        """Leave out the run of this id, which grows, and read it again once another is present."""
        if run_id != self._present:
            self._present = run_id
            self._follow()

    def _follow(self) -> None:
        """Read what is missing, and forget what is no longer wanted."""
        wanted = self._wanted.keys() - {self._present}
        self._curves = {run_id: curve for run_id, curve in self._curves.items() if run_id in wanted}
        missing = wanted - self._curves.keys() - self._reading
        for run_id in self._wanted:
            if run_id in missing and self._store and self._background:
                self._reading.add(run_id)
                job = self._background.do(partial(_read, self._store, run_id))
                job.done.connect(self._take)
                job.failed.connect(self._fail)
        self.changed.emit()

    @Slot(object)
    def _take(self, read: _Read) -> None:
        if read.store is not self._store:
            return
        self._reading.discard(read.run_id)
        run = self._wanted.get(read.run_id)
        if run is None or read.run_id == self._present:
            return
        if isinstance(read.found, Message):
            self.failed.emit(message("The curves of “{name}” cannot be shown. {why}", name=run.name, why=read.found))
            self.hide_requested.emit((run.run_id,))
            return
        self._curves[run.run_id] = read.found
        self.changed.emit()

    @Slot(object)
    def _take_band(self, read: tuple[RunStore, str, Overlay]) -> None:
        store, group, found = read
        if store is self._store and group == self._group:
            self._band = found
            self.changed.emit()

    @Slot(object)
    def _fail(self, problem: Message) -> None:
        self._reading.clear()
        self.failed.emit(problem)


def _read(store: RunStore, run_id: str) -> _Read:
    try:
        return _Read(store, run_id, read_curve(store, run_id))
    except RunError as error:
        return _Read(store, run_id, error.message)


def _read_band(store: RunStore, group: str) -> tuple[RunStore, str, Overlay]:
    """Mean and band of a group.

    Raises:
        RunError: see `read_group`.
    """
    count, curve = read_group(store, group)
    name = translated(message("mean and range of {count} runs", count=count))
    return store, group, Overlay(OverlaidRun(group, name, run_color(group)), curve)
