"""Long work in the window's thread, done in portions between which the window answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer, Slot

from playground.gui.session.background import Background

Portion = Callable[[], object] | None  # what has to be done beside the event loop before the work goes on, if anything


class ChunkedWork(QObject):
    """Goes through an iterator: what runs between two of its values is one portion."""

    def __init__(self, work: Iterator[Portion], background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work, self._background = work, background
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    @Slot()
    def start(self) -> None:
        """Begin as soon as the event loop has nothing else to do."""
        self._timer.start()

    def stop(self) -> None:
        """Do no further portion."""
        self._work = iter(())
        self._timer.stop()

    @Slot()
    def _go_on(self) -> None:
        for beside in self._work:
            if beside is None:
                self._timer.start()
            else:
                job = self._background.do(beside)
                job.done.connect(self.start)
                job.failed.connect(self.start)  # the next portion needs what failed, and fails where it is heard
            return
