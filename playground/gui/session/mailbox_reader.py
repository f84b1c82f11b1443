"""Reads the run's mailbox at the rate at which the window is updated."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from playground.engine.training.snapshots import Snapshot
from playground.gui.session.worker_mailbox import Mailbox, Weights

REFRESH = 125  # milliseconds between two reads of the mailbox, each of which takes the lock that training needs


class MailboxReader(QObject):
    """Reads `mailbox` every `REFRESH` milliseconds during training, and its weights more often if requested."""

    snapshots = Signal(object)  # tuple[Snapshot, …], all since the last time
    weights_copied = Signal()  # weights newer than those taken last

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mailbox = Mailbox()
        self.weights: Weights | None = None  # as taken last
        self._training = False
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH)
        self._timer.timeout.connect(self.collect)
        self._watching = QTimer(self)  # runs in addition to the other one while more frequent weights are requested
        self._watching.setTimerType(Qt.TimerType.PreciseTimer)
        self._watching.timeout.connect(self._check_weights)
        self._watched: int | None = None

    def watch(self, period: int | None) -> None:
        """Also check for weights every `period` milliseconds during training."""
        self._watched = period
        self._update_watching()

    def set_training(self, training: bool) -> None:
        """Read periodically only during training."""
        if training:
            self._timer.start()
        else:
            self._timer.stop()
        if training is not self._training:
            self._training = training
            self._update_watching()

    def stop(self) -> None:
        """Stop reading."""
        self._timer.stop()
        self._watching.stop()

    def take_weights(self) -> Weights | None:
        """The weights that are in the mailbox now."""
        self.weights = self.mailbox.weights
        return self.weights

    @Slot()
    def collect(self) -> None:
        """Emit everything that the run has put into its mailbox."""
        mailbox = self.mailbox.snapshots
        found: list[Snapshot] = [mailbox.popleft() for _ in range(len(mailbox))]
        if found:
            self.snapshots.emit(tuple(found))
        self._check_weights()

    @Slot()
    def _check_weights(self) -> None:
        if self.mailbox.weights is not self.weights:
            self.weights_copied.emit()

    def _update_watching(self) -> None:
        if self._watched is not None and self._training:
            self._watching.start(self._watched)
        else:
            self._watching.stop()
