"""Runs long work in the window's thread in portions, between which the window responds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer, Slot

from playground.gui.session.background import Background

Portion = Callable[[], object] | None  # work for the background thread before the next portion, or None


class ChunkedWork(QObject):
    """Runs an iterator: the code between two of its values is one portion."""

    def __init__(self, work: Iterator[Portion], background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work, self._background = work, background
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    @Slot()
    def start(self) -> None:
        """Begin as soon as the event loop is idle."""
        self._timer.start()

    def stop(self) -> None:
        """Run no further portion."""
        self._work = iter(())
        self._timer.stop()

    @Slot()
    def _go_on(self) -> None:
        for job_work in self._work:
            if job_work is None:
                self._timer.start()
            else:
                job = self._background.do(job_work)
                job.done.connect(self.start)
                job.failed.connect(self.start)  # the next portion needs the failed result, and reports the failure
            return
