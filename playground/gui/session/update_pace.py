"""Bounds how often a view uses the latest weights of a run: at once, but not sooner than a period after the last."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot


class UpdatePace(QObject):
    """`due` answers each `request` at once, or one for all of them when the rest after the last update ends."""

    due = Signal()  # use the latest weights

    def __init__(self, period: int, parent: QObject) -> None:
        """period: milliseconds of rest after an update."""
        super().__init__(parent)
        self.waiting = False  # whether something new has come that was not used
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(period)
        self._rest.timeout.connect(self._end)

    @property
    def resting(self) -> bool:
        """Whether the last update was a moment ago."""
        return self._rest.isActive()

    @Slot()
    def request(self) -> None:
        """Something new has come."""
        self.waiting = True
        if not self.resting:
            self.due.emit()

    def rest(self, period: int | None = None) -> None:
        """An update has begun; the next one may follow after this many milliseconds, or else the usual period."""
        if period is not None:
            self._rest.setInterval(period)
        self._rest.start()

    def stop(self) -> None:
        """Let nothing follow."""
        self.waiting = False
        self._rest.stop()

    @Slot()
    def _end(self) -> None:
        if self.waiting:
            self.due.emit()
