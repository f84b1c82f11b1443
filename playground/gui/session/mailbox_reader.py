"""Empties the run's mailbox at the pace at which the window wants to hear of it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from playground.engine.training.snapshots import Snapshot
from playground.gui.session.worker_mailbox import Mailbox, Weights

REFRESH = 125  # milliseconds between two looks into the worker's mailbox: each takes the lock that training needs


class MailboxReader(QObject):
    """Looks into `mailbox` every `REFRESH` ms while a run trains, and for its weights more often if wanted."""

    snapshots = Signal(object)  # tuple[Snapshot, …], everything since the last time
    weights_copied = Signal()  # there are others than those taken last

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mailbox = Mailbox()
        self.weights: Weights | None = None  # as taken last
        self._training = False
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH)
        self._timer.timeout.connect(self.collect)
        self._watching = QTimer(self)  # runs beside the other one, while somebody wants weights more often
        self._watching.setTimerType(Qt.TimerType.PreciseTimer)
        self._watching.timeout.connect(self._look_for_weights)
        self._watched: int | None = None

    def watch(self, period: int | None) -> None:
        """Look for weights every `period` milliseconds, too, while it trains."""
        self._watched = period
        self._keep_watch()

    def set_training(self, training: bool) -> None:
        """Look by itself while a run trains only."""
        if training:
            self._timer.start()
        else:
            self._timer.stop()
        if training is not self._training:
            self._training = training
            self._keep_watch()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()
        self._watching.stop()

    def take_weights(self) -> Weights | None:
        """The weights as they are in the mailbox now."""
        self.weights = self.mailbox.weights
        return self.weights

    @Slot()
    def collect(self) -> None:
        """Hand on what the run has left in its mailbox."""
        waiting = self.mailbox.snapshots
        found: list[Snapshot] = [waiting.popleft() for _ in range(len(waiting))]
        if found:
            self.snapshots.emit(tuple(found))
        self._look_for_weights()

    @Slot()
    def _look_for_weights(self) -> None:
        if self.mailbox.weights is not self.weights:
            self.weights_copied.emit()

    def _keep_watch(self) -> None:
        if self._watched is not None and self._training:
            self._watching.start(self._watched)
        else:
            self._watching.stop()
