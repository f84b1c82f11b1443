"""Keeps the last network of the run before the shown one, so that the two can be compared."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from playground.gui.session.run import Run
from playground.gui.session.worker_mailbox import Weights


class PreviousNetwork(QObject):
    """Follows the run from the start of the program on, whenever a tab is opened; keeps only networks of pictures."""

    changed = Signal()

    def __init__(self, run: Run, parent: QObject) -> None:
        super().__init__(parent)
        self._run = run
        self._latest: Weights | None = None  # of the shown run
        self.weights: Weights | None = None  # of the run before it
        run.weights_changed.connect(self._note)
        for replaced in (run.began, run.cleared):
            replaced.connect(self._replace)

    @Slot(object)
    def _note(self, weights: Weights | None) -> None:
        learned = weights is not None and (weights.step or self._run.pretrained)
        if weights is not None and learned and self._run.past is None:
            self._latest = weights

    @Slot()
    def _replace(self) -> None:
        """Another run begins: from here on the network that was shown is that of the run before."""
        if self._latest is not None:
            from playground.spec.corruptions import corruptions_of  # not needed at the start

            suits = bool(corruptions_of(self._latest.experiment.data))
            self.weights, self._latest = self._latest if suits else None, None
            self.changed.emit()
