"""Keeps what was seen of single training steps of the shown run, for the tabs that are opened later."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from playground.engine.training.snapshots import Probed, Snapshot
from playground.gui.session.run import Run

MOST = 600  # probes; of more, every second of the older half is dropped


class ProbeHistory(QObject):
    """Follows a run from its first step, also one that is opened from the store."""

    changed = Signal()

    def __init__(self, run: Run, parent: QObject) -> None:
        super().__init__(parent)
        self.probes: list[Probed] = []
        run.snapshots.connect(self._add)
        run.began.connect(self._reset)
        run.cleared.connect(self._reset)

    @Slot(object)
    def _add(self, snapshots: tuple[Snapshot, ...]) -> None:
        found = [item for item in snapshots if isinstance(item, Probed)]
        if not found:
            return
        self.probes = [item for item in self.probes if item.step < found[0].step] + found
        while len(self.probes) > MOST:
            half = len(self.probes) // 2
            self.probes = [*self.probes[:half:2], *self.probes[half:]]
        self.changed.emit()

    @Slot()
    def _reset(self) -> None:
        if self.probes:
            self.probes = []
            self.changed.emit()
